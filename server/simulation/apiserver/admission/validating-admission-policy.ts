/**
 * ValidatingAdmissionPolicy (`apiserver/pkg/admission/plugin/policy/validating`): refuses what the policies that are bound do not allow.
 * It looks at what people and controllers write. What kubelets, the scheduler and the API server itself say of the cluster's state is
 * let through, as are events and leases: a cluster that cannot say how it is would be no lesson.
 */
import { forbidden, qualified } from '../errors.ts';
import { celValue } from '../expressions/values.ts';
import type { RegistryContext } from '../registry/types.ts';
import { labelSelectorMatches } from '../selectors.ts';
import { servedResources } from '../served-resources.ts';
import { objectKey } from '../store.ts';
import { ApiError, type KubeObject } from '../types.ts';
import { evaluate, type Denial } from '../validating-admission/evaluation.ts';
import { matches, type Attributes } from '../validating-admission/matching.ts';
import { BINDINGS, POLICIES, type BindingSpec, type Operation, type PolicySpec } from '../validating-admission/types.ts';
import { admissionName, type AdmissionPlugin, type AdmissionRequest } from './types.ts';

/** Policies are not about themselves: who has locked everybody out must be able to undo it. */
const NEVER: ReadonlySet<string> = new Set([POLICIES, BINDINGS, 'validatingwebhookconfigurations.admissionregistration.k8s.io', 'mutatingwebhookconfigurations.admissionregistration.k8s.io', 'mutatingadmissionpolicies.admissionregistration.k8s.io', 'mutatingadmissionpolicybindings.admissionregistration.k8s.io']);
const UNHINDERED: ReadonlySet<string> = new Set(['events', 'leases.coordination.k8s.io']);
const CONTROLLER = /^system:(kube-controller-manager$|serviceaccount:kube-system:.*controller$)/;
const CODES: Record<string, number> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 };

function applies({ resource, options }: AdmissionRequest): boolean {
  if (NEVER.has(resource.key)) return false;
  return !options.trusted || (CONTROLLER.test(options.context.username) && !UNHINDERED.has(resource.key));
}

function check(operation: Operation, object: KubeObject | undefined, oldObject: KubeObject | undefined, registry: RegistryContext, request: AdmissionRequest): void {
  const { store } = registry;
  if (store.count(BINDINGS) === 0 || !applies(request)) return;
  const subject = (object ?? oldObject) as KubeObject;
  const { resource, options } = request;
  const attributes: Attributes = {
    operation, object, oldObject, group: resource.group, version: resource.version, plural: resource.plural, subresource: options.fields?.subresource ?? '', namespaced: resource.namespaced, name: subject.metadata.name,
    namespace: resource.namespaced ? store.get('namespaces', subject.metadata.namespace ?? '') : resource.key === 'namespaces' ? subject : undefined,
  };
  let denied: { denial: Denial; policy: string; binding: string } | undefined;
  for (const binding of store.list(BINDINGS)) {
    const { policyName, matchResources, validationActions } = binding.spec as BindingSpec;
    const policy = store.get(POLICIES, policyName);
    if (!policy) continue;
    const spec = policy.spec as PolicySpec;
    if (!spec.matchConstraints || !matches(spec.matchConstraints, attributes) || (matchResources && !matches(matchResources, attributes))) continue;
    for (const denial of denials(policy, binding, attributes, registry, request)) {
      if (validationActions.includes('Warn')) options.warnings?.push(`Validation failed for ValidatingAdmissionPolicy '${policyName}' with binding '${binding.metadata.name}': ${denial.message}`);
      if (validationActions.includes('Deny')) denied ??= { denial, policy: policyName, binding: binding.metadata.name };
    }
  }
  if (denied) throw refusal(denied, subject, request);
}

function denials(policy: KubeObject, binding: KubeObject, attributes: Attributes, registry: RegistryContext, { resource, options }: AdmissionRequest): Denial[] {
  const spec = policy.spec as PolicySpec;
  const { context, dryRun } = options;
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const request = {
    kind, requestKind: kind, resource: { group: resource.group, version: resource.version, resource: resource.plural }, subResource: attributes.subresource, name: attributes.name, operation: attributes.operation,
    namespace: (attributes.object ?? attributes.oldObject)?.metadata.namespace ?? '', userInfo: { username: context.username, groups: context.groups ?? [] }, dryRun: dryRun ?? false,
  };
  const value = (object: unknown): unknown => (object === undefined ? null : celValue(undefined, object));
  const variables = { object: value(attributes.object), oldObject: value(attributes.oldObject), request: value(request), namespaceObject: value(attributes.namespace) };
  const params = paramsOf(spec, binding.spec as BindingSpec, attributes, registry);
  if (params === 'missing') return spec.failurePolicy === 'Ignore' ? [] : [{ message: 'no params found for policy binding with `Deny` parameterNotFoundAction', reason: 'Invalid' }];
  return params.flatMap((param) => evaluate(spec, { ...variables, params: value(param) }));
}

/** What a binding's policy is evaluated with, once for each; one undefined where there are no parameters. */
function paramsOf({ paramKind }: PolicySpec, { paramRef }: BindingSpec, { namespace }: Attributes, { store }: RegistryContext): (KubeObject | undefined)[] | 'missing' {
  if (!paramKind || !paramRef) return [undefined];
  const resource = servedResources(store).byKind(paramKind.apiVersion, paramKind.kind);
  const within = resource?.namespaced ? (paramRef.namespace ?? namespace?.metadata.name) : undefined;
  const found = !resource ? [] : paramRef.name === undefined ? store.list(resource.key, within).filter(({ metadata }) => labelSelectorMatches(paramRef.selector, metadata.labels)) : [store.get(resource.key, objectKey(within, paramRef.name))].filter((object) => object !== undefined);
  if (found.length > 0) return found;
  return paramRef.parameterNotFoundAction === 'Allow' ? [] : 'missing';
}

function refusal({ denial, policy, binding }: { denial: Denial; policy: string; binding: string }, subject: KubeObject, { resource }: AdmissionRequest): ApiError {
  const message = `ValidatingAdmissionPolicy '${policy}' with binding '${binding}' denied request: ${denial.message}`;
  const { status } = forbidden(resource, admissionName(subject), message);
  const details = { ...status.details, causes: [...(status.details?.causes ?? []), { message }] };
  return new ApiError({ ...status, message: `${qualified(resource)} "${admissionName(subject)}" is forbidden: ${message}`, reason: denial.reason, code: CODES[denial.reason] ?? 422, details });
}

export const validatingAdmissionPolicy = {
  name: 'ValidatingAdmissionPolicy',
  validateCreate: (draft, registry, request) => check('CREATE', draft, undefined, registry, request),
  validateUpdate: (draft, existing, registry, request) => check('UPDATE', draft, existing, registry, request),
  delete: (existing, registry, request) => check('DELETE', undefined, existing, registry, request),
} satisfies AdmissionPlugin;
