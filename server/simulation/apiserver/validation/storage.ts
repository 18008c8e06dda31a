/** Volumes, claims and storage classes (`pkg/apis/core/validation`, `pkg/apis/storage/validation`). */
import { parseQuantity } from '../quantity.ts';
import { forbidden, notSupported, required, type FieldError } from './errors.ts';
import { goJson } from './internal-form.ts';
import { unifiedDiff } from './unified-diff.ts';
import { immutable, same } from './updates.ts';

type Json = Record<string, unknown>;

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const OTHER_VOLUME_FIELDS = new Set(['accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy', 'storageClassName', 'volumeAttributesClassName', 'volumeMode']);

function modeErrors(modes: unknown, field: string): FieldError[] {
  return ((modes ?? []) as string[]).filter((mode) => !ACCESS_MODES.includes(mode)).map((mode) => notSupported(field, mode, ACCESS_MODES));
}

export function persistentVolumeClaimErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as { accessModes?: string[]; resources?: { requests?: Record<string, string> } };
  const errors: FieldError[] = [];
  if (!spec.accessModes?.length) errors.push(required('spec.accessModes', 'at least 1 access mode is required'));
  errors.push(...modeErrors(spec.accessModes, 'spec.accessModes'));
  if (spec.resources?.requests?.storage === undefined) errors.push(required('spec.resources[storage]'));
  return errors;
}

/** Fields in the order of the internal type, absent ones as Go has them. */
function internalClaimSpec(spec: Json): Json {
  const resources = (spec.resources ?? {}) as Json;
  return {
    AccessModes: spec.accessModes ?? null,
    Selector: spec.selector ?? null,
    Resources: { Limits: resources.limits ?? null, Requests: resources.requests ?? null },
    VolumeName: spec.volumeName ?? '',
    StorageClassName: spec.storageClassName ?? null,
    VolumeMode: spec.volumeMode ?? null,
    DataSource: spec.dataSource ?? null,
    DataSourceRef: spec.dataSourceRef ?? null,
    VolumeAttributesClassName: spec.volumeAttributesClassName ?? null,
  };
}

/** Of a claim only the request of a bound one may grow, and its volume may be named once. */
export function persistentVolumeClaimUpdateErrors(object: Json, old: Json): FieldError[] {
  const spec = object.spec as Json;
  const before = old.spec as Json;
  const bound = (old.status as { phase?: string } | undefined)?.phase === 'Bound';
  const allowed: Json = { ...spec };
  if (before.volumeName === undefined) {
    if (spec.volumeName === undefined) delete allowed.volumeName;
    else allowed.volumeName = before.volumeName;
  }
  if (before.storageClassName === undefined && spec.storageClassName !== undefined) allowed.storageClassName = before.storageClassName;
  const storage = (value: Json): string | undefined => (value.resources as { requests?: { storage?: string } } | undefined)?.requests?.storage;
  const [then, now] = [storage(before), storage(spec)];
  if (bound && then !== undefined && now !== undefined && then !== now) {
    const capacity = (old.status as { capacity?: { storage?: string } }).capacity?.storage ?? then;
    if (parseQuantity(now).compare(parseQuantity(then)) < 0 && parseQuantity(now).compare(parseQuantity(capacity)) <= 0) return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')];
    allowed.resources = before.resources;
  }
  if (same(allowed, before)) return [];
  const text = (value: Json): string => goJson(internalClaimSpec(value), 1);
  return [forbidden('spec', `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${unifiedDiff(text(before), text(allowed))}`)];
}

export function persistentVolumeErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as Json;
  const errors: FieldError[] = [];
  if (!(spec.accessModes as string[] | undefined)?.length) errors.push(required('spec.accessModes'));
  errors.push(...modeErrors(spec.accessModes, 'spec.accessModes'));
  const capacity = (spec.capacity ?? {}) as Json;
  if (Object.keys(capacity).length === 0) errors.push(required('spec.capacity'));
  if (capacity.storage === undefined || Object.keys(capacity).length > 1) errors.push(notSupported('spec.capacity', goJson(Object.keys(capacity).length > 0 ? capacity : null), ['storage']));
  if (!Object.keys(spec).some((field) => !OTHER_VOLUME_FIELDS.has(field))) errors.push(required('spec', 'must specify a volume type'));
  return errors;
}

export function storageClassErrors(object: Json): FieldError[] {
  const errors: FieldError[] = [];
  if (!object.provisioner) errors.push(required('provisioner'));
  if (object.reclaimPolicy !== undefined && !['Delete', 'Retain'].includes(object.reclaimPolicy as string)) errors.push(notSupported('reclaimPolicy', object.reclaimPolicy, ['Delete', 'Retain']));
  if (object.volumeBindingMode !== undefined && !['Immediate', 'WaitForFirstConsumer'].includes(object.volumeBindingMode as string)) errors.push(notSupported('volumeBindingMode', object.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']));
  return errors;
}

export function storageClassUpdateErrors(object: Json, old: Json): FieldError[] {
  const errors: FieldError[] = [];
  if (!same(object.parameters, old.parameters)) errors.push(forbidden('parameters', 'updates to parameters are forbidden.'));
  if (object.provisioner !== old.provisioner) errors.push(forbidden('provisioner', 'updates to provisioner are forbidden.'));
  if (object.reclaimPolicy !== old.reclaimPolicy) errors.push(forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.'));
  errors.push(...immutable(object, old, ['volumeBindingMode']));
  return errors;
}
