/** Storage of a StatefulSet's pods: a claim of every template for every ordinal (`pkg/controller/statefulset/stateful_pod_control.go`). */
import { ApiError, type KubeObject, type OwnerReference } from '../apiserver/types.ts';
import type { NewObject } from '../apiserver/client.ts';
import type { LabelSelector } from '../apiserver/selectors.ts';
import type { ControllerContext } from './types.ts';

export const CLAIMS = 'persistentvolumeclaims';

export interface ClaimTemplate {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

export interface RetentionPolicy {
  whenDeleted?: 'Retain' | 'Delete';
  whenScaled?: 'Retain' | 'Delete';
}

interface Spec {
  selector: LabelSelector;
  replicas?: number;
  ordinals?: { start?: number };
  volumeClaimTemplates?: ClaimTemplate[];
  persistentVolumeClaimRetentionPolicy?: RetentionPolicy;
}

/** Names of the claims of an ordinal by volume. */
export function claimsFor(set: KubeObject, ordinal: number): Map<string, string> {
  return new Map(((set.spec as Spec).volumeClaimTemplates ?? []).map(({ metadata }) => [metadata.name, `${metadata.name}-${set.metadata.name}-${ordinal}`]));
}

/** A pod spec with the claims as volumes, in front of its own (`updateStorage`). */
export function withStorage(spec: Record<string, unknown>, claims: Map<string, string>): Record<string, unknown> {
  if (claims.size === 0) return spec;
  const own = (spec.volumes as { name: string }[] | undefined) ?? [];
  return { ...spec, volumes: [...[...claims].map(([name, claimName]) => ({ name, persistentVolumeClaim: { claimName } })), ...own.filter(({ name }) => !claims.has(name))] };
}

/** Creates the claims of a pod that are missing, with events. @throws ApiError */
export function createClaims(set: KubeObject, pod: KubeObject | NewObject, ordinal: number, context: ControllerContext): void {
  const spec = set.spec as Spec;
  const { namespace } = set.metadata;
  for (const template of spec.volumeClaimTemplates ?? []) {
    const name = `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
    if (context.client.get(CLAIMS, namespace, name)) continue;
    const says = (text: string): string => `create Claim ${name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} ${text}`;
    try {
      context.client.create(CLAIMS, {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name,
          ...(namespace ? { namespace } : {}),
          labels: { ...template.metadata.labels, ...spec.selector.matchLabels },
          ...(template.metadata.annotations ? { annotations: template.metadata.annotations } : {}),
          ...(spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete' ? { ownerReferences: [ownedBy(set)] } : {}),
        },
        spec: template.spec,
      });
      context.events.event(set, 'Normal', 'SuccessfulCreate', says('success'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason === 'AlreadyExists') continue;
      context.events.event(set, 'Warning', 'FailedCreate', says(`failed error: ${error.message}`));
      throw error;
    }
  }
}

function ownedBy(owner: KubeObject): OwnerReference {
  return { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** Owners of the claims as the retention policy wants them: the set, or the pod that is one too many. */
export function keepClaimOwners(set: KubeObject, pods: readonly KubeObject[], context: ControllerContext): void {
  const spec = set.spec as Spec;
  const templates = spec.volumeClaimTemplates ?? [];
  if (templates.length === 0) return;
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  const first = spec.ordinals?.start ?? 0;
  const last = first + (spec.replicas ?? 1) - 1;
  for (const pod of pods) {
    const ordinal = Number(pod.metadata.name.slice(set.metadata.name.length + 1));
    const condemned = ordinal < first || ordinal > last;
    const wanted = condemned && whenScaled === 'Delete' ? ownedBy(pod) : whenDeleted === 'Delete' ? ownedBy(set) : undefined;
    for (const name of claimsFor(set, ordinal).values()) {
      const claim = context.lister.get(CLAIMS, set.metadata.namespace, name);
      if (!claim || claim.metadata.deletionTimestamp) continue;
      const owners = claim.metadata.ownerReferences ?? [];
      const rest = owners.filter((owner) => owner.uid !== set.metadata.uid && owner.uid !== pod.metadata.uid);
      const next = wanted ? [...rest, wanted] : rest;
      if (next.length === owners.length && next.every((owner) => owners.some((other) => other.uid === owner.uid))) continue;
      context.client.patch(CLAIMS, claim.metadata.namespace, name, (current) => {
        const { ownerReferences: _before, ...metadata } = current.metadata;
        return { ...current, metadata: next.length > 0 ? { ...metadata, ownerReferences: next } : metadata };
      });
    }
  }
}
