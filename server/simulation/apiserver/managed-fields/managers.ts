/**
 * Who manages which fields of an object: `metadata.managedFields` (`k8s.io/apimachinery/pkg/util/managedfields`). Writes take fields
 * over; server-side apply merges, gives up what is no longer said, and conflicts with other managers.
 */
import { ApiError, type KubeObject } from '../types.ts';
import { difference, differenceRecursive, EMPTY, fromFieldsV1, intersection, isEmpty, paths, sameSet, setOf, toFieldsV1, union, type FieldSet, type FieldsV1 } from './field-set.ts';
import type { Shape } from './shape.ts';
import { compare, emptyValue, fieldsOf, merge, prune } from './typed.ts';

export interface ManagedFieldsEntry {
  manager?: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType?: 'FieldsV1';
  fieldsV1?: FieldsV1;
  subresource?: string;
}

/** Whoever writes. */
export interface Manager {
  name: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
}

export interface ManagerContext {
  shape: Shape;
  manager: Manager;
  /** RFC 3339. */
  now: string;
  /** Fields that this write cannot change, such as status. */
  ignored: FieldSet;
}

interface Managed {
  manager: Manager;
  time: string | undefined;
  set: FieldSet;
}

type Object_ = Record<string, unknown>;

/** Belongs to nobody: it identifies the object, or only the server sets it. */
const STRIPPED = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map((name) => ['f:metadata', `f:${name}`]),
);

export const STATUS_FIELDS = setOf(['f:status']);
export const SPEC_FIELDS = setOf(['f:spec']);

/** The manager of what was there before anybody applied. */
const BEFORE_FIRST_APPLY = 'before-first-apply';
/** Older managers of single updates are put together beyond so many (`DefaultMaxUpdateManagers`). */
const MAX_UPDATE_MANAGERS = 10;
const ANCIENT_CHANGES = 'ancient-changes';

function identity({ name, operation, apiVersion, subresource }: Manager): string {
  return JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource ?? '']);
}

export function managedFieldsOf(object: KubeObject): readonly ManagedFieldsEntry[] {
  return ((object.metadata as { managedFields?: ManagedFieldsEntry[] }).managedFields ?? []) as readonly ManagedFieldsEntry[];
}

function decode(entries: readonly ManagedFieldsEntry[]): Map<string, Managed> {
  const managed = new Map<string, Managed>();
  for (const { manager: name = '', operation, apiVersion, time, fieldsV1 = {}, subresource } of entries) {
    const manager: Manager = { name, operation, apiVersion, ...(subresource ? { subresource } : {}) };
    managed.set(identity(manager), { manager, time, set: fromFieldsV1(fieldsV1) });
  }
  return managed;
}

function encode(managed: ReadonlyMap<string, Managed>): ManagedFieldsEntry[] {
  const entries = [...managed.values()]
    .map(({ manager, time, set }): ManagedFieldsEntry => ({
      apiVersion: manager.apiVersion,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(set),
      manager: manager.name,
      operation: manager.operation,
      ...(manager.subresource ? { subresource: manager.subresource } : {}),
      ...(time === undefined ? {} : { time }),
    }))
    .filter(({ fieldsV1 }) => Object.keys(fieldsV1 as FieldsV1).length > 0);
  const order = ({ operation, time = '', manager = '', apiVersion, subresource = '' }: ManagedFieldsEntry): string => [operation, time, manager, apiVersion, subresource].join('\u0000');
  return entries.sort((x, y) => (order(x) < order(y) ? -1 : 1));
}

/** The entries that a write starts from: those that it brings itself, else those of the stored object. */
function starting(before: KubeObject | undefined, after: KubeObject, subresource: string | undefined): { managed: Map<string, Managed>; tracked: boolean } {
  const own = managedFieldsOf(after);
  const known = before ? managedFieldsOf(before) : [];
  // One empty entry takes all of it away.
  if (subresource === undefined && own.length === 1 && Object.keys(own[0] as object).length === 0) return { managed: new Map(), tracked: false };
  const entries = subresource === undefined && own.length > 0 ? own : known;
  return { managed: decode(entries), tracked: entries.length > 0 };
}

/** The others lose what has changed. */
function released(managed: ReadonlyMap<string, Managed>, taken: FieldSet, removed: FieldSet): Map<string, Managed> {
  const left = new Map<string, Managed>();
  for (const [id, entry] of managed) {
    const set = difference(difference(entry.set, taken), removed);
    if (!isEmpty(set)) left.set(id, set === entry.set ? entry : { ...entry, set });
  }
  return left;
}

/** Updates without end must not make an object grow: the oldest are put together (`capManagersManager`). */
function capped(managed: Map<string, Managed>): Map<string, Managed> {
  const updates = [...managed].filter(([, { manager }]) => manager.operation === 'Update');
  if (updates.length <= MAX_UPDATE_MANAGERS) return managed;
  updates.sort(([, x], [, y]) => ((x.time ?? '') < (y.time ?? '') ? -1 : 1));
  for (const [id, { manager, time, set }] of updates.slice(0, updates.length - MAX_UPDATE_MANAGERS + 1)) {
    managed.delete(id);
    const ancient: Manager = { name: ANCIENT_CHANGES, operation: 'Update', apiVersion: manager.apiVersion };
    const known = managed.get(identity(ancient));
    managed.set(identity(ancient), { manager: ancient, time, set: known ? union(known.set, set) : set });
  }
  return managed;
}

/**
 * The managed fields after a create, update or patch.
 * @param before the stored object; absent for a create.
 * @returns undefined when nobody tracks them: what was made without stays without until somebody applies.
 */
