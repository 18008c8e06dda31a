/** Makes the claims of generic ephemeral volumes, which live and die with their pods (`pkg/controller/volume/ephemeral`). */
import { controllerReference } from '../apiserver/client.ts';
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { CLAIMS } from './volume-matching.ts';
import { keyOf, splitKey, type Controller } from './types.ts';

interface EphemeralVolume {
  name: string;
  ephemeral?: { volumeClaimTemplate: { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec: object } };
}

function ephemeralVolumes(pod: KubeObject): EphemeralVolume[] {
  return ((pod.spec as { volumes?: EphemeralVolume[] }).volumes ?? []).filter((volume) => volume.ephemeral);
}

export const ephemeralVolume = {
  name: 'ephemeral-volume',
  component: 'ephemeral-volume-controller',
  watches: [{ resource: 'pods' }, { resource: CLAIMS }],
  changed({ resource, object, type, cause }, context) {
    if (resource === 'pods') {
      if (type !== 'DELETED' && !object.metadata.deletionTimestamp && ephemeralVolumes(object).length > 0) context.enqueue(keyOf(object), cause);
    } else if (type === 'DELETED') {
      const pod = object.metadata.ownerReferences?.find((owner) => owner.kind === 'Pod' && owner.controller);
      if (pod) context.enqueue(`${object.metadata.namespace}/${pod.name}`, cause);
    }
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const pod = context.lister.get('pods', namespace, name);
    if (!pod || pod.metadata.deletionTimestamp) return;
    for (const volume of ephemeralVolumes(pod)) {
      const claimName = `${name}-${volume.name}`;
      const there = context.client.get(CLAIMS, namespace, claimName);
      const refused = (error: string): void => context.events.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${error}`);
      if (there) {
        if (!there.metadata.ownerReferences?.some((owner) => owner.uid === pod.metadata.uid)) refused(`PVC ${namespace}/${claimName} was not created for pod ${namespace}/${name} (pod is not owner)`);
        continue;
      }
      const template = (volume.ephemeral as NonNullable<EphemeralVolume['ephemeral']>).volumeClaimTemplate;
      try {
        context.client.create(CLAIMS, {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { ...template.metadata, name: claimName, namespace, ownerReferences: [controllerReference(pod)] },
          spec: template.spec,
        });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refused(`create PVC ${claimName}: ${error.message}`);
        throw error;
      }
    }
  },
} satisfies Controller;
