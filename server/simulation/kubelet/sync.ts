/** One sync of a pod: what is, what should be, and the steps between (`kuberuntime_manager.SyncPod`). */
import { goDuration } from '../apiserver/tables/duration.ts';
import { pullImage } from '../workloads/pull.ts';
import { nextBackOff } from './backoff.ts';
import { createContainer } from './container-config.ts';
import type { Container } from './container-state.ts';
import { ContainerConfigError } from './environment-variables.ts';
import { ensureImage, failStart, startPull } from './images.ts';
import { fieldPathOf, killContainer, preStopEnded, runHook } from './killing.ts';
import type { Kubelet, Pull } from './kubelet.ts';
import { mountVolumes, unmountedMessage } from './mounting.ts';
import { statusChanged } from './node.ts';
import { findContainer, isSidecar, NEVER, restartPolicyOf, specOf, type ContainerSpec, type PodSpec, type PodStatus, type PodWorker } from './pod.ts';
import { syncCompleted } from './pod-workers.ts';
import { makeProbes, triggerReadiness } from './probes.ts';
import { RuntimeError } from './runtime-error.ts';
import { runSandbox, stopSandbox } from './sandboxes.ts';
import { ensureMirror } from './static-pods.ts';
import { generateStatus, isStarted, makeCondition, shouldRestart } from './status.ts';
import { setStatus } from './status-manager.ts';
import { terminate } from './termination.ts';

/** How long a sync waits for volumes (`podAttachAndMountTimeout`). */
const MOUNT_TIMEOUT_MS = 123_000;

export function syncPod(k: Kubelet, worker: PodWorker): void {
  const status = generateStatus(worker, k.runtime, k.options.address, false);
  triggerReadiness(k, worker, status);
  setStatus(k, worker, status);
  if (status.phase === 'Failed' || status.phase === 'Succeeded') return terminate(k, worker);
  const sandbox = k.runtime.state.sandboxes.get(worker.uid);
  if (sandbox) sandbox.pod = worker.pod;
  worker.plan = { start: [], killed: [], failed: false, retryAt: 0 };
  if (worker.manifest !== undefined) ensureMirror(k, worker);
  if (!mountVolumes(k, worker)) {
    worker.block = { kind: 'volumes', until: k.now + MOUNT_TIMEOUT_MS };
    return;
  }
  withVolumes(k, worker);
}

/** Goes on where a sync waited, if what it waited for has come. */
export function continueSync(k: Kubelet, worker: PodWorker): void {
  const block = worker.block;
  if (!block) return;
  switch (block.kind) {
    case 'volumes':
      if (mountVolumes(k, worker)) {
        worker.block = null;
        return withVolumes(k, worker);
      }
      if (block.until <= k.now) {
        k.podEvent(worker, 'Warning', 'FailedMount', unmountedMessage(worker));
        syncCompleted(k, worker, true, 0);
      }
      return;
    case 'kill':
      if (worker.kills.length > 0) return;
      worker.block = null;
      return startPlanned(k, worker);
    case 'pull':
      return;
    case 'post-start':
      if (block.until <= k.now) postStartEnded(k, worker, block.container, true);
  }
}

/** When a blocked sync has something to do by itself, ms. */
export function volumesDue(worker: PodWorker): number {
  const { block } = worker;
  if (!block) return NEVER;
  if (block.kind === 'post-start') return block.until;
  if (block.kind !== 'volumes') return NEVER;
  let due = block.until;
  for (const mount of worker.mounts?.values() ?? []) if (mount.nextAt < due) due = mount.nextAt;
  return due;
}

// ---- what to do ----

interface Actions {
  createSandbox: boolean;
  kill: { container: Container; message: string; grace: number }[];
  start: string[];
  killPod: boolean;
}

