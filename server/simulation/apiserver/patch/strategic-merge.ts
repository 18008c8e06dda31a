/**
 * Strategic merge patch (`k8s.io/apimachinery/pkg/util/strategicpatch`): lists merge by the key that the schema gives, and
 * directives say what plain JSON cannot.
 */
import { definitionNamed, schemaFor, type Definition, type Field } from '../schema.ts';

type Json = Record<string, unknown>;

const PATCH = '$patch';
const RETAIN_KEYS = '$retainKeys';
const ORDER = '$setElementOrder/';
const DELETE = '$deleteFromPrimitiveList/';

/** The patch cannot be understood. */
export class StrategicPatchError extends Error {
  override readonly name = 'StrategicPatchError';
}

/** The definition behind a field: of the object itself, of a list's items, or of a map's values. */
function definitionOf(field: Field | undefined): Definition | undefined {
  if (!field) return undefined;
  const { type } = field;
  if (type.kind === 'reference') return definitionNamed(type.definition);
  if (type.kind === 'list' && type.items.kind === 'reference') return definitionNamed(type.items.definition);
  if (type.kind === 'map' && type.values.kind === 'reference') return definitionNamed(type.values.definition);
  return undefined;
}

function isObject(value: unknown): value is Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** @throws StrategicPatchError. Returns a new object. */
export function applyStrategicPatch(current: Json, patch: Json, apiVersion: string, kind: string): Json {
  return mergeObjects(current, patch, schemaFor(apiVersion, kind)) as Json;
}

function mergeObjects(current: Json, patch: Json, definition: Definition | undefined): unknown {
  const directive = patch[PATCH];
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return undefined;
  const result: Json = { ...current };
  const retained = patch[RETAIN_KEYS];
  if (Array.isArray(retained)) for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  for (const key of Object.keys(patch)) {
    if (key === PATCH || key === RETAIN_KEYS || key.startsWith(ORDER)) continue;
    if (key.startsWith(DELETE)) {
      const name = key.slice(DELETE.length);
      const gone = patch[key] as unknown[];
      if (Array.isArray(result[name])) result[name] = (result[name] as unknown[]).filter((item) => !gone.includes(item));
      continue;
    }
    const value = patch[key];
    if (value === null) {
      delete result[key];
      continue;
    }
    const field = definition?.fields.get(key);
    const before = result[key];
    if (Array.isArray(value)) result[key] = mergeLists(before, value, field, patch[ORDER + key] as unknown[] | undefined);
    else if (isObject(value)) {
      const merged = field?.patchStrategy.includes('replace') || !isObject(before) ? withoutDirectives(value) : mergeObjects(before, value, definitionOf(field));
      if (merged === undefined) delete result[key];
      else result[key] = merged;
    } else result[key] = value;
  }
  // An order may be given for a list that the patch does not otherwise touch.
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(ORDER) || patch[key.slice(ORDER.length)] !== undefined) continue;
    const name = key.slice(ORDER.length);
    if (Array.isArray(result[name])) result[name] = reorder(result[name] as unknown[], patch[key] as unknown[], definition?.fields.get(name)?.patchMergeKey, result[name] as unknown[]);
  }
  return result;
}

