/** Brings claims and volumes together (`pkg/controller/volume/persistentvolume`). */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { isTerminal } from './pods.ts';
import { claimSpec, CLAIMS, claimsOf, CLASSES, findVolume, isReservedFor, mismatch, NO_PROVISIONER, SELECTED_NODE, volumeSpec, VOLUMES } from './volume-matching.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
const PROVISIONER_ANNOTATIONS = ['volume.kubernetes.io/storage-provisioner', 'volume.beta.kubernetes.io/storage-provisioner'];
/** Everything is looked at again this often (`--pvclaimbinder-sync-period`). */
const RESYNC_MS = 15_000;
const VOLUME = 'volume ';

interface ClaimStatus {
  phase?: string;
  accessModes?: string[];
  capacity?: Record<string, string>;
}

interface VolumeStatus {
  phase?: string;
  message?: string;
  reason?: string;
  lastPhaseTransitionTime?: string;
}

export const persistentVolumeBinder = {
  name: 'persistentvolume-binder',
  component: 'persistentvolume-controller',
  watches: [{ resource: CLAIMS }, { resource: VOLUMES }, { resource: CLASSES }, { resource: 'pods' }],
  changed(change, context) {
    if (change.resource === CLAIMS) {
      if (change.type !== 'DELETED') return context.enqueue(keyOf(change.object), change.cause);
      const { volumeName } = claimSpec(change.object);
      if (volumeName) context.enqueue(VOLUME + volumeName, change.cause);
    } else if (change.resource === VOLUMES) {
      if (change.type !== 'DELETED') return context.enqueue(VOLUME + change.object.metadata.name, change.cause);
      const reference = volumeSpec(change.object).claimRef;
      if (reference) context.enqueue(`${reference.namespace}/${reference.name}`, change.cause);
    }
  },
  sync(key, context) {
    if (key.startsWith(VOLUME)) {
      const volume = context.lister.get(VOLUMES, undefined, key.slice(VOLUME.length));
      if (volume) syncVolume(volume, context);
      return;
    }
    const { namespace, name } = splitKey(key);
    const claim = context.lister.get(CLAIMS, namespace, name);
    if (!claim) return;
    if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) syncBound(claim, context);
    else {
      syncUnbound(claim, context);
      context.enqueueAt(key, (Math.floor(context.now / RESYNC_MS) + 1) * RESYNC_MS);
    }
  },
} satisfies Controller;

// ---- volumes ----

function syncVolume(volume: KubeObject, context: ControllerContext): void {
  const reference = volumeSpec(volume).claimRef;
  if (!reference?.uid) return setVolumePhase(volume, 'Available', context);
  const claim = context.client.get(CLAIMS, reference.namespace, reference.name);
  if (!claim || claim.metadata.uid !== reference.uid) {
    const phase = (volume.status as VolumeStatus | undefined)?.phase;
    if (phase === 'Failed') return;
    setVolumePhase(volume, 'Released', context);
    if (volumeSpec(volume).persistentVolumeReclaimPolicy === 'Delete') deleteVolume(volume, context);
    return;
  }
  if (claimSpec(claim).volumeName === volume.metadata.name) return setVolumePhase(volume, 'Bound', context);
  if (!claimSpec(claim).volumeName) context.enqueue(keyOf(claim));
}

/** Only volumes of host paths under /tmp can be deleted without a driver. */
function deleteVolume(volume: KubeObject, context: ControllerContext): void {
  const { hostPath } = volumeSpec(volume);
  const provisioned = volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'];
  // Whoever made it deletes it.
  if (provisioned) return;
  if (hostPath && /^\/tmp\/.+/.test(hostPath.path)) return context.client.delete(VOLUMES, undefined, volume.metadata.name);
  const why = hostPath ? `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}` : `error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`;
  context.events.event(volume, 'Warning', 'VolumeFailedDelete', why);
  setVolumePhase(context.client.get(VOLUMES, undefined, volume.metadata.name) ?? volume, 'Failed', context, why);
}

function setVolumePhase(volume: KubeObject, phase: string, context: ControllerContext, message?: string): void {
  const before = (volume.status ?? {}) as VolumeStatus;
  if (before.phase === phase) return;
  context.client.patch(VOLUMES, undefined, volume.metadata.name, (current) => ({ ...current, status: { lastPhaseTransitionTime: rfc3339(context.now), ...(message ? { message } : {}), phase } }), 'status');
}

// ---- claims ----

function setClaimPhase(claim: KubeObject, status: ClaimStatus, context: ControllerContext): void {
  const before = (claim.status ?? {}) as ClaimStatus;
  if (before.phase === status.phase && (!status.capacity || JSON.stringify(before.capacity) === JSON.stringify(status.capacity)) && JSON.stringify(before.accessModes) === JSON.stringify(status.accessModes)) return;
  context.client.patch(CLAIMS, claim.metadata.namespace, claim.metadata.name, (current) => ({ ...current, status: { ...(current.status as object), ...status } }), 'status');
}