/** `computePodActions`. */
function computeActions(k: Kubelet, worker: PodWorker): Actions {
  const spec = specOf(worker.pod);
  const { runtime } = k;
  const sandbox = runtime.state.sandboxes.get(worker.uid);
  const createSandbox = !sandbox?.ready;
  const actions: Actions = { createSandbox, kill: [], start: [], killPod: false };
  const policy = restartPolicyOf(spec);
  if (createSandbox && sandbox) {
    for (const container of runtime.containersOf(worker.uid)) {
      if (container.state === 'running') actions.kill.push({ container, message: `Stopping container ${container.name}`, grace: worker.grace });
    }
    if (policy === 'Never' && spec.containers.every((container) => runtime.latest(worker.uid, container.name) !== undefined)) {
      actions.createSandbox = false;
      actions.killPod = true;
      return actions;
    }
  }
  const initDone = initActions(k, worker, spec, actions);
  if (!initDone) return actions;
  let kept = 0;
  for (const container of spec.containers) {
    const latest = runtime.latest(worker.uid, container.name);
    if (createSandbox || latest?.state !== 'running') {
      if (latest?.state === 'running' || shouldRestart(worker.pod, spec, container.name, latest)) actions.start.push(container.name);
      continue;
    }
    const problem = killReason(worker, container, latest);
    if (!problem) {
      kept++;
      continue;
    }
    if (!problem.always && policy === 'Never') {
      actions.kill.push({ container: latest, message: problem.message, grace: problem.grace });
      continue;
    }
    actions.kill.push({ container: latest, message: `${problem.message}, will be restarted`, grace: problem.grace });
    actions.start.push(container.name);
  }
  if (!createSandbox) for (const { name } of spec.ephemeralContainers ?? []) if (runtime.latest(worker.uid, name) === undefined) actions.start.push(name);
  if (kept === 0 && actions.start.length === 0 && actions.kill.length === 0) {
    actions.killPod = true;
    actions.createSandbox = false;
  }
  return actions;
}

function killReason(worker: PodWorker, container: ContainerSpec, latest: Container): { message: string; grace: number; always: boolean } | undefined {
  const grace = specOf(worker.pod).terminationGracePeriodSeconds ?? 30;
  if (latest.image !== container.image) return { message: `Container ${container.name} definition changed`, grace, always: true };
  for (const kind of ['liveness', 'startup'] as const) {
    const failed = worker.probes.some((probe) => probe.kind === kind && probe.container === container.name && probe.containerId === latest.id && probe.result === 'failure');
    const probe = kind === 'liveness' ? container.livenessProbe : container.startupProbe;
    if (failed) return { message: `Container ${container.name} failed ${kind} probe`, grace: probe?.terminationGracePeriodSeconds ?? grace, always: false };
  }
  return undefined;
}

/** Plans the next init container. @returns whether the regular containers may start. */
function initActions(k: Kubelet, worker: PodWorker, spec: PodSpec, actions: Actions): boolean {
  if (!spec.initContainers?.length) return true;
  const { runtime } = k;
  const initialized = !actions.createSandbox && spec.containers.some((container) => runtime.latest(worker.uid, container.name) !== undefined);
  for (const container of spec.initContainers) {
    const latest = runtime.latest(worker.uid, container.name);
    if (isSidecar(container)) {
      if (actions.createSandbox || latest?.state !== 'running') {
        actions.start.push(container.name);
        if (!initialized) return false;
        continue;
      }
      const problem = killReason(worker, container, latest);
      if (problem) {
        actions.kill.push({ container: latest, message: `${problem.message}, will be restarted`, grace: problem.grace });
        actions.start.push(container.name);
      }
      if (!initialized && !isStarted(worker, container, latest)) return false;
      continue;
    }
    if (initialized) continue;
    if (latest?.state === 'running') return false;
    if (latest?.state === 'exited' && latest.exitCode === 0 && !actions.createSandbox) continue;
    if (latest?.state === 'exited' && latest.exitCode !== 0 && restartPolicyOf(spec) === 'Never') {
      actions.killPod = true;
      return false;
    }
    actions.start.push(container.name);
    return false;
  }
  return true;
}

/** Secrets for registries that do not exist: a pull may work without them. */
function missingPullSecrets(k: Kubelet, worker: PodWorker): void {
  const names = (specOf(worker.pod).imagePullSecrets ?? []).flatMap(({ name }) => (name ? [name] : []));
  if (names.length === 0 || !k.client.connected) return;
  const missing = names.filter((name) => !k.client.get('secrets', worker.pod.metadata.namespace, name));
  if (missing.length > 0) k.podEvent(worker, 'Warning', 'FailedToRetrieveImagePullSecret', `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`);
}

