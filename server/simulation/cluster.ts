/**
 * The cluster: puts the parts together and is the simulation's face to rooms, replays and the lab runner. Everything that
 * happens is a function of the config and the inputs.
 */
import { Kernel, type Cause, type Part, type Snapshot } from './kernel/kernel.ts';
import { Store } from './apiserver/store.ts';
import { ApiServer } from './apiserver/handler.ts';
import { serveNetwork } from './apiserver/network-front.ts';
import { Client, type NewObject } from './apiserver/client.ts';
import { onlyReads } from './apiserver/requests/request-info.ts';
import type { Watch } from './apiserver/requests/watch.ts';
import { ApiError, type ApiRequest, type ApiResponse, type KubeObject, type Status } from './apiserver/types.ts';
import { KINDNETD_IMAGE } from './bootstrap/addons.ts';
import { Kubeadm } from './bootstrap/kubeadm.ts';
import { staticPodManifests } from './bootstrap/static-pods.ts';
import type { ComponentContext } from './component.ts';
import { WatchHub } from './watch-hub.ts';
import { API_SERVER_PORT, nodeAddress, type ClusterConfig, type NodeConfig } from './config.ts';
import { Environment } from './environment.ts';
import { newEtcd } from './etcd.ts';
import type { SimulationInput } from './inputs.ts';
import type { FileLayer } from './kubelet/container-state.ts';
import { Containers } from './kubelet/server.ts';
import type { ExecObserver, LogOptions, PodAccess } from './kubelet/types.ts';
import { Machines, type ProgramState } from './machines.ts';
import type { KubeProxy } from './network/kube-proxy.ts';
import { Network } from './network/network.ts';
import type { Delivery, NetworkRequest, NetworkResult, Source } from './network/types.ts';
import { etcdctl } from './node-tools/etcdctl.ts';
import { operationNamed } from './operations/registry.ts';
import type { EtcdctlAnswer } from './workloads/images/etcd-tools.ts';
import { DiskArray } from './storage/disk-array.ts';

export interface ActiveFault {
  fault: string;
  target: string;
  /** Virtual time, ms. */
  since: number;
}

export interface ClusterState {
  /** Machines in order of joining: the parts of a restored cluster are built from it. */
  nodes: NodeConfig[];
  /** By `fault` or `fault target`. */
  faults: Map<string, ActiveFault>;
  /** Enabled minikube addons. */
  addons: Set<string>;
  /** Whether `minikube tunnel` runs on somebody's machine. */
  tunnel: boolean;
  /** `minikube delete` was called and nothing built since. */
  deleted: boolean;
  /** Machines that `kubeadm reset` has taken out of the cluster. */
  resetNodes: Set<string>;
  /** With which machines that join the control plane get its certificates; null when none was handed out. */
  certificateKey: { key: string; expires: number } | null;
}

export class Cluster {
  readonly #part: Part & { state: ClusterState };
  readonly kernel: Kernel;
  readonly store: Store;
  readonly environment: Environment;
  readonly api: ApiServer;
  readonly pods: PodAccess;
  readonly network: Network;
  readonly #machines: Machines;
  readonly #kubeadm: Kubeadm;
  readonly #disks: DiskArray;
  readonly #containers: Containers;

