/** Validation by `apiVersion/kind`. One line a kind; metadata is checked for all. */
import { definitionErrors, definitionUpdateErrors, nameCheckOf } from '../custom-resources/definition.ts';
import { validatingAdmissionPolicyBindingErrors, validatingAdmissionPolicyErrors } from './admission-policies.ts';
import { certificateSigningRequestErrors } from './certificates.ts';
import { horizontalPodAutoscalerErrors } from './autoscaling.ts';
import type { KubeObject } from '../types.ts';
import { configMapErrors, immutableErrors, ingressErrors, nodeErrors, secretErrors, serviceErrors } from './core.ts';
import type { FieldError } from './errors.ts';
import { checkLabel, checkLabel1035, checkSubdomain, metadataErrors, type NameCheck } from './names.ts';
import { podSpecErrors } from './pods.ts';
import { networkPolicyErrors } from './network-policy.ts';
import { limitRangeErrors, podDisruptionBudgetErrors, priorityClassErrors, priorityClassUpdateErrors, roleErrors } from './policy.ts';
import { persistentVolumeClaimErrors, persistentVolumeClaimUpdateErrors, persistentVolumeErrors, storageClassErrors, storageClassUpdateErrors } from './storage.ts';
import { immutable, podUpdateErrors, serviceUpdateErrors } from './updates.ts';
import { cronJobErrors, daemonSetErrors, deploymentErrors, jobErrors, jobUpdateErrors, replicaSetErrors, statefulSetErrors, statefulSetUpdateErrors } from './workloads.ts';

type Json = Record<string, unknown>;

interface Rules {
  /** How the name is checked; default: an RFC 1123 subdomain. */
  name?: NameCheck;
  /** As name, where the right name follows from the object. */
  nameOf?(object: KubeObject): NameCheck;
  check?(object: Json): FieldError[];
  /** As check, of new objects only. */
  create?(object: Json): FieldError[];
  update?(object: Json, old: Json): FieldError[];
}

const anyPath: NameCheck = (value) => (value === '.' || value === '..' || /[/%]/.test(value) ? [`may not contain '/' or '%'`] : []);
const selector = (object: Json, old: Json): FieldError[] => immutable(object, old, ['spec', 'selector']);

const rules: Record<string, Rules> = {
  'v1/Pod': { check: (pod) => podSpecErrors(pod.spec as Json, 'spec'), update: podUpdateErrors },
  'v1/Service': { name: checkLabel1035, check: serviceErrors, update: serviceUpdateErrors },
  'v1/Namespace': { name: checkLabel },
  'v1/ConfigMap': { check: configMapErrors, update: immutableErrors },
  'v1/Secret': { check: secretErrors, update: (object, old) => [...immutable(object, old, ['type']), ...immutableErrors(object, old)] },
  'v1/Node': { check: nodeErrors },
  'apps/v1/Deployment': { check: deploymentErrors, update: selector },
  'apps/v1/ReplicaSet': { check: replicaSetErrors, update: selector },
  'apps/v1/DaemonSet': { check: daemonSetErrors, update: selector },
  'apps/v1/StatefulSet': { check: statefulSetErrors, update: statefulSetUpdateErrors },
  'batch/v1/Job': { check: jobErrors, update: jobUpdateErrors },
  'batch/v1/CronJob': { check: cronJobErrors },
  'networking.k8s.io/v1/Ingress': { check: ingressErrors },
  'v1/PersistentVolumeClaim': { check: persistentVolumeClaimErrors, update: persistentVolumeClaimUpdateErrors },
  'v1/PersistentVolume': { check: persistentVolumeErrors },
  'v1/LimitRange': { check: limitRangeErrors },
  'storage.k8s.io/v1/StorageClass': { check: storageClassErrors, update: storageClassUpdateErrors },
  'policy/v1/PodDisruptionBudget': { check: podDisruptionBudgetErrors },
  'scheduling.k8s.io/v1/PriorityClass': { check: priorityClassErrors, update: priorityClassUpdateErrors },
  'autoscaling/v2/HorizontalPodAutoscaler': { check: horizontalPodAutoscalerErrors },
  'networking.k8s.io/v1/NetworkPolicy': { check: networkPolicyErrors },
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': { check: validatingAdmissionPolicyErrors },
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': { check: validatingAdmissionPolicyBindingErrors },
  'apiextensions.k8s.io/v1/CustomResourceDefinition': { nameOf: nameCheckOf, create: (definition) => definitionErrors(definition as KubeObject), update: (definition, old) => definitionUpdateErrors(definition as KubeObject, old as KubeObject) },
  'certificates.k8s.io/v1/CertificateSigningRequest': { create: certificateSigningRequestErrors },
  'rbac.authorization.k8s.io/v1/Role': { name: anyPath, check: roleErrors(true) },
  'rbac.authorization.k8s.io/v1/ClusterRole': { name: anyPath, check: roleErrors(false) },
  'rbac.authorization.k8s.io/v1/RoleBinding': { name: anyPath, update: (object, old) => immutable(object, old, ['roleRef']) },
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': { name: anyPath, update: (object, old) => immutable(object, old, ['roleRef']) },
};

function nameCheck({ name, nameOf }: Rules, object: KubeObject): NameCheck {
  return nameOf?.(object) ?? name ?? checkSubdomain;
}

/** Everything that is wrong with an object that is to be created. */
export function validateCreate(object: KubeObject, namespaced: boolean): FieldError[] {
  const rule = rules[`${object.apiVersion}/${object.kind}`] ?? {};
  return [...metadataErrors(object.metadata, nameCheck(rule, object), namespaced), ...(rule.check?.(object) ?? []), ...(rule.create?.(object) ?? [])];
}

/** Everything that is wrong with a change. */
export function validateUpdate(object: KubeObject, old: KubeObject, namespaced: boolean): FieldError[] {
  const rule = rules[`${object.apiVersion}/${object.kind}`] ?? {};
  const before = rule.update?.(object, old) ?? [];
  // A pod's own spec was valid once; what may change in it is checked by the update rule.
  const check = object.kind === 'Pod' ? [] : (rule.check?.(object) ?? []);
  return [...metadataErrors(object.metadata, nameCheck(rule, object), namespaced), ...check, ...before];
}