function syncBound(claim: KubeObject, context: ControllerContext): void {
  const { volumeName } = claimSpec(claim);
  const volume = volumeName ? context.client.get(VOLUMES, undefined, volumeName) : undefined;
  const lost = (reason: string, message: string): void => {
    if ((claim.status as ClaimStatus | undefined)?.phase !== 'Lost') context.events.event(claim, 'Warning', reason, message);
    setClaimPhase(claim, { phase: 'Lost' }, context);
  };
  if (!volume) return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  if (!isReservedFor(volume, claim) && volumeSpec(volume).claimRef) return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
  bind(volume, claim, context);
}

function syncUnbound(claim: KubeObject, context: ControllerContext): void {
  const { volumeName, storageClassName } = claimSpec(claim);
  const pending = (): void => setClaimPhase(claim, { phase: 'Pending' }, context);
  if (volumeName) {
    const volume = context.client.get(VOLUMES, undefined, volumeName);
    if (!volume) return pending();
    if (volumeSpec(volume).claimRef && !isReservedFor(volume, claim)) {
      context.events.event(claim, 'Warning', 'FailedBinding', `volume "${volumeName}" already bound to a different claim.`);
      return pending();
    }
    const why = mismatch(volume, claim);
    if (why) {
      context.events.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${why}`);
      return pending();
    }
    return bind(volume, claim, context);
  }
  const storageClass = storageClassName ? context.lister.get(CLASSES, undefined, storageClassName) : undefined;
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && claim.metadata.annotations?.[SELECTED_NODE] === undefined;
  const volumes = [...context.lister.all(VOLUMES)];
  const volume = waits ? volumes.find((candidate) => isReservedFor(candidate, claim)) : findVolume(claim, volumes);
  if (volume) return bind(volume, claim, context);
  if (waits) {
    const user = firstUser(claim, context);
    if (user) context.events.event(claim, 'Normal', 'WaitForPodScheduled', `waiting for pod ${user.metadata.name} to be scheduled`);
    else context.events.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  } else if (storageClassName) provision(claim, storageClassName, storageClass, context);
  else context.events.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  pending();
}

function firstUser(claim: KubeObject, context: ControllerContext): KubeObject | undefined {
  for (const pod of context.lister.all('pods')) {
    if (pod.metadata.namespace === claim.metadata.namespace && !isTerminal(pod) && claimsOf(pod).includes(claim.metadata.name)) return pod;
  }
  return undefined;
}

/** Asks the class's provisioner for a volume; it is a program of its own and may not be there. */
function provision(claim: KubeObject, name: string, storageClass: KubeObject | undefined, context: ControllerContext): void {
  if (!storageClass) return context.events.event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`);
  const provisioner = storageClass.provisioner as string;
  if (provisioner === NO_PROVISIONER) return context.events.event(claim, 'Warning', 'ProvisioningFailed', `no volume plugin matched name: ${NO_PROVISIONER}`);
  if (PROVISIONER_ANNOTATIONS.some((key) => claim.metadata.annotations?.[key] !== provisioner)) {
    context.client.patch(CLAIMS, claim.metadata.namespace, claim.metadata.name, (current) => ({ ...current, metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...Object.fromEntries(PROVISIONER_ANNOTATIONS.map((key) => [key, provisioner])) } } }));
  }
  context.events.event(claim, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`);
}

/** Writes both sides of a binding, as far as they are not written yet (`ctrl.bind`). */
function bind(volume: KubeObject, claim: KubeObject, context: ControllerContext): void {
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const reference = volumeSpec(volume).claimRef;
  if (reference?.uid !== uid) {
    context.client.patch(VOLUMES, undefined, volume.metadata.name, (current) => ({
      ...current,
      metadata: reference ? current.metadata : { ...current.metadata, annotations: { ...current.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } },
      spec: { ...(current.spec as object), claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, resourceVersion, uid } },
    }));
  }
  setVolumePhase(volume, 'Bound', context);
  if (claimSpec(claim).volumeName !== volume.metadata.name || claim.metadata.annotations?.[BIND_COMPLETED] === undefined) {
    context.client.patch(CLAIMS, namespace, name, (current) => ({
      ...current,
      metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, [BIND_COMPLETED]: 'yes', ...(claimSpec(claim).volumeName ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }) } },
      spec: { ...(current.spec as object), volumeName: volume.metadata.name },
    }));
  }
  const { accessModes, capacity } = volumeSpec(volume);
  // What a bound claim has follows its volume only when the file system has grown too.
  const becomes = (claim.status as ClaimStatus | undefined)?.phase !== 'Bound' || !(claim.status as ClaimStatus).capacity;
  setClaimPhase(claim, { phase: 'Bound', ...(accessModes ? { accessModes } : {}), ...(capacity && becomes ? { capacity: capacity as Record<string, string> } : {}) }, context);
}
