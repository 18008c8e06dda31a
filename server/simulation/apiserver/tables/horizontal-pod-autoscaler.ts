import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import { NONE, UNSET } from './format.ts';
import type { Printer } from './types.ts';

interface MetricValue {
  averageValue?: string;
  value?: string;
  averageUtilization?: number;
}
interface MetricSource {
  name?: string;
  target?: MetricValue;
  current?: MetricValue;
}
type Metric = { type: string } & { [source: string]: MetricSource };

const MAX_SHOWN = 2;
const UNKNOWN = '<unknown>';

function formatMetric(spec: Metric, status: Metric | undefined): string {
  const field = spec.type.charAt(0).toLowerCase() + spec.type.slice(1);
  const source = (spec as { [key: string]: unknown })[field] as MetricSource | undefined;
  const current = ((status as { [key: string]: unknown } | undefined)?.[field] as MetricSource | undefined)?.current;
  const target = source?.target ?? {};
  switch (spec.type) {
    case 'External':
    case 'Object':
      return target.averageValue !== undefined
        ? `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`
        : `${current?.value ?? UNKNOWN}/${target.value ?? ''}`;
    case 'Pods':
      return `${current?.averageValue ?? UNKNOWN}/${target.averageValue ?? ''}`;
    case 'Resource':
    case 'ContainerResource': {
      if (target.averageValue !== undefined) return `${source?.name ?? ''}: ${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
      const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`;
      return `${source?.name ?? ''}: ${now}/${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
    }
    default:
      return '<unknown type>';
  }
}

/** The TARGETS column (`formatHPAMetrics`). */
export function formatMetrics(object: KubeObject): string {
  const specs: Metric[] = object.spec?.metrics ?? [];
  const statuses: Metric[] = object.status?.currentMetrics ?? [];
  if (specs.length === 0) return NONE;
  const shown = specs.slice(0, MAX_SHOWN).map((spec, index) => formatMetric(spec, statuses[index])).join(', ');
  return specs.length > MAX_SHOWN ? `${shown} + ${specs.length - MAX_SHOWN} more...` : shown;
}

export const horizontalPodAutoscaler = {
  kind: 'HorizontalPodAutoscaler',
  group: 'autoscaling',
  cells: (object, now) => {
    const { metadata, spec, status = {} } = object;
    return [
      metadata.name,
      `${spec.scaleTargetRef?.kind ?? ''}/${spec.scaleTargetRef?.name ?? ''}`,
      formatMetrics(object),
      spec.minReplicas === undefined ? UNSET : String(spec.minReplicas),
      spec.maxReplicas ?? 0,
      status.currentReplicas ?? 0,
      age(metadata.creationTimestamp, now),
    ];
  },
} satisfies Printer;
