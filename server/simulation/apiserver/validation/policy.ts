/** Budgets, priorities, roles and limits (`pkg/apis/policy`, `scheduling`, `rbac`, `core`). */
import { parseQuantity } from '../quantity.ts';
import type { LabelSelector } from '../selectors.ts';
import { forbidden, invalid, required, type FieldError } from './errors.ts';
import { selectorErrors } from './workloads.ts';

type Json = Record<string, unknown>;

/** `HighestUserDefinablePriority`. */
const HIGHEST_PRIORITY = 1_000_000_000;

export function podDisruptionBudgetErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as { minAvailable?: unknown; maxUnavailable?: unknown; selector?: LabelSelector; unhealthyPodEvictionPolicy?: string };
  const errors: FieldError[] = [];
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    const value = { MinAvailable: spec.minAvailable, Selector: spec.selector ?? null, MaxUnavailable: spec.maxUnavailable, UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null };
    errors.push(invalid('spec', value, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[field];
    if (typeof value === 'number' && value < 0) errors.push(invalid(`spec.${field}`, value, 'must be greater than or equal to 0'));
    if (typeof value === 'string' && !/^[0-9]+%$/.test(value)) errors.push(invalid(`spec.${field}`, value, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"));
    else if (typeof value === 'string' && Number(value.slice(0, -1)) > 100) errors.push(invalid(`spec.${field}`, value, 'must not be greater than 100%'));
  }
  errors.push(...selectorErrors(spec.selector, 'spec.selector'));
  return errors;
}

export function priorityClassErrors(object: Json): FieldError[] {
  const { name } = object.metadata as { name: string };
  const system = name.startsWith('system-');
  const errors: FieldError[] = [];
  if (!system && (object.value as number) > HIGHEST_PRIORITY) errors.push(forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_PRIORITY}`));
  if (system && name !== 'system-cluster-critical' && name !== 'system-node-critical') errors.push(forbidden('metadata.name', "priority class names with 'system-' prefix are reserved for system use only. error: is not a known system priority class"));
  return errors;
}

export function priorityClassUpdateErrors(object: Json, old: Json): FieldError[] {
  return object.value === old.value ? [] : [invalid('value', object.value, 'field is immutable')];
}

/** @param namespaced of a Role, which cannot speak of paths. */
export const roleErrors = (namespaced: boolean) => (object: Json): FieldError[] => {
  const errors: FieldError[] = [];
  ((object.rules ?? []) as { verbs?: string[]; apiGroups?: string[]; resources?: string[]; nonResourceURLs?: string[] }[]).forEach((rule, i) => {
    const at = `rules[${i}]`;
    if (!rule.verbs?.length) errors.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
    if (rule.nonResourceURLs?.length) {
      if (namespaced) errors.push(invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
      if (rule.apiGroups?.length || rule.resources?.length) errors.push(invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'));
      return;
    }
    if (!rule.apiGroups?.length) errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
    if (!rule.resources?.length) errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
  });
  return errors;
};

export function limitRangeErrors(object: Json): FieldError[] {
  const errors: FieldError[] = [];
  const limits = ((object.spec as { limits?: Record<string, Record<string, string> | string>[] } | undefined)?.limits ?? []);
  limits.forEach((item, i) => {
    const of = (field: string): Record<string, string> => (item[field] ?? {}) as Record<string, string>;
    const names = new Set(['max', 'min', 'default', 'defaultRequest'].flatMap((field) => Object.keys(of(field))));
    const above = (low: string, high: string, name: string): boolean => of(low)[name] !== undefined && of(high)[name] !== undefined && parseQuantity(of(low)[name] as string).compare(parseQuantity(of(high)[name] as string)) > 0;
    for (const name of names) {
      const at = (field: string): string => `spec.limits[${i}].${field}[${name}]`;
      const value = (field: string): string => of(field)[name] as string;
      if (above('min', 'max', name)) errors.push(invalid(at('min'), value('min'), `min value ${value('min')} is greater than max value ${value('max')}`));
      if (above('min', 'defaultRequest', name)) errors.push(invalid(at('defaultRequest'), value('defaultRequest'), `min value ${value('min')} is greater than default request value ${value('defaultRequest')}`));
      if (above('defaultRequest', 'max', name)) errors.push(invalid(at('defaultRequest'), value('defaultRequest'), `default request value ${value('defaultRequest')} is greater than max value ${value('max')}`));
      if (above('defaultRequest', 'default', name)) errors.push(invalid(at('defaultRequest'), value('defaultRequest'), `default request value ${value('defaultRequest')} is greater than default limit value ${value('default')}`));
      if (above('min', 'default', name)) errors.push(invalid(at('default'), value('min'), `min value ${value('min')} is greater than default value ${value('default')}`));
      if (above('default', 'max', name)) errors.push(invalid(at('default'), value('default'), `default value ${value('default')} is greater than max value ${value('max')}`));
    }
  });
  return errors;
}
