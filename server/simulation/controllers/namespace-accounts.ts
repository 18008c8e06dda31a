/** Every namespace has a service account `default` and the cluster's authority (`serviceaccount`, `root-ca-cert-publisher`). */
import { authorityCertificate } from '../pki/cluster-authority.ts';
import { splitKey, type Controller } from './types.ts';

export const serviceAccount = {
  name: 'serviceaccount',
  component: 'service-account-controller',
  watches: [{ resource: 'namespaces' }, { resource: 'serviceaccounts' }],
  changed(change, context) {
    if (change.resource === 'namespaces') context.enqueue(change.object.metadata.name, change.cause);
    else if (change.type === 'DELETED' && change.object.metadata.name === 'default') context.enqueue(change.object.metadata.namespace as string, change.cause);
  },
  sync(name, context) {
    const namespace = context.lister.get('namespaces', undefined, name);
    if (!namespace || namespace.metadata.deletionTimestamp || context.lister.get('serviceaccounts', name, 'default')) return;
    if (context.client.get('serviceaccounts', name, 'default')) return;
    context.client.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
  },
} satisfies Controller;

const ROOT_CA = 'kube-root-ca.crt';

export const rootCaPublisher = {
  name: 'root-ca-certificate-publisher',
  component: 'root-ca-cert-publisher',
  watches: [{ resource: 'namespaces' }, { resource: 'configmaps' }],
  changed(change, context) {
    if (change.resource === 'namespaces') context.enqueue(`${change.object.metadata.name}/${ROOT_CA}`, change.cause);
    else if (change.object.metadata.name === ROOT_CA) context.enqueue(`${change.object.metadata.namespace}/${ROOT_CA}`, change.cause);
  },
  sync(key, context) {
    const { namespace } = splitKey(key);
    const found = context.lister.get('namespaces', undefined, namespace);
    if (!found || found.metadata.deletionTimestamp) return;
    const certificate = authorityCertificate(context.client.get('namespaces', undefined, 'kube-system'));
    if (certificate === undefined) return;
    const data = { 'ca.crt': certificate };
    const existing = context.client.get('configmaps', namespace, ROOT_CA);
    if (existing) {
      const { data: held = {} } = existing as { data?: Record<string, string> };
      if (held['ca.crt'] !== certificate || Object.keys(held).length > 1) context.client.update('configmaps', { ...existing, data });
      return;
    }
    context.client.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: ROOT_CA,
        namespace,
        annotations: { 'kubernetes.io/description': "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters." },
      },
      data,
    });
  },
} satisfies Controller;
