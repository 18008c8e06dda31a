/**
 * The machines and the programs on them: builds a machine's components, and starts and stops each with the container whose
 * program it is.
 */
import { podToken } from './apiserver/authentication/tokens.ts';
import { Client } from './apiserver/client.ts';
import type { ApiServer } from './apiserver/handler.ts';
import type { KubeObject } from './apiserver/types.ts';
import { INGRESS_CONTROLLER_IMAGE } from './addons/ingress.ts';
import { apiServerObjects, controllerAccounts } from './bootstrap/post-start.ts';
import { reconcilePolicy } from './bootstrap/rbac/reconcile.ts';
import type { Component, ComponentContext } from './component.ts';
import type { NodeConfig } from './config.ts';
import { ControllerManager } from './controllers/manager.ts';
import { programKey } from './environment.ts';
import { dataDirectoryOf, openDatabase } from './etcd-data.ts';
import { setDriver } from './kubelet/csi-node.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import type { Containers } from './kubelet/server.ts';
import { CoreDns } from './network/core-dns.ts';
import { IngressController } from './network/ingress-controller.ts';
import { KubeProxy } from './network/kube-proxy.ts';
import type { Network } from './network/network.ts';
import type { Delivery, NetworkRequest } from './network/types.ts';
import { KubeScheduler } from './scheduler/kube-scheduler.ts';
import { StorageController } from './storage/controller.ts';
import type { DiskArray } from './storage/disk-array.ts';
import { volumeDrivers } from './storage/registry.ts';
import { ETCDCTL } from './workloads/images/etcd-tools.ts';

/**
 * How a program of the control plane is: `standby` where another of its kind leads, `stuck` where it runs and cannot serve,
 * because etcd has no majority or does not run.
 */
export type ProgramState = 'running' | 'standby' | 'stuck' | 'stopped';

/** What only machines of the control plane run. */
interface ControlPlanePrograms {
  manager: ControllerManager;
  scheduler: KubeScheduler;
}

/** The programs of one machine that are components. */
export interface Machine extends Partial<ControlPlanePrograms> {
  config: NodeConfig;
  kubelet: Kubelet;
  kubeProxy: KubeProxy;
  coreDns: CoreDns;
  ingress: IngressController;
}

/** What the machines need of the cluster around them. Functions where a part is made later. */
export interface MachinesOptions {
  api: ApiServer;
  containers: Containers;
  recorderWorkloads: boolean;
  network(): Network;
  disks(): DiskArray;
  /** '' when there is no such machine. */
  addressOf(node: string): string;
  /** See Cluster.staticManifests. */
  staticManifests(node: string): { name: string; pod: Record<string, unknown> }[];
  tunnel(): boolean;
  /** What the horizontal pod autoscaler reads. @throws ApiError */
  podMetrics(namespace: string): KubeObject[];
  /** etcdctl in the etcd pod of a machine asks. */
  etcdctl(node: string, request: NetworkRequest): Delivery;
}

export class Machines {
  readonly #machines = new Map<string, Machine>();
  readonly #addresses = new Map<string, string>();
  readonly #firstControlPlane: ControlPlanePrograms;
  /** By the program that each is. */
  readonly #storage = new Map<string, StorageController>();

  /** Builds the deciding programs of the first machine, which come before all others in the order of parts. */
  constructor(
    private readonly context: ComponentContext,
    private readonly options: MachinesOptions,
  ) {
    this.#firstControlPlane = this.#buildControlPlane(context.environment.controlPlaneNode, context);
  }

  /** @throws Error when there is no such machine. */
  get(name: string): Machine {
    const machine = this.#machines.get(name);
    if (!machine) throw new Error(`there is no machine "${name}"`);
    return machine;
  }

  find(name: string): Machine | undefined {
    return this.#machines.get(name);
  }

  all(): Iterable<Machine> {
    return this.#machines.values();
  }

  nodeByAddress(ip: string): string | undefined {
    return this.#addresses.get(ip);
  }

  /** @param node a machine of the control plane. @param program e.g. `etcd`. */
  programState(node: string, program: string): ProgramState {
    const { environment } = this.context;
    if (!environment.programRuns(program, node)) return 'stopped';
    if (program === 'etcd' || program === 'kube-apiserver') return environment.etcdServes(node) ? 'running' : 'stuck';
    const { manager, scheduler } = this.get(node);
    const component = program === 'kube-scheduler' ? scheduler : manager;
    return component?.state.own.standby ? 'standby' : 'running';
  }

