/**
 * The phases of `kubeadm init` that run against the API server: configuration, marking the control-plane node, addons.
 * It waits for the API server as kubeadm does, then does each phase once.
 */
import type { Kernel, KernelEvent, Part } from '../kernel/kernel.ts';
import type { Client } from '../apiserver/client.ts';
import { ApiError, ConnectionError, type KubeObject } from '../apiserver/types.ts';
import { CONTROL_PLANE_NODE, KUBERNETES_VERSION, type ClusterConfig } from '../config.ts';
import { addons, kindnet } from './addons.ts';
import { createMissing } from './post-start.ts';
import type { Policy } from './rbac/policy.ts';
import { ADDON_ROLES, CLASS_ROLES, KINDNET_ROLES, KUBEADM_ROLES } from './rbac/kubeadm-roles.ts';

/** How often kubeadm asks whether the API server is healthy. */
const POLL_MS = 500;
/** After the API server answers: uploads, token and certificate work before the addons. */
const ADDONS_DELAY_MS = 1_500;

export interface KubeadmState {
  phase: 'waiting' | 'configuring' | 'done';
  /** Control-plane machines that have joined and whose node is not marked yet. */
  joining: Set<string>;
}

export class Kubeadm implements Part {
  readonly name = 'kubeadm';
  state: KubeadmState = { phase: 'waiting', joining: new Set() };

  constructor(
    private readonly kernel: Kernel,
    private readonly client: Client,
    private readonly config: ClusterConfig,
    private readonly server: () => string,
  ) {
    kernel.register(this);
  }

  start(): void {
    this.state = { phase: 'waiting', joining: new Set() };
    this.kernel.schedule(this.kernel.now + POLL_MS, this.name, 'poll');
  }

  handle(event: KernelEvent): void {
    try {
      if (event.type === 'poll') this.#poll();
      else if (event.type === 'addons') this.#addons();
      else if (event.type === 'mark') this.#markWhenThere(event.payload as string);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
      this.kernel.schedule(this.kernel.now + POLL_MS, this.name, event.type, event.payload);
    }
  }

  /** `kubeadm join --control-plane` labels and taints the node as soon as it has registered. */
  markJoined(node: string): void {
    this.state.joining.add(node);
    this.kernel.schedule(this.kernel.now + POLL_MS, this.name, 'mark', node);
  }

  #markWhenThere(name: string): void {
    if (!this.state.joining.has(name)) return;
    const node = this.client.connected ? this.client.get('nodes', undefined, name) : undefined;
    if (!node) return this.markJoined(name);
    this.#markControlPlane(node);
    this.state.joining.delete(name);
  }

  #poll(): void {
    const node = this.client.connected ? this.client.get('nodes', undefined, CONTROL_PLANE_NODE) : undefined;
    const ready = node && this.client.get('namespaces', undefined, 'kube-public');
    if (!node || !ready) {
      this.kernel.schedule(this.kernel.now + POLL_MS, this.name, 'poll');
      return;
    }
    this.state.phase = 'configuring';
    this.#policy(this.config.classroom ? [...KUBEADM_ROLES, ...CLASS_ROLES] : KUBEADM_ROLES);
    this.#configMap('kube-system', 'kubeadm-config', { ClusterConfiguration: this.#clusterConfiguration() });
    this.#configMap('kube-system', 'kubelet-config', { kubelet: 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: systemd\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\nrotateCertificates: true\nstaticPodPath: /etc/kubernetes/manifests\n' });
    this.#markControlPlane(node);
    this.#configMap('kube-public', 'cluster-info', {
      'jws-kubeconfig-abcdef': 'simulated signature',
      kubeconfig: `apiVersion: v1\nclusters:\n- cluster:\n    server: ${this.server()}\n  name: ""\nkind: Config\n`,
    });
    this.kernel.schedule(this.kernel.now + ADDONS_DELAY_MS, this.name, 'addons');
  }

  #addons(): void {
    for (const [resource, object] of addons(this.server())) createMissing(this.client, resource, object);
    const kindnetRuns = this.config.networkPlugin === 'kindnet';
    if (kindnetRuns) for (const [resource, object] of kindnet()) createMissing(this.client, resource, object);
    this.#policy(kindnetRuns ? [...ADDON_ROLES, ...KINDNET_ROLES] : ADDON_ROLES);
    this.state.phase = 'done';
  }

  #policy(policy: readonly Policy[]): void {
    const create = (): void => {
      for (const [resource, object] of policy) createMissing(this.client, resource, object);
    };
    // A branch of its own, as for the API server's policy.
    this.kernel.random.aside(policy.length, create);
  }

  #markControlPlane(node: KubeObject): void {
    this.client.patch('nodes', undefined, node.metadata.name, (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        labels: {
          ...current.metadata.labels,
          'node-role.kubernetes.io/control-plane': '',
          'node.kubernetes.io/exclude-from-external-load-balancers': '',
        },
      },
      spec: {
        ...(current.spec as object),
        taints: [...((current.spec as { taints?: unknown[] }).taints ?? []), { effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' }],
      },
    }));
  }

  #configMap(namespace: string, name: string, data: Record<string, string>): void {
    createMissing(this.client, 'configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
  }

  #clusterConfiguration(): string {
    return `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nclusterName: ${this.config.clusterName}\nkubernetesVersion: ${KUBERNETES_VERSION}\nnetworking:\n  dnsDomain: cluster.local\n  podSubnet: 10.244.0.0/16\n  serviceSubnet: 10.96.0.0/12\n`;
  }
}
