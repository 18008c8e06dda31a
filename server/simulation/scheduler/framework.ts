/**
 * The scheduling framework: what a plugin sees and answers. A rejection is a value with a reason that a learner can
 * read; it becomes part of the FailedScheduling message. Models k8s.io/kubernetes/pkg/scheduler/framework.
 */
import type { KubeObject } from '../apiserver/types.ts';

/** What a pod asks of a node, in integers. */
export interface PodRequests {
  milliCpu: number;
  memoryBytes: number;
  ephemeralBytes: number;
  /** Other resources by name, whole units. */
  scalars: Record<string, number>;
  /** As above, but what counts for scoring when a container asks for nothing (100m, 200 MB). */
  scoredMilliCpu: number;
  scoredMemoryBytes: number;
}

/** The scheduler's own account of a node. Plain data. */
export interface NodeInfo {
  name: string;
  node: KubeObject;
  allocatable: { milliCpu: number; memoryBytes: number; ephemeralBytes: number; pods: number; scalars: Record<string, number> };
  used: PodRequests;
  podCount: number;
  /** `protocol/hostPort` → how many pods use it. */
  ports: Map<string, number>;
}

/** A pod that counts against a node. */
export interface Assignment {
  node: string;
  /** Namespace/name of the pod. */
  key: string;
  requests: PodRequests;
  ports: string[];
  /** uid of the controller that spreading groups by, or ''. */
  owner: string;
  priority: number;
}

export interface Taint {
  key: string;
  value?: string;
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface Toleration {
  key?: string;
  operator?: 'Exists' | 'Equal';
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

/** The pod to place, with what the plugins need of it worked out once. */
export interface PendingPod {
  pod: KubeObject;
  key: string;
  requests: PodRequests;
  ports: string[];
  owner: string;
  priority: number;
}

/** Read access to everything a plugin may look at. */
export interface SchedulerView {
  nodes(): Iterable<NodeInfo>;
  nodeNamed(name: string): NodeInfo | undefined;
  /** Pods that are assigned to nodes, with their objects. */
  assignedPods(): Iterable<KubeObject>;
  /** Those of them that state pod (anti-)affinity. */
  podsWithAffinity(): Iterable<KubeObject>;
  /** How many pods of a controller each node has. */
  countsByOwner(owner: string): ReadonlyMap<string, number> | undefined;
  /** The same by the index of the node, for scores. */
  countsByIndex(owner: string): Int32Array;
  /** Whether there are nodes with a label of zones, and with taints that are only to be avoided. */
  readonly nodeFeatures: { zoned: boolean; softTaints: boolean };
  namespaceLabels(name: string): Record<string, string>;
  claim(namespace: string, name: string): KubeObject | undefined;
  volume(name: string): KubeObject | undefined;
  volumes(): Iterable<KubeObject>;
  storageClass(name: string): KubeObject | undefined;
  csiNode(name: string): KubeObject | undefined;
}

/** Why a node was refused. */
export interface Rejection {
  /** e.g. `Insufficient cpu`; counted over nodes in the message. */
  reasons: string[];
  /** True when removing other pods could not help (`UnschedulableAndUnresolvable`). */
  unresolvable: boolean;
}

/** The nodes that fit. */
export interface Feasible {
  count: number;
  nodes(): readonly NodeInfo[];
}

/** Scores of the nodes that fit, in their order. */
export type Scores = number[] | Int32Array;

/** State that a plugin prepares once a pod, before it looks at nodes. */
export type PluginState = unknown;

export interface FilterPlugin<S = PluginState> {
  name: string;
  /** Also looks at other nodes and at what runs on them. Every other plugin answers from the pod's requests, ports and spec and the one node. */
  wide?: boolean;
  /** Why the pod can be placed nowhere, whatever the node (a PreFilter that fails). */
  reject?(pending: PendingPod, view: SchedulerView): string | undefined;
  /** Prepares; returning null skips the plugin for this pod. */
  preFilter?(pending: PendingPod, view: SchedulerView): S | null;
  filter(pending: PendingPod, info: NodeInfo, state: S): Rejection | undefined;
}

export interface ScorePlugin<S = PluginState> {
  name: string;
  weight: number;
  /** Looks at one node alone, and its scores need no normalizing. */
  narrow?: boolean;
  /** Prepares with the feasible nodes; returning null skips the plugin for this pod. */
  preScore?(pending: PendingPod, feasible: Feasible, view: SchedulerView): S | null;
  /** Any integer; see normalize. @param index that of the node */
  score(pending: PendingPod, info: NodeInfo, state: S, index: number): number;
  /** All nodes that fit at once, where that is cheaper. @returns false when they must be asked one by one. */
  scoreAll?(indexes: Int32Array, state: S, scores: Int32Array): boolean;
  /** Turns raw scores into 0..100 in place. Without it, scores are 0..100 already. */
  normalize?(scores: Scores, state: S): void;
}

export function rejection(reason: string, unresolvable = false): Rejection {
  return { reasons: [reason], unresolvable };
}

/** Scales scores so that the largest becomes 100; `reverse` turns them round (`helper.DefaultNormalizeScore`). */
export function normalizeToMax(scores: Scores, reverse: boolean): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  for (let i = 0; i < scores.length; i++) {
    const score = max === 0 ? 0 : Math.floor(((scores[i] as number) * 100) / max);
    scores[i] = reverse ? 100 - score : score;
  }
}

/** Whether a toleration covers a taint (`v1.Toleration.ToleratesTaint`). */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
}
