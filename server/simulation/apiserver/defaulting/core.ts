/** Defaults of Services, ConfigMaps, Secrets, nodes, volumes and others. */
import { each, fill, over } from './pods.ts';

type Json = Record<string, unknown>;

const spec = (change: (spec: Json) => Json) => (object: Json): Json => over(fill(object, { spec: {} }), 'spec', change);

/** Cluster IPs, families and node ports come from allocation (registry/service.ts), not from here. */
export const serviceDefaults = spec((value) => {
  let result = fill(value, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (result.sessionAffinity === 'ClientIP') {
    const config = (result.sessionAffinityConfig as Json | undefined) ?? {};
    result = { ...result, sessionAffinityConfig: { ...config, clientIP: fill((config.clientIP as Json | undefined) ?? {}, { timeoutSeconds: 10_800 }) } };
  }
  result = each(result, 'ports', (port) => {
    const filled = fill(port, { protocol: 'TCP' });
    return filled.targetPort === undefined || filled.targetPort === 0 || filled.targetPort === '' ? { ...filled, targetPort: filled.port } : filled;
  });
  if (result.type === 'NodePort' || result.type === 'LoadBalancer') result = fill(result, { externalTrafficPolicy: 'Cluster' });
  if (result.type !== 'ExternalName') result = fill(result, { internalTrafficPolicy: 'Cluster' });
  if (result.type === 'LoadBalancer') result = fill(result, { allocateLoadBalancerNodePorts: true });
  return result;
});

export const secretDefaults = (object: Json): Json => {
  const filled = fill(object, { type: 'Opaque' });
  const text = filled.stringData as Record<string, string> | undefined;
  if (!text) return filled;
  // What is written as text is kept encoded.
  const { stringData: _text, ...rest } = filled;
  const data: Json = { ...(filled.data as Json | undefined) };
  for (const key of Object.keys(text)) data[key] = encodeBase64(text[key] as string);
  return { ...rest, data };
};

/** Base64 of a text's UTF-8 bytes. */
export function encodeBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export const namespaceDefaults = (object: Json): Json => {
  const metadata = object.metadata as { name?: string; labels?: Record<string, string> };
  const labelled = metadata.name && metadata.labels?.['kubernetes.io/metadata.name'] !== metadata.name
    ? { ...object, metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name } } }
    : object;
  return fill(labelled, { spec: {}, status: {} });
};

export const persistentVolumeDefaults = spec((value) => over(fill(value, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }), 'hostPath', (source: Json) => fill(source, { type: '' })));
export const persistentVolumeClaimDefaults = spec((value) => fill(value, { volumeMode: 'Filesystem' }));
export const storageClassDefaults = (object: Json): Json => fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });
export const ingressDefaults = spec((value) => value);
export const endpointSliceDefaults = (object: Json): Json => each(object, 'ports', (port) => fill(port, { name: '', protocol: 'TCP' }));
export const endpointsDefaults = (object: Json): Json => each(object, 'subsets', (subset) => each(subset, 'ports', (port) => fill(port, { protocol: 'TCP' })));
export const networkPolicyDefaults = spec((value) => {
  const ports = (rules: Json): Json => each(rules, 'ports', (port) => fill(port, { protocol: 'TCP' }));
  const filled = each(each(value, 'ingress', ports), 'egress', ports);
  return fill(filled, { policyTypes: (filled.egress as unknown[] | null | undefined)?.length ? ['Ingress', 'Egress'] : ['Ingress'] });
});
export const priorityClassDefaults = (object: Json): Json => fill(object, { preemptionPolicy: 'PreemptLowerPriority' });
export const roleBindingDefaults = (object: Json): Json => {
  const filled = over(object, 'roleRef', (reference: Json) => fill(reference, { apiGroup: 'rbac.authorization.k8s.io' }));
  return each(filled, 'subjects', (subject) => (subject.kind === 'ServiceAccount' ? subject : fill(subject, { apiGroup: 'rbac.authorization.k8s.io' })));
};
export const limitRangeDefaults = spec((value) =>
  each(value, 'limits', (item) => {
    if (item.type !== 'Container') return item;
    const limits = fill((item.default as Json | undefined) ?? {}, (item.max as Json | undefined) ?? {});
    const requests = fill(fill((item.defaultRequest as Json | undefined) ?? {}, limits), (item.min as Json | undefined) ?? {});
    return { ...item, ...(Object.keys(limits).length > 0 ? { default: limits } : {}), ...(Object.keys(requests).length > 0 ? { defaultRequest: requests } : {}) };
  }),
);
