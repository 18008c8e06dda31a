/** What a cluster is made from. Plain data: it is stored with the recording, and equal configs give equal clusters. */

export interface NodeConfig {
  name: string;
  role: 'control-plane' | 'worker';
  /** Whole CPUs. */
  cpu: number;
  /** Mebibytes. */
  memoryMi: number;
  maxPods: number;
}

export interface ClusterConfig {
  /** 32-bit integer; everything that is made up follows from it. */
  seed: number;
  /** Virtual time of the first instant, milliseconds since the Unix epoch. */
  startTime: number;
  nodes: NodeConfig[];
  /** `kindnet` runs a CNI DaemonSet as kind and minikube do; `none` is what kubeadm alone leaves behind. */
  networkPlugin: 'kindnet' | 'none';
  /**
   * Containers answer as those of the conformance recorder did (see shared/conformance/README.md): port 80 of every pod
   * answers, `/tmp/flap` works for 20 s. Off outside the lab runner.
   */
  recorderWorkloads: boolean;
  /** Host name that the control plane's programs sign their leases with. Default: the node's name. */
  controlPlaneHostName?: string;
  /**
   * The people of a class use it: students and observers have users of their own, and bindings that say what they may do.
   * Absent in the lab runner and in rooms of before, where everybody is the administrator.
   */
  classroom?: boolean;
  /** kubeconfig cluster name; contexts read `kubernetes-admin@<name>`. */
  clusterName: string;
}

export const KUBERNETES_VERSION = 'v1.37.2';
export const SERVICE_CIDR = '10.96.0.0/12';
export const POD_CIDR_PREFIX = '10.244';
export const CONTROL_PLANE_NODE = 'control-plane';
export const API_SERVER_PORT = 6443;
/** Where the API servers of a cluster with several are found: the address that minikube gives to kube-vip. */
export const VIRTUAL_ADDRESS = `192.168.49.254:${API_SERVER_PORT}`;

/** The n-th machine's address (n from 0: the control plane). @throws RangeError beyond the /16. */
export function nodeAddress(index: number): string {
  const host = index + 2;
  if (host > 65_000) throw new RangeError(`no address for machine ${index}`);
  return `192.168.${49 + (host >> 8)}.${host & 255}`;
}

export function workerNode(name: string): NodeConfig {
  return { name, role: 'worker', cpu: 2, memoryMi: 4096, maxPods: 110 };
}

/** One control-plane node and three workers. */
export function defaultConfig(seed: number, startTime: number): ClusterConfig {
  return {
    seed,
    startTime,
    nodes: [
      { name: CONTROL_PLANE_NODE, role: 'control-plane', cpu: 2, memoryMi: 4096, maxPods: 110 },
      ...[1, 2, 3].map((n) => workerNode(`worker-${n}`)),
    ],
    networkPlugin: 'kindnet',
    recorderWorkloads: false,
    clusterName: 'quorum',
  };
}