/** A value taken from a patch as it is: directives out, deletions out. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !(isObject(item) && item[PATCH] === 'delete')).map(withoutDirectives);
  if (!isObject(value)) return value;
  const result: Json = {};
  for (const key of Object.keys(value)) {
    if (key === PATCH || key === RETAIN_KEYS || key.startsWith(ORDER) || key.startsWith(DELETE) || value[key] === null) continue;
    result[key] = withoutDirectives(value[key]);
  }
  return result;
}

function mergeLists(before: unknown, patch: unknown[], field: Field | undefined, order: unknown[] | undefined): unknown[] {
  const base = Array.isArray(before) ? before : [];
  if (!field?.patchStrategy.includes('merge')) return withoutDirectives(patch) as unknown[];
  const key = field.patchMergeKey;
  if (key === undefined) {
    const merged = [...base];
    for (const item of patch) if (!merged.includes(item)) merged.push(item);
    return reorder(merged, order ?? patch, undefined, base);
  }
  let result = [...base];
  if (patch.some((item) => isObject(item) && item[PATCH] === 'replace')) result = [];
  const definition = definitionOf(field);
  for (const item of patch) {
    if (!isObject(item)) throw new StrategicPatchError(`map: ${JSON.stringify(patch)} does not contain declared merge key: ${key}`);
    if (item[PATCH] === 'replace' && Object.keys(item).length === 1) continue;
    const id = item[key];
    if (id === undefined) throw new StrategicPatchError(`map: ${goMap(item)} does not contain declared merge key: ${key}`);
    const index = result.findIndex((other) => isObject(other) && other[key] === id);
    if (item[PATCH] === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index < 0) result.push(withoutDirectives(item));
    else result[index] = mergeObjects(result[index] as Json, item, definition);
  }
  return reorder(result, order ?? patch, key, base);
}

/**
 * Puts the elements that an order names into that order (`mergeSortedSlice`): others come before those that they preceded in the live
 * list, so that elements which that list did not have come first.
 */
function reorder(list: unknown[], order: unknown[], key: string | undefined, live: unknown[]): unknown[] {
  const idOf = (item: unknown): unknown => (key === undefined ? item : isObject(item) ? item[key] : undefined);
  const rank = new Map(order.map((item, i) => [idOf(item), i]));
  const place = new Map(live.map((item, i) => [idOf(item), i]));
  const named = list.filter((item) => rank.has(idOf(item))).sort((x, y) => (rank.get(idOf(x)) as number) - (rank.get(idOf(y)) as number));
  const others = list.filter((item) => !rank.has(idOf(item)));
  const result: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const at = place.get(idOf(item));
    if (at !== undefined) while (next < others.length && (place.get(idOf(others[next])) ?? Infinity) < at) result.push(others[next++]);
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

/** A map as Go prints it. */
export function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : String(value);
  return `map[${Object.keys(value).sort().map((key) => `${key}:${goMap(value[key])}`).join(' ')}]`;
}

// ---- making patches ----

interface DiffOptions {
  /** Leave out what only deletes. */
  ignoreDeletions?: boolean;
  /** Leave out what only adds or changes. */
  ignoreChanges?: boolean;
  setOrder: boolean;
}

function equal(x: unknown, y: unknown): boolean {
  if (x === y) return true;
  if (Array.isArray(x) && Array.isArray(y)) return x.length === y.length && x.every((item, i) => equal(item, y[i]));
  if (isObject(x) && isObject(y)) {
    const keys = Object.keys(x);
    return keys.length === Object.keys(y).length && keys.every((key) => key in y && equal(x[key], y[key]));
  }
  return false;
}

/** The patch that turns `original` into `modified` (`CreateTwoWayMergePatch`). */
export function createTwoWayStrategicPatch(original: Json, modified: Json, apiVersion: string, kind: string): Json {
  return diffObjects(original, modified, schemaFor(apiVersion, kind), { setOrder: true });
}

/**
 * The patch of `kubectl apply` (`CreateThreeWayMergePatch`): what `modified` adds or changes against `current`, and what it
 * no longer has of `original`.
 */
export function createThreeWayStrategicMergePatch(original: Json, modified: Json, current: Json, apiVersion: string, kind: string): Json {
  const definition = schemaFor(apiVersion, kind);
  const changes = diffObjects(current, modified, definition, { ignoreDeletions: true, setOrder: true });
  const deletions = diffObjects(original, modified, definition, { ignoreChanges: true, setOrder: true });
  return mergePatches(deletions, changes, definition);
}

/** Joins two patches; in merging lists the elements are joined by their key. */
function mergePatches(x: Json, y: Json, definition: Definition | undefined): Json {
  const result: Json = { ...x };
  for (const key of Object.keys(y)) {
    const field = definition?.fields.get(key);
    const before = result[key];
    const value = y[key];
    if (isObject(before) && isObject(value)) result[key] = mergePatches(before, value, definitionOf(field));
    else if (Array.isArray(before) && Array.isArray(value) && field?.patchMergeKey !== undefined && field.patchStrategy.includes('merge') && !key.startsWith('$')) {
      const merged = [...before];
      for (const item of value) {
        const index = merged.findIndex((other) => isObject(other) && isObject(item) && other[field.patchMergeKey as string] === item[field.patchMergeKey as string]);
        if (index < 0) merged.push(item);
        else merged[index] = mergePatches(merged[index] as Json, item as Json, definitionOf(field));
      }
      result[key] = merged;
    } else result[key] = value;
  }
  return result;
}

