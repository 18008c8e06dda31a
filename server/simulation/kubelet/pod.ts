/** Pods as the kubelet reads them, and what it remembers of each: plain data. */
import type { KubeObject } from '../apiserver/types.ts';
import type { Toleration } from '../scheduler/framework.ts';
import type { Cause } from '../kernel/kernel.ts';
import type { EnvFrom, EnvVar } from './environment-variables.ts';
import type { VolumeSpec } from './volumes.ts';

export interface HttpGetAction {
  path?: string;
  port: number | string;
  host?: string;
  scheme?: string;
  httpHeaders?: { name: string; value: string }[];
}

export interface Handler {
  exec?: { command?: string[] };
  httpGet?: HttpGetAction;
  tcpSocket?: { port: number | string; host?: string };
  grpc?: { port: number; service?: string };
  sleep?: { seconds: number };
}

export interface ProbeSpec extends Handler {
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
  terminationGracePeriodSeconds?: number;
}

export interface ContainerSpec {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  ports?: { name?: string; containerPort: number; hostPort?: number; protocol?: string }[];
  env?: EnvVar[];
  envFrom?: EnvFrom[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  volumeMounts?: { name: string; mountPath: string; subPath?: string; subPathExpr?: string; readOnly?: boolean; recursiveReadOnly?: string }[];
  livenessProbe?: ProbeSpec;
  readinessProbe?: ProbeSpec;
  startupProbe?: ProbeSpec;
  lifecycle?: { postStart?: Handler; preStop?: Handler; stopSignal?: string };
  imagePullPolicy?: string;
  terminationMessagePath?: string;
  terminationMessagePolicy?: string;
  securityContext?: { runAsNonRoot?: boolean; runAsUser?: number };
  restartPolicy?: string;
  stdin?: boolean;
  tty?: boolean;
}

export interface PodSpec {
  containers: ContainerSpec[];
  initContainers?: ContainerSpec[];
  /** Added to a running pod to look into it; they are started once and never again. */
  ephemeralContainers?: ContainerSpec[];
  volumes?: VolumeSpec[];
  nodeName?: string;
  hostNetwork?: boolean;
  restartPolicy?: string;
  terminationGracePeriodSeconds?: number;
  activeDeadlineSeconds?: number;
  enableServiceLinks?: boolean;
  imagePullSecrets?: { name?: string }[];
  readinessGates?: { conditionType: string }[];
  tolerations?: Toleration[];
  securityContext?: { runAsNonRoot?: boolean; runAsUser?: number };
  resources?: object;
}

export interface PodCondition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastProbeTime: string | null;
  lastTransitionTime: string;
  observedGeneration?: number;
}

export interface ContainerStateView {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt: string };
  terminated?: { exitCode: number; reason?: string; message?: string; startedAt: string | null; finishedAt: string | null; containerID?: string };
}

export interface ContainerStatus {
  name: string;
  state: ContainerStateView;
  lastState: ContainerStateView;
  ready: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  containerID?: string;
  started: boolean;
  allocatedResources?: Record<string, string>;
  resources?: object;
  volumeMounts?: object[];
}

export interface PodStatus {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  conditions: PodCondition[];
  message?: string;
  reason?: string;
  hostIP?: string;
  hostIPs?: { ip: string }[];
  podIP?: string;
  podIPs?: { ip: string }[];
  startTime?: string;
  initContainerStatuses?: ContainerStatus[];
  ephemeralContainerStatuses?: ContainerStatus[];
  containerStatuses?: ContainerStatus[];
  qosClass?: string;
  observedGeneration?: number;
  resources?: object;
}

export type ProbeKind = 'liveness' | 'readiness' | 'startup';
export type ProbeResult = 'success' | 'failure' | 'unknown';

/** One probe of one container (`prober.worker`). */
export interface ProbeState {
  container: string;
  kind: ProbeKind;
  /** Next tick, ms. */
  nextAt: number;
  onHold: boolean;
  containerId: string;
  /** The result that counts, after thresholds; undefined before the first. */
  result?: ProbeResult;
  lastResult?: ProbeResult;
  run: number;
  /** A command or connection of the probe is under way. */
  flight?: { id: string; startedAt: number; deadline: number; output?: string; failed?: boolean };
}

