/**
 * The physical world under the cluster: which machines are up, which links are cut, what is out of order outside
 * the cluster. Faults change it; every part asks it. Consequences follow by themselves.
 */
import type { Cause, Kernel, Part } from './kernel/kernel.ts';
import { ApiError, ConnectionError } from './apiserver/types.ts';
import { electLeader, newEtcd, quorum, type EtcdState } from './etcd.ts';

export interface EnvironmentState {
  /** Machines without power. */
  crashedNodes: Set<string>;
  /** Machines that cannot exchange packets with the control-plane node (nor it with them). */
  partitionedNodes: Set<string>;
  /** Machines whose kubelet service is stopped; their containers run on. */
  stoppedKubelets: Set<string>;
  /**
   * Control-plane programs that run now (`kube-apiserver`, `etcd`, `kube-scheduler`, `kube-controller-manager`); those of further
   * control-plane machines as `etcd control-plane-2`. Set by the kubelet's container runtime.
   */
  runningPrograms: Set<string>;
  /** Static pod manifests moved out of /etc/kubernetes/manifests, as an operator does to stop a control-plane part. */
  removedManifests: Set<string>;
  /** What people have changed in the manifest directory of a machine: file name without its ending → the pod, or null where the file was taken away. */
  manifests: Map<string, Map<string, Record<string, unknown> | null>>;
  registryDown: boolean;
  dnsDown: boolean;
  /** Control-plane machines that joined after the first, in that order. */
  furtherControlPlanes: Set<string>;
  /** `host:port` that stands before several API servers; undefined where clients know the one by its own address. */
  controlPlaneEndpoint: string | undefined;
  etcd: EtcdState;
  /** Machines whose kubelet cannot report, since when, and what made it so. A snapshot of an earlier version has none. */
  silences?: Map<string, Silence>;
}

/** Why nothing is heard of a machine. */
export interface Silence {
  since: number;
  cause: Cause;
}

export class Environment implements Part {
  readonly name = 'environment';
  state: EnvironmentState;
  readonly #changeListeners: (() => void)[] = [];

  constructor(
    private readonly kernel: Kernel,
    /** Name of the first control-plane node. */
    readonly controlPlaneNode: string,
    /** `host:port` of its API server. */
    private readonly firstApiServer: string,
    /** Host name of the first control-plane machine. */
    private readonly firstHostName: string = controlPlaneNode,
  ) {
    this.state = {
      crashedNodes: new Set(),
      partitionedNodes: new Set(),
      stoppedKubelets: new Set(),
      runningPrograms: new Set(),
      removedManifests: new Set(),
      manifests: new Map(),
      registryDown: false,
      dnsDown: false,
      furtherControlPlanes: new Set(),
      controlPlaneEndpoint: undefined,
      etcd: newEtcd(controlPlaneNode),
      silences: new Map(),
    };
    kernel.register(this);
  }

  /** `host:port` of the API server, as clients are configured with it. */
  get apiServerAddress(): string {
    return this.state.controlPlaneEndpoint ?? this.firstApiServer;
  }

  /** Host name with which a control-plane machine's programs sign their leases. */
  hostNameOf(node: string): string {
    return node === this.controlPlaneNode ? this.firstHostName : node;
  }

  /** The machines of the control plane, in order of joining. */
  controlPlanes(): string[] {
    return [this.controlPlaneNode, ...this.state.furtherControlPlanes];
  }

  isControlPlane(node: string): boolean {
    return node === this.controlPlaneNode || this.state.furtherControlPlanes.has(node);
  }

  /** Called after every change() — for parts that must look again (reconnects, restarts). */
  onChange(listener: () => void): void {
    this.#changeListeners.push(listener);
  }