  /** The controllers of volume drivers; each works where its program runs. */
  buildStorage(): void {
    const { containers, disks } = this.options;
    for (const driver of volumeDrivers) {
      const controller = new StorageController(this.context, {
        driver,
        world: { disks: disks(), machineFiles: (node) => (this.context.environment.nodeIsUp(node) ? containers.runtime(node)?.state.hostFiles : undefined) },
        client: (home) => this.#client(driver.name, `system:serviceaccount:kube-system:${driver.controller}`, home),
        hostName: (node) => this.#hostNameIn(node, driver.image),
      });
      controller.attach();
      this.#storage.set(driver.controller, controller);
    }
  }

  /** Makes a machine's components, which do nothing until their programs start. */
  build(node: NodeConfig): Machine {
    const address = this.options.addressOf(node.name);
    this.#addresses.set(address, node.name);
    const { context } = this;
    const client = (writer: string, username: string): Client => this.#client(writer, username, node.name);
    const controlPlane = node.role !== 'control-plane' ? {} : node.name === context.environment.controlPlaneNode ? this.#firstControlPlane : this.#buildControlPlane(node.name, context);
    const kubelet = new Kubelet(node.name, context, client(`kubelet ${node.name}`, `system:node:${node.name}`), this.options.containers, {
      address,
      cpu: node.cpu,
      memoryMi: node.memoryMi,
      maxPods: node.maxPods,
      staticPods: node.role === 'control-plane' ? this.options.staticManifests(node.name) : [],
      recorderWorkloads: this.options.recorderWorkloads,
      network: () => this.options.network(),
      disk: (handle) => this.options.disks().files(handle, node.name),
      token: (pod, issuedAt, source) => podToken(this.context.store, this.context.kernel.seed, pod, issuedAt, source),
      programStarted: (machine: string, program: string) => this.#programStarted(machine, program),
      programStopped: (machine: string, program: string) => this.#programStopped(machine, program),
      programHealthy: (machine: string, program: string) => this.#programHealthy(machine, program),
      programRequest: (machine, program, port, request, client) => (program === 'etcd' && request.method === ETCDCTL ? this.options.etcdctl(machine, request) : program === 'nginx-ingress-controller' && (port === 80 || port === 443) ? this.#machines.get(machine)?.ingress.serve(request, port, client) : undefined),
    });
    const kubeProxy = new KubeProxy(node.name, context, client(`kube-proxy ${node.name}`, 'system:serviceaccount:kube-system:kube-proxy'));
    const coreDns = new CoreDns(node.name, context, client(`coredns ${node.name}`, 'system:serviceaccount:kube-system:coredns'));
    const ingress = new IngressController(node.name, context, client(`ingress-nginx ${node.name}`, 'system:serviceaccount:ingress-nginx:ingress-nginx'), address, (machine, ip, port, request) =>
      this.options.network().connect(this.options.containers.runtime(machine)?.sourceRunning(INGRESS_CONTROLLER_IMAGE) ?? { kind: 'node', node: machine }, ip, port, request),
    );
    const machine: Machine = { config: node, ...controlPlane, kubelet, kubeProxy, coreDns, ingress };
    for (const component of this.#componentsOf(machine)) component.attach();
    this.#machines.set(node.name, machine);
    return machine;
  }

  /** The programs that decide: of several of a kind one leads, and the others wait for its lease. */
  #buildControlPlane(node: string, context: ComponentContext): ControlPlanePrograms {
    const client = (program: string): Client => this.#client(program, `system:${program}`, node);
    return {
      manager: new ControllerManager(node, context, client('kube-controller-manager'), { tunnel: () => this.options.tunnel(), podMetrics: (namespace) => this.options.podMetrics(namespace), exit: () => this.#programExits(node, 'kube-controller-manager') }),
      scheduler: new KubeScheduler(node, context, client('kube-scheduler'), () => this.#programExits(node, 'kube-scheduler')),
    };
  }

  /** A program of a static pod ends by itself; the kubelet starts it again. */
  #programExits(node: string, program: string): void {
    this.options.containers.runtime(node)?.exitProgram(program, 1);
  }

  /** A machine leaves for good. */
  remove(name: string): void {
    const machine = this.get(name);
    for (const component of this.#componentsOf(machine)) component.detach();
    this.options.containers.forget(name);
    this.#machines.delete(name);
    for (const [address, node] of this.#addresses) if (node === name) this.#addresses.delete(address);
  }

  #componentsOf(machine: Machine): Component<unknown>[] {
    return [...(machine.manager ? [machine.manager] : []), ...(machine.scheduler ? [machine.scheduler] : []), machine.kubelet, machine.kubeProxy, machine.coreDns, machine.ingress] as Component<unknown>[];
  }

  /** The component that a container's program is, if it is one. */
  #componentFor(node: string, program: string): Component<unknown> | undefined {
    switch (program) {
      case 'kube-controller-manager':
        return this.#machines.get(node)?.manager as Component<unknown> | undefined;
      case 'kube-scheduler':
        return this.#machines.get(node)?.scheduler as Component<unknown> | undefined;
      case 'kube-proxy':
        return this.#machines.get(node)?.kubeProxy as Component<unknown> | undefined;
      case 'coredns':
        return this.#machines.get(node)?.coreDns as Component<unknown> | undefined;
      case 'nginx-ingress-controller':
        return this.#machines.get(node)?.ingress as Component<unknown> | undefined;
      default:
        return undefined;
    }
  }

  #programsOn(node: string): string[] {
    const { state, controlPlaneNode } = this.context.environment;
    if (node === controlPlaneNode) return [...state.runningPrograms].filter((program) => !program.includes(' '));
    return [...state.runningPrograms].filter((program) => program.endsWith(` ${node}`)).map((program) => program.slice(0, -node.length - 1));
  }

  /** A machine loses power, and with it what runs there. */
  stopPrograms(node: string): void {
    for (const program of this.#programsOn(node)) this.#programStopped(node, program);
  }

  #noteProgram(node: string, program: string, runs: boolean): void {
    const { environment } = this.context;
    const key = programKey(program, node, environment.controlPlaneNode);
    environment.change(({ runningPrograms }) => {
      if (!environment.isControlPlane(node)) return;
      if (runs) runningPrograms.add(key);
      else runningPrograms.delete(key);
    });
  }

  #programStarted(node: string, program: string): void {
    if (program === 'etcd') this.#openDatabase(node);
    this.#noteProgram(node, program, true);
    if (program === 'etcd' || program === 'kube-apiserver' || program === 'kube-controller-manager') this.#postStart(node);
    this.#componentFor(node, program)?.start();
    this.#storage.get(program)?.startedOn(node);
    this.#nodePlugin(node, program, true);
  }

  #openDatabase(node: string): void {
    const { etcd, manifests } = this.context.environment.state;
    const files = this.options.containers.runtime(node)?.state.hostFiles;
    const pod = manifests.get(node)?.get('etcd') ?? this.options.staticManifests(node).find(({ name }) => name === 'etcd')?.pod;
    // A member of several gets from the others what it has not.
    if (files && pod && etcd.members.length === 1) openDatabase(this.context.store, etcd, files, dataDirectoryOf(pod), this.context.kernel.now);
  }

