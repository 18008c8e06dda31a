/** ValidatingAdmissionPolicies and their bindings (`pkg/apis/admissionregistration/validation`). */
import { policyCompiler } from '../validating-admission/expressions.ts';
import type { BindingSpec, MatchResources, PolicySpec, ResourceRule } from '../validating-admission/types.ts';
import { invalid, notSupported, required, type FieldError } from './errors.ts';

type Json = Record<string, unknown>;

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];
const ACTIONS = ['Audit', 'Deny', 'Warn'];

function expressionErrors(expression: string | undefined, field: string, name: string, wanted: readonly string[]): FieldError[] {
  if (!expression?.trim()) return [required(field, `${name} is not specified`)];
  const { problem, type } = policyCompiler.compile(expression);
  if (problem !== undefined) return [invalid(field, expression, problem)];
  return wanted.includes(type) || type === 'dyn' || wanted.length === 0 ? [] : [invalid(field, expression, `must evaluate to ${wanted.join(' or ')}`)];
}

function ruleErrors({ apiGroups, apiVersions, resources, operations = [] }: ResourceRule, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, operation] of operations.entries()) if (!OPERATIONS.includes(operation)) errors.push(notSupported(`${path}.operations[${index}]`, operation, OPERATIONS));
  if (operations.length === 0) errors.push(required(`${path}.operations`));
  for (const [name, list] of Object.entries({ apiGroups, apiVersions, resources })) if (!list?.length) errors.push(required(`${path}.${name}`));
  return errors;
}

function matchErrors({ resourceRules = [], excludeResourceRules = [] }: MatchResources, path: string): FieldError[] {
  return [...resourceRules.flatMap((rule, index) => ruleErrors(rule, `${path}.resourceRules[${index}]`)), ...excludeResourceRules.flatMap((rule, index) => ruleErrors(rule, `${path}.excludeResourceRules[${index}]`))];
}

export function validatingAdmissionPolicyErrors(policy: Json): FieldError[] {
  const { failurePolicy, paramKind, matchConstraints, matchConditions = [], variables = [], validations = [], auditAnnotations = [] } = (policy.spec ?? {}) as PolicySpec;
  const errors: FieldError[] = [];
  if (failurePolicy !== undefined && failurePolicy !== 'Fail' && failurePolicy !== 'Ignore') errors.push(notSupported('spec.failurePolicy', failurePolicy, ['Fail', 'Ignore']));
  if (paramKind && !paramKind.apiVersion) errors.push(required('spec.paramKind.apiVersion'));
  if (paramKind && !paramKind.kind) errors.push(required('spec.paramKind.kind'));
  if (!matchConstraints) errors.push(required('spec.matchConstraints'));
  else {
    errors.push(...matchErrors(matchConstraints, 'spec.matchConstraints'));
    if (!matchConstraints.resourceRules?.length) errors.push(required('spec.matchConstraints.resourceRules'));
  }
  for (const [index, { name, expression }] of matchConditions.entries()) {
    if (!name) errors.push(required(`spec.matchConditions[${index}].name`));
    errors.push(...expressionErrors(expression, `spec.matchConditions[${index}].expression`, 'expression', ['bool']));
  }
  for (const [index, { name, expression }] of variables.entries()) {
    if (!/^[A-Za-z_]\w*$/.test(name ?? '')) errors.push(invalid(`spec.variables[${index}].name`, name ?? '', 'name is not a valid CEL identifier'));
    errors.push(...expressionErrors(expression, `spec.variables[${index}].expression`, 'expression', []));
  }
  if (validations.length === 0 && auditAnnotations.length === 0) errors.push(required('spec.validations', 'validations or auditAnnotations must be non-empty'), required('spec.auditAnnotations', 'validations or auditAnnotations must be non-empty'));
  for (const [index, { expression, messageExpression, reason }] of validations.entries()) {
    const path = `spec.validations[${index}]`;
    errors.push(...expressionErrors(expression, `${path}.expression`, 'expression', ['bool']));
    if (messageExpression !== undefined) errors.push(...expressionErrors(messageExpression, `${path}.messageExpression`, 'messageExpression', ['string']));
    if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${path}.reason`, reason, REASONS));
  }
  return errors;
}

export function validatingAdmissionPolicyBindingErrors(binding: Json): FieldError[] {
  const { policyName, paramRef, matchResources, validationActions = [] } = (binding.spec ?? {}) as BindingSpec;
  const errors: FieldError[] = [];
  if (!policyName) errors.push(required('spec.policyName'));
  if (paramRef) {
    if ((paramRef.name === undefined) === (paramRef.selector === undefined)) errors.push(required('spec.paramRef.name', 'one of name or selector must be specified'));
    if (!paramRef.parameterNotFoundAction) errors.push(required('spec.paramRef.parameterNotFoundAction'));
    else if (!['Allow', 'Deny'].includes(paramRef.parameterNotFoundAction)) errors.push(notSupported('spec.paramRef.parameterNotFoundAction', paramRef.parameterNotFoundAction, ['Allow', 'Deny']));
  }
  if (matchResources) errors.push(...matchErrors(matchResources, 'spec.matchResources'));
  if (validationActions.length === 0) errors.push(required('spec.validationActions', 'at least one validation action is required'));
  for (const [index, action] of validationActions.entries()) if (!ACTIONS.includes(action)) errors.push(notSupported(`spec.validationActions[${index}]`, action, ACTIONS));
  if (validationActions.includes('Deny') && validationActions.includes('Warn')) errors.push(invalid('spec.validationActions', validationActions, 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'));
  return errors;
}
