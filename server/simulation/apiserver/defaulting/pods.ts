/** Defaults of pods and pod templates (`pkg/apis/core/v1/defaults.go`). */
import { extensible } from '../../extended.ts';

type Json = Record<string, unknown>;

/** Sets fields that are absent. Returns the same object when nothing was missing. */
export function fill(object: Json, defaults: Json): Json {
  let result = object;
  for (const key of Object.keys(defaults)) {
    if (result[key] !== undefined) continue;
    if (result === object) result = extensible(object);
    result[key] = defaults[key];
  }
  return result;
}

/** Replaces a field by what `change` makes of it, copying only when it makes something else. */
export function over(object: Json, key: string, change: (value: never) => unknown): Json {
  const before = object[key];
  if (before === undefined || before === null) return object;
  const after = change(before as never);
  return after === before ? object : { ...object, [key]: after };
}

/** `over` for every element of a list. */
export function each(object: Json, key: string, change: (item: Json) => Json): Json {
  return over(object, key, (list: Json[]) => {
    let result = list;
    list.forEach((item, i) => {
      const after = change(item);
      if (after === item) return;
      if (result === list) result = [...list];
      result[i] = after;
    });
    return result;
  });
}

/** The tag of an image name; undefined when it has none or is pinned by digest. */
function tagOf(image: string): string | undefined {
  if (image.includes('@')) return undefined;
  const last = image.slice(image.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  return colon < 0 ? 'latest' : last.slice(colon + 1);
}

function probe(value: Json): Json {
  const filled = fill(value, { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 });
  const http = over(filled, 'httpGet', (get: Json) => fill(get, { path: '/', scheme: 'HTTP' }));
  return over(http, 'grpc', (grpc: Json) => fill(grpc, { service: '' }));
}

function handler(value: Json): Json {
  return over(value, 'httpGet', (get: Json) => fill(get, { path: '/', scheme: 'HTTP' }));
}

function container(value: Json): Json {
  const image = typeof value.image === 'string' ? value.image : '';
  let result = fill(value, {
    imagePullPolicy: tagOf(image) === 'latest' ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  result = each(result, 'ports', (port) => fill(port, { protocol: 'TCP' }));
  for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe']) result = over(result, key, probe);
  result = over(result, 'lifecycle', (lifecycle: Json) => over(over(lifecycle, 'postStart', handler), 'preStop', handler));
  result = each(result, 'env', (variable) => over(variable, 'valueFrom', (source: Json) => over(source, 'fieldRef', (field: Json) => fill(field, { apiVersion: 'v1' }))));
  result = over(result, 'securityContext', (context: Json) => context);
  return over(result, 'resources', requestsFromLimits);
}

/** What is limited but not requested is requested up to the limit. */
function requestsFromLimits(resources: Json): Json {
  const limits = resources.limits as Json | undefined;
  if (!limits) return resources;
  const requests = fill((resources.requests as Json | undefined) ?? {}, limits);
  return requests === resources.requests ? resources : { ...resources, requests };
}

const VOLUME_DEFAULTS: Record<string, (source: Json) => Json> = {
  secret: (source) => fill(source, { defaultMode: 420 }),
  configMap: (source) => fill(source, { defaultMode: 420 }),
  downwardAPI: (source) => each(fill(source, { defaultMode: 420 }), 'items', (item) => over(item, 'fieldRef', (field: Json) => fill(field, { apiVersion: 'v1' }))),
  projected: (source) =>
    each(fill(source, { defaultMode: 420 }), 'sources', (part) => {
      const token = over(part, 'serviceAccountToken', (value: Json) => fill(value, { expirationSeconds: 3600 }));
      return over(token, 'downwardAPI', (value: Json) => each(value, 'items', (item) => over(item, 'fieldRef', (field: Json) => fill(field, { apiVersion: 'v1' }))));
    }),
  hostPath: (source) => fill(source, { type: '' }),
  iscsi: (source) => fill(source, { iscsiInterface: 'default' }),
};

function volume(value: Json): Json {
  let result = value;
  for (const kind of Object.keys(VOLUME_DEFAULTS)) if (value[kind]) result = over(result, kind, VOLUME_DEFAULTS[kind] as (source: Json) => Json);
  // A volume of which nothing is said is an empty directory.
  return Object.keys(result).length === 1 ? { ...result, emptyDir: {} } : result;
}

/** Specs are immutable; their defaulted form is kept, since every pod of a ReplicaSet shares one. */
const defaulted = new WeakMap<object, Json>();

/** Defaults of a pod's spec; those only a pod itself gets (not a template) are set by podDefaults. */
export function podSpecDefaults(spec: Json): Json {
  const known = defaulted.get(spec);
  if (known) return known;
  let result = fill(spec, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler', securityContext: {}, terminationGracePeriodSeconds: 30 });
  if (result.hostNetwork) {
    for (const key of ['containers', 'initContainers']) {
      result = each(result, key, (item) => each(item, 'ports', (port) => (port.hostPort ? port : { ...port, hostPort: port.containerPort })));
    }
  }
  for (const key of ['containers', 'initContainers', 'ephemeralContainers']) result = each(result, key, container);
  result = each(result, 'volumes', volume);
  result = each(result, 'topologySpreadConstraints', (constraint) => fill(constraint, {}));
  if (result.serviceAccountName && !result.serviceAccount) result = { ...result, serviceAccount: result.serviceAccountName };
  else if (result.serviceAccount && !result.serviceAccountName) result = { ...result, serviceAccountName: result.serviceAccount };
  defaulted.set(spec, result);
  defaulted.set(result, result);
  return result;
}

/** As `defaulted`, of the specs of pods. */
const completed = new WeakMap<object, Json>();

export function podDefaults(pod: Json): Json {
  const spec = pod.spec as Json | undefined | null;
  if (spec === undefined || spec === null) return pod;
  let complete = completed.get(spec);
  if (!complete) {
    complete = fill(podSpecDefaults(spec), { enableServiceLinks: true });
    completed.set(spec, complete);
    completed.set(complete, complete);
  }
  return complete === spec ? pod : { ...pod, spec: complete };
}

/** Defaults of `template` in a workload's spec. */
export function templateDefaults(spec: Json): Json {
  return over(spec, 'template', (template: Json) => over(fill(template, { metadata: {} }), 'spec', podSpecDefaults));
}
