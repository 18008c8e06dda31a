/**
 * All nodes' containers together, as the API server's log, exec, attach and proxy handlers, the network, metrics and
 * faults reach them. Which pod is where is read from the API server; what runs there, from the node's runtime.
 */
import type { Store } from '../apiserver/store.ts';
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import type { ComponentContext } from '../component.ts';
import { Hasher, hashPlain } from '../kernel/hash.ts';
import type { Delivery, NetworkRequest } from '../network/types.ts';
import type { Container } from './container-state.ts';
import { SYSTEM_MEMORY_BYTES } from './eviction.ts';
import type { Kubelet } from './kubelet.ts';
import { formatLog, logText } from './logs.ts';
import { allContainers, specOf, type ContainerStatus, type PodStatus } from './pod.ts';
import type { ContainerRuntime } from './runtime.ts';
import { serve } from './serving.ts';
import { attach, endSessionInput, hangUp, openSession, writeSession } from './sessions.ts';
import type { ExecObserver, ExecRequest, LogOptions, PodAccess, PodUsage, Usage } from './types.ts';

const KUBELET_PORT = 10_250;
/** What the machine itself uses besides its pods: kubelet, runtime, system. */
const SYSTEM: Usage = { milliCpu: 60, memoryBytes: SYSTEM_MEMORY_BYTES };

interface Follower {
  node: string;
  container: string;
  options: LogOptions;
  onText(text: string): void;
  onEnd(): void;
}

export class Containers implements PodAccess {
  readonly #context: ComponentContext;
  readonly #nodes = new Map<string, Kubelet>();
  readonly #observers = new Set<ExecObserver>();
  readonly #followers = new Set<Follower>();
  readonly #services = new Map<string, { key: string; table: Record<string, string> }>();

  constructor(context: ComponentContext) {
    this.#context = context;
    context.store.onWrite((event) => {
      if (event.resource === 'services') this.#services.clear();
    });
  }

