/** The order in which objects came to be. */
import type { KubeObject } from './types.ts';

/** Oldest first; of one second, by name and namespace, so that the order never depends on how a list was made. */
export function byAge({ metadata: x }: KubeObject, { metadata: y }: KubeObject): number {
  return compare(x.creationTimestamp, y.creationTimestamp) || compare(x.name, y.name) || compare(x.namespace ?? '', y.namespace ?? '');
}

function compare(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
