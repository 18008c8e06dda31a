/** Describers by `Kind` or `Kind.group`. One line a kind; others are described field by field. */
import { describeConfigMap, describeLimitRange, describeNamespace, describeResourceQuota, describeSecret, describeServiceAccount } from './kinds/config.ts';
import { describeGeneric } from './kinds/generic.ts';
import { describeEndpoints, describeEndpointSlice, describeIngress, describeIngressClass } from './kinds/network.ts';
import { describeNode } from './kinds/node.ts';
import { describePod } from './kinds/pod.ts';
import { describeService } from './kinds/service.ts';
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
  'Deployment.apps': describeDeployment,
  'ReplicaSet.apps': describeReplicaSet,
  'DaemonSet.apps': describeDaemonSet,
  'StatefulSet.apps': describeStatefulSet,
  'Job.batch': describeJob,
  'CronJob.batch': describeCronJob,
};

/** The describer of a kind. @param group '' for the core group. */
export function describerFor(kind: string, group: string): Describer {
  return describers[group ? `${kind}.${group}` : kind] ?? describeGeneric;
}