export function afterUpdate(before: KubeObject | undefined, after: KubeObject, { shape, manager, now, ignored }: ManagerContext): ManagedFieldsEntry[] | undefined {
  const { managed, tracked } = starting(before, after, manager.subresource);
  if (before && !tracked) return undefined;
  const { added, modified, removed } = compare(shape, before ?? emptyValue(shape), compared(before, after));
  const taken = differenceRecursive(difference(union(added, modified), STRIPPED), ignored);
  const gone = differenceRecursive(removed, ignored);
  if (isEmpty(taken) && isEmpty(gone)) return encode(managed);
  const id = identity(manager);
  const own = managed.get(id);
  const left = released(managed, taken, gone);
  if (!isEmpty(taken)) {
    const set = union(taken, own ? difference(own.set, gone) : EMPTY);
    left.set(id, { manager, time: now, set: own && sameSet(set, own.set) ? own.set : set });
  }
  return encode(capped(left));
}

export interface Applied {
  object: Object_;
  managedFields: ManagedFieldsEntry[];
}

/**
 * Server-side apply.
 * @param live the stored object, absent when there is none.
 * @throws ApiError 409 when another manager has set a field to something else, unless forced; ShapeError.
 */
export function apply(live: KubeObject | undefined, config: Object_, context: ManagerContext, force: boolean): Applied {
  const { shape, manager, now, ignored } = context;
  let managed = decode(live ? managedFieldsOf(live) : []);
  const base: Object_ = live ? (withoutManagedFields(live) as Object_) : emptyValue(shape);
  if (live && managed.size === 0) {
    const first: Manager = { name: BEFORE_FIRST_APPLY, operation: 'Update', apiVersion: manager.apiVersion };
    const { added, modified } = compare(shape, emptyValue(shape), base);
    managed.set(identity(first), { manager: first, time: now, set: difference(union(added, modified), STRIPPED) });
  }
  const id = identity(manager);
  const last = managed.get(id);
  const set = differenceRecursive(fieldsOf(shape, config), ignored);
  let object = merge(shape, base, config) as Object_;
  if (last) {
    const owned = [...managed].reduce<FieldSet>((all, [other, entry]) => (other === id ? all : union(all, entry.set)), set);
    object = prune(shape, object, last.set, owned) as Object_;
  }
  const { added, modified, removed } = compare(shape, base, object);
  const taken = differenceRecursive(union(added, modified), ignored);
  managed.delete(id);
  if (!force) refuseConflicts(managed, taken);
  managed = released(managed, taken, removed);
  const own = difference(set, STRIPPED);
  const unchanged = last && isEmpty(taken) && isEmpty(removed) && sameSet(own, last.set);
  managed.set(id, { manager, time: unchanged ? last.time : now, set: own });
  return { object, managedFields: encode(capped(managed)) };
}

/** Whether two lists of entries say the same, apart from when. */
export function sameManagedFields(x: readonly ManagedFieldsEntry[], y: readonly ManagedFieldsEntry[]): boolean {
  if (x === y) return true;
  const same = (a: ManagedFieldsEntry, b: ManagedFieldsEntry | undefined): boolean =>
    b !== undefined && a.manager === b.manager && a.operation === b.operation && a.apiVersion === b.apiVersion && a.subresource === b.subresource && sameSet(fromFieldsV1(a.fieldsV1 ?? {}), fromFieldsV1(b.fieldsV1 ?? {}));
  return x.length === y.length && x.every((entry, index) => same(entry, y[index]));
}

/** The object as it will be, with the stored metadata itself where they say the same: most writes of status change no metadata. */
function compared(before: KubeObject | undefined, after: KubeObject): KubeObject {
  if (!before || !sameMetadata(before.metadata, after.metadata)) return withoutManagedFields(after);
  return { ...after, metadata: before.metadata };
}

function sameMetadata(x: KubeObject['metadata'], y: KubeObject['metadata']): boolean {
  const [left, right] = [x, y] as unknown as [Object_, Object_];
  for (const key in left) if (key !== 'managedFields' && key !== 'resourceVersion' && left[key] !== right[key]) return false;
  for (const key in right) if (key !== 'managedFields' && key !== 'resourceVersion' && left[key] !== right[key]) return false;
  return true;
}

function withoutManagedFields(object: KubeObject): KubeObject {
  if (!('managedFields' in object.metadata)) return object;
  const { managedFields: _fields, ...metadata } = object.metadata as KubeObject['metadata'] & { managedFields?: unknown };
  return { ...object, metadata };
}

// ---- conflicts ----

function described({ name, operation, apiVersion, subresource }: Manager): string {
  const text = `${JSON.stringify(name)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}`;
  return operation === 'Update' ? `${text} using ${apiVersion}` : text;
}

/** @throws ApiError 409 (`managedfields.NewConflictError`) */
function refuseConflicts(managed: ReadonlyMap<string, Managed>, taken: FieldSet): void {
  const conflicts: { manager: string; path: string }[] = [];
  for (const { manager, set } of managed.values()) for (const path of paths(intersection(set, taken))) conflicts.push({ manager: described(manager), path });
  if (conflicts.length === 0) return;
  conflicts.sort((x, y) => (x.manager === y.manager ? 0 : x.manager < y.manager ? -1 : 1));
  const [first] = conflicts as [{ manager: string; path: string }];
  let message = `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`;
  if (conflicts.length > 1) {
    const lines = [...new Set(conflicts.map(({ manager }) => manager))].flatMap((manager) => [`conflicts with ${manager}:`, ...conflicts.filter((conflict) => conflict.manager === manager).map(({ path }) => `- ${path}`)]);
    message = `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
  }
  throw new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Conflict',
    details: { causes: conflicts.map(({ manager, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field: path })) },
    code: 409,
  });
}
