/** What a Deployment asks for, what its ReplicaSets are, and both in the middle of a rollout. */
import type { KubeObject } from '../apiserver/types.ts';
import type { LabelSelector } from '../apiserver/selectors.ts';
import { fenceposts, scaled, type IntOrPercent } from './deployment-arithmetic.ts';
import type { ControllerContext } from './types.ts';

export const DEPLOYMENTS = 'deployments.apps';
export const REPLICA_SETS = 'replicasets.apps';
/** What a set was sized for, and how many its Deployment may have at most, as annotations of the set. */
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAXIMUM = 'deployment.kubernetes.io/max-replicas';

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

export interface DeploymentSpec {
  replicas?: number;
  selector: LabelSelector;
  template: PodTemplate;
  strategy?: { type?: 'RollingUpdate' | 'Recreate'; rollingUpdate?: { maxSurge?: IntOrPercent; maxUnavailable?: IntOrPercent } };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  progressDeadlineSeconds?: number;
  paused?: boolean;
}

export function specOf(deployment: KubeObject): DeploymentSpec {
  return deployment.spec as DeploymentSpec;
}

export function sizeOf(set: KubeObject): number {
  return (set.spec as { replicas?: number }).replicas ?? 0;
}

export function setStatus(set: KubeObject): { replicas?: number; readyReplicas?: number; availableReplicas?: number; terminatingReplicas?: number; observedGeneration?: number } {
  return (set.status ?? {}) as ReturnType<typeof setStatus>;
}

/** A rollout in the middle of its work. */
export interface Rollout {
  deployment: KubeObject;
  newSet: KubeObject | undefined;
  /** Sets of older templates, oldest first. */
  oldSets: KubeObject[];
  context: ControllerContext;
}

export function surgeOf(found: KubeObject): number {
  const { strategy, replicas = 1 } = specOf(found);
  if (strategy?.type === 'Recreate') return 0;
  return scaled(strategy?.rollingUpdate?.maxSurge, replicas, true);
}

export function unavailableOf(found: KubeObject): number {
  const { strategy, replicas = 1 } = specOf(found);
  if (strategy?.type === 'Recreate' || replicas === 0) return 0;
  return fenceposts(strategy?.rollingUpdate?.maxSurge, strategy?.rollingUpdate?.maxUnavailable, replicas).unavailable;
}