/** A container that was told to stop. */
export interface Kill {
  container: string;
  /** When SIGKILL follows, ms. */
  deadline: number;
  /** The preStop hook that runs first. */
  hook?: { id: string; until: number };
  /** SIGTERM has been sent. */
  signalled: boolean;
}

/** What a sync of a pod waits for. */
export type Block =
  | { kind: 'volumes'; until: number }
  | { kind: 'pull'; container: string }
  | { kind: 'kill' }
  | { kind: 'post-start'; container: string; id: string; until: number };

export interface Waiting {
  reason: string;
  message: string;
}

/** A pod worker (`podWorkers`, `podSyncStatus`). */
export interface PodWorker {
  uid: string;
  pod: KubeObject;
  /** Manifest name of a static pod. */
  manifest?: string;
  /** `ending`: nothing runs any more, which the next relist will confirm. */
  phase: 'syncing' | 'terminating' | 'ending' | 'terminated';
  /** Gone from the API server (or from the manifests): only the containers are left. */
  removed: boolean;
  /** Its requests are among those that the node has given away. */
  admitted: boolean;
  status?: PodStatus;
  /** The status has not reached the API server. */
  dirty: boolean;
  /** Nothing of it runs any more, and it must be deleted in the API server. */
  leaving: boolean;
  /** An update was accepted and waits for `syncAt`. */
  waiting: boolean;
  /** Another update came meanwhile: 1 from the runtime, 2 from elsewhere. */
  pending: 0 | 1 | 2;
  syncAt: number;
  /** When the worker queue gives the pod another turn; 0: never. */
  requeueAt: number;
  lastSync: number;
  /** When the next relist sees a change; 0: nothing to see. */
  relistAt: number;
  block: Block | null;
  /** Containers still to start in this sync, and what went wrong in it. */
  plan: { start: string[]; killed: string[]; failed: boolean; retryAt: number } | null;
  /** Why containers could not be started (`reasonCache`). */
  reasons?: Map<string, Waiting>;
  kills: Kill[];
  /** Grace period of the termination, seconds. */
  grace: number;
  probes: ProbeState[];
  probesMade: boolean;
  /** Volumes that could not be set up: attempts so far and when the next is. */
  mounts?: Map<string, { failures: number; nextAt: number; unprocessed?: string }>;
  mounted: boolean;
  /** Why the kubelet itself ends the pod. */
  evicted?: Waiting;
  /** When it has work again, ms. */
  due: number;
  /** The last change to the pod, or to its containers, that its work answers. */
  cause: Cause;
}

export const NEVER = Number.MAX_SAFE_INTEGER;

export function specOf(pod: KubeObject): PodSpec {
  return pod.spec as PodSpec;
}

export function allContainers(spec: PodSpec): ContainerSpec[] {
  return spec.initContainers ? [...spec.initContainers, ...spec.containers] : spec.containers;
}

export function findContainer(spec: PodSpec, name: string): { container: ContainerSpec; init: boolean; ephemeral?: true } | undefined {
  for (const container of spec.containers) if (container.name === name) return { container, init: false };
  for (const container of spec.initContainers ?? []) if (container.name === name) return { container, init: true };
  for (const container of spec.ephemeralContainers ?? []) if (container.name === name) return { container, init: false, ephemeral: true };
  return undefined;
}

export function isSidecar(container: ContainerSpec): boolean {
  return container.restartPolicy === 'Always';
}

export function restartPolicyOf(spec: PodSpec): string {
  return spec.restartPolicy ?? 'Always';
}

/** `web_default(0b9c…)`, as the kubelet writes pods in messages. */
export function podText(pod: KubeObject): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
}

const BEST_EFFORT = 'BestEffort';

/** `v1qos.ComputePodQOS`. */
export function qosClass(spec: PodSpec): string {
  let guaranteed = true;
  let any = false;
  for (const container of allContainers(spec)) {
    const { requests = {}, limits = {} } = container.resources ?? {};
    for (const resource of ['cpu', 'memory']) {
      const request = requests[resource] ?? limits[resource];
      const limit = limits[resource];
      if (request !== undefined || limit !== undefined) any = true;
      if (limit === undefined || request !== limit) guaranteed = false;
    }
  }
  if (!any) return BEST_EFFORT;
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
