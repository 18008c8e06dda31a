/** What may change in an object that exists. */
import { canonical } from '../canonical.ts';
import { forbidden, invalid, type FieldError } from './errors.ts';
import { podSpecDifference } from './pod-spec-diff.ts';

type Json = Record<string, unknown>;

export function same(x: unknown, y: unknown): boolean {
  return x === y || canonical(x) === canonical(y);
}

const IMMUTABLE = 'field is immutable';

/** `ValidateImmutableField`. */
export function immutable(object: Json, old: Json, path: string[]): FieldError[] {
  const read = (value: unknown): unknown => path.reduce<unknown>((current, key) => (current as Json | undefined)?.[key], value);
  return same(read(object), read(old)) ? [] : [invalid(path.join('.'), read(object) ?? null, IMMUTABLE)];
}

const MUTABLE_POD_FIELDS =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** A pod's spec: only images, the deadline and further tolerations may change (`ValidatePodUpdate`). */
export function podUpdateErrors(object: Json, old: Json): FieldError[] {
  const errors: FieldError[] = [];
  const spec = object.spec as Json;
  const before = old.spec as Json;
  const lists = ['containers', 'initContainers'] as const;
  for (const name of lists) {
    const now = (spec[name] ?? []) as Json[];
    const then = (before[name] ?? []) as Json[];
    if (now.length !== then.length) return [forbidden(`spec.${name}`, 'pod updates may not add or remove containers')];
    now.forEach((container, i) => {
      if (!container.image) errors.push({ type: 'Required', field: `spec.${name}[${i}].image`, detail: '' });
    });
  }
  if (errors.length > 0) return errors;
  const tolerations = (spec.tolerations ?? []) as Json[];
  if (!((before.tolerations ?? []) as Json[]).every((toleration) => tolerations.some((other) => same(other, toleration)))) {
    errors.push(forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'));
  }
  // What may change is made alike; whatever then differs may not.
  const munged: Json = { ...spec, tolerations: before.tolerations };
  for (const name of lists) {
    const then = (before[name] ?? []) as Json[];
    if (spec[name]) munged[name] = (spec[name] as Json[]).map((container, i) => ({ ...container, image: (then[i] as Json).image }));
  }
  if (spec.activeDeadlineSeconds !== undefined && (before.activeDeadlineSeconds === undefined || (spec.activeDeadlineSeconds as number) <= (before.activeDeadlineSeconds as number))) munged.activeDeadlineSeconds = before.activeDeadlineSeconds;
  if (before.terminationGracePeriodSeconds !== undefined && (before.terminationGracePeriodSeconds as number) < 0 && spec.terminationGracePeriodSeconds === 1) munged.terminationGracePeriodSeconds = before.terminationGracePeriodSeconds;
  if (spec.schedulingGates === undefined) delete munged.schedulingGates;
  const gated = { ...before };
  if (spec.schedulingGates === undefined) delete gated.schedulingGates;
  if (!same(munged, gated)) errors.push(forbidden('spec', `${MUTABLE_POD_FIELDS}\n${podSpecDifference(gated, munged)}`));
  return errors;
}

export function serviceUpdateErrors(object: Json, old: Json): FieldError[] {
  const spec = object.spec as Json;
  const before = old.spec as Json;
  if (spec.type === 'ExternalName' || before.type === 'ExternalName') return [];
  const oldIps = (before.clusterIPs ?? []) as string[];
  const newIps = (spec.clusterIPs ?? []) as string[];
  if (oldIps[0] && oldIps[0] !== newIps[0]) return [invalid('spec.clusterIPs[0]', newIps, 'may not change once set')];
  return [];
}