  /** What the API server and the controller manager create when they start; they come to it when storage answers. */
  #postStart(node: string): void {
    const { environment } = this.context;
    if (!environment.apiServerReachableFrom(node)) return;
    const client = this.#client('kube-apiserver', 'system:apiserver', node, ['system:masters']);
    apiServerObjects(client, this.options.addressOf(node), this.context.kernel.now);
    // Aside: a role more must not change every name in every cluster.
    this.context.kernel.random.aside(this.context.store.revision, () => reconcilePolicy(client));
    if (environment.programRuns('kube-controller-manager', node)) controllerAccounts(this.#client('kube-controller-manager', 'system:kube-controller-manager', node));
  }

  #programStopped(node: string, program: string): void {
    this.#noteProgram(node, program, false);
    this.#componentFor(node, program)?.stop();
    this.#storage.get(program)?.stoppedOn(node);
    this.#nodePlugin(node, program, false);
  }

  /** A volume driver's program on a machine tells the kubelet there. */
  #nodePlugin(node: string, program: string, present: boolean): void {
    const driver = volumeDrivers.find(({ nodePlugin }) => nodePlugin === program);
    const kubelet = this.#machines.get(node)?.kubelet;
    if (driver && kubelet?.state.running) setDriver(kubelet, driver.name, present);
  }

  /** Host name that a program of an image sees on a machine. */
  #hostNameIn(node: string, image: string): string {
    const source = this.options.containers.runtime(node)?.sourceRunning(image);
    return source?.kind === 'pod' && !source.hostNetwork ? source.name : node;
  }

  #programHealthy(node: string, program: string): boolean {
    if (program === 'kube-apiserver') return this.context.environment.programRuns(program, node) && this.context.environment.etcdServes(node);
    if (program === 'etcd') return this.context.environment.etcdServes(node);
    if (this.context.environment.programRuns(program, node)) return true;
    const component = this.#componentFor(node, program);
    // A program that is no component of the simulation, such as metrics-server, is well while its container runs.
    return component?.state.running ?? true;
  }

  #client(writer: string, username: string, node: string | (() => string), groups?: string[]): Client {
    return new Client(this.options.api, this.context.environment, { writer, username, ...(groups ? { groups } : {}) }, node);
  }
}
