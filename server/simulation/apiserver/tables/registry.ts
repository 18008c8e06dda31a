/** All printers. Adding one: a file (or a line in simple.ts), and a line here. */
import { apiService } from './api-service.ts';
import { certificateSigningRequest } from './certificate-signing-request.ts';
import { controllerRevision } from './controller-revision.ts';
import { cronJob } from './cron-job.ts';
import { csiDriver } from './csi-driver.ts';
import { customResourceDefinition } from './custom-resource-definition.ts';
import { daemonSet } from './daemon-set.ts';
import { deployment } from './deployment.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { endpoints } from './endpoints.ts';
import { event } from './event.ts';
import { flowSchema } from './flow-schema.ts';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { ingressClass } from './ingress-class.ts';
import { ingress } from './ingress.ts';
import { job } from './job.ts';
import { node } from './node.ts';
import { persistentVolumeClaim } from './persistent-volume-claim.ts';
import { persistentVolume } from './persistent-volume.ts';
import { pod } from './pod.ts';
import { priorityLevelConfiguration } from './priority-level-configuration.ts';
import { replicaSet } from './replica-set.ts';
import { replicationController } from './replication-controller.ts';
import { resourceClaim } from './resource-claim.ts';
import { resourceQuota } from './resource-quota.ts';
import { scale } from './scale.ts';
import { service } from './service.ts';
import { simplePrinters } from './simple.ts';
import { statefulSet } from './stateful-set.ts';
import { storageClass } from './storage-class.ts';
import type { Printer } from './types.ts';

export const printers: readonly Printer[] = [
  apiService,
  certificateSigningRequest,
  controllerRevision,
  cronJob,
  csiDriver,
  customResourceDefinition,
  daemonSet,
  deployment,
  endpointSlice,
  endpoints,
  event,
  flowSchema,
  horizontalPodAutoscaler,
  ingressClass,
  ingress,
  job,
  node,
  persistentVolumeClaim,
  persistentVolume,
  pod,
  priorityLevelConfiguration,
  replicaSet,
  replicationController,
  resourceClaim,
  resourceQuota,
  scale,
  service,
  statefulSet,
  storageClass,
  ...simplePrinters,
];
