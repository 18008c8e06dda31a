/** Fields that name other objects (kustomize `api/internal/konfig/builtinpluginconsts/namereference.go`): when those get another name, so do these. */
import type { Json, Resource } from './types.ts';

/** Where pod specs are in workloads. */
const POD_SPECS = ['spec', 'spec.template.spec', 'spec.jobTemplate.spec.template.spec'];
const WORKLOADS = new Set(['Pod', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController', 'Job', 'CronJob']);

interface Reference {
  /** Kind that is referred to. */
  kind: string;
  /** Dotted path from a pod spec; `[]` goes through a list. */
  path: string;
}

const containers = (path: string): string[] => [`containers[].${path}`, `initContainers[].${path}`];

const IN_POD_SPECS: Reference[] = [
  ...['volumes[].configMap.name', 'volumes[].projected.sources[].configMap.name', ...containers('env[].valueFrom.configMapKeyRef.name'), ...containers('envFrom[].configMapRef.name')].map((path) => ({ kind: 'ConfigMap', path })),
  ...['volumes[].secret.secretName', 'volumes[].projected.sources[].secret.name', 'imagePullSecrets[].name', ...containers('env[].valueFrom.secretKeyRef.name'), ...containers('envFrom[].secretRef.name')].map((path) => ({ kind: 'Secret', path })),
  { kind: 'PersistentVolumeClaim', path: 'volumes[].persistentVolumeClaim.claimName' },
  { kind: 'ServiceAccount', path: 'serviceAccountName' },
  { kind: 'PriorityClass', path: 'priorityClassName' },
];

/** By the kind that refers. */
const ELSEWHERE: Record<string, Reference[]> = {
  StatefulSet: [{ kind: 'Service', path: 'spec.serviceName' }],
  Ingress: [
    { kind: 'Service', path: 'spec.rules[].http.paths[].backend.service.name' },
    { kind: 'Service', path: 'spec.defaultBackend.service.name' },
    { kind: 'Secret', path: 'spec.tls[].secretName' },
    { kind: 'IngressClass', path: 'spec.ingressClassName' },
  ],
  HorizontalPodAutoscaler: ['Deployment', 'StatefulSet', 'ReplicaSet'].map((kind) => ({ kind, path: 'spec.scaleTargetRef.name' })),
  RoleBinding: [{ kind: 'Role', path: 'roleRef.name' }, { kind: 'ClusterRole', path: 'roleRef.name' }, { kind: 'ServiceAccount', path: 'subjects[].name' }],
  ClusterRoleBinding: [{ kind: 'ClusterRole', path: 'roleRef.name' }, { kind: 'ServiceAccount', path: 'subjects[].name' }],
  ServiceAccount: [{ kind: 'Secret', path: 'secrets[].name' }, { kind: 'Secret', path: 'imagePullSecrets[].name' }],
  PersistentVolumeClaim: [{ kind: 'PersistentVolume', path: 'spec.volumeName' }, { kind: 'StorageClass', path: 'spec.storageClassName' }],
};

/** Renames in all objects what refers to an object that has got another name. */
export function fixReferences(resources: readonly Resource[]): void {
  const renamed = resources.filter(({ object, formerNames }) => formerNames.some((name) => name !== object.metadata.name));
  if (renamed.length === 0) return;
  for (const { object } of resources) {
    const fix = (reference: Reference, from: unknown): void => visit(from, reference.path.split('.'), (name) => nameNow(renamed, reference.kind, name, object.metadata.namespace));
    if (WORKLOADS.has(object.kind)) for (const path of POD_SPECS) for (const reference of IN_POD_SPECS) fix(reference, at(object, path));
    for (const reference of ELSEWHERE[object.kind] ?? []) {
      const wanted = kindSaid(object, reference.path);
      if (wanted === undefined || wanted === reference.kind) fix(reference, object);
    }
  }
}

function nameNow(renamed: readonly Resource[], kind: string, name: string, namespace: string | undefined): string {
  const named = renamed.filter(({ object, formerNames }) => object.kind === kind && formerNames.includes(name));
  const found = named.find(({ object }) => object.metadata.namespace === namespace) ?? named[0];
  return found?.object.metadata.name ?? name;
}

/** A reference with a kind beside the name (`roleRef`, `scaleTargetRef`) means that kind only. */
function kindSaid(object: Json, path: string): string | undefined {
  if (path.includes('[]')) return undefined;
  const holder = at(object, path.slice(0, path.lastIndexOf('.'))) as { kind?: string } | undefined;
  return holder?.kind;
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((current, step) => (current !== null && typeof current === 'object' ? (current as Json)[step] : undefined), value);
}

function visit(value: unknown, path: readonly string[], change: (name: string) => string): void {
  const [step, ...rest] = path;
  if (step === undefined || value === null || typeof value !== 'object') return;
  const key = step.replace(/\[\]$/, '');
  const next = (value as Json)[key];
  if (step.endsWith('[]')) {
    if (Array.isArray(next)) for (const item of next) visit(item, rest, change);
  } else if (rest.length > 0) visit(next, rest, change);
  else if (typeof next === 'string') (value as Json)[key] = change(next);
}
