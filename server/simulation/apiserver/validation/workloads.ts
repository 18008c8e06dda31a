/** Workloads (`pkg/apis/apps/validation`, `batch`). */
import { parseSchedule } from '../../controllers/schedule.ts';
import { labelSelectorMatches, type LabelSelector } from '../selectors.ts';
import { invalid, notSupported, required, type FieldError } from './errors.ts';
import { checkLabelValue, checkQualifiedName, labelErrors } from './names.ts';
import { podSpecErrors } from './pods.ts';
import { immutable, same } from './updates.ts';

type Json = Record<string, unknown>;

export function nonNegative(value: unknown, field: string): FieldError[] {
  return typeof value === 'number' && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

export function selectorErrors(selector: LabelSelector | undefined, field: string): FieldError[] {
  const errors = labelErrors(selector?.matchLabels, `${field}.matchLabels`);
  (selector?.matchExpressions ?? []).forEach((requirement, i) => {
    const at = `${field}.matchExpressions[${i}]`;
    const values = requirement.values ?? [];
    if (requirement.operator === 'In' || requirement.operator === 'NotIn') {
      if (values.length === 0) errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (requirement.operator === 'Exists' || requirement.operator === 'DoesNotExist') {
      if (values.length > 0) errors.push({ type: 'Forbidden', field: `${at}.values`, detail: "may not be specified when `operator` is 'Exists' or 'DoesNotExist'" });
    } else errors.push(invalid(`${at}.operator`, requirement.operator, 'not a valid selector operator'));
    for (const problem of checkQualifiedName(requirement.key)) errors.push(invalid(`${at}.key`, requirement.key, problem));
    for (const value of values) for (const problem of checkLabelValue(value)) errors.push(invalid(`${at}.values`, value, problem));
  });
  return errors;
}

/** Selector and template of a workload. */
function templated(spec: Json, restartPolicies: readonly string[], kind = 'deployment'): FieldError[] {
  const errors: FieldError[] = [];
  const selector = spec.selector as LabelSelector | undefined;
  const template = (spec.template ?? {}) as { metadata?: { labels?: Record<string, string> }; spec?: Json };
  if (!selector) errors.push(required('spec.selector'));
  else {
    const own = selectorErrors(selector, 'spec.selector');
    errors.push(...own);
    const empty = Object.keys(selector.matchLabels ?? {}).length === 0 && !selector.matchExpressions?.length;
    if (empty) errors.push(invalid('spec.selector', selector, `empty selector is invalid for ${kind}`));
    else if (own.length === 0 && !labelSelectorMatches(selector, template.metadata?.labels)) errors.push(invalid('spec.template.metadata.labels', template.metadata?.labels ?? null, '`selector` does not match template `labels`'));
  }
  errors.push(...labelErrors(template.metadata?.labels, 'spec.template.labels'));
  // A StatefulSet's template is not looked into: its volumes are not complete without the claims.
  if (kind !== 'statefulset') errors.push(...podSpecErrors(template.spec, 'spec.template.spec'));
  const policy = template.spec?.restartPolicy as string | undefined;
  if (policy && !restartPolicies.includes(policy)) errors.push(notSupported('spec.template.spec.restartPolicy', policy, restartPolicies));
  return errors;
}

function intOrPercent(value: unknown, field: string): FieldError[] {
  if (typeof value === 'number') return nonNegative(value, field);
  if (typeof value === 'string' && !/^[0-9]+%$/.test(value)) return [invalid(field, value, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")];
  return [];
}

export function deploymentErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as Json;
  const errors = nonNegative(spec.replicas, 'spec.replicas');
  errors.push(...templated(spec, ['Always']));
  const strategy = (spec.strategy ?? {}) as { type?: string; rollingUpdate?: { maxSurge?: unknown; maxUnavailable?: unknown } };
  if (strategy.type === 'Recreate') {
    if (strategy.rollingUpdate) errors.push({ type: 'Forbidden', field: 'spec.strategy.rollingUpdate', detail: "may not be specified when strategy `type` is 'Recreate'" });
  } else if (strategy.type === 'RollingUpdate') {
    const { maxSurge, maxUnavailable } = strategy.rollingUpdate ?? {};
    errors.push(...intOrPercent(maxUnavailable, 'spec.strategy.rollingUpdate.maxUnavailable'), ...intOrPercent(maxSurge, 'spec.strategy.rollingUpdate.maxSurge'));
    const zero = (value: unknown): boolean => value === 0 || value === '0%';
    if (zero(maxSurge) && zero(maxUnavailable)) errors.push(invalid('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
    if (typeof maxUnavailable === 'string' && Number(maxUnavailable.replace('%', '')) > 100) errors.push(invalid('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'must not be greater than 100%'));
  } else errors.push(notSupported('spec.strategy.type', strategy.type ?? '', ['Recreate', 'RollingUpdate']));
  errors.push(...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'), ...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'), ...nonNegative(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'));
  if (typeof spec.progressDeadlineSeconds === 'number' && spec.progressDeadlineSeconds <= ((spec.minReadySeconds as number | undefined) ?? 0)) errors.push(invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds'));
  return errors;
}

export function replicaSetErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as Json;
  return [...nonNegative(spec.replicas, 'spec.replicas'), ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'), ...templated(spec, ['Always'])];
}

export function daemonSetErrors(object: Json): FieldError[] {
  return templated((object.spec ?? {}) as Json, ['Always']);
}

export const statefulSetErrors = (object: Json): FieldError[] => {
  const spec = (object.spec ?? {}) as Json;
  const management = spec.podManagementPolicy as string | undefined;
  const managed = management === undefined || management === 'OrderedReady' || management === 'Parallel' ? [] : [invalid('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'")];
  return [...managed, ...nonNegative(spec.replicas, 'spec.replicas'), ...templated(spec, ['Always'], 'statefulset')];
};

export function jobErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as Json;
  const errors: FieldError[] = [];
  for (const name of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished']) errors.push(...nonNegative(spec[name], `spec.${name}`));
  const template = (spec.template ?? {}) as { spec?: Json };
  errors.push(...podSpecErrors(template.spec, 'spec.template.spec'));
  const policy = template.spec?.restartPolicy;
  if (policy !== 'OnFailure' && policy !== 'Never') errors.push(required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"'));
  if (spec.completionMode !== undefined && spec.completionMode !== 'NonIndexed' && spec.completionMode !== 'Indexed') errors.push(notSupported('spec.completionMode', spec.completionMode, ['Indexed', 'NonIndexed']));
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) errors.push(required('spec.completions', 'when completion mode is Indexed'));
  return errors;
}

const FIELD_RANGES = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 6]] as const;

/** What robfig/cron says of a schedule that our parser does not take. */
function scheduleProblem(schedule: string, otherwise: string): string {
  if (schedule.startsWith('@')) return `unrecognized descriptor: ${schedule}`;
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== FIELD_RANGES.length) return otherwise;
  for (const [i, field] of fields.entries()) {
    const [low, high] = FIELD_RANGES[i] as readonly [number, number];
    for (const part of field.split(',')) {
      for (const number of part.replace(/\/.*$/, '').split('-')) {
        if (number === '*' || number === '?' || (i >= 3 && /^[A-Za-z]{3}$/.test(number))) continue;
        if (!/^\d+$/.test(number)) return `failed to parse int from ${number}: strconv.Atoi: parsing "${number}": invalid syntax`;
        if (Number(number) > high) return `end of range (${number}) above maximum (${high}): ${part}`;
        if (Number(number) < low) return `beginning of range (${number}) below minimum (${low}): ${part}`;
      }
    }
  }
  return otherwise;
}

/** What of a Job's spec may not change (`ValidateJobSpecUpdate`). */
export function jobUpdateErrors(object: Json, old: Json): FieldError[] {
  const spec = object.spec as Json;
  const before = old.spec as Json;
  // Indexed Jobs may grow and shrink when completions and parallelism go together.
  const elastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  return [
    ...(elastic ? [] : immutable(object, old, ['spec', 'completions'])),
    ...immutable(object, old, ['spec', 'selector']),
    ...(before.suspend === true && (old.status as { startTime?: string } | undefined)?.startTime === undefined ? [] : immutable(object, old, ['spec', 'template'])),
    ...immutable(object, old, ['spec', 'completionMode']),
    ...immutable(object, old, ['spec', 'podFailurePolicy']),
    ...immutable(object, old, ['spec', 'backoffLimitPerIndex']),
    ...immutable(object, old, ['spec', 'successPolicy']),
  ];
}

const MUTABLE_SET_FIELDS = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'];

/** What of a StatefulSet's spec may not change. */
export function statefulSetUpdateErrors(object: Json, old: Json): FieldError[] {
  const rest = (spec: Json): Json => Object.fromEntries(Object.entries(spec).filter(([field]) => !MUTABLE_SET_FIELDS.includes(field)));
  if (same(rest(object.spec as Json), rest(old.spec as Json))) return [];
  const last = MUTABLE_SET_FIELDS.length - 1;
  return [{ type: 'Forbidden', field: 'spec', detail: `updates to statefulset spec for fields other than ${MUTABLE_SET_FIELDS.slice(0, last).map((field) => `'${field}'`).join(', ')} and '${MUTABLE_SET_FIELDS[last]}' are forbidden` }];
}

export function cronJobErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as Json;
  const errors: FieldError[] = [];
  if (!spec.schedule) errors.push(required('spec.schedule'));
  else {
    try {
      parseSchedule(spec.schedule as string, spec.timeZone as string | undefined);
    } catch (error) {
      errors.push(invalid('spec.schedule', spec.schedule, scheduleProblem(spec.schedule as string, (error as Error).message)));
    }
  }
  const policies = ['Allow', 'Forbid', 'Replace'];
  if (!policies.includes(spec.concurrencyPolicy as string)) errors.push(notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy ?? '', policies));
  const template = spec.jobTemplate as { spec?: Json } | undefined;
  errors.push(...jobErrors({ spec: template?.spec ?? {} }).map((error) => ({ ...error, field: error.field.replace(/^spec\./, 'spec.jobTemplate.spec.') })));
  return errors;
}
