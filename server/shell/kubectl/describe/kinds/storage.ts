/** Descriptions of PersistentVolume, PersistentVolumeClaim and StorageClass. */
import { humanDuration } from '../../../../simulation/apiserver/tables/duration.ts';
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';
import { formatLabels } from '../../../../simulation/apiserver/tables/format.ts';
import { describeEvents } from '../events.ts';
import type { Describer } from '../types.ts';
import { annotations, date, pairs, Writer } from '../writer.ts';

const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
const SHORT_MODES: Record<string, string> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };
const MODE_ORDER = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];

function accessModes(modes: string[] | undefined): string {
  return MODE_ORDER.filter((mode) => modes?.includes(mode)).map((mode) => SHORT_MODES[mode]).join(',');
}

function phase(writer: Writer, object: KubeObject, now: number): void {
  const deleted = object.metadata.deletionTimestamp;
  writer.line(0, `Status:\t${deleted ? `Terminating (lasts ${humanDuration(now - Date.parse(deleted))})` : ((object.status as { phase?: string } | undefined)?.phase ?? '')}`);
}

function finalizers(writer: Writer, object: KubeObject): void {
  writer.line(0, `Finalizers:\t[${(object.metadata.finalizers ?? []).join(' ')}]`);
}

export const describeStorageClass: Describer = async (found, { events, now }) => {
  const { metadata } = found;
  const options = (found.mountOptions ?? []) as string[];
  const writer = new Writer();
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `IsDefaultClass:\t${DEFAULT_CLASS.some((key) => metadata.annotations?.[key] === 'true') ? 'Yes' : 'No'}`);
  writer.line(0, `Annotations:\t${formatLabels(metadata.annotations)}`);
  writer.line(0, `Provisioner:\t${found.provisioner as string}`);
  writer.line(0, `Parameters:\t${formatLabels(found.parameters as Record<string, string> | undefined)}`);
  writer.line(0, `AllowVolumeExpansion:\t${found.allowVolumeExpansion === undefined ? '<unset>' : found.allowVolumeExpansion ? 'True' : 'False'}`);
  if (options.length === 0) writer.line(0, 'MountOptions:\t<none>');
  else {
    writer.line(0, 'MountOptions:');
    for (const option of options) writer.line(0, `  ${option}`);
  }
  if (found.reclaimPolicy !== undefined) writer.line(0, `ReclaimPolicy:\t${found.reclaimPolicy as string}`);
  if (found.volumeBindingMode !== undefined) writer.line(0, `VolumeBindingMode:\t${found.volumeBindingMode as string}`);
  describeEvents(writer, events, now);
  return writer.toString();
};

interface VolumeSpec {
  storageClassName?: string;
  claimRef?: { namespace?: string; name: string };
  persistentVolumeReclaimPolicy?: string;
  accessModes?: string[];
  volumeMode?: string;
  capacity?: { storage?: string };
  nodeAffinity?: { required?: { nodeSelectorTerms: { matchExpressions?: { key: string; operator: string; values?: string[] }[] }[] } };
  hostPath?: { path: string; type?: string };
  local?: { path: string };
  nfs?: { server: string; path: string; readOnly?: boolean };
  csi?: { driver: string; volumeHandle: string; fsType?: string; readOnly?: boolean; volumeAttributes?: Record<string, string> };
}

function source(writer: Writer, spec: VolumeSpec): void {
  if (spec.hostPath) {
    writer.line(2, 'Type:\tHostPath (bare host directory volume)');
    writer.line(2, `Path:\t${spec.hostPath.path}`);
    writer.line(2, `HostPathType:\t${spec.hostPath.type ?? '<none>'}`);
  } else if (spec.local) {
    writer.line(2, 'Type:\tLocalVolume (a persistent volume backed by local storage on a node)');
    writer.line(2, `Path:\t${spec.local.path}`);
  } else if (spec.nfs) {
    writer.line(2, 'Type:\tNFS (an NFS mount that lasts the lifetime of a pod)');
    writer.line(2, `Server:\t${spec.nfs.server}`);
    writer.line(2, `Path:\t${spec.nfs.path}`);
    writer.line(2, `ReadOnly:\t${spec.nfs.readOnly ?? false}`);
  } else if (spec.csi) {
    writer.line(2, 'Type:\tCSI (a Container Storage Interface (CSI) volume source)');
    writer.line(2, `Driver:\t${spec.csi.driver}`);
    writer.line(2, `FSType:\t${spec.csi.fsType ?? ''}`);
    writer.line(2, `VolumeHandle:\t${spec.csi.volumeHandle}`);
    writer.line(2, `ReadOnly:\t${spec.csi.readOnly ?? false}`);
    pairs(writer, 'VolumeAttributes', spec.csi.volumeAttributes, 2);
  } else writer.line(1, '<unknown>');
}

function nodeAffinity(writer: Writer, affinity: VolumeSpec['nodeAffinity']): void {
  if (!affinity) return writer.line(0, 'Node Affinity:\t<none>');
  writer.line(0, 'Node Affinity:\t');
  const terms = affinity.required?.nodeSelectorTerms;
  if (!affinity.required) return writer.line(1, 'Required Terms:\t<none>');
  writer.line(1, 'Required Terms:\t');
  (terms ?? []).forEach((term, i) => {
    if (!term.matchExpressions?.length) return writer.line(2, `Term ${i}:\t<none>`);
    term.matchExpressions.forEach(({ key, operator, values = [] }, at) => {
      const list = values.length > 0 ? ` [${values.join(', ')}]` : '';
      writer.line(2, `${at === 0 ? `Term ${i}:\t` : '\t'}${key} ${operator.toLowerCase()}${list}`);
    });
  });
}

