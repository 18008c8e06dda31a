/**
 * What objects count for in a ResourceQuota (`pkg/quota/v1/evaluator/core`). Used by admission, which refuses what would
 * exceed a quota, and by the controller that keeps the totals.
 */
import { isTerminal } from '../pod-status.ts';
import { isCustom } from '../discovery.ts';
import { parseQuantity, type Quantity } from '../quantity.ts';
import type { Store } from '../store.ts';
import type { KubeObject } from '../types.ts';

export type Usage = Map<string, Quantity>;

type ResourceList = Record<string, string>;

interface Container {
  name: string;
  restartPolicy?: string;
  resources?: { requests?: ResourceList; limits?: ResourceList };
}

/** Resource keys that quotas can count under a name of their own, besides `count/KEY`. */
const OWN_NAMES: Record<string, string> = {
  pods: 'pods',
  services: 'services',
  configmaps: 'configmaps',
  secrets: 'secrets',
  persistentvolumeclaims: 'persistentvolumeclaims',
  replicationcontrollers: 'replicationcontrollers',
  resourcequotas: 'resourcequotas',
};

/** Everything whose objects are looked at for quotas. */
export const COUNTED_RESOURCES: readonly string[] = [
  ...Object.keys(OWN_NAMES),
  'deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch', 'cronjobs.batch', 'ingresses.networking.k8s.io',
];

/** Whether quotas look at a resource: at some of the built-in ones, and at all of CustomResourceDefinitions. */
export function isCounted(resource: string): boolean {
  return COUNTED_RESOURCES.includes(resource) || isCustom(resource);
}

/** What a container must set when a quota limits it (`validationSet`). */
const PER_CONTAINER: ReadonlySet<string> = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);
const ONE = parseQuantity('1');
const NOTHING = parseQuantity('0');

function add(usage: Usage, name: string, amount: Quantity): void {
  const before = usage.get(name);
  usage.set(name, before ? before.add(amount) : amount);
}

/** Requests under their own and their short names, limits under theirs. */
function resourceUsage(container: Container): Usage {
  const usage: Usage = new Map();
  for (const [name, text] of Object.entries(container.resources?.requests ?? {})) {
    const amount = parseQuantity(text);
    usage.set(`requests.${name}`, amount);
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') usage.set(name, amount);
  }
  for (const [name, text] of Object.entries(container.resources?.limits ?? {})) usage.set(`limits.${name}`, parseQuantity(text));
  return usage;
}

function podResources(pod: KubeObject): Usage {
  const usage: Usage = new Map();
  for (const container of (pod.spec.containers ?? []) as Container[]) for (const [name, amount] of resourceUsage(container)) add(usage, name, amount);
  for (const container of (pod.spec.initContainers ?? []) as Container[]) {
    for (const [name, amount] of resourceUsage(container)) {
      const before = usage.get(name);
      if (container.restartPolicy === 'Always') add(usage, name, amount);
      else if (!before || before.compare(amount) < 0) usage.set(name, amount);
    }
  }
  for (const [name, text] of Object.entries((pod.spec.overhead ?? {}) as ResourceList)) {
    const amount = parseQuantity(text);
    add(usage, `requests.${name}`, amount);
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') add(usage, name, amount);
    // Where nothing is limited, overhead limits nothing.
    if (usage.has(`limits.${name}`)) add(usage, `limits.${name}`, amount);
  }
  return usage;
}

/** What one object counts for. */
export function usageOf(resource: string, object: KubeObject): Usage {
  const usage: Usage = new Map([[`count/${resource}`, ONE]]);
  const own = OWN_NAMES[resource];
  switch (resource) {
    case 'pods':
      if (isTerminal(object)) return usage;
      for (const [name, amount] of podResources(object)) usage.set(name, amount);
      break;
    case 'services': {
      const ports = (object.spec.ports ?? []).length as number;
      const { type } = object.spec as { type: string };
      if (type === 'NodePort') usage.set('services.nodeports', parseQuantity(ports));
      if (type === 'LoadBalancer') {
        usage.set('services.loadbalancers', ONE);
        if (object.spec.allocateLoadBalancerNodePorts !== false) usage.set('services.nodeports', parseQuantity(ports));
      }
      break;
    }
    case 'persistentvolumeclaims': {
      const storage: string | undefined = object.spec.resources?.requests?.storage;
      const storageClass: string | undefined = object.spec.storageClassName;
      if (storageClass) usage.set(`${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`, ONE);
      if (storage !== undefined) {
        usage.set('requests.storage', parseQuantity(storage));
        if (storageClass) usage.set(`${storageClass}.storageclass.storage.k8s.io/requests.storage`, parseQuantity(storage));
      }
      break;
    }
    default:
  }
  if (own) usage.set(own, ONE);
  return usage;
}

