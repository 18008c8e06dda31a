/**
 * What a kubelet may do (`plugin/pkg/auth/authorizer/node`): of what pods refer to only what its own pods refer to, and of
 * nodes and pods only its own. Kubelets of the simulation are trusted and do not ask; whoever acts as one does.
 */
import { NODE_RULES } from '../../bootstrap/rbac/cluster-roles.ts';
import type { Store } from '../store.ts';
import type { KubeObject, UserInfo } from '../types.ts';
import type { Decision } from './rbac.ts';
import { allows, isPath, type Attributes, type ResourceAttributes } from './rules.ts';

const NODES_GROUP = 'system:nodes';
const NODE_USER = 'system:node:';

const yes: Decision = { allowed: true, reason: '' };
const no = (reason: string): Decision => ({ allowed: false, reason });

/** Undefined when the user is no node. */
export function authorizeNode(store: Store, user: UserInfo, attributes: Attributes): Decision | undefined {
  if (!user.username.startsWith(NODE_USER) || !user.groups.includes(NODES_GROUP)) return undefined;
  const node = user.username.slice(NODE_USER.length);
  return (isPath(attributes) ? undefined : ofResource(store, node, attributes)) ?? (NODE_RULES.some((rule) => allows(rule, attributes)) ? yes : no(''));
}

/** What is decided object by object; undefined where the rules of all nodes decide. */
function ofResource(store: Store, node: string, attributes: ResourceAttributes): Decision | undefined {
  switch (`${attributes.resource}.${attributes.group}`) {
    case 'secrets.':
    case 'configmaps.':
      if (!['get', 'list', 'watch'].includes(attributes.verb)) return no('can only read resources of this type');
      if (attributes.subresource) return no('cannot read subresource');
      if (!attributes.namespace) return no('can only read namespaced object of this type');
      return related(store, node, attributes);
    case 'persistentvolumeclaims.':
      if (attributes.subresource !== 'status') return single(store, node, attributes);
      return attributes.verb === 'update' || attributes.verb === 'patch' ? related(store, node, attributes) : no('can only get/update/patch this type');
    case 'persistentvolumes.':
      return single(store, node, attributes);
    case 'serviceaccounts.':
      if (attributes.verb !== 'create' || !attributes.name) return no('can only create tokens for individual service accounts');
      if (attributes.subresource !== 'token') return no('can only create token subresource of serviceaccount');
      return related(store, node, attributes);
    case 'leases.coordination.k8s.io':
      return ofOwnName(node, attributes, 'node lease', attributes.namespace === 'kube-node-lease' ? undefined : 'can only access leases in the "kube-node-lease" system namespace');
    case 'csinodes.storage.k8s.io':
      return ofOwnName(node, attributes, 'CSINode', attributes.subresource ? 'cannot authorize CSINode subresources' : undefined);
    case 'nodes.':
      return ofNode(node, attributes);
    case 'pods.':
      return ofPod(store, node, attributes);
    default:
      return undefined;
  }
}

function single(store: Store, node: string, attributes: ResourceAttributes): Decision {
  if (attributes.verb !== 'get') return no('can only get individual resources of this type');
  if (attributes.subresource) return no('cannot get subresource');
  return related(store, node, attributes);
}

function ofOwnName(node: string, { verb, name }: ResourceAttributes, what: string, problem: string | undefined): Decision {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) return no(`can only get, create, update, patch, or delete a ${what}`);
  if (problem !== undefined) return no(problem);
  if (verb !== 'create' && name !== node) return no(`can only access ${what} with the same name as the requesting node`);
  return yes;
}

function ofNode(node: string, { verb, subresource, name }: ResourceAttributes): Decision {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? yes : no('');
  if (subresource) return no('');
  if (['create', 'update', 'patch'].includes(verb)) return yes;
  if (!['get', 'list', 'watch'].includes(verb)) return no('');
  if (name === node) return yes;
  return no(name ? `node '${node}' cannot read '${name}', only its own Node object` : `node '${node}' cannot read all nodes, only its own Node object`);
}

function ofPod(store: Store, node: string, attributes: ResourceAttributes): Decision {
  const { verb, subresource, name } = attributes;
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? yes : no('');
  if (subresource === 'eviction') return verb === 'create' ? yes : no('');
  if (subresource) return no('');
  if (verb === 'get') return single(store, node, attributes);
  if (verb === 'create' || verb === 'delete') return yes;
  if (verb !== 'list' && verb !== 'watch') return no('');
  if (attributes.nodeName === node) return yes;
  return name ? related(store, node, attributes) : no('can only list/watch pods with spec.nodeName field selector');
}

/** Whether a pod of the node is the object, or refers to it. */
function related(store: Store, node: string, { resource, namespace, name }: ResourceAttributes): Decision {
  if (!name) return no('No Object name found');
  for (const pod of namespace ? store.list('pods', namespace) : store.values('pods')) {
    if ((pod.spec as { nodeName?: string }).nodeName === node && refersTo(store, pod, resource, name)) return yes;
  }
  return no(`no relationship found between node '${node}' and this object`);
}

interface PodSpec {
  serviceAccountName?: string;
  imagePullSecrets?: { name?: string }[];
  volumes?: Volume[];
  containers?: Container[];
  initContainers?: Container[];
}

interface Volume {
  secret?: { secretName?: string };
  configMap?: { name?: string };
  persistentVolumeClaim?: { claimName?: string };
  projected?: { sources?: { secret?: { name?: string }; configMap?: { name?: string } }[] };
}

interface Container {
  env?: { valueFrom?: { secretKeyRef?: { name?: string }; configMapKeyRef?: { name?: string } } }[];
  envFrom?: { secretRef?: { name?: string }; configMapRef?: { name?: string } }[];
}

function refersTo(store: Store, pod: KubeObject, resource: string, name: string): boolean {
  const spec = pod.spec as PodSpec;
  const volumes = spec.volumes ?? [];
  const sources = volumes.flatMap(({ projected }) => projected?.sources ?? []);
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const variables = containers.flatMap(({ env }) => env ?? []).map(({ valueFrom }) => valueFrom);
  const all = containers.flatMap(({ envFrom }) => envFrom ?? []);
  const claims = volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
  switch (resource) {
    case 'pods':
      return pod.metadata.name === name;
    case 'serviceaccounts':
      return spec.serviceAccountName === name;
    case 'secrets':
      return [...(spec.imagePullSecrets ?? []).map((secret) => secret.name), ...volumes.map(({ secret }) => secret?.secretName), ...sources.map(({ secret }) => secret?.name), ...variables.map((from) => from?.secretKeyRef?.name), ...all.map(({ secretRef }) => secretRef?.name)].includes(name);
    case 'configmaps':
      return [...volumes.map(({ configMap }) => configMap?.name), ...sources.map(({ configMap }) => configMap?.name), ...variables.map((from) => from?.configMapKeyRef?.name), ...all.map(({ configMapRef }) => configMapRef?.name)].includes(name);
    case 'persistentvolumeclaims':
      return claims.includes(name);
    case 'persistentvolumes':
      return claims.some((claim) => claim !== undefined && (store.get('persistentvolumeclaims', `${pod.metadata.namespace}/${claim}`)?.spec as { volumeName?: string } | undefined)?.volumeName === name);
    default:
      return false;
  }
}
