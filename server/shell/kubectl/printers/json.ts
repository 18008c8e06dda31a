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
