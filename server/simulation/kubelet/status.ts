/** A pod's status as the kubelet writes it (`kubelet_pods.generateAPIPodStatus`, `status/generate.go`). */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import type { Container } from './container-state.ts';
import { isSidecar, qosClass, restartPolicyOf, specOf, type ContainerSpec, type ContainerStateView, type ContainerStatus, type PodCondition, type PodSpec, type PodStatus, type PodWorker } from './pod.ts';
import type { ContainerRuntime } from './runtime.ts';

const EPOCH = '1970-01-01T00:00:00Z';
/** Statuses share what they have in common; nothing of a status is ever changed in place. */
const NO_STATE: ContainerStateView = {};
const NOTHING = {};
const MAX_HOSTS = 5_000;
const hosts = new Map<string, { ip: string }[]>();

function hostIPsOf(ip: string): { ip: string }[] {
  let known = hosts.get(ip);
  if (!known) {
    if (hosts.size >= MAX_HOSTS) hosts.clear();
    hosts.set(ip, (known = [{ ip }]));
  }
  return known;
}

/** Until they are known. */
const NO_CONDITIONS: PodCondition[] = [];
const OWNED = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

/** By the mounts of the spec: all statuses of a pod share them. */
const statusMounts = new WeakMap<object, object[]>();

function volumeMounts(container: ContainerSpec): object[] | undefined {
  if (!container.volumeMounts?.length) return undefined;
  let mounts = statusMounts.get(container.volumeMounts);
  if (!mounts) statusMounts.set(container.volumeMounts, (mounts = mountsOf(container)));
  return mounts;
}

function mountsOf(container: ContainerSpec): object[] {
  return (container.volumeMounts ?? []).map((mount) => (mount.readOnly ? { mountPath: mount.mountPath, name: mount.name, readOnly: true, recursiveReadOnly: mount.recursiveReadOnly ?? 'Disabled' } : { mountPath: mount.mountPath, name: mount.name }));
}

function stateOf(container: Container): ContainerStateView {
  if (container.state === 'running') return { running: { startedAt: rfc3339(container.startedAt) } };
  if (container.state === 'created') return { waiting: {} };
  const terminated: NonNullable<ContainerStateView['terminated']> = {
    containerID: `containerd://${container.id}`,
    exitCode: container.exitCode,
    finishedAt: rfc3339(container.finishedAt),
    reason: container.reason,
    startedAt: container.startedAt === 0 ? EPOCH : rfc3339(container.startedAt),
  };
  if (container.message) terminated.message = container.message;
  return { terminated };
}

/** `kubecontainer.ShouldContainerBeRestarted`. */
export function shouldRestart(pod: KubeObject, spec: PodSpec, name: string, latest: Container | undefined): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  if (!latest || latest.state === 'created') return true;
  if (latest.state === 'running') return false;
  const own = spec.initContainers?.find((container) => container.name === name);
  if (own && isSidecar(own)) return true;
  const policy = restartPolicyOf(spec);
  if (policy === 'Never') return false;
  return !(policy === 'OnFailure' && latest.exitCode === 0);
}

/** Whether a container counts as started: it runs, and its startup probe has succeeded if it has one. */
export function isStarted(worker: PodWorker, container: ContainerSpec, latest: Container | undefined): boolean {
  if (latest?.state !== 'running') return false;
  if (worker.block?.kind === 'post-start' && worker.block.container === container.name) return false;
  if (!container.startupProbe) return true;
  return worker.probes.some((probe) => probe.kind === 'startup' && probe.container === container.name && probe.containerId === latest.id && probe.result === 'success');
}

function isReady(worker: PodWorker, container: ContainerSpec, latest: Container | undefined, started: boolean): boolean {
  if (!started || latest?.state !== 'running') return false;
  if (!container.readinessProbe) return true;
  return worker.probes.some((probe) => probe.kind === 'readiness' && probe.container === container.name && probe.containerId === latest.id && probe.result === 'success');
}

