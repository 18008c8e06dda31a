/**
 * Sets of fields, as trees (`structured-merge-diff/fieldpath`). The name of a branch is that of FieldsV1: `f:image`, `k:{"name":"web"}`,
 * `v:"value"`. Sets are never changed once they have been made.
 */

export interface FieldSet {
  /** Whether the field that this node stands for is in the set itself, apart from what is below it. */
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

const NONE: ReadonlyMap<string, FieldSet> = new Map();
export const EMPTY: FieldSet = { member: false, children: NONE };
export const LEAF: FieldSet = { member: true, children: NONE };

/** A node, or undefined when nothing is in it. */
export function node(member: boolean, children: ReadonlyMap<string, FieldSet>): FieldSet | undefined {
  if (children.size === 0) return member ? LEAF : undefined;
  return { member, children };
}

export function isEmpty(set: FieldSet): boolean {
  return !set.member && set.children.size === 0;
}

function combine(x: FieldSet, y: FieldSet, member: boolean, keys: Iterable<string>, child: (x: FieldSet | undefined, y: FieldSet | undefined) => FieldSet | undefined): FieldSet | undefined {
  const children = new Map<string, FieldSet>();
  for (const key of keys) {
    const found = child(x.children.get(key), y.children.get(key));
    if (found) children.set(key, found);
  }
  return node(member, children);
}

export function union(x: FieldSet, y: FieldSet): FieldSet {
  if (isEmpty(x)) return y;
  if (isEmpty(y)) return x;
  const both = (a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined => (a && b ? union(a, b) : (a ?? b));
  return combine(x, y, x.member || y.member, new Set([...x.children.keys(), ...y.children.keys()]), both) ?? EMPTY;
}

export function intersection(x: FieldSet, y: FieldSet): FieldSet {
  const both = (a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined => {
    const found = a && b ? intersection(a, b) : EMPTY;
    return isEmpty(found) ? undefined : found;
  };
  return combine(x, y, x.member && y.member, x.children.keys(), both) ?? EMPTY;
}

/** What is in `x` and not in `y`; `x` itself when they have nothing in common. */
export function difference(x: FieldSet, y: FieldSet): FieldSet {
  return without(x, y, difference);
}

/** What is in `x` and neither in `y` nor below anything in `y`. */
export function differenceRecursive(x: FieldSet, y: FieldSet): FieldSet {
  return without(x, y, (a, b) => (b.member ? EMPTY : differenceRecursive(a, b)));
}

function without(x: FieldSet, y: FieldSet, left: (x: FieldSet, y: FieldSet) => FieldSet): FieldSet {
  let children: Map<string, FieldSet> | undefined;
  for (const [key, taken] of y.children) {
    const child = x.children.get(key);
    const kept = child && left(child, taken);
    if (!kept || kept === child) continue;
    children ??= new Map(x.children);
    if (isEmpty(kept)) children.delete(key);
    else children.set(key, kept);
  }
  const member = x.member && !y.member;
  if (!children && member === x.member) return x;
  return node(member, children ?? x.children) ?? EMPTY;
}

export function sameSet(x: FieldSet, y: FieldSet): boolean {
  if (x === y) return true;
  if (x.member !== y.member || x.children.size !== y.children.size) return false;
  for (const [key, child] of x.children) {
    const other = y.children.get(key);
    if (!other || !sameSet(child, other)) return false;
  }
  return true;
}

/** A set of paths, each as the keys that lead to it. */
export function setOf(...paths: readonly (readonly string[])[]): FieldSet {
  let set = EMPTY;
  for (const path of paths) set = union(set, path.reduceRight<FieldSet>((below, key) => ({ member: false, children: new Map([[key, below]]) }), LEAF));
  return set;
}

// ---- FieldsV1 ----

export type FieldsV1 = { [key: string]: FieldsV1 };

/** Entries and sets are immutable, and the same ones are read and written again at every write. */
const read = new WeakMap<object, FieldSet>();
const written = new WeakMap<FieldSet, FieldsV1>();

export function toFieldsV1(set: FieldSet): FieldsV1 {
  let fields = written.get(set);
  if (!fields) {
    fields = fieldsOfSet(set);
    written.set(set, fields);
    read.set(fields, set);
  }
  return fields;
}

function fieldsOfSet(set: FieldSet): FieldsV1 {
  const fields: FieldsV1 = {};
  if (set.member && set.children.size > 0) fields['.'] = {};
  for (const key of [...set.children.keys()].sort()) fields[key] = fieldsOfSet(set.children.get(key) as FieldSet);
  return fields;
}

/** The set of an entry. What is no FieldsV1 is ignored. */
export function fromFieldsV1(fields: FieldsV1): FieldSet {
  const known = read.get(fields);
  if (known) return known;
  const branch = (value: FieldsV1): FieldSet => {
    const keys = Object.keys(value);
    if (keys.length === 0) return LEAF;
    return { member: '.' in value, children: children(value) };
  };
  const children = (value: FieldsV1): Map<string, FieldSet> => new Map(Object.keys(value).filter((key) => /^[fkvi]:/.test(key) && value[key] !== null && typeof value[key] === 'object').map((key) => [key, branch(value[key] as FieldsV1)]));
  const set: FieldSet = { member: false, children: children(fields) };
  read.set(fields, set);
  return set;
}

// ---- as people read them ----

function keyText(key: string): string {
  const value = key.slice(2);
  switch (key[0]) {
    case 'k':
      return `[${Object.entries(JSON.parse(value) as Record<string, unknown>).map(([name, item]) => `${name}=${JSON.stringify(item)}`).join(',')}]`;
    case 'v':
      return `[=${value}]`;
    case 'i':
      return `[${value}]`;
    default:
      return `.${value}`;
  }
}

/** The paths of a set, such as `.spec.containers[name="web"].image`, in order. */
export function paths(set: FieldSet, prefix = ''): string[] {
  const found: string[] = set.member && prefix !== '' ? [prefix] : [];
  for (const key of [...set.children.keys()].sort()) found.push(...paths(set.children.get(key) as FieldSet, prefix + keyText(key)));
  return found;
}
