/** Liveness, readiness and startup probes (`pkg/kubelet/prober`). */
import { goDuration } from '../apiserver/tables/duration.ts';
import type { Delivery, NetworkRequest } from '../network/types.ts';
import type { Container } from './container-state.ts';
import type { Kubelet } from './kubelet.ts';
import { fieldPathOf } from './killing.ts';
import { allContainers, findContainer, isSidecar, NEVER, restartPolicyOf, specOf, type ContainerSpec, type HttpGetAction, type PodStatus, type PodWorker, type ProbeKind, type ProbeSpec, type ProbeState } from './pod.ts';
import { update } from './pod-workers.ts';
import { serveKubelet } from './serving.ts';
import { killCommand, runCommand } from './sessions.ts';
import { generateStatus } from './status.ts';
import { setStatus } from './status-manager.ts';
import { CONNECT, GRPC, GRPC_HEALTH, GRPC_STATUS } from './types.ts';

const TITLES: Record<ProbeKind, string> = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' };

function specFor(container: ContainerSpec, kind: ProbeKind): ProbeSpec | undefined {
  return kind === 'liveness' ? container.livenessProbe : kind === 'readiness' ? container.readinessProbe : container.startupProbe;
}

function periodOf(spec: ProbeSpec): number {
  return (spec.periodSeconds ?? 10) * 1_000;
}

/** Begins probing the pod's containers (`prober_manager.AddPod`). */
export function makeProbes(k: Kubelet, worker: PodWorker): void {
  worker.probesMade = true;
  const spec = specOf(worker.pod);
  for (const container of allContainers(spec)) {
    if (spec.initContainers?.includes(container) && !isSidecar(container)) continue;
    for (const kind of ['startup', 'readiness', 'liveness'] as const) {
      const probe = specFor(container, kind);
      if (!probe) continue;
      const period = periodOf(probe);
      // A kubelet that has just started spreads its first probes.
      const young = k.now - k.own.startedAt < period;
      const made: ProbeState = { container: container.name, kind, nextAt: young ? k.now + k.kernel.random.below(period) : k.now, onHold: false, containerId: '', run: 0 };
      const own = statusOf(worker.status, container.name);
      if (own?.containerID && own.state.running && (kind === 'readiness' ? own.ready : kind === 'startup' ? own.started : true)) {
        made.containerId = own.containerID.slice('containerd://'.length);
        made.result = 'success';
      }
      worker.probes.push(made);
    }
  }
  if (worker.probes.length > 0) k.wantTurn(worker, k.now);
}

export function stopProbes(k: Kubelet, worker: PodWorker, kinds: ProbeKind[]): void {
  if (worker.probes.length === 0) return;
  for (const probe of worker.probes) if (kinds.includes(probe.kind) && probe.flight) killCommand(k.runtime, probe.flight.id);
  worker.probes = worker.probes.filter((probe) => !kinds.includes(probe.kind));
}

/** Each status of a container that runs but is not ready sets off a readiness probe (`UpdatePodStatus`). */
export function triggerReadiness(k: Kubelet, worker: PodWorker, status: PodStatus): void {
  for (const probe of worker.probes) {
    if (probe.kind !== 'readiness' || probe.result === 'success') continue;
    const own = statusOf(status, probe.container);
    if (own?.state.running && own.started) probe.nextAt = k.now;
  }
}

function statusOf(status: PodStatus | undefined, name: string): NonNullable<PodStatus['containerStatuses']>[number] | undefined {
  return status?.containerStatuses?.find((own) => own.name === name) ?? status?.initContainerStatuses?.find((own) => own.name === name);
}

export function probesDue(worker: PodWorker): number {
  let due = NEVER;
  for (const probe of worker.probes) {
    const at = probe.flight ? probe.flight.deadline : probe.nextAt;
    if (at < due) due = at;
  }
  return due;
}

/** Runs the probes that are due. */
export function workProbes(k: Kubelet, worker: PodWorker): void {
  for (const probe of [...worker.probes]) {
    if (!worker.probes.includes(probe)) continue;
    if (probe.flight) {
      if (probe.flight.deadline <= k.now) timedOut(k, worker, probe);
      continue;
    }
    if (probe.nextAt > k.now) continue;
    const container = findContainer(specOf(worker.pod), probe.container)?.container;
    const spec = container && specFor(container, probe.kind);
    if (!container || !spec) {
      worker.probes.splice(worker.probes.indexOf(probe), 1);
      continue;
    }
    probe.nextAt = k.now + periodOf(spec);
    doProbe(k, worker, probe, container, spec);
  }
}