function withVolumes(k: Kubelet, worker: PodWorker): void {
  missingPullSecrets(k, worker);
  if (!worker.probesMade) makeProbes(k, worker);
  const plan = worker.plan as NonNullable<PodWorker['plan']>;
  const actions = computeActions(k, worker);
  if (actions.killPod) {
    for (const container of k.runtime.containersOf(worker.uid)) if (container.state === 'running') killContainer(k, worker, container, `Stopping container ${container.name}`, worker.grace);
    stopSandbox(k.runtime, worker.uid);
    if (worker.kills.length > 0) worker.block = { kind: 'kill' };
    else syncCompleted(k, worker, false, 0);
    return;
  }
  plan.start = actions.start;
  for (const { container, message, grace } of actions.kill) {
    plan.killed.push(container.id);
    if (!worker.kills.some((kill) => kill.container === container.id)) killContainer(k, worker, container, message, grace);
  }
  worker.kills = worker.kills.filter((kill) => k.runtime.state.containers.get(kill.container)?.state === 'running');
  if (worker.kills.length > 0) {
    worker.block = { kind: 'kill' };
    return;
  }
  startPlanned(k, worker);
}

function startPlanned(k: Kubelet, worker: PodWorker): void {
  const plan = worker.plan as NonNullable<PodWorker['plan']>;
  const sandbox = k.runtime.state.sandboxes.get(worker.uid);
  if (!sandbox?.ready && plan.start.length > 0) {
    if (sandbox) k.podEvent(worker, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    try {
      checkRuntime(k, worker);
      runSandbox(k.runtime, worker.pod, k.podCidr);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      k.podEvent(worker, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${error.message}`);
      return syncCompleted(k, worker, true, 0);
    }
    sandboxReady(k, worker);
  }
  runPlan(k, worker);
}

/** Handler that containerd has on the machines. @throws RuntimeError for a RuntimeClass with another one */
function checkRuntime(k: Kubelet, worker: PodWorker): void {
  const { runtimeClassName } = worker.pod.spec as { runtimeClassName?: string };
  if (!runtimeClassName || !k.client.connected) return;
  const handler = k.client.get('runtimeclasses.node.k8s.io', undefined, runtimeClassName)?.handler as string | undefined;
  if (handler === undefined) throw new RuntimeError(`runtimeclass.node.k8s.io "${runtimeClassName}" not found`);
  if (handler !== 'runc') throw new RuntimeError(`rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "${handler}" is configured`);
}

/** `OnPodSandboxReady`: the condition is written before images are pulled. */
function sandboxReady(k: Kubelet, worker: PodWorker): void {
  const old = worker.status as PodStatus;
  const conditions = old.conditions.map((condition) => (condition.type === 'PodReadyToStartContainers' ? makeCondition(condition.type, { status: 'True' }, old, k.now, old.observedGeneration) : condition));
  setStatus(k, worker, { ...old, conditions });
}

/** Starts the planned containers one after the other until one has to wait. */
function runPlan(k: Kubelet, worker: PodWorker): void {
  const plan = worker.plan as NonNullable<PodWorker['plan']>;
  for (;;) {
    const name = plan.start[0];
    if (name === undefined) return syncCompleted(k, worker, plan.failed, plan.retryAt);
    if (!ensureImage(k, worker, name)) {
      if (worker.block) return;
      plan.failed = true;
      plan.start.shift();
      continue;
    }
    if (!startContainer(k, worker, name) && worker.block) return;
    plan.start.shift();
  }
}

// ---- containers ----

/** A pull has come to its end. */
export function pullEnded(k: Kubelet, pull: Pull): void {
  startPull(k);
  const worker = k.own.workers.get(pull.uid);
  const outcome = pullImage(pull.image, k.environment.state.registryDown, k.options.recorderWorkloads);
  if (outcome.kind === 'pulled' && !k.runtime.hasImage(outcome.image.name)) {
    k.runtime.state.images.set(outcome.image.name, { name: outcome.image.name, id: outcome.image.id, sizeBytes: outcome.image.sizeBytes, pulledAt: k.now });
    statusChanged(k.own.node, k.now);
  }
  if (!worker || worker.block?.kind !== 'pull' || worker.block.container !== pull.container) return;
  const found = findContainer(specOf(worker.pod), pull.container);
  const path = fieldPathOf(found, pull.container);
  worker.block = null;
  const plan = worker.plan as NonNullable<PodWorker['plan']>;
  if (outcome.kind === 'failed') {
    const key = `${worker.uid}_${pull.image}`;
    k.podEvent(worker, 'Warning', 'Failed', `Failed to pull image "${pull.image}": ${outcome.message}`, path);
    nextBackOff(k.own.imageBackoff, key, k.now, k.now);
    k.own.pullErrors.set(key, `ErrImagePull: ${outcome.message}`);
    k.podEvent(worker, 'Warning', 'Failed', 'Error: ErrImagePull', path);
    failStart(worker, pull.container, 'ErrImagePull', outcome.message);
    plan.failed = true;
  } else {
    const waited = goDuration(k.now - pull.requestedAt);
    k.podEvent(worker, 'Normal', 'Pulled', `Successfully pulled image "${pull.image}" in ${goDuration(pull.endsAt - pull.startedAt)} (${waited} including waiting). Image size: ${outcome.image.sizeBytes} bytes.`, path);
    if (!startContainer(k, worker, pull.container) && worker.block) return;
  }
  plan.start.shift();
  runPlan(k, worker);
  k.wantTurn(worker, k.now);
}

/** Creates and starts a container whose image is there. @returns whether it runs; otherwise the reason is noted. */
function startContainer(k: Kubelet, worker: PodWorker, name: string): boolean {
  const plan = worker.plan as NonNullable<PodWorker['plan']>;
  const spec = specOf(worker.pod);
  const found = findContainer(spec, name) as { container: ContainerSpec; init: boolean };
  const { container } = found;
  const path = fieldPathOf(found, name);
  const failed = (reason: string, message: string): false => {
    k.podEvent(worker, 'Warning', 'Failed', `Error: ${message}`, path);
    plan.failed = true;
    return failStart(worker, name, reason, message);
  };
  let created: Container;
  try {
    created = createContainer(k, worker, container, found.init);
  } catch (error) {
    if (error instanceof ContainerConfigError) return failed('CreateContainerConfigError', error.message);
    if (error instanceof RuntimeError) return failed('CreateContainerError', error.message);
    throw error;
  }
  k.podEvent(worker, 'Normal', 'Created', 'Container created', path);
  try {
    k.runtime.startContainer(created);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return failed('RunContainerError', error.message);
  }
  k.podEvent(worker, 'Normal', 'Started', 'Container started', path);
  const hook = container.lifecycle?.postStart;
  if (hook && created.state === 'running') {
    const id = `post-start ${created.id}`;
    const outcome = runHook(k, worker, created, container, hook, id);
    if (typeof outcome === 'number') {
      worker.block = { kind: 'post-start', container: name, id, until: outcome };
      return false;
    }
    if (outcome === 'failed') return hookFailed(k, worker, created, path);
  }
  worker.reasons?.delete(name);
  return true;
}

function hookFailed(k: Kubelet, worker: PodWorker, container: Container, path: string): false {
  k.podEvent(worker, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', path);
  if (container.state === 'running') killContainer(k, worker, container, 'FailedPostStartHook', specOf(worker.pod).terminationGracePeriodSeconds ?? 30);
  if (worker.plan) worker.plan.failed = true;
  return failStart(worker, container.name, 'PostStartHookError', '');
}

function postStartEnded(k: Kubelet, worker: PodWorker, name: string, succeeded: boolean): void {
  const container = k.runtime.latest(worker.uid, name);
  const found = findContainer(specOf(worker.pod), name);
  worker.block = null;
  if (succeeded) worker.reasons?.delete(name);
  else if (container) hookFailed(k, worker, container, fieldPathOf(found, name));
  worker.plan?.start.shift();
  runPlan(k, worker);
}

/** A command of a hook that went on has ended. */
export function hookEnded(k: Kubelet, worker: PodWorker, id: string, code: number): void {
  if (preStopEnded(k, worker, id, code)) return;
  if (worker.block?.kind === 'post-start' && worker.block.id === id) postStartEnded(k, worker, worker.block.container, code === 0);
}

