/** Keeps `metadata.managedFields` of what is written (`endpoints/handlers/create.go`, `update.go`: FieldManager.UpdateNoErrors). */
import { groupVersion, type ServedResource } from '../discovery.ts';
import { EMPTY, type FieldSet } from '../managed-fields/field-set.ts';
import { afterUpdate, managedFieldsOf, SPEC_FIELDS, STATUS_FIELDS, type ManagedFieldsEntry, type ManagerContext } from '../managed-fields/managers.ts';
import { shapeOf, type Shape } from '../managed-fields/shape.ts';
import { ShapeError } from '../managed-fields/typed.ts';
import { DEFINITIONS } from '../custom-resources/types.ts';
import type { Store } from '../store.ts';
import { rfc3339 } from '../tables/duration.ts';
import type { KubeObject } from '../types.ts';
import type { RegistryContext, WriteOptions } from './types.ts';

/** The programs behind the users of components: their user agents are the names of managers. */
const PROGRAMS: [RegExp, string][] = [
  [/^system:node:/, 'kubelet'],
  [/^system:kube-scheduler$/, 'kube-scheduler'],
  [/^system:apiserver$/, 'kube-apiserver'],
  [/^system:serviceaccount:kube-system:(kube-proxy|coredns|storage-provisioner)$/, '$1'],
  [/^system:serviceaccount:ingress-nginx:/, 'nginx-ingress-controller'],
  [/^system:(kube-controller-manager|serviceaccount:kube-system:)/, 'kube-controller-manager'],
];

function programOf(username: string, writer: string): string {
  const known = PROGRAMS.find(([pattern]) => pattern.test(username));
  if (!known) return writer.split(' ')[0] || 'unknown';
  return known[1] === '$1' ? (known[0].exec(username)?.[1] as string) : known[1];
}

/** The shape of a resource's objects, in a version. */
export function resourceShape(store: Store, resource: ServedResource, apiVersion = groupVersion(resource.group, resource.version)): Shape {
  return shapeOf(apiVersion, resource.kind, resource.custom ? store.get(DEFINITIONS, resource.key) : undefined);
}

/** The fields that a write through a resource or its status cannot change. */
export function ignoredFields(resource: ServedResource, subresource: string | undefined): FieldSet {
  if (subresource === 'status') return SPEC_FIELDS;
  return resource.subresources.includes('status') ? STATUS_FIELDS : EMPTY;
}

function contextOf({ store, kernel }: RegistryContext, resource: ServedResource, apiVersion: string, { fields, context }: WriteOptions, subresource: string | undefined): ManagerContext {
  const name = fields?.manager ?? programOf(context.username, context.writer);
  const part = fields?.subresource ?? subresource;
  return { shape: resourceShape(store, resource, apiVersion), manager: { name, operation: 'Update', apiVersion: fields?.apiVersion ?? apiVersion, ...(part ? { subresource: part } : {}) }, now: rfc3339(kernel.now), ignored: ignoredFields(resource, subresource) };
}

function set(draft: KubeObject, entries: ManagedFieldsEntry[] | undefined): void {
  const metadata = draft.metadata as KubeObject['metadata'] & { managedFields?: ManagedFieldsEntry[] };
  if (entries && entries.length > 0) metadata.managedFields = entries;
  else if ('managedFields' in metadata) delete metadata.managedFields;
}

/** A list with two items of one key cannot be told apart; that is no reason to refuse a write that is valid (`UpdateNoErrors`). */
function tracked(existing: KubeObject | undefined, draft: KubeObject, context: ManagerContext): ManagedFieldsEntry[] | undefined {
  try {
    return afterUpdate(existing, draft, context);
  } catch (error) {
    if (error instanceof ShapeError) return existing ? [...managedFieldsOf(existing)] : undefined;
    throw error;
  }
}

/** Notes whose the fields of a new object are. Objects that components make are not tracked until somebody applies to them, which keeps them small. */
export function trackCreate(registry: RegistryContext, resource: ServedResource, draft: KubeObject, options: WriteOptions): void {
  if (options.managedFields) return set(draft, options.managedFields);
  if (options.trusted || !options.fields) return set(draft, undefined);
  set(draft, tracked(undefined, draft, contextOf(registry, resource, draft.apiVersion, options, undefined)));
}

/** Notes whose the changed fields of an object are. @param subresource `status` when only that is written. */
export function trackUpdate(registry: RegistryContext, resource: ServedResource, existing: KubeObject, draft: KubeObject, options: WriteOptions, subresource?: string): void {
  if (options.managedFields) return set(draft, options.managedFields);
  if (managedFieldsOf(existing).length === 0 && managedFieldsOf(draft).length === 0) return set(draft, undefined);
  set(draft, tracked(existing, draft, contextOf(registry, resource, draft.apiVersion, options, subresource)));
}
