/** Description of HorizontalPodAutoscaler. */
import { describeEvents } from '../events.ts';
import type { Describer } from '../types.ts';
import { annotations, date, pairs, Writer } from '../writer.ts';

interface MetricValue {
  averageValue?: string;
  value?: string;
  averageUtilization?: number;
}

interface MetricSource {
  name?: string;
  container?: string;
  metric?: { name: string };
  describedObject?: { kind: string; name: string };
  target?: MetricValue;
  current?: MetricValue;
}

type Metric = { type: string } & Record<string, unknown>;

interface ScalingRules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: string;
  policies?: { type: string; value: number; periodSeconds: number }[];
}

interface AutoscalerSpec {
  scaleTargetRef: { kind: string; name: string };
  minReplicas?: number;
  maxReplicas: number;
  metrics?: Metric[];
  behavior?: { scaleUp?: ScalingRules; scaleDown?: ScalingRules };
}

interface AutoscalerStatus {
  currentReplicas?: number;
  desiredReplicas?: number;
  currentMetrics?: Metric[] | null;
  conditions?: { type: string; status: string; reason?: string; message?: string }[];
}

const UNKNOWN = '<unknown>';

function sourceOf(metric: Metric | undefined, type: string): MetricSource | undefined {
  return metric?.[type.charAt(0).toLowerCase() + type.slice(1)] as MetricSource | undefined;
}

/** One line of `Metrics:`. */
function metricLine(spec: Metric, status: Metric | undefined): string {
  const { type } = spec;
  const { name = '', container = '', metric, describedObject, target = {} } = sourceOf(spec, type) ?? {};
  const current = sourceOf(status, type)?.current;
  const byAverage = target.averageValue !== undefined;
  const amounts = byAverage ? `${current?.averageValue ?? UNKNOWN} / ${target.averageValue}` : `${current?.value ?? UNKNOWN} / ${target.value ?? ''}`;
  switch (type) {
    case 'External':
      return `"${metric?.name ?? ''}" (target ${byAverage ? 'average ' : ''}value):\t${amounts}`;
    case 'Pods':
      return `"${metric?.name ?? ''}" on pods:\t${amounts}`;
    case 'Object':
      return `"${metric?.name ?? ''}" on ${describedObject?.kind ?? ''}/${describedObject?.name ?? ''} (target ${byAverage ? 'average ' : ''}value):\t${amounts}`;
    case 'Resource':
    case 'ContainerResource': {
      const subject = type === 'Resource' ? `resource ${name} on pods` : `resource ${name} of container "${container}" on pods`;
      if (byAverage) return `${subject}:\t${amounts}`;
      const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}% (${current.averageValue ?? '0'})`;
      return `${subject}  (as a percentage of request):\t${now} / ${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
    }
    default:
      return `<unknown metric type "${type}">`;
  }
}

function direction(writer: Writer, title: string, rules: ScalingRules | undefined): void {
  if (!rules) return;
  writer.line(1, `${title}:`);
  if (rules.stabilizationWindowSeconds !== undefined) writer.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`);
  if (!rules.policies?.length) return;
  writer.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`);
  writer.line(2, 'Policies:');
  for (const { type, value, periodSeconds } of rules.policies) writer.line(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`);
}

export const describeHorizontalPodAutoscaler: Describer = async (found, { events, now }) => {
  const spec = found.spec as AutoscalerSpec;
  const status = (found.status ?? {}) as AutoscalerStatus;
  const { kind, name } = spec.scaleTargetRef;
  const writer = new Writer();
  writer.line(0, `Name:\t${found.metadata.name}`);
  writer.line(0, `Namespace:\t${found.metadata.namespace}`);
  pairs(writer, 'Labels', found.metadata.labels);
  annotations(writer, found.metadata.annotations);
  writer.line(0, `CreationTimestamp:\t${date(found.metadata.creationTimestamp)}`);
  writer.line(0, `Reference:\t${kind}/${name}`);
  writer.line(0, 'Metrics:\t( current / target )');
  spec.metrics?.forEach((metric, i) => writer.line(1, metricLine(metric, status.currentMetrics?.[i])));
  writer.line(0, `Min replicas:\t${spec.minReplicas ?? '<unset>'}`);
  writer.line(0, `Max replicas:\t${spec.maxReplicas}`);
  if (spec.behavior) {
    writer.line(0, 'Behavior:');
    direction(writer, 'Scale Up', spec.behavior.scaleUp);
    direction(writer, 'Scale Down', spec.behavior.scaleDown);
  }
  writer.line(0, `${kind} pods:\t${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`);
  if (status.conditions?.length) {
    writer.line(0, 'Conditions:');
    writer.line(1, 'Type\tStatus\tReason\tMessage');
    writer.line(1, '----\t------\t------\t-------');
    for (const condition of status.conditions) writer.line(1, `${condition.type}\t${condition.status}\t${condition.reason ?? ''}\t${condition.message ?? ''}`);
  }
  describeEvents(writer, events, now);
  return writer.toString();
};
