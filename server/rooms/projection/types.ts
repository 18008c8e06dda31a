/**
 * The projection: what a screen needs to draw the cluster, as compact rows. The server derives it from the
 * simulation and sends it as the Y.Doc `cluster`; a replay derives the same rows in the browser. Plain JSON only.
 */

import type { ProgramState } from '../../simulation/machines.ts';
import type { Participant, RoomSettings, TerminalInfo } from '../types.ts';

/** Speeds of a room's clock. A number is virtual seconds in a second; `slow` is one API write at a time. */
export type ClockRate = 'paused' | 'slow' | 1 | 10 | 60;

export interface MetaRow {
  /** The API server's global revision. */
  revision: number;
  /** Virtual time, ms since the Unix epoch, when this row was made. Between rows a screen runs its clock on at `rate`. */
  now: number;
  rate: ClockRate;
  /** True when time stands still: rate is `paused`, or nobody is connected. */
  paused: boolean;
  /** Virtual time of the room's first instant. */
  startedAt: number;
  clusterName: string;
  /** `v1.37.2` */
  kubernetesVersion: string;
}

export type NodePower = 'up' | 'crashed' | 'partitioned' | 'kubelet-stopped';

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface NodeRow {
  /** The node's name. */
  key: string;
  uid: string;
  role: 'control-plane' | 'worker';
  /** Status of the Ready condition. */
  ready: 'True' | 'False' | 'Unknown';
  /** False when cordoned. */
  schedulable: boolean;
  taints: Taint[];
  power: NodePower;
  /** Its kube-proxy: hears of changes, goes by the rules that it last had, or does not run. */
  proxy: 'synced' | 'stale' | 'down';
  cpu: { requestedMilli: number; allocatableMilli: number };
  memory: { requestedMi: number; allocatableMi: number };
  pods: { count: number; allocatable: number };
  ip: string;
  /** kubelet version. */
  version: string;
  createdAt: number;
}

export interface OwnerRef {
  kind: string;
  name: string;
}

export interface PodRow {
  /** `namespace/name` */
  key: string;
  uid: string;
  namespace: string;
  name: string;
  /** `''` while not scheduled. */
  node: string;
  /** What kubectl prints in the STATUS column: `Running`, `CrashLoopBackOff`, `ContainerCreating`, … */
  status: string;
  /** kubectl's READY column, `1/1`. */
  ready: string;
  /** The Ready condition: whether Services send it traffic. */
  isReady: boolean;
  restarts: number;
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** The managing controller. */
  owner?: OwnerRef;
  labels: Record<string, string>;
  /** Images of the containers, in order. */
  images: string[];
  /** `''` while it has none. */
  ip: string;
  createdAt: number;
  deleting: boolean;
}

export type WorkloadKind = 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob';

export interface WorkloadRow {
  /** `Deployment/namespace/name` */
  key: string;
  uid: string;
  kind: WorkloadKind;
  namespace: string;
  name: string;
  desired: number;
  ready: number;
  /** Replicas of the newest template. */
  updated: number;
  available: number;
  owner?: OwnerRef;
  /** Deployments and ReplicaSets: annotation `deployment.kubernetes.io/revision`. */
  rollout?: string;
  /** CronJobs: as it is written. */
  schedule?: string;
  /** Deployment paused, or Job or CronJob suspended. */
  paused: boolean;
  images: string[];
  createdAt: number;
}

export interface ServicePortRow {
  name?: string;
  port: number;
  /** Number, or name of a container port. */
  targetPort: number | string;
  nodePort?: number;
  protocol: string;
}

export interface ServiceRow {
  /** `namespace/name` */
  key: string;
  uid: string;
  namespace: string;
  name: string;
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** `None` when headless, `''` when there is none. */
  clusterIP: string;
  /** kubectl's EXTERNAL-IP column without `<none>`; `['<pending>']` for a load balancer that has none yet. */
  externalIPs: string[];
  ports: ServicePortRow[];
  selector?: Record<string, string>;
  /** Endpoints as its EndpointSlices list them. `pod` is a key of the pods table. */
  endpoints: { pod: string; ready: boolean }[];
  createdAt: number;
}

export interface IngressRow {
  /** `namespace/name` */
  key: string;
  uid: string;
  namespace: string;
  name: string;
  className: string;
  rules: { host: string; path: string; service: string; port: number | string }[];
  addresses: string[];
  createdAt: number;
}

export const SUPPORT_KINDS = ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'NetworkPolicy', 'PersistentVolumeClaim', 'PersistentVolume'] as const;
export type SupportKind = (typeof SUPPORT_KINDS)[number];

/** What stands beside workloads and says how they scale, who reaches them, where they keep their data. */
export interface SupportRow {
  /** `Kind/namespace/name`, or `Kind/name`. */
  key: string;
  uid: string;
  kind: SupportKind;
  /** `''` of a PersistentVolume. */
  namespace: string;
  name: string;
  /** What kubectl prints as STATUS, where it has that column. */
  status?: string;
  /** The other columns that matter, as kubectl prints them, without empty ones. */
  facts: { column: string; value: string }[];
  createdAt: number;
}

