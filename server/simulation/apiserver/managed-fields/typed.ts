/** Values with their shapes: which fields they have, how two differ, how one is merged into another (`structured-merge-diff/typed`). */
import { EMPTY, isEmpty, LEAF, node, type FieldSet } from './field-set.ts';
import { untyped, type Shape } from './shape.ts';

type Json = Record<string, unknown>;

/** A list has two items of the same key, or one without its key. The message names the place. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

function isObject(value: unknown): value is Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** What can be looked into: structs, maps, and lists whose items have names. */
function branches(shape: Shape, value: unknown): boolean {
  switch (shape.kind) {
    case 'leaf':
      return false;
    case 'keyed':
    case 'set':
      return Array.isArray(value);
    default:
      return isObject(value);
  }
}

/** The parts of a value under the keys of FieldsV1, with their shapes. @throws ShapeError */
function parts(shape: Shape, value: unknown, place: string): Map<string, { value: unknown; shape: Shape; named: boolean }> {
  const found = new Map<string, { value: unknown; shape: Shape; named: boolean }>();
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const key = itemKey(shape, item, `${place}[${index}]`);
      if (found.has(key)) throw new ShapeError(`${place}: duplicate entries for key [${key.slice(2)}]`);
      found.set(key, { value: item, shape: shape.kind === 'keyed' ? shape.items : { kind: 'leaf' }, named: false });
    }
    return found;
  }
  if (!isObject(value)) return found;
  for (const name of Object.keys(value)) {
    if (value[name] === undefined) continue;
    if (shape.kind === 'struct') {
      const field = shape.fields(name);
      if (field) found.set(`f:${name}`, { value: value[name], shape: field.shape, named: true });
    } else found.set(`f:${name}`, { value: value[name], shape: shape.kind === 'map' ? shape.values : untyped, named: false });
  }
  return found;
}

/** @throws ShapeError */
function itemKey(shape: Shape, item: unknown, place: string): string {
  if (shape.kind !== 'keyed') return `v:${JSON.stringify(item)}`;
  if (!isObject(item)) throw new ShapeError(`${place}: associative list with keys has an element that is not a map`);
  const key: Json = {};
  for (const name of shape.keys) {
    const value = item[name] ?? shape.defaults[name];
    if (value === undefined) throw new ShapeError(`${place}: element 0: associative list with keys has an element that omits key field "${name}" (and doesn't have default value)`.replace('element 0: ', ''));
    key[name] = value;
  }
  return `k:${JSON.stringify(key)}`;
}

/** Every field that a value sets (`ToFieldSet`). @throws ShapeError */
export function fieldsOf(shape: Shape, value: unknown, place = ''): FieldSet {
  return fields(shape, value, place, false) ?? EMPTY;
}

function fields(shape: Shape, value: unknown, place: string, member: boolean): FieldSet | undefined {
  if (!branches(shape, value)) return place === '' ? undefined : LEAF;
  const children = new Map<string, FieldSet>();
  for (const [key, part] of parts(shape, value, place)) {
    const own = !part.named || part.value === null || (isObject(part.value) && Object.keys(part.value).length === 0) || (Array.isArray(part.value) && part.value.length === 0);
    const child = fields(part.shape, part.value, `${place}${key.startsWith('f:') ? `.${key.slice(2)}` : key}`, own);
    if (child) children.set(key, child);
  }
  return node(member, children);
}

export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

const SAME: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY };

/** A value with everything below it, each part a member. */
function whole(shape: Shape, value: unknown): FieldSet {
  if (!branches(shape, value)) return LEAF;
  const children = new Map<string, FieldSet>();
  for (const [key, part] of parts(shape, value, '')) children.set(key, whole(part.shape, part.value));
  return node(true, children) as FieldSet;
}

