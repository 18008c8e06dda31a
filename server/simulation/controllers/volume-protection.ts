/** Lets claims and volumes that are being deleted go when nobody uses them any more (`pkg/controller/volume/pvcprotection`, `pvprotection`). */
import type { KubeObject } from '../apiserver/types.ts';
import { isTerminal } from './pods.ts';
import { CLAIMS, claimsOf, VOLUMES } from './volume-matching.ts';
import { splitKey, type Controller, type ControllerContext } from './types.ts';

const CLAIM_FINALIZER = 'kubernetes.io/pvc-protection';
const VOLUME_FINALIZER = 'kubernetes.io/pv-protection';

export const volumeProtection = {
  name: 'volume-protection',
  component: 'pvc-protection-controller',
  watches: [{ resource: CLAIMS }, { resource: VOLUMES }, { resource: 'pods' }],
  changed(change, context) {
    const { namespace, name } = change.object.metadata;
    if (change.resource === CLAIMS) context.enqueue(`${namespace}/${name}`, change.cause);
    else if (change.resource === VOLUMES) context.enqueue(name, change.cause);
    else for (const claim of claimsOf(change.object)) context.enqueue(`${namespace}/${claim}`, change.cause);
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    if (namespace) {
      const claim = context.lister.get(CLAIMS, namespace, name);
      if (claim?.metadata.deletionTimestamp && !isUsed(claim, context)) release(CLAIMS, claim, CLAIM_FINALIZER, context);
      return;
    }
    const volume = context.lister.get(VOLUMES, undefined, name);
    if (volume?.metadata.deletionTimestamp && (volume.status as { phase?: string } | undefined)?.phase !== 'Bound') release(VOLUMES, volume, VOLUME_FINALIZER, context);
  },
} satisfies Controller;

/** By pods that have a node and have not ended. */
function isUsed(claim: KubeObject, context: ControllerContext): boolean {
  for (const pod of context.lister.all('pods')) {
    if (pod.metadata.namespace !== claim.metadata.namespace || isTerminal(pod) || !(pod.spec as { nodeName?: string }).nodeName) continue;
    if (claimsOf(pod).includes(claim.metadata.name)) return true;
  }
  return false;
}

function release(resource: string, object: KubeObject, finalizer: string, context: ControllerContext): void {
  if (!object.metadata.finalizers?.includes(finalizer)) return;
  context.client.patch(resource, object.metadata.namespace, object.metadata.name, (current) => {
    const { finalizers = [], ...metadata } = current.metadata;
    const rest = finalizers.filter((other) => other !== finalizer);
    return { ...current, metadata: rest.length > 0 ? { ...metadata, finalizers: rest } : metadata };
  });
}