  private constructor(
    readonly config: ClusterConfig,
    nodes: NodeConfig[],
  ) {
    this.#part = { name: 'cluster', state: { nodes: [...nodes], faults: new Map(), addons: new Set(), tunnel: false, deleted: false, resetNodes: new Set(), certificateKey: null } };
    this.kernel = new Kernel(config.startTime, config.seed);
    this.kernel.register(this.#part);
    const first = nodes.find((node) => node.role === 'control-plane');
    if (!first) throw new Error('a cluster needs a control-plane node');
    this.environment = new Environment(this.kernel, first.name, `${nodeAddress(nodes.indexOf(first))}:${API_SERVER_PORT}`, config.controlPlaneHostName);
    this.store = new Store(this.kernel);
    const hub = new WatchHub(this.store);
    this.api = new ApiServer({
      kernel: this.kernel,
      store: this.store,
      environment: this.environment,
      logs: (namespace: string, pod: string, options: LogOptions) => this.#containers.logs(namespace, pod, options),
      usage: (node: string) => this.#containers.usage(node),
      connect: (request: NetworkRequest) => this.network.request({ kind: 'node', node: this.environment.servingControlPlane('outside') ?? first.name }, request),
    });
    const context: ComponentContext = { kernel: this.kernel, store: this.store, environment: this.environment, hub };
    this.#containers = new Containers(context);
    this.pods = this.#containers;
    this.network = new Network({
      kernel: this.kernel,
      store: this.store,
      environment: this.environment,
      kubeProxy: (node) => this.#machines.find(node)?.kubeProxy,
      coreDns: (node) => this.#machines.find(node)?.coreDns,
      nodeByAddress: (ip) => this.#machines.nodeByAddress(ip),
      addressOf: (node) => this.addressOf(node),
      pods: this.#containers,
      host: { deliver: (node, port, request) => this.#hostServices(node, port, request) },
      enforcesPolicies: (node) => this.#containers.runtime(node)?.sourceRunning(KINDNETD_IMAGE) !== undefined,
    });
    this.#machines = new Machines(context, {
      api: this.api,
      containers: this.#containers,
      recorderWorkloads: config.recorderWorkloads,
      network: () => this.network,
      disks: () => this.#disks,
      addressOf: (node) => this.addressOf(node),
      staticManifests: (node) => this.staticManifests(node),
      tunnel: () => this.state.tunnel,
      podMetrics: (namespace) => this.#podMetrics(namespace),
      etcdctl: (node, request) => this.#etcdctl(node, request),
    });
    this.#kubeadm = new Kubeadm(this.kernel, this.#client('kubeadm', 'kubernetes-admin', first.name, ['kubeadm:cluster-admins']), config, () => `https://${this.environment.apiServerAddress}`);
    this.#disks = new DiskArray(this.kernel);
    this.#machines.buildStorage();
    for (const node of nodes) this.#machines.build(node);
  }

