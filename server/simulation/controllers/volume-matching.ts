/** Which volume fits which claim (`component-helpers/storage/volume/pv_helpers.go`). */
import { parseQuantity, type Quantity } from '../apiserver/quantity.ts';
import { labelSelectorMatches, type LabelSelector } from '../apiserver/selectors.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { termMatches, type NodeSelectorTerm } from '../scheduler/node-selector.ts';

export const VOLUMES = 'persistentvolumes';
export const CLAIMS = 'persistentvolumeclaims';
export const CLASSES = 'storageclasses.storage.k8s.io';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
/** A class without a provisioner: volumes are made by hand, as local ones are. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

export interface ClaimSpec {
  accessModes?: string[];
  resources?: { requests?: { storage?: string } };
  selector?: LabelSelector;
  storageClassName?: string;
  volumeMode?: string;
  volumeName?: string;
}

export interface ClaimReference {
  apiVersion?: string;
  kind?: string;
  name: string;
  namespace?: string;
  resourceVersion?: string;
  uid?: string;
}

export interface VolumeSpec {
  accessModes?: string[];
  capacity?: { storage?: string };
  claimRef?: ClaimReference;
  nodeAffinity?: { required?: { nodeSelectorTerms: NodeSelectorTerm[] } };
  persistentVolumeReclaimPolicy?: string;
  storageClassName?: string;
  volumeMode?: string;
  hostPath?: { path: string };
}

export function claimSpec(claim: KubeObject): ClaimSpec {
  return claim.spec as ClaimSpec;
}

export function volumeSpec(volume: KubeObject): VolumeSpec {
  return volume.spec as VolumeSpec;
}

function amount(text: string | undefined): Quantity {
  return parseQuantity(text ?? '0');
}

/** Whether a volume is reserved for a claim, by name and (if known) uid. */
export function isReservedFor(volume: KubeObject, claim: KubeObject): boolean {
  const reference = volumeSpec(volume).claimRef;
  return reference?.name === claim.metadata.name && reference.namespace === claim.metadata.namespace && (!reference.uid || reference.uid === claim.metadata.uid);
}

export function fitsNode(volume: KubeObject, node: KubeObject): boolean {
  const terms = volumeSpec(volume).nodeAffinity?.required?.nodeSelectorTerms;
  return !terms || terms.some((term) => termMatches(term, node));
}

/** Why a volume that a claim names cannot be its, or undefined. */
export function mismatch(volume: KubeObject, claim: KubeObject): string | undefined {
  const wanted = claimSpec(claim);
  const offered = volumeSpec(volume);
  if (amount(offered.capacity?.storage).compare(amount(wanted.resources?.requests?.storage)) < 0) return 'requested PV is too small';
  if ((offered.storageClassName ?? '') !== (wanted.storageClassName ?? '')) return 'storageClassName does not match';
  if ((offered.volumeMode ?? 'Filesystem') !== (wanted.volumeMode ?? 'Filesystem')) return 'incompatible volumeMode';
  if (!(wanted.accessModes ?? []).every((mode) => offered.accessModes?.includes(mode))) return 'incompatible accessMode';
  return undefined;
}

/** The smallest free volume for a claim; one that is reserved for it comes first. @param node where it must be usable. */
export function findVolume(claim: KubeObject, volumes: Iterable<KubeObject>, node?: KubeObject): KubeObject | undefined {
  let best: KubeObject | undefined;
  for (const volume of volumes) {
    if (volume.metadata.deletionTimestamp || (node && !fitsNode(volume, node))) continue;
    if (isReservedFor(volume, claim) && mismatch(volume, claim) === undefined) return volume;
    const spec = volumeSpec(volume);
    if (spec.claimRef || (volume.status as { phase?: string } | undefined)?.phase !== 'Available' || mismatch(volume, claim) !== undefined) continue;
    const { selector } = claimSpec(claim);
    if (selector && !labelSelectorMatches(selector, volume.metadata.labels)) continue;
    if (!best || amount(spec.capacity?.storage).compare(amount(volumeSpec(best).capacity?.storage)) < 0) best = volume;
  }
  return best;
}

/** Claims that a pod uses, by name. */
export function claimsOf(pod: KubeObject): string[] {
  const names: string[] = [];
  for (const volume of (pod.spec as { volumes?: { name: string; persistentVolumeClaim?: { claimName: string }; ephemeral?: object }[] }).volumes ?? []) {
    if (volume.persistentVolumeClaim) names.push(volume.persistentVolumeClaim.claimName);
    else if (volume.ephemeral) names.push(`${pod.metadata.name}-${volume.name}`);
  }
  return names;
}