function containerStatus(worker: PodWorker, runtime: ContainerRuntime, spec: PodSpec, container: ContainerSpec, init: boolean): ContainerStatus {
  const { pod } = worker;
  let latest: Container | undefined;
  let before: Container | undefined;
  const sandbox = runtime.state.sandboxes.get(worker.uid);
  if (sandbox) {
    for (let i = sandbox.containers.length - 1; i >= 0; i--) {
      const candidate = runtime.state.containers.get(sandbox.containers[i] as string) as Container;
      if (candidate.name !== container.name) continue;
      if (!latest) latest = candidate;
      else {
        before = candidate;
        break;
      }
    }
  }
  const started = isStarted(worker, container, latest);
  const image = latest?.image ?? container.image;
  const imageID = latest?.imageId ?? '';
  const lastState = before?.state === 'exited' ? stateOf(before) : NO_STATE;
  const { name } = container;
  const resources = container.resources ?? NOTHING;
  const restartCount = latest?.attempt ?? 0;
  const state = latest ? stateOf(latest) : { waiting: { reason: spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating' } };
  const mounts = volumeMounts(container);
  const allocatedResources = container.resources?.requests;
  let status: ContainerStatus;
  // The usual one at once: what is added later takes more room.
  if (latest && mounts && !allocatedResources) {
    status = { image, imageID, lastState, name, ready: false, resources, restartCount, started, state, containerID: `containerd://${latest.id}`, volumeMounts: mounts };
  } else {
    status = { image, imageID, lastState, name, ready: false, resources, restartCount, started, state };
    if (latest) status.containerID = `containerd://${latest.id}`;
    if (allocatedResources) status.allocatedResources = allocatedResources;
    if (mounts) status.volumeMounts = mounts;
  }
  if (init && !isSidecar(container)) status.ready = latest?.state === 'exited' && latest.exitCode === 0;
  else status.ready = isReady(worker, container, latest, started);
  const finishedInit = init && !isSidecar(container) && latest?.state === 'exited' && latest.exitCode === 0;
  if (!finishedInit && shouldRestart(pod, spec, container.name, latest)) {
    const waiting = worker.reasons?.get(container.name);
    if (waiting) {
      if (status.state.terminated) status.lastState = status.state;
      status.state = { waiting: { reason: waiting.reason, ...(waiting.message ? { message: waiting.message } : {}) } };
    }
  }
  return status;
}

/** `kubelet_pods.getPhase`. */
function phaseOf(spec: PodSpec, status: PodStatus, terminal: boolean): PodStatus['phase'] {
  let pendingInit = 0;
  let failedInit = 0;
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) continue;
    const own = byName(status.initContainerStatuses, container.name);
    if (!own) {
      pendingInit++;
      continue;
    }
    if (own.state.running) pendingInit++;
    else if (own.state.terminated) {
      if (own.state.terminated.exitCode !== 0) failedInit++;
    } else if (own.state.waiting) {
      if (own.lastState.terminated) {
        if (own.lastState.terminated.exitCode !== 0) failedInit++;
      } else pendingInit++;
    }
  }
  let waiting = 0;
  let running = 0;
  let stopped = 0;
  let succeeded = 0;
  for (const container of spec.containers) {
    const own = byName(status.containerStatuses, container.name);
    if (!own) waiting++;
    else if (own.state.running) running++;
    else if (own.state.terminated) {
      stopped++;
      if (own.state.terminated.exitCode === 0) succeeded++;
    } else if (own.lastState.terminated) stopped++;
    else waiting++;
  }
  const policy = restartPolicyOf(spec);
  if (failedInit > 0 && policy === 'Never') return 'Failed';
  const initialized = status.containerStatuses?.some((own) => own.state.running || own.state.terminated || own.lastState.terminated) ?? false;
  if (pendingInit > 0 && !initialized) return 'Pending';
  if (failedInit > 0 && !initialized) return 'Pending';
  if (waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (running === 0 && stopped > 0) {
    if (terminal) return stopped === succeeded ? 'Succeeded' : 'Failed';
    if (policy === 'Always') return 'Running';
    if (stopped === succeeded) return 'Succeeded';
    return policy === 'Never' ? 'Failed' : 'Running';
  }
  return 'Pending';
}

function byName(statuses: ContainerStatus[] | undefined, name: string): ContainerStatus | undefined {
  if (statuses) for (const own of statuses) if (own.name === name) return own;
  return undefined;
}

interface Verdict {
  status: 'True' | 'False';
  reason?: string;
  message?: string;
}

const TRUE: Verdict = { status: 'True' };
const FALSE: Verdict = { status: 'False' };

function containersReady(spec: PodSpec, status: PodStatus): Verdict {
  if (!status.containerStatuses) return { status: 'False', reason: 'UnknownContainerStatuses' };
  if (status.phase === 'Running' && allReady(spec, status)) return TRUE;
  const unknown: string[] = [];
  const unready: string[] = [];
  const check = (container: ContainerSpec, statuses: ContainerStatus[] | undefined): void => {
    const own = byName(statuses, container.name);
    if (!own) unknown.push(container.name);
    else if (!own.ready) unready.push(container.name);
  };
  if (spec.initContainers) for (const container of spec.initContainers) if (isSidecar(container)) check(container, status.initContainerStatuses);
  for (const container of spec.containers) check(container, status.containerStatuses);
  if (status.phase === 'Succeeded' && unknown.length === 0) return { status: 'False', reason: 'PodCompleted' };
  if (status.phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const messages: string[] = [];
  if (unknown.length > 0) messages.push(`containers with unknown status: [${unknown.join(' ')}]`);
  if (unready.length > 0) messages.push(`containers with unready status: [${unready.join(' ')}]`);
  return messages.length > 0 ? { status: 'False', reason: 'ContainersNotReady', message: messages.join(', ') } : TRUE;
}

/** The usual answer, without putting messages together. */
function allReady(spec: PodSpec, status: PodStatus): boolean {
  if (spec.initContainers) for (const container of spec.initContainers) if (isSidecar(container) && !byName(status.initContainerStatuses, container.name)?.ready) return false;
  for (const container of spec.containers) if (!byName(status.containerStatuses, container.name)?.ready) return false;
  return true;
}

function podReady(pod: KubeObject, spec: PodSpec, containers: Verdict): Verdict {
  if (containers.status !== 'True' || !spec.readinessGates?.length) return containers;
  const messages: string[] = [];
  const current = ((pod.status as { conditions?: PodCondition[] } | undefined)?.conditions ?? []);
  for (const gate of spec.readinessGates ?? []) {
    const condition = current.find((candidate) => candidate.type === gate.conditionType);
    if (!condition) messages.push(`corresponding condition of pod readiness gate "${gate.conditionType}" does not exist.`);
    else if (condition.status !== 'True') messages.push(`the status of pod readiness gate "${gate.conditionType}" is not "True", but ${condition.status}`);
  }
  return messages.length > 0 ? { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') } : { status: 'True' };
}

function podInitialized(spec: PodSpec, status: PodStatus): Verdict {
  if (!spec.initContainers?.length) return status.phase === 'Succeeded' ? { status: 'True', reason: 'PodCompleted' } : TRUE;
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of spec.initContainers) {
    const own = byName(status.initContainerStatuses, container.name);
    if (!own) unknown.push(container.name);
    else if (isSidecar(container) ? !own.started : !own.ready) incomplete.push(container.name);
  }
  if (status.phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' };
  if (status.containerStatuses?.some((own) => own.state.running || own.state.terminated || own.lastState.terminated)) return { status: 'True' };
  const messages: string[] = [];
  if (unknown.length > 0) messages.push(`containers with unknown status: [${unknown.join(' ')}]`);
  if (incomplete.length > 0) messages.push(`containers with incomplete status: [${incomplete.join(' ')}]`);
  return messages.length > 0 ? { status: 'False', reason: 'ContainersNotInitialized', message: messages.join(', ') } : { status: 'True' };
}

/**
 * Makes the status of a pod from what the runtime knows and what went wrong so far.
 * @param terminal the pod's containers will never run again.
 */
export function generateStatus(worker: PodWorker, runtime: ContainerRuntime, hostIP: string, terminal: boolean): PodStatus {
  const { pod } = worker;
  const spec = specOf(pod);
  const old = worker.status ?? (pod.status as PodStatus | undefined);
  const now = runtime.now;
  const sandbox = runtime.state.sandboxes.get(worker.uid);
  const status: PodStatus = { phase: 'Pending', conditions: NO_CONDITIONS, hostIP, hostIPs: hostIPsOf(hostIP) };
  if (pod.metadata.generation !== undefined) status.observedGeneration = pod.metadata.generation;
  status.qosClass = (pod.status as PodStatus | undefined)?.qosClass ?? qosClass(spec);
  status.resources = spec.resources ?? NOTHING;
  status.startTime = old?.startTime ?? rfc3339(now);
  if (spec.initContainers?.length) {
    status.initContainerStatuses = spec.initContainers.map((container) => containerStatus(worker, runtime, spec, container, true));
  }
  status.containerStatuses = spec.containers.map((container) => containerStatus(worker, runtime, spec, container, false));
  if (status.containerStatuses.length > 1) status.containerStatuses.sort((x, y) => (x.name < y.name ? -1 : 1));
  if (spec.ephemeralContainers?.length) status.ephemeralContainerStatuses = spec.ephemeralContainers.map((container) => ({ ...containerStatus(worker, runtime, spec, container, false), ready: false }));
  if (terminal) markUnknown(status);
  const oldPhase = old?.phase;
  status.phase = oldPhase === 'Failed' || oldPhase === 'Succeeded' ? oldPhase : phaseOf(spec, status, terminal);
  if (worker.evicted) {
    status.phase = 'Failed';
    status.reason = worker.evicted.reason;
    status.message = worker.evicted.message;
  } else if (oldPhase === 'Failed' && old?.reason) {
    status.reason = old.reason;
    if (old.message) status.message = old.message;
  }
  if (spec.hostNetwork) {
    status.podIP = hostIP;
    status.podIPs = status.hostIPs as { ip: string }[];
  } else if (sandbox?.ip && (sandbox.ready || old?.podIP)) {
    status.podIP = sandbox.ip;
    status.podIPs = old?.podIPs && old.podIP === sandbox.ip ? old.podIPs : [{ ip: sandbox.ip }];
  } else if (old?.podIP) {
    status.podIP = old.podIP;
    status.podIPs = [{ ip: old.podIP }];
  }
  const containers = containersReady(spec, status);
  const generation = status.observedGeneration;
  // A list that grows by pushing keeps room for sixteen more.
  const own = [
    makeCondition('PodReadyToStartContainers', sandbox?.ready ? TRUE : FALSE, old, now, generation),
    makeCondition('Initialized', podInitialized(spec, status), old, now, generation),
    makeCondition('Ready', podReady(pod, spec, containers), old, now, generation),
    makeCondition('ContainersReady', containers, old, now, generation),
    makeCondition('PodScheduled', TRUE, old, now, generation),
  ];
  const others = (pod.status as PodStatus | undefined)?.conditions?.filter((condition) => !OWNED.has(condition.type)) ?? [];
  status.conditions = others.length > 0 ? [...others, ...own] : own;
  return status;
}

/** Containers that never reported an end count as killed when the pod is over. */
function markUnknown(status: PodStatus): void {
  for (const own of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    if (own.state.terminated) continue;
    if (own.state.waiting && !own.lastState.terminated && own.restartCount === 0 && !own.containerID) continue;
    if (own.lastState.terminated && own.state.waiting) {
      own.state = own.lastState;
      own.lastState = NO_STATE;
      continue;
    }
    own.state = { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container could not be located when the pod was terminated', startedAt: null, finishedAt: null } };
  }
}

export function makeCondition(type: string, verdict: Verdict, old: PodStatus | undefined, now: number, generation: number | undefined): PodCondition {
  let before: PodCondition | undefined;
  if (old?.conditions) for (const condition of old.conditions) if (condition.type === type) before = condition;
  const { status, reason, message } = verdict;
  // Nothing new: the statuses share it.
  if (before?.status === status && before.lastProbeTime === null && before.observedGeneration === generation && (before.reason ?? '') === (reason ?? '') && (before.message ?? '') === (message ?? '')) return before;
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : rfc3339(now);
  if (generation !== undefined && !reason && !message) return { lastProbeTime: null, lastTransitionTime, status, type, observedGeneration: generation };
  if (generation !== undefined && reason && message) return { lastProbeTime: null, lastTransitionTime, status, type, observedGeneration: generation, reason, message };
  const condition: PodCondition = { lastProbeTime: null, lastTransitionTime, status, type };
  if (generation !== undefined) condition.observedGeneration = generation;
  if (reason) condition.reason = reason;
  if (message) condition.message = message;
  return condition;
}

/** Whether two plain values are equal; keys in any order, `undefined` counts as absent. */
export function same(x: unknown, y: unknown): boolean {
  if (x === y) return true;
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
  if (Array.isArray(x)) {
    if (!Array.isArray(y) || x.length !== y.length) return false;
    for (let i = 0; i < x.length; i++) if (!same(x[i], y[i])) return false;
    return true;
  }
  const left = x as Record<string, unknown>;
  const right = y as Record<string, unknown>;
  let count = 0;
  for (const key of Object.keys(left)) {
    if (left[key] === undefined) continue;
    count++;
    if (!same(left[key], right[key])) return false;
  }
  for (const key of Object.keys(right)) if (right[key] !== undefined) count--;
  return count === 0;
}
