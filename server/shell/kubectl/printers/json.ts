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
