/**
 * The physical world under the cluster: which machines are up, which links are cut, what is out of order outside
 * the cluster. Faults change it; every part asks it. Consequences follow by themselves.
 */
import type { Kernel, Part } from './kernel/kernel.ts';
import { ApiError, ConnectionError } from './apiserver/types.ts';

export interface EnvironmentState {
  /** Machines without power. */
  crashedNodes: Set<string>;
  /** Machines that cannot exchange packets with the control-plane node (nor it with them). */
  partitionedNodes: Set<string>;
  /** Machines whose kubelet service is stopped; their containers run on. */
  stoppedKubelets: Set<string>;
  /** Control-plane programs that run now, by name (`kube-apiserver`, `etcd`, `kube-scheduler`, `kube-controller-manager`). Set by the kubelet's container runtime. */
  runningPrograms: Set<string>;
  /** Static pod manifests moved out of /etc/kubernetes/manifests, as an operator does to stop a control-plane part. */
  removedManifests: Set<string>;
  registryDown: boolean;
  dnsDown: boolean;
}

export class Environment implements Part {
  readonly name = 'environment';
  state: EnvironmentState = {
    crashedNodes: new Set(),
    partitionedNodes: new Set(),
    stoppedKubelets: new Set(),
    runningPrograms: new Set(),
    removedManifests: new Set(),
    registryDown: false,
    dnsDown: false,
  };
  readonly #changeListeners: (() => void)[] = [];

  constructor(
    kernel: Kernel,
    /** Name of the control-plane node. */
    readonly controlPlaneNode: string,
    /** `host:port` of the API server, as clients are configured with it. */
    readonly apiServerAddress: string,
    /** Host name of the control-plane machine. */
    readonly controlPlaneHostName: string = controlPlaneNode,
  ) {
    kernel.register(this);
  }

  /** Called after every change() — for parts that must look again (reconnects, restarts). */
  onChange(listener: () => void): void {
    this.#changeListeners.push(listener);
  }

  /** Changes the world and tells everybody to look again. */
  change(mutate: (state: EnvironmentState) => void): void {
    mutate(this.state);
    for (const listener of this.#changeListeners) listener();
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
    // A cut-off machine loses the control-plane node only; machines in the same rack still see each other.
    return !((cut.has(from) && to === this.controlPlaneNode) || (cut.has(to) && from === this.controlPlaneNode));
  }

  programRuns(name: string): boolean {
    return this.state.runningPrograms.has(name) && !this.state.crashedNodes.has(this.controlPlaneNode);
  }

  /** Whether a TCP connection from a machine to the API server would be served. */
  apiServerReachableFrom(node: string): boolean {
    return this.programRuns('kube-apiserver') && this.programRuns('etcd') && this.linked(node, this.controlPlaneNode);
  }

  /**
   * @throws ConnectionError when nothing answers: `timeout` when packets are lost, `refused` when nothing listens.
   * @throws ApiError when the API server answers but etcd does not.
   */
  checkApiServer(node: string, _access: 'read' | 'write'): void {
    if (!this.linked(node, this.controlPlaneNode)) throw new ConnectionError('timeout', this.apiServerAddress);
    if (!this.programRuns('kube-apiserver')) throw new ConnectionError('refused', this.apiServerAddress);
    if (!this.programRuns('etcd')) {
      throw new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'etcdserver: request timed out', reason: '', code: 500 });
    }
  }
}
