/** ReplicationControllers, the older form of ReplicaSets, kept by the same code (`pkg/controller/replication/conversion.go`). */
import { controllerOf } from '../apiserver/client.ts';
import { labelSelectorMatches } from '../apiserver/selectors.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { isReady, podsByController } from './pods.ts';
import { syncSet } from './replica-set.ts';
import { keyOf, splitKey, type Controller } from './types.ts';

const RESOURCE = 'replicationcontrollers';

interface Spec {
  selector?: Record<string, string>;
  minReadySeconds?: number;
}

/** With a selector as ReplicaSets have it. */
function asReplicaSet(controller: KubeObject): KubeObject {
  const { selector } = controller.spec as Spec;
  return { ...controller, spec: { ...(controller.spec as object), selector: { matchLabels: selector ?? {} } } };
}

export const replicationController = {
  name: 'replicationcontroller',
  component: 'replication-controller',
  watches: [{ resource: RESOURCE }, podsByController],
  changed(change, context) {
    const { object, previous, type, cause } = change;
    if (change.resource === RESOURCE) return context.enqueue(keyOf(object), cause);
    const { namespace, labels } = object.metadata;
    const owner = controllerOf(object);
    if (owner) {
      const controller = owner.kind === 'ReplicationController' ? context.lister.get(RESOURCE, namespace, owner.name) : undefined;
      if (controller?.metadata.uid !== owner.uid) return;
      context.enqueue(keyOf(controller), cause);
      const minReady = (controller.spec as Spec).minReadySeconds ?? 0;
      if (minReady > 0 && isReady(object) && !(previous && isReady(previous))) context.enqueueAt(keyOf(controller), context.now + minReady * 1_000 + 1_000);
    } else if (type !== 'DELETED') {
      for (const controller of context.lister.all(RESOURCE)) if (controller.metadata.namespace === namespace && labelSelectorMatches({ matchLabels: (controller.spec as Spec).selector ?? {} }, labels)) context.enqueue(keyOf(controller), cause);
    }
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const controller = context.lister.get(RESOURCE, namespace, name);
    if (controller) syncSet(asReplicaSet(controller), context);
  },
} satisfies Controller;
