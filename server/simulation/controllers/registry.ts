/** The controllers of kube-controller-manager. One line a controller. */
import { clusterRoleAggregation } from './cluster-role-aggregation.ts';
import { attachDetach } from './attach-detach.ts';
import { certificateSigning } from './certificate-signing.ts';
import { cronJob } from './cron-job.ts';
import { daemonSet } from './daemon-set.ts';
import { deployment } from './deployment.ts';
import { disruption } from './disruption.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { ephemeralVolume } from './ephemeral-volume.ts';
import { garbageCollector } from './garbage-collector.ts';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { job } from './job.ts';
import { namespace } from './namespace.ts';
import { rootCaPublisher, serviceAccount } from './namespace-accounts.ts';
import { nodeIpam } from './node-ipam.ts';
import { nodeLifecycle } from './node-lifecycle.ts';
import { persistentVolumeBinder } from './persistent-volume-binder.ts';
import { podGc } from './pod-gc.ts';
import { replicaSet } from './replica-set.ts';
import { replicationController } from './replication-controller.ts';
import { resourceQuota } from './resource-quota.ts';
import { serviceLoadBalancer } from './service-lb.ts';
import { statefulSet } from './stateful-set.ts';
import { ttlAfterFinished } from './ttl-after-finished.ts';
import { volumeExpand } from './volume-expand.ts';
import { volumeProtection } from './volume-protection.ts';
import type { Controller } from './types.ts';

export const controllers: readonly Controller[] = [
  serviceAccount,
  rootCaPublisher,
  nodeIpam,
  nodeLifecycle,
  deployment,
  replicaSet,
  replicationController,
  daemonSet,
  statefulSet,
  job,
  cronJob,
  horizontalPodAutoscaler,
  disruption,
  ttlAfterFinished,
  endpointSlice,
  serviceLoadBalancer,
  namespace,
  garbageCollector,
  podGc,
  persistentVolumeBinder,
  attachDetach,
  ephemeralVolume,
  volumeExpand,
  volumeProtection,
  resourceQuota,
  certificateSigning,
  clusterRoleAggregation,
] as readonly Controller[];
