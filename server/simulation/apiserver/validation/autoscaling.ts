/** HorizontalPodAutoscalers (`pkg/apis/autoscaling/validation`). */
import { parseQuantity } from '../quantity.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from './errors.ts';

type Json = Record<string, unknown>;

interface Target {
  type?: string;
  value?: string | number;
  averageValue?: string | number;
  averageUtilization?: number;
}

interface Source {
  name?: string;
  container?: string;
  metric?: { name?: string };
  describedObject?: Reference;
  target?: Target;
}

interface Reference {
  kind?: string;
  name?: string;
}

interface Rules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: string;
  policies?: { type?: string; value?: number; periodSeconds?: number }[];
  tolerance?: string | number;
}

const MAX_PERIOD_SECONDS = 1_800;
const MAX_STABILIZATION_SECONDS = 3_600;
/** Metric types and their fields, in the order in which they are looked at. */
const SOURCES: Record<string, string> = { Object: 'object', External: 'external', Pods: 'pods', Resource: 'resource', ContainerResource: 'containerResource' };

export function horizontalPodAutoscalerErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as { minReplicas?: number; maxReplicas?: number; scaleTargetRef?: Reference; metrics?: (Json & { type?: string })[]; behavior?: { scaleUp?: Rules; scaleDown?: Rules } };
  const errors: FieldError[] = [];
  if (spec.minReplicas !== undefined && spec.minReplicas < 1) errors.push(invalid('spec.minReplicas', spec.minReplicas, 'must be greater than or equal to 1'));
  if ((spec.maxReplicas ?? 0) < 1) errors.push(invalid('spec.maxReplicas', spec.maxReplicas ?? 0, 'must be greater than 0'));
  if (spec.minReplicas !== undefined && (spec.maxReplicas ?? 0) < spec.minReplicas) errors.push(invalid('spec.maxReplicas', spec.maxReplicas ?? 0, 'must be greater than or equal to `minReplicas`'));
  errors.push(...referenceErrors(spec.scaleTargetRef, 'spec.scaleTargetRef'));
  spec.metrics?.forEach((metric, i) => errors.push(...metricErrors(metric, `spec.metrics[${i}]`)));
  errors.push(...rulesErrors(spec.behavior?.scaleUp, 'spec.behavior.scaleUp'), ...rulesErrors(spec.behavior?.scaleDown, 'spec.behavior.scaleDown'));
  return errors;
}

function referenceErrors({ kind, name }: Reference = {}, at: string): FieldError[] {
  return [...(kind ? [] : [required(`${at}.kind`)]), ...(name ? [] : [required(`${at}.name`)])];
}

function metricErrors(metric: Json & { type?: string }, at: string): FieldError[] {
  const { type = '' } = metric;
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${at}.type`, 'must specify a metric source type'));
  const expected = SOURCES[type];
  if (expected === undefined) errors.push(notSupported(`${at}.type`, type, Object.keys(SOURCES).sort()));
  const present = Object.values(SOURCES).filter((field) => metric[field] !== undefined && metric[field] !== null);
  const [first] = present;
  if (first !== undefined) errors.push(...sourceErrors(first, metric[first] as Source, `${at}.${first}`));
  if (expected !== undefined && !present.includes(expected)) errors.push(required(`${at}.${expected}`, 'must populate information for the given metric source'));
  if (present.length > 1) for (const field of present) if (field !== expected) errors.push(forbidden(`${at}.${field}`, 'must populate the given metric source only'));
  return errors;
}

function sourceErrors(field: string, source: Source, at: string): FieldError[] {
  const { target = {} } = source;
  const errors: FieldError[] = [];
  if (field === 'resource' || field === 'containerResource') {
    if (!source.name) errors.push(required(`${at}.name`, 'must specify a resource name'));
    if (field === 'containerResource' && !source.container) errors.push(required(`${at}.container`, 'must specify a container'));
    errors.push(...targetErrors(target, `${at}.target`));
    if (target.averageUtilization === undefined && target.averageValue === undefined) errors.push(required(`${at}.target.averageUtilization`, 'must set either a target raw value or a target utilization'));
    if (target.averageUtilization !== undefined && target.averageValue !== undefined) errors.push(forbidden(`${at}.target.averageValue`, 'may not set both a target raw value and a target utilization'));
    return errors;
  }
  if (field === 'object') errors.push(...referenceErrors(source.describedObject, `${at}.describedObject`));
  if (!source.metric?.name) errors.push(required(`${at}.metric.name`, 'must specify a metric name'));
  errors.push(...targetErrors(target, `${at}.target`));
  if (field === 'pods') {
    if (target.averageValue === undefined) errors.push(required(`${at}.target.averageValue`, 'must specify a positive target averageValue'));
    return errors;
  }
  if (target.value === undefined && target.averageValue === undefined) {
    errors.push(required(`${at}.target.averageValue`, field === 'object' ? 'must set either a target value or averageValue' : 'must set either a target value for metric or a per-pod target'));
  }
  if (field === 'external' && target.value !== undefined && target.averageValue !== undefined) errors.push(forbidden(`${at}.target.value`, 'may not set both a target value for metric and a per-pod target'));
  return errors;
}

function targetErrors({ type = '', value, averageValue, averageUtilization }: Target, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${at}.type`, 'must specify a metric target type'));
  if (type !== 'Utilization' && type !== 'Value' && type !== 'AverageValue') errors.push(invalid(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  for (const [field, amount] of [['value', value], ['averageValue', averageValue]] as const) {
    if (amount !== undefined && parseQuantity(amount).nanos <= 0n) errors.push(invalid(`${at}.${field}`, amount, 'must be positive'));
  }
  if (averageUtilization !== undefined && averageUtilization < 1) errors.push(invalid(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  return errors;
}

function rulesErrors(rules: Rules | undefined, at: string): FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  const errors: FieldError[] = [];
  if (window !== undefined && window < 0) errors.push(invalid(`${at}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > MAX_STABILIZATION_SECONDS) errors.push(invalid(`${at}.stabilizationWindowSeconds`, window, `must be less than or equal to ${MAX_STABILIZATION_SECONDS}`));
  if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy)) errors.push(notSupported(`${at}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min']));
  if (policies.length === 0) errors.push(required(`${at}.policies`, 'must specify at least one Policy'));
  policies.forEach(({ type = '', value = 0, periodSeconds = 0 }, i) => {
    const policy = `${at}.policies[${i}]`;
    if (type !== 'Pods' && type !== 'Percent') errors.push(notSupported(`${policy}.type`, type, ['Percent', 'Pods']));
    if (value <= 0) errors.push(invalid(`${policy}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0) errors.push(invalid(`${policy}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > MAX_PERIOD_SECONDS) errors.push(invalid(`${policy}.periodSeconds`, periodSeconds, `must be less than or equal to ${MAX_PERIOD_SECONDS}`));
  });
  if (tolerance !== undefined && parseQuantity(tolerance).nanos < 0n) errors.push(invalid(`${at}.tolerance`, tolerance, 'must be greater than or equal to 0'));
  return errors;
}
