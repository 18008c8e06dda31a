/** `plugin/pkg/admission/limitranger`: default requests and limits of a namespace, and the bounds that it sets. */
import { forbidden } from '../errors.ts';
import { parseQuantity, type Quantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';
import { admissionName, type AdmissionPlugin } from './types.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

type ResourceList = Record<string, string>;

interface Resources {
  requests?: ResourceList;
  limits?: ResourceList;
}

interface Container {
  name: string;
  resources?: Resources;
  restartPolicy?: string;
}

interface Limit {
  type: string;
  min?: ResourceList;
  max?: ResourceList;
  default?: ResourceList;
  defaultRequest?: ResourceList;
  maxLimitRequestRatio?: ResourceList;
}

const keys = (list: ResourceList | undefined): string[] => Object.keys(list ?? {}).sort();

function fill(own: ResourceList | undefined, defaults: ResourceList, set: string[]): ResourceList | undefined {
  let result = own;
  for (const name of keys(defaults)) {
    if (own?.[name] !== undefined) continue;
    result = { ...result, [name]: defaults[name] as string };
    set.push(name);
  }
  return result;
}

/** Default requests and limits for the containers of a pod, noted in an annotation (`mergePodResourceRequirements`). */
function applyDefaults(pod: KubeObject, limitRange: KubeObject): void {
  const requests: ResourceList = {};
  const limits: ResourceList = {};
  for (const limit of (limitRange.spec?.limits ?? []) as Limit[]) {
    if (limit.type !== 'Container') continue;
    Object.assign(requests, limit.defaultRequest);
    Object.assign(limits, limit.default);
  }
  const notes: string[] = [];
  const complete = (kind: string) => (container: Container): Container => {
    const setRequests: string[] = [];
    const setLimits: string[] = [];
    const resources: Resources = { ...container.resources };
    const newLimits = fill(resources.limits, limits, setLimits);
    const newRequests = fill(resources.requests, requests, setRequests);
    if (setRequests.length > 0) notes.push(`${setRequests.join(', ')} request for ${kind} ${container.name}`);
    if (setLimits.length > 0) notes.push(`${setLimits.join(', ')} limit for ${kind} ${container.name}`);
    if (setRequests.length + setLimits.length === 0) return container;
    return { ...container, resources: { ...resources, ...(newLimits ? { limits: newLimits } : {}), ...(newRequests ? { requests: newRequests } : {}) } };
  };
  if (keys(requests).length + keys(limits).length === 0) return;
  pod.spec.containers = (pod.spec.containers as Container[]).map(complete('container'));
  if (pod.spec.initContainers) pod.spec.initContainers = (pod.spec.initContainers as Container[]).map(complete('init container'));
  if (notes.length > 0) pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` };
}

/** What is wrong with the resources of one thing (`minConstraint`, `maxConstraint`, `limitRequestRatioConstraint`). */
function problems(type: string, limit: Limit, { requests = {}, limits = {} }: Resources): string[] {
  const found: string[] = [];
  const amount = (list: ResourceList, name: string): Quantity | undefined => (list[name] === undefined ? undefined : parseQuantity(list[name]));
  for (const name of keys(limit.min)) {
    const bound = parseQuantity(limit.min?.[name] as string);
    const [request, most] = [amount(requests, name), amount(limits, name)];
    const text = `minimum ${name} usage per ${type} is ${bound.toString()}`;
    if (!request) found.push(`${text}.  No request is specified`);
    else if (request.compare(bound) < 0) found.push(`${text}, but request is ${request.toString()}`);
    else if (most && most.compare(bound) < 0) found.push(`${text}, but limit is ${most.toString()}`);
  }
  for (const name of keys(limit.max)) {
    const bound = parseQuantity(limit.max?.[name] as string);
    const [request, most] = [amount(requests, name), amount(limits, name)];
    const text = `maximum ${name} usage per ${type} is ${bound.toString()}`;
    if (!most) found.push(`${text}.  No limit is specified`);
    else if (most.compare(bound) > 0) found.push(`${text}, but limit is ${most.toString()}`);
    else if (request && request.compare(bound) > 0) found.push(`${text}, but request is ${request.toString()}`);
  }
  for (const name of keys(limit.maxLimitRequestRatio)) {
    const bound = parseQuantity(limit.maxLimitRequestRatio?.[name] as string);
    const [request, most] = [amount(requests, name), amount(limits, name)];
    const text = `${name} max limit to request ratio per ${type} is ${bound.toString()}`;
    if (!request || request.isZero()) found.push(`${text}, but no request is specified or request is 0`);
    else if (!most || most.isZero()) found.push(`${text}, but no limit is specified or limit is 0`);
    // In thousandths and integers, so that no platform rounds differently.
    else if (most.nanos * 1000n > bound.nanos * request.nanos / 1_000_000n) found.push(`${text}, but provided ratio is ${ratio(most, request)}`);
  }
  return found;
}

/** A ratio with six decimals, as Go prints a float. */
function ratio(limit: Quantity, request: Quantity): string {
  const millionths = (limit.nanos * 1_000_000n) / request.nanos;
  return `${millionths / 1_000_000n}.${String(millionths % 1_000_000n).padStart(6, '0')}`;
}

function total(pod: KubeObject): Resources {
  const sum = (field: 'requests' | 'limits'): ResourceList => {
    const result = new Map<string, Quantity>();
    const add = (list: ResourceList | undefined): void => {
      for (const name of keys(list)) {
        const value = parseQuantity(list?.[name] as string);
        const before = result.get(name);
        result.set(name, before ? before.add(value) : value);
      }
    };
    for (const container of pod.spec.containers as Container[]) add(container.resources?.[field]);
    for (const container of (pod.spec.initContainers ?? []) as Container[]) {
      if (container.restartPolicy === 'Always') add(container.resources?.[field]);
      else {
        for (const name of keys(container.resources?.[field])) {
          const value = parseQuantity(container.resources?.[field]?.[name] as string);
          const before = result.get(name);
          if (!before || before.compare(value) < 0) result.set(name, value);
        }
      }
    }
    return Object.fromEntries([...result].map(([name, value]) => [name, value.toString()]));
  };
  return { requests: sum('requests'), limits: sum('limits') };
}

function podProblems(pod: KubeObject, limits: readonly Limit[]): string[] {
  const found: string[] = [];
  for (const limit of limits) {
    if (limit.type === 'Container') {
      for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])] as Container[]) found.push(...problems('Container', limit, container.resources ?? {}));
    } else if (limit.type === 'Pod') found.push(...problems('Pod', limit, total(pod)));
  }
  return found;
}

/** Joins problems as `utilerrors.NewAggregate` does: without repetition, in brackets when there are several. */
function aggregate(found: readonly string[]): string {
  const distinct = [...new Set(found)];
  return distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(', ')}]`;
}

function isMirror(object: KubeObject): boolean {
  return object.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined;
}

export const limitRanger = {
  name: 'LimitRanger',
  resources: ['pods', 'persistentvolumeclaims'],
  create(draft, { store }, { resource }) {
    if (resource.key !== 'pods' || store.count('limitranges') === 0 || isMirror(draft)) return;
    for (const range of store.list('limitranges', draft.metadata.namespace)) applyDefaults(draft, range);
  },
  validateCreate(draft, { store }, { resource }) {
    if (store.count('limitranges') === 0 || isMirror(draft)) return;
    for (const range of store.list('limitranges', draft.metadata.namespace)) {
      const limits: Limit[] = range.spec?.limits ?? [];
      const found =
        resource.key === 'pods'
          ? podProblems(draft, limits)
          : limits.filter((limit) => limit.type === 'PersistentVolumeClaim').flatMap((limit) => claimProblems(draft, limit));
      if (found.length > 0) throw forbidden(resource, admissionName(draft), aggregate(found));
    }
  },
} satisfies AdmissionPlugin;

/** Claims have requests only; their upper bound is for those (`PersistentVolumeClaimValidateLimitFunc`). */
function claimProblems(claim: KubeObject, limit: Limit): string[] {
  const requests: ResourceList = claim.spec?.resources?.requests ?? {};
  const lower = problems('PersistentVolumeClaim', { type: limit.type, ...(limit.min ? { min: limit.min } : {}) }, { requests });
  const upper = keys(limit.max).flatMap((name) => {
    const bound = parseQuantity(limit.max?.[name] as string);
    const request = requests[name] === undefined ? undefined : parseQuantity(requests[name]);
    const text = `maximum ${name} usage per PersistentVolumeClaim is ${bound.toString()}`;
    if (!request) return [`${text}.  No request is specified`];
    return request.compare(bound) > 0 ? [`${text}, but request is ${request.toString()}`] : [];
  });
  return [...lower, ...upper];
}