  get #store(): Store {
    return this.#context.store;
  }

  add(kubelet: Kubelet): void {
    this.#nodes.set(kubelet.node, kubelet);
    const { runtime } = kubelet;
    runtime.output = (session, stream, text) => {
      for (const observer of this.#observers) observer.output(session, stream, text);
    };
    runtime.ended = (session, code) => {
      for (const observer of this.#observers) observer.exit(session, code);
    };
    runtime.logged = (container, entry) => {
      if (this.#followers.size === 0) return;
      for (const follower of [...this.#followers]) {
        if (follower.container !== container) continue;
        if (entry) follower.onText(formatLog([entry], follower.options));
        else {
          this.#followers.delete(follower);
          follower.onEnd();
        }
      }
    };
  }

  /** The machine has left the cluster. */
  forget(node: string): void {
    const kubelet = this.#nodes.get(node);
    if (kubelet) this.#context.kernel.unregister(kubelet.runtime.name);
    this.#nodes.delete(node);
  }

  /** Everything that ran on the machine is gone; its disk keeps what it holds. */
  powerOff(node: string): void {
    this.#nodes.get(node)?.runtime.powerOff();
  }

  /** The machine's disk is erased. */
  wipe(node: string): void {
    this.#nodes.get(node)?.runtime.wipe();
  }

  /** The tables of service variables, made once for all pods of a namespace until a service changes. Not state: it follows from the services. */
  serviceVariables(name: string, make: () => Record<string, string>): { key: string; table: Record<string, string> } {
    let known = this.#services.get(name);
    if (!known) {
      const table = make();
      const hasher = new Hasher();
      hashPlain(hasher, table);
      known = { key: `${name}/${hasher.digest()}`, table };
      this.#services.set(name, known);
    }
    return known;
  }

  // ---- logs ----

  logs(namespace: string, pod: string, options: LogOptions): string {
    const { container } = this.#logContainer(namespace, pod, options);
    return container ? logText(container, options, this.#context.kernel.now) : '';
  }

  followLogs(namespace: string, pod: string, options: LogOptions, onText: (text: string) => void, onEnd: () => void): () => void {
    const { container, node } = this.#logContainer(namespace, pod, options);
    const before = container ? logText(container, options, this.#context.kernel.now) : '';
    if (before) onText(before);
    if (container?.state !== 'running') {
      onEnd();
      return () => undefined;
    }
    const follower: Follower = { node, container: container.id, options, onText, onEnd };
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  #pod(namespace: string, name: string): KubeObject {
    const pod = this.#store.get('pods', `${namespace}/${name}`);
    if (!pod) throw failure(404, 'NotFound', `pods "${name}" not found`, { name, kind: 'pods' });
    return pod;
  }

  /** `pod.LogLocation` of the registry, and `kubelet.validateContainerLogStatus`. */
  #logContainer(namespace: string, name: string, options: LogOptions): { container: Container | undefined; node: string } {
    const pod = this.#pod(namespace, name);
    const containerName = this.#containerName(pod, options.container, true);
    const node = (pod.spec as { nodeName?: string }).nodeName;
    if (!node) throw badRequest(`pod ${name} does not have a host assigned`);
    const runtime = this.#reach(node, `containerLogs/${namespace}/${name}/${containerName}${logQuery(options)}`);
    const status = pod.status as PodStatus | undefined;
    const own = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])].find((candidate) => candidate.name === containerName);
    const uid = podUid(pod);
    const history = runtime.containersOf(uid).filter((candidate) => candidate.name === containerName);
    const latest = history[history.length - 1];
    this.#checkLogState(pod, containerName, own, latest, options.previous ?? false);
    if (!options.previous) {
      // A container that waits to be started again shows the log of the one before.
      const shown = latest && latest.state === 'created' ? history[history.length - 2] : latest;
      return { container: shown, node };
    }
    const ended = history.filter((candidate) => candidate.state === 'exited');
    const previous = latest?.state === 'exited' && own?.state.terminated ? ended[ended.length - 2] : latest?.state === 'exited' ? latest : ended[ended.length - 1];
    return { container: previous, node };
  }

  #checkLogState(pod: KubeObject, name: string, own: ContainerStatus | undefined, latest: Container | undefined, previous: boolean): void {
    const text = `container "${name}" in pod "${pod.metadata.name}"`;
    if (!own) throw badRequest(`${text} is not available`);
    if (previous) {
      if (!own.lastState.terminated) throw badRequest(`previous terminated ${text} not found`);
      return;
    }
    if (own.state.running || own.state.terminated || own.lastState.terminated) return;
    if (own.state.waiting) {
      const { reason } = own.state.waiting;
      if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff') throw badRequest(reason === 'ErrImagePull' ? `${text} is waiting to start: image can't be pulled` : `${text} is waiting to start: trying and failing to pull image`);
      if (reason === undefined && latest) return;
      throw badRequest(`${text} is waiting to start: ${reason ?? 'no reason provided'}`);
    }
    throw badRequest(`${text} is waiting to start - no logs yet`);
  }

  /** The container that a request means. @throws ApiError in the words of the API server's registry. */
  #containerName(pod: KubeObject, wanted: string | undefined, mustChoose: boolean): string {
    const spec = specOf(pod);
    const names = [...allContainers(spec), ...(spec.ephemeralContainers ?? [])].map((container) => container.name);
    if (wanted) {
      if (!names.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
      return wanted;
    }
    if (spec.containers.length === 1 || !mustChoose) return pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? (spec.containers[0]?.name as string);
    const init = spec.initContainers?.length ? ` or one of the init containers: [${spec.initContainers.map((container) => container.name).join(' ')}]` : '';
    throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${spec.containers.map((container) => container.name).join(' ')}]${init}`);
  }

  /** The node's runtime, if the API server can reach its kubelet. @throws ApiError */
  #reach(node: string, path: string): ContainerRuntime {
    const { environment } = this.#context;
    const kubelet = this.#nodes.get(node);
    const address = `${kubelet?.options.address ?? node}:${KUBELET_PORT}`;
    // Logs are fetched; exec and attach are streams that the API server proxies.
    const action = path.startsWith('containerLogs/') ? `Get "https://${address}/${path}"` : 'error dialing backend';
    const refuse = (why: string): ApiError => failure(500, '', `${action}: dial tcp ${address}: ${why}`);
    if (!kubelet) throw refuse('connect: no route to host');
    if (!environment.apiServerReaches(node)) throw refuse(environment.nodeIsUp(node) ? 'i/o timeout' : 'connect: no route to host');
    if (!environment.kubeletIsUp(node)) throw refuse('connect: connection refused');
    return kubelet.runtime;
  }

  // ---- exec ----

  exec(request: ExecRequest, id: string): void {
    if (request.command.length === 0) throw badRequest('you must specify at least one command for the container');
    const { runtime, container } = this.#execTarget(request, 'exec');
    const problem = openSession(runtime, container, request.command, { id, tty: request.tty, stdin: request.stdin });
    if (problem !== undefined) {
      throw failure(500, 'InternalError', `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${container.id.slice(0, 64)}": ${problem}: unknown`);
    }
  }

  attach(request: Omit<ExecRequest, 'command'>, id: string): void {
    const { runtime, container } = this.#execTarget(request, 'attach');
    attach(runtime, container, id, request.tty && container.tty);
  }

  #execTarget(request: { namespace: string; pod: string; container?: string }, verb: 'exec' | 'attach'): { runtime: ContainerRuntime; container: Container } {
    const pod = this.#pod(request.namespace, request.pod);
    const name = this.#containerName(pod, request.container, false);
    const node = (pod.spec as { nodeName?: string }).nodeName;
    if (!node) throw badRequest(`pod ${request.pod} does not have a host assigned`);
    const phase = (pod.status as PodStatus | undefined)?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') throw badRequest(`cannot ${verb === 'exec' ? 'exec into' : 'attach'} a container in a completed pod; current phase is ${phase}`);
    const runtime = this.#reach(node, `${verb}/${request.namespace}/${request.pod}/${name}`);
    const container = runtime.latest(podUid(pod), name);
    if (container?.state !== 'running') {
      throw failure(500, 'InternalError', `Internal error occurred: unable to upgrade connection: container not found ("${name}")`);
    }
    return { runtime, container };
  }

  #session(id: string): ContainerRuntime | undefined {
    for (const { runtime } of this.#nodes.values()) if (runtime.state.sessions.has(id)) return runtime;
    return undefined;
  }

  write(id: string, data: string): void {
    const runtime = this.#session(id);
    if (runtime) writeSession(runtime, id, data);
  }

  awaitsInput(id: string): boolean {
    const runtime = this.#session(id);
    const session = runtime?.state.sessions.get(id);
    const stream = session && runtime?.state.containers.get(session.container)?.streams?.get(session.input);
    return stream?.kind === 'pipe' && stream.hungry === true;
  }

  endInput(id: string): void {
    const runtime = this.#session(id);
    if (runtime) endSessionInput(runtime, id);
  }

  kill(id: string): void {
    const runtime = this.#session(id);
    if (runtime) hangUp(runtime, id);
  }

  observe(observer: ExecObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  // ---- network, metrics, faults ----

  deliver(pod: { namespace: string; name: string; uid: string; node: string }, port: number, request: NetworkRequest, clientAddress: string): Delivery {
    const runtime = this.#nodes.get(pod.node)?.runtime;
    if (!runtime) return 'refused';
    if (runtime.state.sandboxes.has(pod.uid)) return serve(runtime, pod.uid, port, request, clientAddress);
    const object = this.#store.get('pods', `${pod.namespace}/${pod.name}`);
    return object ? serve(runtime, podUid(object), port, request, clientAddress) : 'refused';
  }

  usage(node: string): { pods: PodUsage[]; node: Usage } | undefined {
    const kubelet = this.#nodes.get(node);
    if (!kubelet || !this.#context.environment.kubeletIsUp(node)) return undefined;
    const { runtime } = kubelet;
    const total: Usage = { ...SYSTEM };
    const pods: PodUsage[] = [];
    for (const sandbox of runtime.state.sandboxes.values()) {
      const containers: PodUsage['containers'] = [];
      for (const container of runtime.containersOf(sandbox.podUid)) {
        if (container.state !== 'running') continue;
        const used = runtime.usageOf(container);
        containers.push({ name: container.name, ...used });
        total.milliCpu += used.milliCpu;
        total.memoryBytes += used.memoryBytes;
      }
      if (containers.length > 0) pods.push({ namespace: sandbox.namespace, name: sandbox.name, containers });
    }
    return { pods, node: { milliCpu: Math.min(total.milliCpu, kubelet.options.cpu * 1_000), memoryBytes: total.memoryBytes } };
  }

  runtime(node: string): ContainerRuntime | undefined {
    return this.#context.environment.nodeIsUp(node) ? this.#nodes.get(node)?.runtime : undefined;
  }

  crash(namespace: string, pod: string, container?: string): number {
    const object = this.#store.get('pods', `${namespace}/${pod}`);
    const runtime = object && this.#runtimeOf(object);
    if (!object || !runtime) return 0;
    let killed = 0;
    for (const candidate of runtime.containersOf(podUid(object))) {
      if (candidate.state !== 'running' || (container !== undefined && candidate.name !== container)) continue;
      runtime.signalContainer(candidate, 'KILL');
      killed++;
    }
    return killed;
  }

  setCrashLoop(namespace: string, pod: string, on: boolean): void {
    const object = this.#store.get('pods', `${namespace}/${pod}`);
    const sandbox = object && this.#runtimeOf(object)?.state.sandboxes.get(podUid(object));
    if (!object || !sandbox) return;
    if (on) sandbox.crashLoop = true;
    else delete sandbox.crashLoop;
    if (on) this.crash(namespace, pod);
  }

  #runtimeOf(pod: KubeObject): ContainerRuntime | undefined {
    return this.#nodes.get((pod.spec as { nodeName?: string }).nodeName ?? '')?.runtime;
  }
}

/** The uid under which a pod's containers run: of a mirror pod, the static pod's. */
function podUid(pod: KubeObject): string {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] ?? pod.metadata.uid;
}

function logQuery(options: LogOptions): string {
  const parts: string[] = [];
  if (options.previous) parts.push('previous=true');
  if (options.tailLines !== undefined) parts.push(`tailLines=${options.tailLines}`);
  if (options.timestamps) parts.push('timestamps=true');
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

function badRequest(message: string): ApiError {
  return failure(400, 'BadRequest', message);
}

function failure(code: number, reason: string, message: string, details?: { name: string; kind: string }): ApiError {
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details ? { details } : {}), code });
}
