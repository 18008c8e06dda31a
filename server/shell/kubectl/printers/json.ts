/** JSON with sorted keys, as kubectl prints objects. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (value === null || typeof value !== 'object') return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) if ((value as Record<string, unknown>)[key] !== undefined) result[key] = sortedKeys((value as Record<string, unknown>)[key]);
  return result;
}

/** Indented by four, with a newline at its end. */
export function toJson(value: unknown): string {
  return `${goEscapes(JSON.stringify(sortedKeys(value), null, 4))}\n`;
}

/** Order of the fields in the types of what kubectl makes itself; all of them together, since no two contradict each other. */
const FIELD_ORDER = [
  'kind', 'apiVersion', 'metadata', 'name', 'generateName', 'namespace', 'uid', 'labels', 'annotations', 'ownerReferences',
  'image', 'command', 'args', 'schedule', 'hostPort', 'containerPort', 'protocol', 'port', 'targetPort', 'nodePort', 'ports', 'env', 'value', 'resources', 'imagePullPolicy', 'securityContext', 'stdin', 'stdinOnce', 'tty',
  'spec', 'replicas', 'selector', 'template', 'strategy', 'volumes', 'containers', 'restartPolicy', 'dnsPolicy', 'clusterIP', 'type', 'externalIPs', 'sessionAffinity', 'loadBalancerIP', 'externalName',
  'rules', 'verbs', 'apiGroups', 'resourceNames', 'nonResourceURLs', 'aggregationRule', 'subjects', 'roleRef', 'data', 'hard', 'scopes', 'status',
];
const FIELD_PLACE = new Map(FIELD_ORDER.map((field, place) => [field, place]));
/** Fields whose value has keys and not fields. */
const KEYED = new Set(['labels', 'annotations', 'matchLabels', 'data', 'stringData', 'hard', 'limits', 'requests']);

export function inFieldOrder(value: unknown, keyed = false): unknown {
  if (Array.isArray(value)) return value.map((item) => inFieldOrder(item));
  if (value === null || typeof value !== 'object') return value;
  const object = value as Record<string, unknown>;
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  if (keyed) keys.sort();
  else keys.sort((x, y) => (FIELD_PLACE.get(x) ?? FIELD_ORDER.length) - (FIELD_PLACE.get(y) ?? FIELD_ORDER.length));
  return Object.fromEntries(keys.map((key) => [key, inFieldOrder(object[key], KEYED.has(key))]));
}

/** Of an object that kubectl made itself, with the fields in the order of its types. */
export function toMadeJson(value: unknown): string {
  return `${goEscapes(JSON.stringify(inFieldOrder(value), null, 4))}\n`;
}

/** Of an object that kubectl made itself, on one line. */
export function compactMadeJson(value: unknown): string {
  return goEscapes(JSON.stringify(inFieldOrder(value)));
}

/** On one line, as jsonpath prints maps and lists. */
export function compactJson(value: unknown): string {
  return goEscapes(JSON.stringify(sortedKeys(value)));
}

/** Go escapes what would be dangerous in HTML. */
function goEscapes(text: string): string {
  return text.replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

/** Where the API server puts fields that every object has; the others come as the object has them. */
const FIRST_FIELDS = ['kind', 'apiVersion', 'metadata'];
const METADATA_FIELDS = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers'];

/** A response as the API server itself writes it, for who asks without kubectl's printers. */
export function asServed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asServed);
  if (value === null || typeof value !== 'object') return value;
  const object = value as Record<string, unknown>;
  return Object.fromEntries(inOrder(object, FIRST_FIELDS).map((key) => [key, key === 'metadata' ? servedMetadata(object[key]) : asServed(object[key])]));
}

function servedMetadata(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const metadata = value as Record<string, unknown>;
  return Object.fromEntries(inOrder(metadata, METADATA_FIELDS).map((key) => [key, metadata[key]]));
}

function inOrder(object: Record<string, unknown>, first: readonly string[]): string[] {
  return [...first.filter((key) => object[key] !== undefined), ...Object.keys(object).filter((key) => !first.includes(key) && object[key] !== undefined)];
}
