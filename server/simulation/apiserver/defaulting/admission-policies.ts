/** Defaults of admission policies (`pkg/apis/admissionregistration/v1/defaults.go`). */
type Json = Record<string, unknown>;

function rules(list: unknown): unknown {
  return Array.isArray(list) ? (list as Json[]).map((rule) => ({ scope: '*', ...rule })) : list;
}

function matchResources(match: Json): Json {
  return {
    matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, ...match,
    ...(match.resourceRules ? { resourceRules: rules(match.resourceRules) } : {}),
    ...(match.excludeResourceRules ? { excludeResourceRules: rules(match.excludeResourceRules) } : {}),
  };
}

export function validatingAdmissionPolicyDefaults(object: Json): Json {
  const spec = object.spec as Json | undefined;
  if (!spec) return object;
  return { ...object, spec: { failurePolicy: 'Fail', ...spec, ...(spec.matchConstraints ? { matchConstraints: matchResources(spec.matchConstraints as Json) } : {}) } };
}

export function validatingAdmissionPolicyBindingDefaults(object: Json): Json {
  const spec = object.spec as Json | undefined;
  return spec?.matchResources ? { ...object, spec: { ...spec, matchResources: matchResources(spec.matchResources as Json) } } : object;
}
