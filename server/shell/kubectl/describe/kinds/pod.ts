import { humanDuration } from '../../../../simulation/apiserver/tables/duration.ts';
import { describeContainers, type Container, type ContainerStatus } from '../containers.ts';
import { describeEvents } from '../events.ts';
import { describeTolerations, describeTopologySpread, nodeSelectors, type TopologySpreadConstraint } from '../scheduling.ts';
import type { Describer } from '../types.ts';
import { describeVolumes } from '../volumes.ts';
import { annotations, date, pairs, Writer } from '../writer.ts';

interface PodSpec {
  nodeName?: string;
  priority?: number;
  priorityClassName?: string;
  runtimeClassName?: string;
  serviceAccountName?: string;
  containers: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
  volumes?: { name: string }[];
  nodeSelector?: Record<string, string>;
  tolerations?: never[];
  readinessGates?: { conditionType: string }[];
  topologySpreadConstraints?: TopologySpreadConstraint[];
  securityContext?: { seccompProfile?: { type: string; localhostProfile?: string } };
}

interface PodStatus {
  phase?: string;
  reason?: string;
  message?: string;
  hostIP?: string;
  podIP?: string;
  podIPs?: { ip: string }[];
  startTime?: string;
  nominatedNodeName?: string;
  qosClass?: string;
  conditions?: { type: string; status: string }[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  ephemeralContainerStatuses?: ContainerStatus[];
}

export const describePod: Describer = async (pod, { now, events }) => {
  const spec = pod.spec as PodSpec;
  const status = (pod.status ?? {}) as PodStatus;
  const { metadata } = pod;
  const writer = new Writer();
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `Namespace:\t${metadata.namespace}`);
  if (spec.priority !== undefined) writer.line(0, `Priority:\t${spec.priority}`);
  if (spec.priorityClassName) writer.line(0, `Priority Class Name:\t${spec.priorityClassName}`);
  if (spec.runtimeClassName) writer.line(0, `Runtime Class Name:\t${spec.runtimeClassName}`);
  if (spec.serviceAccountName) writer.line(0, `Service Account:\t${spec.serviceAccountName}`);
  writer.line(0, `Node:\t${spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>'}`);
  if (status.startTime) writer.line(0, `Start Time:\t${date(status.startTime)}`);
  pairs(writer, 'Labels', metadata.labels);
  annotations(writer, metadata.annotations);
  if (metadata.deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    writer.line(0, `Status:\tTerminating (lasts ${humanDuration(now - Date.parse(metadata.deletionTimestamp))})`);
    writer.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else writer.line(0, `Status:\t${status.phase ?? ''}`);
  if (status.reason) writer.line(0, `Reason:\t${status.reason}`);
  if (status.message) writer.line(0, `Message:\t${status.message}`);
  const profile = spec.securityContext?.seccompProfile;
  if (profile) {
    writer.line(0, `SeccompProfile:\t${profile.type}`);
    if (profile.type === 'Localhost') writer.line(0, `LocalhostProfile:\t${profile.localhostProfile ?? ''}`);
  }
  writer.line(0, `IP:\t${status.podIP ?? ''}`);
  if (!status.podIPs?.length) writer.line(0, 'IPs:\t<none>');
  else {
    writer.line(0, 'IPs:');
    for (const { ip } of status.podIPs) writer.line(1, `IP:\t${ip}`);
  }
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  if (controller) writer.line(0, `Controlled By:\t${controller.kind}/${controller.name}`);
  if (status.nominatedNodeName) writer.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`);
  const facts = { field: (path: string): string | undefined => metadataField(pod.metadata as never, path) };
  if (spec.initContainers?.length) describeContainers(writer, 'Init Containers', spec.initContainers, status.initContainerStatuses ?? [], facts, '');
  describeContainers(writer, 'Containers', spec.containers, status.containerStatuses ?? [], facts, '');
  if (spec.ephemeralContainers?.length) describeContainers(writer, 'Ephemeral Containers', spec.ephemeralContainers, status.ephemeralContainerStatuses ?? [], facts, '');
  if (spec.readinessGates?.length) {
    writer.line(0, 'Readiness Gates:\n  Type\tStatus');
    for (const gate of spec.readinessGates) writer.line(1, `${gate.conditionType} \t${status.conditions?.find((condition) => condition.type === gate.conditionType)?.status ?? '<none>'} `);
  }
  if (status.conditions?.length) {
    writer.line(0, 'Conditions:\n  Type\tStatus');
    for (const condition of status.conditions) writer.line(1, `${condition.type} \t${condition.status} `);
  }
  describeVolumes(writer, spec.volumes as never, '');
  writer.line(0, `QoS Class:\t${status.qosClass ?? ''}`);
  nodeSelectors(writer, spec.nodeSelector, '');
  describeTolerations(writer, spec.tolerations, '');
  describeTopologySpread(writer, spec.topologySpreadConstraints, '');
  describeEvents(writer, events, now);
  return writer.toString();
};

/** Field paths of metadata, which kubectl resolves in environment variables; of other fields it shows the path alone. */
function metadataField(metadata: Record<string, unknown> & { labels?: Record<string, string>; annotations?: Record<string, string> }, path: string): string | undefined {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed) return metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] as string];
  const plain = /^metadata\.(name|namespace|uid)$/.exec(path);
  return plain ? String(metadata[plain[1] as string] ?? '') : undefined;
}
