/**
 * Gives LoadBalancer Services an address while a tunnel runs, as minikube does; without one they stay `<pending>`, as on any
 * cluster without a cloud (`k8s.io/cloud-provider/controllers/service`).
 */
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';
import type { KubeObject } from '../apiserver/types.ts';

interface Spec {
  type?: string;
  clusterIP?: string;
}

interface Status {
  loadBalancer?: { ingress?: { ip: string; ipMode?: string }[] };
}

export const serviceLoadBalancer = {
  name: 'service-lb',
  component: 'service-controller',
  watches: [{ resource: 'services' }],
  changed(change, context) {
    if (change.type !== 'DELETED') context.enqueue(keyOf(change.object), change.cause);
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const service = context.lister.get('services', namespace, name);
    if (!service || service.metadata.deletionTimestamp) return;
    const spec = service.spec as Spec;
    const has = ((service.status as Status | undefined)?.loadBalancer?.ingress ?? []).length > 0;
    // minikube's tunnel routes the cluster IP itself, and hands it out as the external address.
    const wants = spec.type === 'LoadBalancer' && context.tunnel && Boolean(spec.clusterIP);
    if (wants && !has) setIngress(service, [{ ip: spec.clusterIP as string, ipMode: 'VIP' }], context);
    else if (!wants && has) setIngress(service, [], context);
  },
} satisfies Controller;

function setIngress(service: KubeObject, ingress: { ip: string; ipMode?: string }[], context: ControllerContext): void {
  context.client.patch(
    'services',
    service.metadata.namespace,
    service.metadata.name,
    (current) => ({ ...current, status: { ...(current.status as object), loadBalancer: ingress.length > 0 ? { ingress } : {} } }),
    'status',
  );
}
