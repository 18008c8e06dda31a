/** Pod templates: what workloads and `rollout history --revision` show of the pods they make. */
import { describeContainers, type Container } from './containers.ts';
import { describeTolerations, describeTopologySpread, nodeSelectors, type TopologySpreadConstraint } from './scheduling.ts';
import { describeVolumes } from './volumes.ts';
import { annotations, pairs, type Writer } from './writer.ts';

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: {
    containers?: Container[];
    initContainers?: Container[];
    serviceAccountName?: string;
    volumes?: { name: string }[];
    topologySpreadConstraints?: TopologySpreadConstraint[];
    priorityClassName?: string;
    nodeSelector?: Record<string, string>;
    tolerations?: never[];
  };
}

/** `Pod Template:` and all of it. */
export function describePodTemplate(writer: Writer, template: PodTemplate | undefined): void {
  writer.raw('Pod Template:\n');
  if (!template) return writer.raw('  <unset>');
  pairs(writer, 'Labels', template.metadata?.labels, 1);
  if (Object.keys(template.metadata?.annotations ?? {}).length > 0) annotations(writer, template.metadata?.annotations, 1);
  const spec = template.spec ?? {};
  if (spec.serviceAccountName) writer.raw(`  Service Account:\t${spec.serviceAccountName}\n`);
  if (spec.initContainers?.length) describeContainers(writer, 'Init Containers', spec.initContainers, undefined, {}, '  ');
  describeContainers(writer, 'Containers', spec.containers ?? [], undefined, {}, '  ');
  describeVolumes(writer, spec.volumes as never, '  ');
  describeTopologySpread(writer, spec.topologySpreadConstraints, '  ');
  if (spec.priorityClassName) writer.raw(`  Priority Class Name:\t${spec.priorityClassName}\n`);
  nodeSelectors(writer, spec.nodeSelector, '  ');
  describeTolerations(writer, spec.tolerations, '  ');
}
