/**
 * Semantic equality of API data (`apiequality.Semantic.DeepEqual`): absent, null and empty lists are the same.
 * Shared parts are recognised by identity, so that comparing a copy-on-write object with its origin is cheap.
 */
export function semanticEqual(x: unknown, y: unknown): boolean {
  if (x === y) return true;
  if (isNothing(x) || isNothing(y)) return isNothing(x) && isNothing(y);
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
  if (Array.isArray(x)) return Array.isArray(y) && x.length === y.length && x.every((item, index) => semanticEqual(item, y[index]));
  if (Array.isArray(y)) return false;
  return fieldsEqual(x as Record<string, unknown>, y as Record<string, unknown>);
}

function fieldsEqual(x: Record<string, unknown>, y: Record<string, unknown>): boolean {
  for (const key in x) if (!semanticEqual(x[key], y[key])) return false;
  for (const key in y) if (!(key in x) && !isNothing(y[key])) return false;
  return true;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** Equal in everything that a client can see, apart from metadata.resourceVersion and managedFields. */
export function sameObject(x: Record<string, unknown> & { metadata: object }, y: Record<string, unknown> & { metadata: object }): boolean {
  for (const key in x) if (key !== 'metadata' && !semanticEqual(x[key], y[key])) return false;
  for (const key in y) if (!(key in x) && !isNothing(y[key])) return false;
  return sameMetadata(x.metadata as Record<string, unknown>, y.metadata as Record<string, unknown>);
}

function sameMetadata(x: Record<string, unknown>, y: Record<string, unknown>): boolean {
  for (const key in x) if (key !== 'resourceVersion' && key !== 'managedFields' && !semanticEqual(x[key], y[key])) return false;
  for (const key in y) if (!(key in x) && key !== 'resourceVersion' && key !== 'managedFields' && !isNothing(y[key])) return false;
  return true;
}