function diffObjects(original: Json, modified: Json, definition: Definition | undefined, options: DiffOptions): Json {
  const patch: Json = {};
  for (const key of Object.keys(modified)) {
    const value = modified[key];
    const field = definition?.fields.get(key);
    if (!(key in original) || original[key] === null || original[key] === undefined) {
      if (!options.ignoreChanges) patch[key] = value;
      continue;
    }
    const before = original[key];
    if (isObject(before) && isObject(value)) {
      if (field?.patchStrategy.includes('replace')) {
        if (!options.ignoreChanges && !equal(before, value)) patch[key] = { ...value, [PATCH]: 'replace' };
        continue;
      }
      const inner = diffObjects(before, value, definitionOf(field), options);
      if (field?.patchStrategy.includes('retainKeys') && Object.keys(inner).length > 0) inner[RETAIN_KEYS] = Object.keys(value).sort();
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (Array.isArray(before) && Array.isArray(value)) diffLists(patch, key, before, value, field, options);
    else if (!options.ignoreChanges && !equal(before, value)) patch[key] = value;
  }
  if (!options.ignoreDeletions) {
    for (const key of Object.keys(original)) if (!(key in modified) && original[key] !== null && original[key] !== undefined) patch[key] = null;
  }
  return patch;
}

function diffLists(patch: Json, key: string, before: unknown[], value: unknown[], field: Field | undefined, options: DiffOptions): void {
  if (!field?.patchStrategy.includes('merge')) {
    if (!options.ignoreChanges && !equal(before, value)) patch[key] = value;
    return;
  }
  const mergeKey = field.patchMergeKey;
  if (mergeKey === undefined) {
    const added = value.filter((item) => !before.includes(item));
    const removed = before.filter((item) => !value.includes(item));
    if (added.length > 0 && !options.ignoreChanges) patch[key] = added;
    if (removed.length > 0 && !options.ignoreDeletions) patch[DELETE + key] = removed;
    if (options.setOrder && (patch[key] !== undefined || patch[DELETE + key] !== undefined)) patch[ORDER + key] = value;
    return;
  }
  const definition = definitionOf(field);
  const items: Json[] = [];
  const find = (list: unknown[], id: unknown): Json | undefined => list.find((item) => isObject(item) && item[mergeKey] === id) as Json | undefined;
  for (const item of value) {
    if (!isObject(item)) continue;
    const old = find(before, item[mergeKey]);
    if (!old) {
      if (!options.ignoreChanges) items.push(item);
      continue;
    }
    const inner = diffObjects(old, item, definition, options);
    if (field.patchStrategy.includes('retainKeys') && Object.keys(inner).length > 0) inner[RETAIN_KEYS] = Object.keys(item).sort();
    if (Object.keys(inner).length > 0) items.push({ ...inner, [mergeKey]: item[mergeKey] });
  }
  if (!options.ignoreDeletions) {
    for (const item of before) if (isObject(item) && !find(value, item[mergeKey])) items.push({ [PATCH]: 'delete', [mergeKey]: item[mergeKey] });
  }
  items.sort((x, y) => (String(x[mergeKey]) < String(y[mergeKey]) ? -1 : String(x[mergeKey]) > String(y[mergeKey]) ? 1 : 0));
  const sameOrder = equal(value.map((item) => (item as Json)[mergeKey]), before.filter((item) => find(value, (item as Json)[mergeKey])).map((item) => (item as Json)[mergeKey]));
  if (items.length > 0) patch[key] = items;
  if (options.setOrder && (items.length > 0 || !sameOrder) && !options.ignoreChanges) patch[ORDER + key] = value.map((item) => ({ [mergeKey]: (item as Json)[mergeKey] }));
}