/** Null and empty say nothing. */
function absent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** How `after` differs from `before`. Shared parts are recognised by identity. @throws ShapeError */
export function compare(shape: Shape, before: unknown, after: unknown): Comparison {
  if (before === after) return SAME;
  if (absent(before)) return absent(after) ? SAME : { ...SAME, added: whole(shape, after) };
  if (absent(after)) return { ...SAME, removed: whole(shape, before) };
  if (!branches(shape, before) || !branches(shape, after)) return equal(before, after) ? SAME : { ...SAME, modified: LEAF };
  const [x, y] = [parts(shape, before, ''), parts(shape, after, '')];
  const result = { added: new Map<string, FieldSet>(), modified: new Map<string, FieldSet>(), removed: new Map<string, FieldSet>() };
  for (const key of new Set([...x.keys(), ...y.keys()])) {
    const part = (y.get(key) ?? x.get(key)) as { shape: Shape };
    const found = compare(part.shape, x.get(key)?.value, y.get(key)?.value);
    for (const kind of ['added', 'modified', 'removed'] as const) if (!isEmpty(found[kind])) result[kind].set(key, found[kind]);
  }
  const done = (children: Map<string, FieldSet>): FieldSet => node(false, children) ?? EMPTY;
  return { added: done(result.added), modified: done(result.modified), removed: done(result.removed) };
}

function equal(x: unknown, y: unknown): boolean {
  if (x === y) return true;
  if (Array.isArray(x)) return Array.isArray(y) && x.length === y.length && x.every((item, index) => equal(item, y[index]));
  if (!isObject(x) || !isObject(y)) return false;
  const keys = Object.keys(x).filter((key) => x[key] !== undefined);
  return keys.length === Object.keys(y).filter((key) => y[key] !== undefined).length && keys.every((key) => equal(x[key], y[key]));
}

/** `over` merged into `base`: what it says wins, what it does not say stays. @throws ShapeError */
export function merge(shape: Shape, base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (over === null || absent(base) || !branches(shape, base) || !branches(shape, over)) return over;
  if (Array.isArray(base) && Array.isArray(over)) return mergeLists(shape, base, over);
  const result: Json = { ...(base as Json) };
  for (const [key, part] of parts(shape, over, '')) {
    const name = key.slice(2);
    result[name] = merge(part.shape, result[name], part.value);
  }
  return result;
}

/** Items that both have come in the order of `over`; those that only `base` has stay where they were among the others. */
function mergeLists(shape: Shape, base: readonly unknown[], over: readonly unknown[]): unknown[] {
  const known = parts(shape, base, '');
  const wanted = parts(shape, over, '');
  const [left, right] = [[...known.keys()], [...wanted.keys()]];
  const result: unknown[] = [];
  const taken = new Set<string>();
  const take = (key: string): void => {
    if (taken.has(key)) return;
    taken.add(key);
    const part = (wanted.get(key) ?? known.get(key)) as { shape: Shape };
    result.push(merge(part.shape, known.get(key)?.value, wanted.get(key)?.value));
  };
  let next = 0;
  for (const key of left) {
    if (!wanted.has(key)) {
      take(key);
      continue;
    }
    while (next < right.length && !taken.has(key)) take(right[next++] as string);
  }
  while (next < right.length) take(right[next++] as string);
  return result;
}

/**
 * Takes out what `last` names and nobody in `owned` owns, with everything below it (`Updater.prune`).
 * @returns the same value when nothing goes.
 */
export function prune(shape: Shape, value: unknown, last: FieldSet, owned: FieldSet): unknown {
  if (last.children.size === 0 || !branches(shape, value)) return value;
  const kept: { key: string; value: unknown }[] = [];
  let changed = false;
  for (const [key, part] of parts(shape, value, '')) {
    const before = last.children.get(key);
    const owners = owned.children.get(key);
    if (before && (!owners || isEmpty(owners))) {
      changed = true;
      continue;
    }
    const pruned = before && owners ? prune(part.shape, part.value, before, owners) : part.value;
    if (pruned !== part.value) changed = true;
    kept.push({ key, value: pruned });
  }
  if (!changed) return value;
  if (Array.isArray(value)) return kept.map((item) => item.value);
  // What the schema does not know stays as it is.
  const known = new Set([...parts(shape, value, '').keys()].map((key) => key.slice(2)));
  const rest = Object.entries(value as Json).filter(([name]) => !known.has(name));
  return Object.fromEntries([...kept.map((item): [string, unknown] => [item.key.slice(2), item.value]), ...rest]);
}

/** An object of which nothing has been said: of a struct, the structs that it cannot be without. */
export function emptyValue(shape: Shape): Json {
  const result: Json = {};
  if (shape.kind !== 'struct') return result;
  for (const name of shape.names()) {
    const field = shape.fields(name);
    if (!field?.always) continue;
    if (field.shape.kind === 'struct') result[name] = emptyValue(field.shape);
    else if (field.shape.kind === 'keyed' || field.shape.kind === 'set') result[name] = [];
  }
  return result;
}