export const describePersistentVolume: Describer = async (volume, { events, now }) => {
  const spec = (volume.spec ?? {}) as VolumeSpec;
  const writer = new Writer();
  writer.line(0, `Name:\t${volume.metadata.name}`);
  pairs(writer, 'Labels', volume.metadata.labels);
  annotations(writer, volume.metadata.annotations);
  finalizers(writer, volume);
  writer.line(0, `StorageClass:\t${spec.storageClassName ?? ''}`);
  phase(writer, volume, now);
  writer.line(0, `Claim:\t${spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : ''}`);
  writer.line(0, `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}`);
  writer.line(0, `Access Modes:\t${accessModes(spec.accessModes)}`);
  if (spec.volumeMode) writer.line(0, `VolumeMode:\t${spec.volumeMode}`);
  writer.line(0, `Capacity:\t${spec.capacity?.storage ?? '0'}`);
  nodeAffinity(writer, spec.nodeAffinity);
  writer.line(0, `Message:\t${(volume.status as { message?: string } | undefined)?.message ?? ''}`);
  writer.line(0, 'Source:');
  source(writer, spec);
  describeEvents(writer, events, now);
  return writer.toString();
};

interface ClaimVolume {
  persistentVolumeClaim?: { claimName: string };
  ephemeral?: object;
  name: string;
}

export const describePersistentVolumeClaim: Describer = async (claim, context) => {
  const { metadata } = claim;
  const spec = (claim.spec ?? {}) as { storageClassName?: string; volumeName?: string; volumeMode?: string };
  const status = (claim.status ?? {}) as { accessModes?: string[]; capacity?: { storage?: string }; conditions?: { type: string; status: string; lastProbeTime?: string; lastTransitionTime?: string; reason?: string; message?: string }[] };
  const writer = new Writer();
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `Namespace:\t${metadata.namespace}`);
  writer.line(0, `StorageClass:\t${spec.storageClassName ?? ''}`);
  phase(writer, claim, context.now);
  writer.line(0, `Volume:\t${spec.volumeName ?? ''}`);
  pairs(writer, 'Labels', metadata.labels);
  annotations(writer, metadata.annotations);
  finalizers(writer, claim);
  writer.line(0, `Capacity:\t${spec.volumeName ? (status.capacity?.storage ?? '0') : ''}`);
  writer.line(0, `Access Modes:\t${spec.volumeName ? accessModes(status.accessModes) : ''}`);
  if (spec.volumeMode) writer.line(0, `VolumeMode:\t${spec.volumeMode}`);
  const pods = await context.list(`/api/v1/namespaces/${metadata.namespace}/pods`);
  const users = pods.filter((pod) => ((pod.spec as { volumes?: ClaimVolume[] }).volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === metadata.name || (volume.ephemeral && `${pod.metadata.name}-${volume.name}` === metadata.name)));
  if (users.length === 0) writer.line(0, 'Used By:\t<none>');
  users.forEach((pod, i) => writer.raw(`${i === 0 ? 'Used By:' : ''}\t${pod.metadata.name}\n`));
  if (status.conditions?.length) {
    writer.line(0, 'Conditions:');
    writer.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
    writer.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const { type, status: state, lastProbeTime, lastTransitionTime, reason, message } of status.conditions) writer.line(1, `${type} \t${state} \t${lastProbeTime ? date(lastProbeTime) : 'Mon, 01 Jan 0001 00:00:00 +0000'} \t${date(lastTransitionTime)} \t${reason ?? ''} \t${message ?? ''}`);
  }
  describeEvents(writer, context.events, context.now);
  return writer.toString();
};

export const describeCsiNode: Describer = async (node, { events, now }) => {
  const { drivers } = node.spec as { drivers?: { name: string; nodeID: string; allocatable?: { count?: number }; topologyKeys?: string[] }[] | null };
  const writer = new Writer();
  writer.line(0, `Name:\t${node.metadata.name}`);
  pairs(writer, 'Labels', node.metadata.labels);
  annotations(writer, node.metadata.annotations);
  writer.line(0, `CreationTimestamp:\t${date(node.metadata.creationTimestamp)}`);
  writer.line(0, 'Spec:');
  if (drivers?.length) {
    writer.line(1, 'Drivers:');
    for (const { name, nodeID, allocatable, topologyKeys } of drivers) {
      writer.line(2, `${name}:`);
      writer.line(3, `Node ID:\t${nodeID}`);
      if (allocatable?.count !== undefined) writer.line(3, `Allocatables:\n        Count:\t${allocatable.count}`);
      if (topologyKeys) writer.line(3, `Topology Keys:\t[${topologyKeys.join(' ')}]`);
    }
  }
  describeEvents(writer, events, now);
  return writer.toString();
};

export const describeVolumeAttributesClass: Describer = async (found, { events, now }) => {
  const writer = new Writer();
  writer.line(0, `Name:\t${found.metadata.name}`);
  writer.line(0, `Annotations:\t${formatLabels(found.metadata.annotations)}`);
  writer.line(0, `DriverName:\t${found.driverName as string}`);
  writer.line(0, `Parameters:\t${formatLabels(found.parameters as Record<string, string> | undefined)}`);
  describeEvents(writer, events, now);
  return writer.toString();
};
