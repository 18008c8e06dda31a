/** Resources that are computed instead of stored. Adding one: a file and a line here. */
import { nodeMetrics, podMetrics } from '../aggregation/metrics.ts';
import type { VirtualResource } from '../subresources/types.ts';
import { componentStatuses } from './component-statuses.ts';
import { reviews } from './reviews.ts';

const byKey = new Map<string, VirtualResource>([componentStatuses, nodeMetrics, podMetrics, ...reviews].map((virtual) => [virtual.resource, virtual]));

export function virtualResource(key: string): VirtualResource | undefined {
  return byKey.get(key);
}