/** `worker.doProbe`. */
function doProbe(k: Kubelet, worker: PodWorker, probe: ProbeState, container: ContainerSpec, spec: ProbeSpec): void {
  const { status } = worker;
  if (!status || status.phase === 'Failed' || status.phase === 'Succeeded') return;
  const own = statusOf(status, probe.container);
  if (!own?.containerID) return;
  const id = own.containerID.slice('containerd://'.length);
  if (probe.containerId !== id) {
    probe.containerId = id;
    probe.onHold = false;
    probe.run = 0;
    delete probe.lastResult;
    delete probe.result;
    settle(k, worker, probe, probe.kind === 'readiness' ? 'failure' : probe.kind === 'liveness' ? 'success' : 'unknown');
  }
  if (probe.onHold) return;
  if (!own.state.running) {
    settle(k, worker, probe, 'failure');
    if (restartPolicyOf(specOf(worker.pod)) === 'Never') worker.probes = worker.probes.filter((other) => other !== probe);
    return;
  }
  if (worker.pod.metadata.deletionTimestamp && probe.kind !== 'readiness') return;
  if (Math.floor((k.now - Date.parse(own.state.running.startedAt)) / 1_000) < (spec.initialDelaySeconds ?? 0)) return;
  if (own.started ? probe.kind === 'startup' : probe.kind !== 'startup') return;
  const running = k.runtime.state.containers.get(id);
  if (running?.state !== 'running') return finish(k, worker, probe, container, spec, { ok: false, output: '', errored: 'container not running' });
  const outcome = run(k, worker, probe, container, spec, running);
  if (outcome) finish(k, worker, probe, container, spec, outcome);
}

interface Outcome {
  ok: boolean;
  output: string;
  /** The probe itself could not be carried out: its result does not count. */
  errored?: string;
}

function run(k: Kubelet, worker: PodWorker, probe: ProbeState, container: ContainerSpec, spec: ProbeSpec, running: Container): Outcome | undefined {
  const timeout = (spec.timeoutSeconds ?? 1) * 1_000;
  if (spec.exec) {
    const id = `probe ${running.id} ${probe.kind} ${k.now}`;
    const result = runCommand(k.runtime, running, spec.exec.command ?? [], id);
    if (result) return result.code === 126 && result.output.startsWith('failed to exec') ? { ok: false, output: '', errored: `rpc error: code = Unknown desc = ${result.output}` } : { ok: result.code === 0, output: result.output };
    probe.flight = { id, startedAt: k.now, deadline: k.now + timeout };
    k.wantTurn(worker, probe.flight.deadline);
    return undefined;
  }
  if (spec.httpGet) {
    const port = portNumber(container, spec.httpGet.port);
    const { request, url, host } = requestFor(worker, spec.httpGet, port);
    const answer = reach(k, worker, host, port, request);
    if (answer === 'refused') return { ok: false, output: `Get "${url}": dial tcp ${host}:${port}: connect: connection refused` };
    if (answer === 'timeout') return { ok: false, output: `Get "${url}": dial tcp ${host}:${port}: i/o timeout` };
    if (answer === 'reset') return { ok: false, output: `Get "${url}": EOF` };
    if (answer.elapsedMs >= timeout) return { ok: false, output: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)` };
    return answer.status >= 200 && answer.status < 400 ? { ok: true, output: answer.body } : { ok: false, output: `HTTP probe failed with statuscode: ${answer.status}` };
  }
  if (spec.tcpSocket) {
    const port = portNumber(container, spec.tcpSocket.port);
    const host = spec.tcpSocket.host ?? worker.status?.podIP ?? '';
    const answer = reach(k, worker, host, port, { method: CONNECT, url: `http://${host}:${port}/`, headers: {} });
    if (answer === 'refused' || answer === 'reset') return { ok: false, output: `dial tcp ${host}:${port}: connect: connection refused` };
    return answer === 'timeout' ? { ok: false, output: `dial tcp ${host}:${port}: i/o timeout` } : { ok: true, output: '' };
  }
  if (spec.grpc) {
    const host = worker.status?.podIP ?? '';
    const outcome = reach(k, worker, host, spec.grpc.port, { method: GRPC, url: `http://${host}:${spec.grpc.port}${GRPC_HEALTH}`, headers: {}, body: spec.grpc.service ?? '' });
    const answer = typeof outcome === 'string' ? undefined : outcome.headers.find(([name]) => name === GRPC_STATUS)?.[1];
    if (typeof outcome === 'string' || answer === undefined) return { ok: false, output: `timeout: failed to connect service "${host}:${spec.grpc.port}" within ${goDuration(timeout)}: context deadline exceeded` };
    if (answer !== '0') return { ok: false, output: `error: health rpc probe failed: rpc error: code = ${outcome.statusText} desc = ${outcome.body}` };
    return outcome.body === 'SERVING' ? { ok: true, output: 'service healthy' } : { ok: false, output: `service unhealthy (responded with "${outcome.body}")` };
  }
  return { ok: false, output: '', errored: 'missing probe handler for container' };
}