/** A program of a control-plane machine. */
export interface ProgramRow {
  /** The program's name; on machines after the first, followed by that of the machine. */
  key: string;
  /** `kube-apiserver`, `etcd`, `kube-scheduler`, `kube-controller-manager`. */
  program: string;
  node: string;
  /** See Cluster.programState. */
  state: ProgramState;
}

export interface FaultRow {
  /** `name` or `name target`: unique among active faults. */
  key: string;
  /** e.g. `node-crash`. */
  name: string;
  /** Node name, `namespace/pod`, or `''` for faults of the whole cluster. */
  target: string;
  /** Virtual time that it began at, ms. */
  since: number;
}

/** What a write did, as far as it matters to a person. */
export type WriteChange =
  | { kind: 'created' | 'deleted' }
  /** `deletionTimestamp` was set: it goes when its finalizers and its grace period are over. */
  | { kind: 'marked' }
  | { kind: 'bound'; node: string }
  | { kind: 'scaled'; from: number; to: number }
  | { kind: 'images'; images: string[] }
  | { kind: 'cordoned' | 'uncordoned' }
  /** `key:effect` of each. */
  | { kind: 'taints'; taints: string[] }
  /** What kubectl prints in STATUS and READY, before and after. */
  | { kind: 'pod-status'; from: string; to: string; readyBefore: string; ready: string }
  /** A pod is taken away, for a reason and with a message: an eviction, a taint, a preemption. */
  | { kind: 'disruption'; reason: string; message: string }
  | { kind: 'replicas-status'; ready: number; total: number }
  | { kind: 'node-ready'; ready: 'True' | 'False' | 'Unknown' }
  /** Of an EndpointSlice: how many are ready now. */
  | { kind: 'endpoints'; ready: number }
  | { kind: 'spec' | 'status' | 'labels' | 'metadata' | 'content' };

/** One API write, for the animation of a request travelling. */
export interface WriteRow {
  revision: number;
  /** Virtual time, ms. */
  time: number;
  /** e.g. `kubectl kubernetes-admin`, `deployment-controller`, `kubelet worker-1`, `kube-scheduler`. */
  writer: string;
  verb: 'create' | 'update' | 'delete';
  /** `pods`, `deployments.apps`, … */
  resource: string;
  /** `namespace/name`, or `name` of a cluster-scoped object. */
  key: string;
  /** What set it off: `input` (id = log sequence), `write` (id = revision), `timer`, `boot`. */
  causeKind: 'input' | 'write' | 'timer' | 'boot';
  causeId: number;
  /** Name of the person whose input made this write itself; what follows from it has the write as its cause. */
  person?: string;
  /** Node that the write is about (a pod's node, a lease's or node's name), where there is one. */
  node?: string;
  /** In the ring always; where writes come with their change beside them, absent. */
  change?: WriteChange;
  /** What an Event says. */
  event?: { reason: string; message: string; warning: boolean };
  /** The other object that the write is about: what an Event is of, an EndpointSlice's Service. `key` as in ObjectRef. */
  about?: { kind: string; key: string };
}

/** How many of the latest writes the projection holds. */
export const WRITE_RING_LENGTH = 100;

/** The tables of keyed rows, by the name of their Y.Array in the `cluster` document. */
export interface TableRows {
  nodes: NodeRow;
  pods: PodRow;
  workloads: WorkloadRow;
  services: ServiceRow;
  ingresses: IngressRow;
  supports: SupportRow;
  programs: ProgramRow;
  faults: FaultRow;
}

export type TableName = keyof TableRows;

export const TABLE_NAMES = ['nodes', 'pods', 'workloads', 'services', 'ingresses', 'supports', 'programs', 'faults'] as const satisfies readonly TableName[];

export type Tables = { readonly [T in TableName]: ReadonlyMap<string, TableRows[T]> };

/** A whole projection at one instant. */
export interface ClusterView {
  meta: MetaRow;
  tables: Tables;
  /** Oldest first, at most WRITE_RING_LENGTH. */
  writes: readonly WriteRow[];
}

/** What changed since the last projection was taken. */
export interface ProjectionChange {
  /** Absent when only rows changed. */
  meta?: MetaRow;
  rows: { [T in TableName]?: { set: TableRows[T][]; removed: string[] } };
  /** New writes, oldest first. */
  writes: WriteRow[];
}

/** Everything about the room itself that all its members may know. Beside the projection in the `cluster` document; not part of replays. */
export interface RoomRow {
  name: string;
  settings: RoomSettings;
  participants: Participant[];
  /** Terminals that everybody may watch. Instructors ask terminal.list for all. */
  sharedTerminals: TerminalInfo[];
  /** Changes whenever any terminal is opened, closed or shared otherwise: a reason to ask terminal.list again. */
  terminalsVersion: number;
}