function hasScope(scope: string, pod: KubeObject): boolean {
  switch (scope) {
    case 'Terminating':
      return pod.spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return pod.status?.qosClass === 'BestEffort';
    case 'NotBestEffort':
      return pod.status?.qosClass !== 'BestEffort';
    default:
      return false;
  }
}

interface ScopeRequirement {
  scopeName: string;
  operator: string;
  values?: string[];
}

function satisfies({ scopeName, operator, values = [] }: ScopeRequirement, pod: KubeObject): boolean {
  if (scopeName !== 'PriorityClass') return hasScope(scopeName, pod);
  const name: string | undefined = pod.spec.priorityClassName;
  switch (operator) {
    case 'Exists':
      return Boolean(name);
    case 'DoesNotExist':
      return !name;
    case 'In':
      return name !== undefined && values.includes(name);
    default:
      return name === undefined || !values.includes(name);
  }
}

/** Whether a quota is about an object. Quotas with scopes are about pods only. */
export function quotaMatches(quota: KubeObject, resource: string, object: KubeObject): boolean {
  const scopes: string[] = quota.spec?.scopes ?? [];
  const requirements: ScopeRequirement[] = quota.spec?.scopeSelector?.matchExpressions ?? [];
  if (scopes.length === 0 && requirements.length === 0) return true;
  return resource === 'pods' && scopes.every((scope) => hasScope(scope, object)) && requirements.every((requirement) => satisfies(requirement, object));
}

/** The limits of a quota. */
export function hardOf(quota: KubeObject): Usage {
  return new Map(Object.entries((quota.spec?.hard ?? {}) as ResourceList).map(([name, text]) => [name, parseQuantity(text)]));
}

/** What is used of everything that a quota limits, counted anew from the objects of its namespace. */
export function totalUsage(store: Pick<Store, 'list'>, quota: KubeObject): Usage {
  const hard = hardOf(quota);
  const total: Usage = new Map([...hard.keys()].map((name) => [name, NOTHING]));
  const custom = [...hard.keys()].filter((name) => name.startsWith('count/')).map((name) => name.slice('count/'.length)).filter(isCustom);
  for (const resource of [...COUNTED_RESOURCES, ...custom]) {
    for (const object of store.list(resource, quota.metadata.namespace)) {
      if (!quotaMatches(quota, resource, object)) continue;
      for (const [name, amount] of usageOf(resource, object)) if (hard.has(name)) add(total, name, amount);
    }
  }
  return total;
}

/** Which limited resources containers of a pod leave open: `limits.cpu for: a,b; …`; undefined when none. */
export function missingResources(quota: KubeObject, pod: KubeObject): string | undefined {
  const required = [...hardOf(quota).keys()].filter((name) => PER_CONTAINER.has(name)).sort();
  const parts: string[] = [];
  for (const name of required) {
    const lacking = ([...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])] as Container[]).filter((container) => !resourceUsage(container).has(name)).map((container) => container.name);
    if (lacking.length > 0) parts.push(`${name} for: ${[...new Set(lacking)].sort().join(',')}`);
  }
  return parts.length > 0 ? parts.join('; ') : undefined;
}

/** `cpu=2,memory=1Gi` by name. */
export function formatUsage(usage: Usage): string {
  return [...usage].sort(([x], [y]) => (x < y ? -1 : 1)).map(([name, amount]) => `${name}=${amount.toString()}`).join(',');
}

/** As status.used and status.hard hold it. */
export function toResourceList(usage: Usage): ResourceList {
  return Object.fromEntries([...usage].map(([name, amount]) => [name, amount.toString()]));
}