  /** Changes the world and tells everybody to look again. */
  change(mutate: (state: EnvironmentState) => void): void {
    mutate(this.state);
    this.#noteSilences();
    electLeader(this.state.etcd, this.#inQuorum());
    for (const listener of this.#changeListeners) listener();
  }

  /** Why a machine's kubelet cannot report. For the record of causes alone: no part of a cluster could know it. */
  silenceOf(node: string): Silence | undefined {
    return this.state.silences?.get(node);
  }

  #noteSilences(): void {
    const { crashedNodes, stoppedKubelets, partitionedNodes } = this.state;
    const silences = (this.state.silences ??= new Map<string, Silence>());
    const silent = new Set([...crashedNodes, ...stoppedKubelets, ...partitionedNodes]);
    for (const node of [...silences.keys()]) if (!silent.has(node)) silences.delete(node);
    for (const node of silent) if (!silences.has(node)) silences.set(node, { since: this.kernel.now, cause: this.kernel.cause });
  }

  nodeIsUp(node: string): boolean {
    return !this.state.crashedNodes.has(node);
  }

  kubeletIsUp(node: string): boolean {
    return !this.state.crashedNodes.has(node) && !this.state.stoppedKubelets.has(node);
  }

  /** Whether packets travel between two machines; `outside` is a participant's own machine. */
  linked(from: string, to: string): boolean {
    if (from === to) return this.nodeIsUp(from) || from === 'outside';
    if (this.state.crashedNodes.has(from) || this.state.crashedNodes.has(to)) return false;
    const cut = this.state.partitionedNodes;
    if (cut.size === 0) return true;
    // A cut-off machine loses the (other) control-plane machines only; those in the same rack still see each other.
    return !((cut.has(from) && this.isControlPlane(to)) || (cut.has(to) && this.isControlPlane(from)));
  }

  /** Whether a control-plane program runs on a machine, or without one named, on any. */
  programRuns(name: string, node?: string): boolean {
    if (node === undefined) return this.controlPlanes().some((each) => this.programRuns(name, each));
    return this.state.runningPrograms.has(programKey(name, node, this.controlPlaneNode)) && !this.state.crashedNodes.has(node);
  }

  /** Members of etcd that form its majority now; none when there is no majority. */
  #inQuorum(): string[] {
    const { members } = this.state.etcd;
    return quorum(members, (member) => this.programRuns('etcd', member), (from, to) => this.linked(from, to));
  }

  /** Whether etcd commits writes: a majority of its members run and reach each other. */
  etcdHasQuorum(): boolean {
    return this.#inQuorum().length > 0;
  }

  /** Whether the etcd on a machine takes part in the majority. An API server asks the etcd of its own machine only. */
  etcdServes(node: string): boolean {
    const { members } = this.state.etcd;
    if (members.length === 1) return members[0] === node && this.programRuns('etcd', node);
    return this.#inQuorum().includes(node);
  }

  /** The control-plane machine whose API server serves a client on `from` (a machine or `outside`); undefined when none can. */
  servingControlPlane(from: string): string | undefined {
    if (this.state.furtherControlPlanes.size === 0) {
      const only = this.controlPlaneNode;
      return this.programRuns('kube-apiserver', only) && this.etcdServes(only) && this.linked(from, only) ? only : undefined;
    }
    return this.controlPlanes().find((node) => this.programRuns('kube-apiserver', node) && this.etcdServes(node) && this.linked(from, node));
  }

  /** Whether the API server that serves people reaches a machine. */
  apiServerReaches(node: string): boolean {
    return this.linked(this.servingControlPlane('outside') ?? this.controlPlaneNode, node);
  }

  /** Whether a TCP connection from a machine to the API server would be served. */
  apiServerReachableFrom(node: string): boolean {
    return this.servingControlPlane(node) !== undefined;
  }

  /**
   * @throws ConnectionError when nothing answers: `timeout` when packets are lost, `refused` when nothing listens.
   * @throws ApiError when the API server answers but etcd does not.
   */
  checkApiServer(node: string, _access: 'read' | 'write'): void {
    if (this.apiServerReachableFrom(node)) return;
    const linked = this.controlPlanes().filter((each) => this.linked(node, each));
    if (linked.length === 0) throw new ConnectionError('timeout', this.apiServerAddress);
    if (!linked.some((each) => this.programRuns('kube-apiserver', each))) throw new ConnectionError('refused', this.apiServerAddress);
    throw new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'etcdserver: request timed out', reason: '', code: 500 });
  }
}

/** How a program of a machine is noted among those that run. */
export function programKey(program: string, node: string, firstControlPlane: string): string {
  return node === firstControlPlane ? program : `${program} ${node}`;
}
