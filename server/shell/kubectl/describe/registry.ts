/** Describers by `Kind` or `Kind.group`. One line a kind; others are described field by field. */
import { describeHorizontalPodAutoscaler } from './kinds/autoscaling.ts';
import { describeCertificateSigningRequest } from './kinds/certificates.ts';
import { describeConfigMap, describeLimitRange, describeNamespace, describeResourceQuota, describeSecret, describeServiceAccount } from './kinds/config.ts';
import { describeGeneric } from './kinds/generic.ts';
import { describeEndpoints, describeEndpointSlice, describeIngress, describeIngressClass, describeIPAddress, describeServiceCidr } from './kinds/network.ts';
import { describeNode } from './kinds/node.ts';
import { describePod } from './kinds/pod.ts';
import { describeNetworkPolicy, describePodDisruptionBudget, describePriorityClass } from './kinds/policy.ts';
import { describeRole, describeRoleBinding } from './kinds/rbac.ts';
import { describeService } from './kinds/service.ts';
import { describeCsiNode, describePersistentVolume, describePersistentVolumeClaim, describeStorageClass, describeVolumeAttributesClass } from './kinds/storage.ts';
import { describeCronJob, describeDaemonSet, describeDeployment, describeJob, describeReplicaSet, describeStatefulSet } from './kinds/workloads.ts';
import type { Describer } from './types.ts';

const describers: Record<string, Describer> = {
  Pod: describePod,
  Service: describeService,
  Node: describeNode,
  ConfigMap: describeConfigMap,
  Secret: describeSecret,
  ServiceAccount: describeServiceAccount,
  Namespace: describeNamespace,
  ResourceQuota: describeResourceQuota,
  LimitRange: describeLimitRange,
  Endpoints: describeEndpoints,
  'EndpointSlice.discovery.k8s.io': describeEndpointSlice,
  'Ingress.networking.k8s.io': describeIngress,
  'IngressClass.networking.k8s.io': describeIngressClass,
  'IPAddress.networking.k8s.io': describeIPAddress,
  'ServiceCIDR.networking.k8s.io': describeServiceCidr,
  'Deployment.apps': describeDeployment,
  'ReplicaSet.apps': describeReplicaSet,
  'DaemonSet.apps': describeDaemonSet,
  'StatefulSet.apps': describeStatefulSet,
  ReplicationController: describeReplicaSet,
  'Job.batch': describeJob,
  'CronJob.batch': describeCronJob,
  'HorizontalPodAutoscaler.autoscaling': describeHorizontalPodAutoscaler,
  'PodDisruptionBudget.policy': describePodDisruptionBudget,
  'PriorityClass.scheduling.k8s.io': describePriorityClass,
  'NetworkPolicy.networking.k8s.io': describeNetworkPolicy,
  'Role.rbac.authorization.k8s.io': describeRole,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
  'RoleBinding.rbac.authorization.k8s.io': describeRoleBinding,
  'ClusterRoleBinding.rbac.authorization.k8s.io': describeRoleBinding,
  PersistentVolume: describePersistentVolume,
  PersistentVolumeClaim: describePersistentVolumeClaim,
  'StorageClass.storage.k8s.io': describeStorageClass,
  'CSINode.storage.k8s.io': describeCsiNode,
  'VolumeAttributesClass.storage.k8s.io': describeVolumeAttributesClass,
  'CertificateSigningRequest.certificates.k8s.io': describeCertificateSigningRequest,
};

/** The describer of a kind. @param group '' for the core group. */
export function describerFor(kind: string, group: string): Describer {
  return describers[group ? `${kind}.${group}` : kind] ?? describeGeneric;
}
