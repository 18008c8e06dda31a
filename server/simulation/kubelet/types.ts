/**
 * What the rest of the simulation and its hosts may ask of nodes and containers: logs, exec, delivery of requests, usage
 * figures and faults; and what the node side asks of the cluster it is part of. Plain data, except for the observers,
 * which are never part of the state.
 */
import type { KubeObject } from '../apiserver/types.ts';
import type { Resolution } from '../network/network.ts';
import type { Delivery, NetworkFailure, NetworkRequest, NetworkResult, PodTransport, Source } from '../network/types.ts';
import type { DnsAnswer } from '../network/core-dns.ts';
import type { FileLayer } from './container-state.ts';
import type { ContainerRuntime } from './runtime.ts';

/** Options of `GET …/pods/NAME/log` (v1.PodLogOptions). */
export interface LogOptions {
  container?: string;
  previous?: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  /** RFC 3339. */
  sinceTime?: string;
  timestamps?: boolean;
  limitBytes?: number;
}

/** A request to run a program in a container (`POST …/pods/NAME/exec`), or to join its main process (`attach`). */
export interface ExecRequest {
  namespace: string;
  pod: string;
  /** Default: the annotation kubectl.kubernetes.io/default-container, else the only or first container. */
  container?: string;
  command: string[];
  tty: boolean;
  stdin: boolean;
}

/** What exec and attach sessions tell whoever watches them. */
export interface ExecObserver {
  output(id: string, stream: 'stdout' | 'stderr', text: string): void;
  /** The program ended. After this nothing more comes for this id. */
  exit(id: string, code: number): void;
}

/** Integers: millicores and bytes. */
export interface Usage {
  milliCpu: number;
  memoryBytes: number;
}

export interface PodUsage {
  namespace: string;
  name: string;
  containers: ({ name: string } & Usage)[];
}

/**
 * Everything that reaches into pods from outside the kubelet: the API server's log, exec, attach, port-forward and proxy
 * handlers, the network, metrics-server and faults. Implemented by Containers in server.ts.
 */
export interface PodAccess extends PodTransport {
  /** The text of a container's log. @throws ApiError as the API server words it, ConnectionError never. */
  logs(namespace: string, pod: string, options: LogOptions): string;
  /**
   * The log so far (as logs() would give it) through `onText`, and then whatever is written, until the container ends
   * (`onEnd`) or the returned function is called. Observers are not part of the state: after a restore, follow again.
   * @throws ApiError
   */
  followLogs(namespace: string, pod: string, options: LogOptions, onText: (text: string) => void, onEnd: () => void): () => void;
  /** Starts a program in a running container. @param id of the session, chosen by the caller. @throws ApiError */
  exec(request: ExecRequest, id: string): void;
  /** Joins the main process: its output from now on, and input where the container has `stdin`. @throws ApiError */
  attach(request: Omit<ExecRequest, 'command'>, id: string): void;
  /** Standard input. With a tty, `\u0003` is Ctrl-C and `\u0004` on an empty line ends the input. Unknown ids are ignored. */
  write(id: string, data: string): void;
  /** Whether somebody waits for what is typed into a session. */
  awaitsInput(id: string): boolean;
  /** End of standard input. */
  endInput(id: string): void;
  /** The client has gone: the program receives a hang-up. */
  kill(id: string): void;
  /** Watches all sessions. Returns a function that stops watching. */
  observe(observer: ExecObserver): () => void;
  /** Memory and CPU now, of one node's pods and of the node. Undefined when its kubelet does not answer. */
  usage(node: string): { pods: PodUsage[]; node: Usage } | undefined;
  /** The container runtime of a machine, for who looks at it there; undefined when the machine is off. */
  runtime(node: string): ContainerRuntime | undefined;
  /** SIGKILL to the main process of a container (all containers of the pod when none is named). @returns how many were killed. */
  crash(namespace: string, pod: string, container?: string): number;
  /** While set, containers of the pod die with exit code 1 half a second after each start. */
  setCrashLoop(namespace: string, pod: string, on: boolean): void;
}

/** The network as processes in containers use it. The class Network satisfies it. */
export interface ContainerNetwork {
  request(source: Source, request: NetworkRequest): NetworkResult;
  resolve(source: Source, host: string): Resolution;
  question(source: Source, name: string, type: 'A' | 'SRV' | 'PTR'): DnsAnswer | undefined;
  /** Carries a request to `ip:port`. Method `CONNECT` only opens a connection. */
  connect(source: Source, ip: string, port: number, request: NetworkRequest): Exclude<Delivery, string> | NetworkFailure;
  /** Whether an address answers an ICMP echo request. */
  ping(source: Source, ip: string): boolean;
  /** The certificate (PEM) of the authority that has signed the API server's, before which nothing answers there. */
  authority(): string | undefined;
}

/** Method of a request that only opens a TCP connection: status 0 when something listens. */
export const CONNECT = 'CONNECT';

/** Method of a gRPC call: the body is the request's or the answer's only field, GRPC_STATUS the code, statusText its name. */
export const GRPC = 'GRPC';
export const GRPC_STATUS = 'grpc-status';
export const GRPC_HEALTH = '/grpc.health.v1.Health/Check';

/** A pod manifest in /etc/kubernetes/manifests. */
export interface StaticPodManifest {
  /** File name without `.yaml`; environment.state.removedManifests names it. */
  name: string;
  pod: Record<string, unknown>;
}

/** What a projected volume asks for (`ServiceAccountTokenProjection`). */
export interface TokenSource {
  path: string;
  audience?: string;
  expirationSeconds?: number;
}

/** How a kubelet is set up: its machine and what it needs from the cluster around it. */
export interface KubeletOptions {
  /** The machine's address. */
  address: string;
  cpu: number;
  memoryMi: number;
  maxPods: number;
  staticPods: StaticPodManifest[];
  /** See ClusterConfig.recorderWorkloads. */
  recorderWorkloads: boolean;
  network(): ContainerNetwork;
  /** What a disk of the network holds; undefined when the machine has none of that handle. */
  disk?(handle: string): FileLayer | undefined;
  /** The token of a pod's service account, asked for at a time (ms). */
  token(pod: KubeObject, issuedAt: number, source: TokenSource): string;
  /** A container whose image is a program of the cluster itself runs now (kube-apiserver, etcd, kube-proxy, coredns, …). */
  programStarted(node: string, program: string): void;
  programStopped(node: string, program: string): void;
  /** A request to a port of a program whose answers the cluster knows (the ingress controller). */
  programRequest?(node: string, program: string, port: number, request: NetworkRequest, clientAddress: string): Delivery | undefined;
  /** Whether a started program would answer a health check now (for the probes of control-plane pods). */
  programHealthy(node: string, program: string): boolean;
}
