/** Defaults by `apiVersion/kind`. One line a kind. */
import { customResourceDefinitionDefaults } from '../custom-resources/defaults.ts';
import type { KubeObject } from '../types.ts';
import { validatingAdmissionPolicyBindingDefaults, validatingAdmissionPolicyDefaults } from './admission-policies.ts';
import {
  endpointSliceDefaults, endpointsDefaults, ingressDefaults, limitRangeDefaults, namespaceDefaults, networkPolicyDefaults, persistentVolumeClaimDefaults,
  persistentVolumeDefaults, priorityClassDefaults, roleBindingDefaults, secretDefaults, serviceDefaults, storageClassDefaults,
} from './core.ts';
import { podDefaults } from './pods.ts';
import {
  cronJobDefaults, daemonSetDefaults, deploymentDefaults, horizontalPodAutoscalerDefaults, jobDefaults, replicaSetDefaults, replicationControllerDefaults,
  statefulSetDefaults,
} from './workloads.ts';

type Json = Record<string, unknown>;

const defaults: Record<string, (object: Json) => Json> = {
  'v1/Pod': podDefaults,
  'v1/Service': serviceDefaults,
  'v1/Secret': secretDefaults,
  'v1/Namespace': namespaceDefaults,
  'v1/Endpoints': endpointsDefaults,
  'v1/PersistentVolume': persistentVolumeDefaults,
  'v1/PersistentVolumeClaim': persistentVolumeClaimDefaults,
  'v1/LimitRange': limitRangeDefaults,
  'v1/ReplicationController': replicationControllerDefaults,
  'apps/v1/Deployment': deploymentDefaults,
  'apps/v1/ReplicaSet': replicaSetDefaults,
  'apps/v1/DaemonSet': daemonSetDefaults,
  'apps/v1/StatefulSet': statefulSetDefaults,
  'batch/v1/Job': jobDefaults,
  'batch/v1/CronJob': cronJobDefaults,
  'autoscaling/v2/HorizontalPodAutoscaler': horizontalPodAutoscalerDefaults,
  'networking.k8s.io/v1/Ingress': ingressDefaults,
  'networking.k8s.io/v1/NetworkPolicy': networkPolicyDefaults,
  'discovery.k8s.io/v1/EndpointSlice': endpointSliceDefaults,
  'storage.k8s.io/v1/StorageClass': storageClassDefaults,
  'scheduling.k8s.io/v1/PriorityClass': priorityClassDefaults,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': validatingAdmissionPolicyDefaults,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': validatingAdmissionPolicyBindingDefaults,
  'apiextensions.k8s.io/v1/CustomResourceDefinition': customResourceDefinitionDefaults,
  'rbac.authorization.k8s.io/v1/RoleBinding': roleBindingDefaults,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': roleBindingDefaults,
};

/** Kind → API version → defaults: no name has to be put together for every object. */
const byKind = new Map<string, Map<string, (object: Json) => Json>>();
for (const [name, change] of Object.entries(defaults)) {
  const slash = name.lastIndexOf('/');
  const kind = name.slice(slash + 1);
  byKind.set(kind, (byKind.get(kind) ?? new Map<string, (object: Json) => Json>()).set(name.slice(0, slash), change));
}

/** An object with its kind's defaults. Nothing is changed in place; what has all defaults comes back as it is. */
export function applyDefaults(object: KubeObject): KubeObject {
  const change = byKind.get(object.kind)?.get(object.apiVersion);
  return change ? (change(object) as unknown as KubeObject) : object;
}