/** Sends a request from the node: to the pod itself, or wherever `host` is. */
function reach(k: Kubelet, worker: PodWorker, host: string, port: number, request: NetworkRequest): Exclude<Delivery, string> | 'refused' | 'timeout' | 'reset' {
  const { podIP } = worker.status ?? {};
  if (host === podIP || (specOf(worker.pod).hostNetwork && (host === '127.0.0.1' || host === 'localhost'))) return serveKubelet(k.runtime, worker.uid, port, request, k.options.address);
  const outcome = k.options.network().connect({ kind: 'node', node: k.node }, host, port, request);
  if (!('kind' in outcome)) return outcome;
  return outcome.reason === 'refused' ? 'refused' : outcome.reason === 'reset' ? 'reset' : 'timeout';
}

/** Number of a port given by number or by the name of a container port. */
export function portNumber(container: ContainerSpec, port: number | string): number {
  if (typeof port === 'number') return port;
  return container.ports?.find((candidate) => candidate.name === port)?.containerPort ?? Number(port);
}

/** The request of an httpGet probe or hook. */
export function requestFor(worker: PodWorker, action: HttpGetAction, port: number): { request: NetworkRequest; url: string; host: string } {
  const host = action.host ?? worker.status?.podIP ?? '';
  const path = action.path ?? '/';
  const url = `${(action.scheme ?? 'HTTP').toLowerCase()}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}`;
  const headers: Record<string, string> = { 'User-Agent': 'kube-probe/1.37', Accept: '*/*' };
  for (const { name, value } of action.httpHeaders ?? []) headers[name] = value;
  return { request: { method: 'GET', url, headers }, url, host };
}

function timedOut(k: Kubelet, worker: PodWorker, probe: ProbeState): void {
  const flight = probe.flight as NonNullable<ProbeState['flight']>;
  delete probe.flight;
  killCommand(k.runtime, flight.id);
  const container = findContainer(specOf(worker.pod), probe.container)?.container;
  const spec = container && specFor(container, probe.kind);
  if (!container || !spec) return;
  finish(k, worker, probe, container, spec, { ok: false, output: `command timed out: "${(spec.exec?.command ?? []).join(' ')}" timed out after ${goDuration(flight.deadline - flight.startedAt)}` });
}

/** A command of a probe that went on has ended. @returns whether it was one of this pod's probes. */
export function probeCommandEnded(k: Kubelet, worker: PodWorker, id: string, code: number, output: string): boolean {
  const probe = worker.probes.find((candidate) => candidate.flight?.id === id);
  if (!probe) return false;
  delete probe.flight;
  const container = findContainer(specOf(worker.pod), probe.container)?.container;
  const spec = container && specFor(container, probe.kind);
  if (container && spec) finish(k, worker, probe, container, spec, { ok: code === 0, output });
  return true;
}

function finish(k: Kubelet, worker: PodWorker, probe: ProbeState, container: ContainerSpec, spec: ProbeSpec, outcome: Outcome): void {
  const path = fieldPathOf(findContainer(specOf(worker.pod), container.name), container.name);
  if (outcome.errored !== undefined) {
    k.podEvent(worker, 'Warning', 'Unhealthy', `${TITLES[probe.kind]} probe errored and resulted in unknown state: ${outcome.errored}`, path);
    return;
  }
  if (!outcome.ok) k.podEvent(worker, 'Warning', 'Unhealthy', `${TITLES[probe.kind]} probe failed: ${outcome.output}`, path);
  const result = outcome.ok ? 'success' : 'failure';
  if (probe.lastResult === result) probe.run++;
  else {
    probe.lastResult = result;
    probe.run = 1;
  }
  const threshold = outcome.ok ? (spec.successThreshold ?? 1) : (spec.failureThreshold ?? 3);
  if (probe.run < threshold) return;
  if (probe.kind !== 'readiness' && result === 'failure') {
    probe.onHold = true;
    probe.run = 0;
  }
  settle(k, worker, probe, result);
}

/** The result that counts changed: readiness and startup are reported at once, and the pod is synced. */
function settle(k: Kubelet, worker: PodWorker, probe: ProbeState, result: NonNullable<ProbeState['result']>): void {
  if (probe.result === result) return;
  probe.result = result;
  if (probe.kind === 'liveness') {
    if (result === 'failure') update(k, worker, 2);
    return;
  }
  if ((worker.phase === 'syncing' || worker.phase === 'terminating') && worker.status) setStatus(k, worker, generateStatus(worker, k.runtime, k.options.address, false));
  update(k, worker, 2);
}