  /** A new cluster at its first instant: machines are switched on, nothing is set up yet. */
  static create(config: ClusterConfig): Cluster {
    const cluster = new Cluster(config, config.nodes);
    for (const machine of cluster.#machines.all()) machine.kubelet.start();
    cluster.#kubeadm.start();
    return cluster;
  }

  /** The cluster as it was when the snapshot was taken. @throws Error when the snapshot belongs to another config. */
  static restore(config: ClusterConfig, snapshot: Snapshot): Cluster {
    const nodes = (snapshot.parts.cluster as unknown as { nodes: NodeConfig[] }).nodes;
    const cluster = new Cluster(config, nodes);
    cluster.kernel.restore(snapshot);
    return cluster;
  }

  get state(): ClusterState {
    return this.#part.state;
  }

  // ---- time ----

  /** Virtual time, ms since the Unix epoch. */
  get now(): number {
    return this.kernel.now;
  }

  get revision(): number {
    return this.store.revision;
  }

  /** Lets virtual time pass up to `until` (ms). */
  advance(until: number): void {
    this.kernel.advance(until);
  }

  nextEventTime(): number | undefined {
    return this.kernel.nextEventTime();
  }

  /**
   * Lets time pass until the next API write has happened, for slow motion.
   * @param limit stop at this virtual time (ms) when nothing is written before.
   */
  stepWrite(limit: number): void {
    const before = this.store.revision;
    for (;;) {
      const next = this.kernel.nextEventTime();
      if (next === undefined || next > limit) return this.kernel.advance(limit);
      this.kernel.step();
      if (this.store.revision !== before) return;
    }
  }

  snapshot(): Snapshot {
    return this.kernel.snapshot();
  }

  hash(): string {
    return this.kernel.hash();
  }

  // ---- requests ----

  /** Serves a request made from outside. @throws ConnectionError when no API server answers. */
  handle(request: ApiRequest): ApiResponse {
    return this.#storageProblem(onlyReads(request) ? 'read' : 'write') ?? this.api.handle(request);
  }

  /**
   * Opens a watch from outside. Events come through `sink` as writes happen.
   * @throws ConnectionError when no API server answers.
   */
  watch(request: ApiRequest, sink: (event: { type: string; object: unknown }) => void): Watch | ApiResponse {
    return this.#storageProblem('read') ?? this.api.watch(request, sink);
  }

  /** What the horizontal pod autoscaler reads. @throws ApiError */
  #podMetrics(namespace: string): KubeObject[] {
    const user = { username: 'system:serviceaccount:kube-system:horizontal-pod-autoscaler', groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'] };
    const { status, body } = this.api.handle({ method: 'GET', path: `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`, user });
    if (status >= 400) throw new ApiError(body as Status);
    return (body as { items: KubeObject[] }).items;
  }

  /** What the API server answers when it runs and its storage does not. @throws ConnectionError when it does not run. */
  #storageProblem(access: 'read' | 'write'): ApiResponse | undefined {
    try {
      this.environment.checkApiServer('outside', access);
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: error.code, body: error.status };
    }
  }

  /** Watches the sessions that exec inputs start. */
  observeExec(observer: ExecObserver): () => void {
    return this.pods.observe(observer);
  }

  /**
   * Applies one input at the present instant.
   * @param sequence its number in the log; becomes the cause of what it sets off.
   * @returns an ApiResponse, a NetworkResult, or what the operation returns.
   * @throws ConnectionError, ApiError, FaultError, Error: the input had no effect beyond what its kind allows.
   */
  apply(input: SimulationInput, sequence: number): unknown {
    const cause: Cause = { kind: 'input', id: sequence };
    this.kernel.cause = cause;
    switch (input.kind) {
      case 'api':
        return this.handle(input.request);
      case 'http':
        return this.request(this.sourceOf(input.from), input.request);
      case 'exec': {
        this.environment.checkApiServer('outside', 'write');
        const { user, impersonate, attach, ...request } = input.request;
        if (user) this.api.authorizePodAccess({ user, ...(impersonate ? { impersonate } : {}) }, attach ? 'attach' : 'exec', request.namespace, request.pod);
        return attach ? this.#containers.attach(request, input.processId) : this.#containers.exec(request, input.processId);
      }
      case 'exec-input':
        return this.pods.write(input.processId, input.data);
      case 'exec-end':
        return this.pods.endInput(input.processId);
      case 'exec-kill':
        return this.pods.kill(input.processId);
      case 'operation': {
        const operation = operationNamed(input.request.name);
        if (!operation) throw new Error(`unknown operation "${input.request.name}"`);
        return operation.run(this, input.request.args);
      }
    }
  }

  /** Runs an operation that only looks; changing ones must come through apply(). */
  query(name: string, args: Record<string, unknown>): unknown {
    const operation = operationNamed(name);
    if (!operation || operation.changes) throw new Error(`"${name}" is not a query`);
    return operation.run(this, args);
  }

  request(source: Source, request: Parameters<Network['request']>[1]): NetworkResult {
    return this.network.request(source, request);
  }

  sourceOf(from: string): Source {
    return from === 'outside' ? { kind: 'outside', tunnel: this.state.tunnel } : { kind: 'node', node: from };
  }

  // ---- machines ----

  nodeNames(): string[] {
    return this.state.nodes.map((node) => node.name);
  }

  /** A machine's address, or '' when there is no such machine. */
  addressOf(node: string): string {
    const index = this.state.nodes.findIndex((candidate) => candidate.name === node);
    return index < 0 ? '' : nodeAddress(index);
  }

  /** A new machine joins and its kubelet starts; one of the control plane becomes a member of etcd too. */
  addNode(node: NodeConfig): void {
    this.state.nodes.push(node);
    if (node.role === 'control-plane') this.#becomeMember(node.name);
    this.#machines.build(node).kubelet.start();
  }

  /**
   * `kubeadm reset`: everything that joining made on a machine goes; its Node object stays.
   * @returns whether it was a member of etcd. @throws Error when the cluster would end with it.
   */
  resetNode(name: string): boolean {
    if (name === this.environment.controlPlaneNode) throw new Error('resetting the first control-plane machine is not supported yet in Quorum; minikube delete ends the whole cluster');
    if (this.state.resetNodes.has(name)) throw new Error(`${name} is not part of a cluster`);
    const member = this.environment.state.etcd.members.includes(name);
    // Without a majority the others go on counting it.
    if (member && this.environment.etcdHasQuorum()) this.removeEtcdMember(name);
    this.powerOff(name);
    this.#containers.wipe(name);
    this.environment.change((state) => {
      state.crashedNodes.delete(name);
      state.stoppedKubelets.add(name);
      state.furtherControlPlanes.delete(name);
      state.manifests.delete(name);
    });
    this.state.resetNodes.add(name);
    return member;
  }

  /** A machine that was reset joins again. @throws Error when it was of another kind. */
  rejoin(name: string, asControlPlane: boolean): void {
    const { config } = this.#machines.get(name);
    if ((config.role === 'control-plane') !== asControlPlane) throw new Error(`the machine ${name} was a ${config.role === 'control-plane' ? 'control-plane' : 'worker'} node; that it joins as another is not supported yet in Quorum`);
    this.state.resetNodes.delete(name);
    if (asControlPlane) this.#becomeMember(name);
    this.startKubelet(name);
  }

  #becomeMember(name: string): void {
    this.environment.change((state) => {
      state.furtherControlPlanes.add(name);
      if (!state.etcd.members.includes(name)) state.etcd.members.push(name);
    });
    this.#kubeadm.markJoined(name);
  }

  /** Clients find the API servers behind one address from now on. */
  setControlPlaneEndpoint(endpoint: string): void {
    this.environment.change((state) => (state.controlPlaneEndpoint = endpoint));
  }

  /** Takes a machine's etcd out of the group. @throws Error when the others cannot agree on it. */
  removeEtcdMember(node: string): void {
    if (!this.environment.etcdHasQuorum()) throw new Error('context deadline exceeded');
    this.environment.change(({ etcd }) => (etcd.members = etcd.members.filter((member) => member !== node)));
  }

  powerOff(name: string): void {
    const machine = this.#machines.get(name);
    this.#machines.stopPrograms(name);
    machine.kubelet.stop();
    this.environment.change((state) => state.crashedNodes.add(name));
    this.#containers.powerOff(name);
  }

  powerOn(name: string): void {
    this.environment.change((state) => state.crashedNodes.delete(name));
    if (!this.environment.state.stoppedKubelets.has(name)) this.#machines.get(name).kubelet.start();
  }

  /** The fault node-crash. The recorder of the transcripts suspended its machines instead of switching them off. */
  crashNode(name: string): void {
    if (!this.config.recorderWorkloads) return this.powerOff(name);
    this.#machines.get(name).kubelet.suspend();
    this.environment.change((state) => state.crashedNodes.add(name));
  }

  /** Ends crashNode(). */
  recoverNode(name: string): void {
    if (!this.config.recorderWorkloads) return this.powerOn(name);
    this.environment.change((state) => state.crashedNodes.delete(name));
    this.#machines.get(name).kubelet.resume();
  }

  stopKubelet(name: string): void {
    this.#machines.get(name).kubelet.stop();
    this.environment.change((state) => state.stoppedKubelets.add(name));
  }

  startKubelet(name: string): void {
    this.environment.change((state) => state.stoppedKubelets.delete(name));
    if (this.environment.nodeIsUp(name)) this.#machines.get(name).kubelet.start();
  }

  crashContainers(pod: KubeObject): void {
    this.pods.crash(pod.metadata.namespace as string, pod.metadata.name);
  }

  setCrashLoop(pod: KubeObject, on: boolean): void {
    this.pods.setCrashLoop(pod.metadata.namespace as string, pod.metadata.name, on);
  }

  setTunnel(on: boolean): void {
    this.state.tunnel = on;
    for (const { manager } of this.#machines.all()) manager?.tunnelChanged();
  }

  applyAddonObject(resource: string, object: NewObject): void {
    const client = this.#client('minikube', 'kubernetes-admin', this.environment.controlPlaneNode, ['system:masters']);
    const existing = client.get(resource, object.metadata.namespace, object.metadata.name as string);
    if (!existing) client.create(resource, object);
  }

  deleteAddonObject(resource: string, object: NewObject): void {
    const client = this.#client('minikube', 'kubernetes-admin', this.environment.controlPlaneNode, ['system:masters']);
    const { namespace, name } = object.metadata;
    if (client.get(resource, namespace, name as string)) client.delete(resource, namespace, name as string, { propagationPolicy: 'Background' });
  }

  /** Everything is gone: objects, containers, joined machines. */
  deleteEverything(): void {
    for (const name of this.nodeNames()) this.powerOff(name);
    for (const node of this.state.nodes.slice(this.config.nodes.length)) this.#machines.remove(node.name);
    this.state.nodes = [...this.config.nodes];
    for (const node of this.state.nodes) this.#containers.wipe(node.name);
    this.store.clear();
    this.environment.change((state) => {
      state.furtherControlPlanes.clear();
      state.controlPlaneEndpoint = undefined;
      state.etcd = newEtcd(this.environment.controlPlaneNode);
    });
    this.state.faults.clear();
    this.#disks.wipe();
    this.state.addons = new Set();
    this.state.tunnel = false;
    this.state.resetNodes.clear();
    this.state.certificateKey = null;
    this.state.deleted = true;
  }

  /** Builds a cluster again on the machines of the config. */
  rebuild(): void {
    this.state.deleted = false;
    this.environment.change((state) => {
      state.partitionedNodes.clear();
      state.stoppedKubelets.clear();
      state.removedManifests.clear();
      state.manifests.clear();
      state.registryDown = false;
      state.dnsDown = false;
    });
    for (const name of this.nodeNames()) this.powerOn(name);
    this.#kubeadm.start();
  }

  /** Manifests of a control-plane machine's static pods, whether or not they are in place. */
  staticManifests(node: string = this.environment.controlPlaneNode): { name: string; pod: Record<string, unknown> }[] {
    const controlPlanes = this.state.nodes.filter(({ role }) => role === 'control-plane').map(({ name }) => name);
    if (!controlPlanes.includes(node)) return [];
    const joined = controlPlanes.slice(0, controlPlanes.indexOf(node) + 1);
    return staticPodManifests(joined.map((name) => ({ name, address: this.addressOf(name) })));
  }

  /** What people have written on a machine, where hostPath volumes show it; undefined while it has no power. */
  hostFilesOf(node: string): FileLayer | undefined {
    return this.#containers.runtime(node)?.state.hostFiles;
  }

  /** When the kubelet of a machine was started, ms; undefined while it does not run. */
  kubeletSince(name: string): number | undefined {
    return this.environment.kubeletIsUp(name) ? this.#machines.get(name).kubelet.own.startedAt : undefined;
  }

  /** How a machine's kube-proxy is: hears of changes, goes by the rules that it last had, or does not run. */
  proxyCondition(name: string): 'synced' | 'stale' | 'down' {
    if (!this.#machines.find(name)?.kubeProxy.state.running || !this.environment.nodeIsUp(name)) return 'down';
    return this.environment.apiServerReachableFrom(name) ? 'synced' : 'stale';
  }

  /** @param node a machine of the control plane. @param program e.g. `etcd`. */
  programState(node: string, program: string): ProgramState {
    return this.#machines.programState(node, program);
  }

  /** The kube-proxy of a machine, for who reads its rules there. */
  kubeProxyOf(name: string): KubeProxy {
    return this.#machines.get(name).kubeProxy;
  }

  // ---- assembly ----

  #client(writer: string, username: string, node: string | (() => string), groups?: string[]): Client {
    return new Client(this.api, this.environment, { writer, username, ...(groups ? { groups } : {}) }, node);
  }

  /** etcdctl in the etcd pod asks. */
  #etcdctl(node: string, request: NetworkRequest): Delivery {
    const { argv, env } = JSON.parse(request.body ?? '{"argv":[],"env":{}}') as { argv: string[]; env: Record<string, string> };
    const written: Record<string, string> = {};
    const result: EtcdctlAnswer = { ...etcdctl(this, node, argv, env, { read: () => undefined, write: (path, text) => (written[path] = text) }), written };
    return { status: 200, statusText: 'OK', headers: [], body: JSON.stringify(result), elapsedMs: 1 };
  }

  /** What answers on a machine's own ports: the API server, and the kubelet, which wants credentials that curl has not. */
  #hostServices(node: string, port: number, request: NetworkRequest): ReturnType<ConstructorParameters<typeof Network>[0]['host']['deliver']> {
    if (port === API_SERVER_PORT && this.environment.isControlPlane(node)) {
      if (!this.environment.programRuns('kube-apiserver', node)) return 'refused';
      return serveNetwork(this, request);
    }
    if (port === 10250) return this.environment.kubeletIsUp(node) ? { status: 401, statusText: 'Unauthorized', headers: [], body: 'Unauthorized', elapsedMs: 1 } : 'refused';
    return null;
  }
}

/** A cluster at its first instant. */
export function createCluster(config: ClusterConfig): Cluster {
  return Cluster.create(config);
}

/** How long a default cluster takes until everything that kubeadm installs is Ready, with a margin: ms of virtual time. */
export const SETTLE_MS = 24_000;
