/** What a kustomization changes in all its resources. */
import type { Json, Kustomization, Resource } from './types.ts';

const CLUSTER_SCOPED = new Set([
  'Namespace', 'Node', 'PersistentVolume', 'StorageClass', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'IngressClass', 'PriorityClass', 'RuntimeClass', 'APIService',
  'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'CSIDriver', 'CertificateSigningRequest', 'VolumeAttachment', 'FlowSchema', 'PriorityLevelConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding',
]);
/** Kinds whose names a prefix or suffix leaves alone. */
const NAMES_KEPT = new Set(['CustomResourceDefinition', 'APIService', 'Namespace']);
/** Where labels of what a workload makes are, and where it looks for them. */
const TEMPLATES = ['spec.template', 'spec.jobTemplate.spec.template'];
const SELECTORS: Record<string, string[]> = {
  Service: ['spec.selector'], ReplicationController: ['spec.selector'], Deployment: ['spec.selector.matchLabels'], ReplicaSet: ['spec.selector.matchLabels'], DaemonSet: ['spec.selector.matchLabels'],
  StatefulSet: ['spec.selector.matchLabels'], PodDisruptionBudget: ['spec.selector.matchLabels'], NetworkPolicy: ['spec.podSelector.matchLabels'], Job: [], CronJob: [],
};
const REPLICATED = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

export function transform(resources: readonly Resource[], kustomization: Kustomization): void {
  const { namespace, namePrefix = '', nameSuffix = '', commonAnnotations } = kustomization;
  if (namespace) setNamespace(resources, namespace);
  for (const resource of resources) {
    const { metadata, kind } = resource.object;
    if ((namePrefix || nameSuffix) && !NAMES_KEPT.has(kind)) {
      resource.formerNames.push(metadata.name);
      metadata.name = namePrefix + metadata.name + nameSuffix;
    }
    for (const { pairs = {}, includeSelectors = false, includeTemplates = false } of kustomization.labels ?? []) addLabels(resource, pairs, includeSelectors, includeTemplates);
    if (kustomization.commonLabels) addLabels(resource, kustomization.commonLabels, true, true);
    if (commonAnnotations) {
      metadata.annotations = { ...metadata.annotations, ...commonAnnotations };
      for (const template of templatesOf(resource)) annotate(template, commonAnnotations);
    }
    for (const image of kustomization.images ?? []) replaceImages(resource.object, image);
    for (const { name, count } of kustomization.replicas ?? []) {
      if (REPLICATED.has(kind) && (metadata.name === name || resource.formerNames.includes(name))) resource.object.spec = { ...(resource.object.spec as Json | undefined), replicas: count };
    }
  }
}

function setNamespace(resources: readonly Resource[], namespace: string): void {
  for (const { object } of resources) {
    if (object.kind === 'Namespace') object.metadata.name = namespace;
    else if (!CLUSTER_SCOPED.has(object.kind)) object.metadata.namespace = namespace;
    if (object.kind === 'RoleBinding' || object.kind === 'ClusterRoleBinding') {
      for (const subject of (object.subjects ?? []) as { kind?: string; name?: string; namespace?: string }[]) {
        const known = resources.some((other) => other.object.kind === 'ServiceAccount' && other.object.metadata.name === subject.name);
        if (subject.kind === 'ServiceAccount' && (known || subject.name === 'default')) subject.namespace = namespace;
      }
    }
  }
}

function addLabels({ object }: Resource, labels: Record<string, string>, selectors: boolean, templates: boolean): void {
  object.metadata.labels = { ...object.metadata.labels, ...labels };
  if (selectors || templates) for (const template of templatesOf({ object })) label(template, labels);
  if (!selectors) return;
  for (const path of SELECTORS[object.kind] ?? []) {
    const holder = find(object, path.slice(0, path.lastIndexOf('.')));
    const key = path.slice(path.lastIndexOf('.') + 1);
    // A Service without a selector must not get one; workloads always have theirs.
    if (holder && (holder[key] !== undefined || path.includes('matchLabels'))) holder[key] = { ...(holder[key] as Json | undefined), ...labels };
  }
}

function templatesOf({ object }: Pick<Resource, 'object'>): Json[] {
  return TEMPLATES.flatMap((path) => {
    const template = find(object, path);
    return template ? [template] : [];
  });
}

function label(template: Json, labels: Record<string, string>): void {
  const metadata = (template.metadata ?? {}) as Json;
  template.metadata = { ...metadata, labels: { ...(metadata.labels as Json | undefined), ...labels } };
}

function annotate(template: Json, annotations: Record<string, string>): void {
  const metadata = (template.metadata ?? {}) as Json;
  template.metadata = { ...metadata, annotations: { ...(metadata.annotations as Json | undefined), ...annotations } };
}

function find(object: Json, path: string): Json | undefined {
  let current: unknown = object;
  for (const step of path.split('.')) {
    if (current === null || typeof current !== 'object') return undefined;
    current = (current as Json)[step];
  }
  return current !== null && typeof current === 'object' && !Array.isArray(current) ? (current as Json) : undefined;
}

function replaceImages(value: unknown, image: NonNullable<Kustomization['images']>[number]): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) replaceImages(item, image);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if ((key === 'containers' || key === 'initContainers') && Array.isArray(inner)) {
      for (const container of inner as { image?: string }[]) if (typeof container.image === 'string') container.image = replaced(container.image, image);
    } else replaceImages(inner, image);
  }
}

function replaced(text: string, { name, newName, newTag, digest, tagSuffix }: NonNullable<Kustomization['images']>[number]): string {
  const match = /^(.*?)(?::([\w][\w.-]*))?(?:@(sha256:[0-9a-f]+))?$/.exec(text);
  if (!match || match[1] !== name) return text;
  const base = newName ?? name;
  if (digest) return `${base}@${digest}`;
  const tag = newTag ?? match[2];
  const end = match[3] && newTag === undefined ? `@${match[3]}` : '';
  return `${base}${tag === undefined ? '' : `:${tag}${tagSuffix ?? ''}`}${end}`;
}
