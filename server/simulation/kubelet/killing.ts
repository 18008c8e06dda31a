/** Stopping containers: preStop hook, SIGTERM, grace period, SIGKILL (`kuberuntime_container.killContainer`). */
import { imageFor } from '../workloads/registry.ts';
import type { Signal } from '../workloads/types.ts';
import type { Container } from './container-state.ts';
import type { Kubelet } from './kubelet.ts';
import { findContainer, specOf, type ContainerSpec, type Handler, type Kill, type PodWorker } from './pod.ts';
import { portNumber, requestFor } from './probes.ts';
import { serveKubelet } from './serving.ts';
import { killCommand, runCommand } from './sessions.ts';
import { killAll } from './termination.ts';

/** Containers always get so long between SIGTERM and SIGKILL. */
const MINIMUM_GRACE_SECONDS = 2;

const MAX_PATHS = 1_000;
/** So that the events of all pods with a container of a name share one string. */
const paths = { containers: new Map<string, string>(), initContainers: new Map<string, string>(), ephemeralContainers: new Map<string, string>() };

export function fieldPathOf(spec: { init: boolean; container: ContainerSpec; ephemeral?: true } | undefined, name: string): string {
  const list = spec?.ephemeral ? 'ephemeralContainers' : spec?.init ? 'initContainers' : 'containers';
  let path = paths[list].get(name);
  if (path === undefined) {
    if (paths[list].size >= MAX_PATHS) paths[list].clear();
    paths[list].set(name, (path = `spec.${list}{${name}}`));
  }
  return path;
}

/** Begins to stop a container. @param graceSeconds for the hook and the program together. */
export function killContainer(k: Kubelet, worker: PodWorker, container: Container, message: string, graceSeconds: number): void {
  const found = findContainer(specOf(worker.pod), container.name);
  k.podEvent(worker, 'Normal', 'Killing', message, fieldPathOf(found, container.name));
  const kill: Kill = { container: container.id, deadline: k.now + Math.max(graceSeconds, MINIMUM_GRACE_SECONDS) * 1_000, signalled: false };
  worker.kills.push(kill);
  const hook = found?.container.lifecycle?.preStop;
  if (hook && graceSeconds > 0) {
    const id = `hook ${container.id}`;
    const outcome = runHook(k, worker, container, found.container, hook, id);
    if (outcome === 'failed') k.podEvent(worker, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', fieldPathOf(found, container.name));
    if (typeof outcome === 'number') {
      kill.hook = { id, until: Math.min(outcome, k.now + graceSeconds * 1_000) };
      k.wantTurn(worker, kill.hook.until);
      return;
    }
  }
  sendSignal(k, worker, kill, container);
}

function sendSignal(k: Kubelet, worker: PodWorker, kill: Kill, container: Container): void {
  delete kill.hook;
  kill.signalled = true;
  const minimum = k.now + MINIMUM_GRACE_SECONDS * 1_000;
  if (kill.deadline < minimum) kill.deadline = minimum;
  const configured = findContainer(specOf(worker.pod), container.name)?.container.lifecycle?.stopSignal?.replace(/^SIG/, '') as Signal | undefined;
  k.runtime.signalContainer(container, configured ?? imageFor(container.repository, k.options.recorderWorkloads)?.stopSignal ?? 'TERM');
  k.wantTurn(worker, kill.deadline);
}

/** Goes on with the containers that are being stopped. */
export function workKills(k: Kubelet, worker: PodWorker): void {
  for (const kill of worker.kills) {
    const container = k.runtime.state.containers.get(kill.container);
    if (container?.state !== 'running') continue;
    if (kill.hook && kill.hook.until <= k.now) {
      killCommand(k.runtime, kill.hook.id);
      sendSignal(k, worker, kill, container);
    }
    if (kill.signalled && kill.deadline <= k.now) k.runtime.signalContainer(container, 'KILL');
  }
  const before = worker.kills.length;
  worker.kills = worker.kills.filter((kill) => k.runtime.state.containers.get(kill.container)?.state === 'running');
  if (worker.phase === 'terminating' && worker.kills.length < before) killAll(k, worker);
}

/** The preStop hook of a container has ended. @returns whether it was one. */
export function preStopEnded(k: Kubelet, worker: PodWorker, id: string, code: number): boolean {
  const kill = worker.kills.find((candidate) => candidate.hook?.id === id);
  const container = kill && k.runtime.state.containers.get(kill.container);
  if (!kill || !container) return false;
  if (code !== 0) k.podEvent(worker, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', fieldPathOf(findContainer(specOf(worker.pod), container.name), container.name));
  if (container.state === 'running') sendSignal(k, worker, kill, container);
  return true;
}

/**
 * Runs a lifecycle hook.
 * @returns whether it succeeded or failed at once, or the time (ms) until which it may go on.
 */
export function runHook(k: Kubelet, worker: PodWorker, container: Container, spec: ContainerSpec, hook: Handler, id: string): 'done' | 'failed' | number {
  if (hook.exec) {
    const result = runCommand(k.runtime, container, hook.exec.command ?? [], id);
    if (result) return result.code === 0 ? 'done' : 'failed';
    return Number.MAX_SAFE_INTEGER;
  }
  if (hook.sleep) return k.now + hook.sleep.seconds * 1_000;
  if (hook.httpGet) {
    const port = portNumber(spec, hook.httpGet.port);
    const { request } = requestFor(worker, hook.httpGet, port);
    const answer = serveKubelet(k.runtime, worker.uid, port, request, k.options.address);
    return typeof answer === 'object' && answer.status < 400 ? 'done' : 'failed';
  }
  return 'done';
}
