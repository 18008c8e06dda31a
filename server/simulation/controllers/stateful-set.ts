/** Pods with a name, an ordinal and storage of their own, one after the other (`pkg/controller/statefulset`). */
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { controllerOf, controllerReference } from '../apiserver/client.ts';
import { labelSelectorMatches, type LabelSelector } from '../apiserver/selectors.ts';
import { scaled, type IntOrPercent } from './deployment-arithmetic.ts';
import { availableAt, isAvailable, isReady, podsByController, statusOf } from './pods.ts';
import { currentRevisions, revisionsByController, truncateRevisions, type Revisions } from './revisions.ts';
import type { PodTemplate } from './replica-set.ts';
import { CLAIMS, claimsFor, createClaims, keepClaimOwners, withStorage, type ClaimTemplate, type RetentionPolicy } from './stateful-set-claims.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

const RESOURCE = 'statefulsets.apps';
const HASH_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

export interface StatefulSetSpec {
  replicas?: number;
  selector: LabelSelector;
  serviceName?: string;
  template: PodTemplate;
  podManagementPolicy?: 'OrderedReady' | 'Parallel';
  updateStrategy?: { type?: 'RollingUpdate' | 'OnDelete'; rollingUpdate?: { partition?: number; maxUnavailable?: IntOrPercent } };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  ordinals?: { start?: number };
  volumeClaimTemplates?: ClaimTemplate[];
  persistentVolumeClaimRetentionPolicy?: RetentionPolicy;
}

interface StatefulSetStatus {
  observedGeneration?: number;
  replicas: number;
  readyReplicas?: number;
  availableReplicas: number;
  currentReplicas?: number;
  updatedReplicas?: number;
  currentRevision?: string;
  updateRevision?: string;
  collisionCount?: number;
}

export const statefulSet = {
  name: 'statefulset',
  component: 'statefulset-controller',
  watches: [{ resource: RESOURCE }, podsByController, revisionsByController, { resource: CLAIMS }],
  changed(change, context) {
    if (change.resource === RESOURCE) return context.enqueue(keyOf(change.object), change.cause);
    if (change.resource !== 'pods') return;
    const owner = controllerOf(change.object);
    if (owner?.kind === 'StatefulSet') return context.enqueue(`${change.object.metadata.namespace}/${owner.name}`, change.cause);
    if (owner || change.type === 'DELETED') return;
    for (const set of context.lister.all(RESOURCE)) {
      if (set.metadata.namespace === change.object.metadata.namespace && labelSelectorMatches((set.spec as StatefulSetSpec).selector, change.object.metadata.labels) && ordinalOf(set, change.object.metadata.name) !== undefined) context.enqueue(keyOf(set), change.cause);
    }
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const set = context.lister.get(RESOURCE, namespace, name);
    if (!set) return;
    new SetSync(set, context).run();
  },
} satisfies Controller;

/** The ordinal in the name of a pod of the set. */
function ordinalOf(set: KubeObject, name: string): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const rest = name.slice(prefix.length);
  return name.startsWith(prefix) && /^(0|[1-9]\d*)$/.test(rest) ? Number(rest) : undefined;
}

function isTerminating(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

function isRunningAndReady(pod: KubeObject): boolean {
  return statusOf(pod).phase === 'Running' && isReady(pod);
}

function revisionOf(pod: KubeObject): string | undefined {
  return pod.metadata.labels?.[HASH_LABEL];
}

/** One sync of one set (`defaultStatefulSetControl`). */
class SetSync {
  readonly spec: StatefulSetSpec;
  readonly revisions: Revisions;
  readonly pods = new Map<number, KubeObject>();
  readonly status: Required<Omit<StatefulSetStatus, 'currentRevision' | 'updateRevision'>>;
  readonly first: number;
  readonly last: number;
  readonly ordered: boolean;

  constructor(
    private readonly set: KubeObject,
    private readonly context: ControllerContext,
  ) {
    this.spec = set.spec as StatefulSetSpec;
    const before = (set.status ?? {}) as Partial<StatefulSetStatus>;
    this.revisions = currentRevisions(set, this.spec.template, before.currentRevision, before.collisionCount ?? 0, context);
    this.first = this.spec.ordinals?.start ?? 0;
    this.last = this.first + (this.spec.replicas ?? 1) - 1;
    this.ordered = this.spec.podManagementPolicy !== 'Parallel';
    this.status = { observedGeneration: set.metadata.generation ?? 0, replicas: 0, readyReplicas: 0, availableReplicas: 0, currentReplicas: 0, updatedReplicas: 0, collisionCount: before.collisionCount ?? 0 };
    for (const pod of context.lister.indexed('pods', 'controller', set.metadata.uid)) {
      const ordinal = ordinalOf(set, pod.metadata.name);
      if (ordinal !== undefined) this.pods.set(ordinal, pod);
    }
    if (!set.metadata.deletionTimestamp) this.#adopt();
  }

  #adopt(): void {
    for (const orphan of this.context.lister.indexed('pods', 'controller', `orphan/${this.set.metadata.namespace}`)) {
      const ordinal = ordinalOf(this.set, orphan.metadata.name);
      if (ordinal === undefined || isTerminating(orphan) || !labelSelectorMatches(this.spec.selector, orphan.metadata.labels)) continue;
      this.pods.set(ordinal, this.context.client.patch('pods', orphan.metadata.namespace, orphan.metadata.name, (current) => ({
        ...current,
        metadata: { ...current.metadata, ownerReferences: [...(current.metadata.ownerReferences ?? []), controllerReference(this.set)] },
      })));
    }
  }

  run(): void {
    this.#count();
    try {
      if (!this.set.metadata.deletionTimestamp) {
        keepClaimOwners(this.set, [...this.pods.values()], this.context);
        this.#bringUp();
      }
    } finally {
      this.#writeStatus();
    }
    const minReady = this.spec.minReadySeconds ?? 0;
    if (minReady > 0) {
      for (const pod of this.pods.values()) {
        const due = availableAt(pod, minReady);
        if (due !== undefined && due > this.context.now) this.context.enqueueAt(keyOf(this.set), due);
      }
    }
    truncateRevisions(this.set, this.revisions, new Set([...this.pods.values()].map(revisionOf)), this.spec.revisionHistoryLimit ?? 10, this.context);
  }

  #isAvailable(pod: KubeObject): boolean {
    return isRunningAndReady(pod) && isAvailable(pod, this.spec.minReadySeconds ?? 0, this.context.now);
  }

  #count(): void {
    const { status } = this;
    for (const pod of this.pods.values()) {
      status.replicas++;
      if (isRunningAndReady(pod)) status.readyReplicas++;
      if (this.#isAvailable(pod)) status.availableReplicas++;
      if (!isTerminating(pod)) this.#tally(pod, 1);
    }
  }

  #tally(pod: KubeObject, change: 1 | -1): void {
    if (revisionOf(pod) === this.revisions.current.metadata.name) this.status.currentReplicas += change;
    if (revisionOf(pod) === this.revisions.update.metadata.name) this.status.updatedReplicas += change;
  }

  #bringUp(): void {
    for (let ordinal = this.first; ordinal <= this.last; ordinal++) if (this.#processReplica(ordinal)) return;
    if (this.#processCondemned()) return;
    if (this.spec.updateStrategy?.type !== 'OnDelete') this.#roll();
  }

  /** @returns whether nothing more may be done in this sync. */
  #processReplica(ordinal: number): boolean {
    let pod = this.pods.get(ordinal);
    const phase = pod && statusOf(pod).phase;
    if (pod && (phase === 'Failed' || phase === 'Succeeded')) {
      if (isTerminating(pod)) return this.ordered;
      const { namespace, name } = this.set.metadata;
      if (phase === 'Failed') this.context.events.event(this.set, 'Warning', 'RecreatingFailedPod', `StatefulSet ${namespace}/${name} is recreating failed Pod ${pod.metadata.name}`);
      else this.context.events.event(this.set, 'Normal', 'RecreatingTerminatedPod', `StatefulSet ${namespace}/${name} is recreating terminated Pod ${pod.metadata.name}`);
      this.#delete(pod);
      this.status.replicas--;
      this.#tally(pod, -1);
      this.pods.delete(ordinal);
      // The name is free only when the pod is gone.
      return true;
    }
    if (!pod) {
      pod = this.#create(ordinal);
      this.pods.set(ordinal, pod);
      this.status.replicas++;
      this.#tally(pod, 1);
      return this.ordered;
    }
    if (phase === 'Pending') createClaims(this.set, pod, ordinal, this.context);
    if (!this.ordered) return false;
    return isTerminating(pod) || !isRunningAndReady(pod) || !this.#isAvailable(pod);
  }

  #processCondemned(): boolean {
    const condemned = [...this.pods.keys()].filter((ordinal) => ordinal < this.first || ordinal > this.last).sort((x, y) => y - x);
    const firstUnhealthy = this.#firstUnhealthy();
    for (const ordinal of condemned) {
      const pod = this.pods.get(ordinal) as KubeObject;
      if (isTerminating(pod)) {
        if (this.ordered) return true;
        continue;
      }
      if (this.ordered && pod !== firstUnhealthy && (!isRunningAndReady(pod) || !this.#isAvailable(pod))) return true;
      this.#delete(pod);
      this.#tally(pod, -1);
      if (this.ordered) return true;
    }
    return false;
  }

  #firstUnhealthy(): KubeObject | undefined {
    for (const ordinal of [...this.pods.keys()].sort((x, y) => x - y)) {
      const pod = this.pods.get(ordinal) as KubeObject;
      if (!isRunningAndReady(pod) || isTerminating(pod)) return pod;
    }
    return undefined;
  }

  /** Replaces pods of older templates, from the largest ordinal down to the partition. */
  #roll(): void {
    const { partition = 0, maxUnavailable } = this.spec.updateStrategy?.rollingUpdate ?? {};
    const replicas = this.spec.replicas ?? 1;
    const allowed = maxUnavailable === undefined ? 1 : Math.max(1, scaled(maxUnavailable, replicas, false));
    let unavailable = 0;
    for (const pod of this.pods.values()) if (isTerminating(pod) || !this.#isAvailable(pod)) unavailable++;
    for (let ordinal = this.last; ordinal >= this.first + partition; ordinal--) {
      const pod = this.pods.get(ordinal);
      if (!pod) continue;
      const healthy = !isTerminating(pod) && this.#isAvailable(pod);
      if (revisionOf(pod) !== this.revisions.update.metadata.name && !isTerminating(pod)) {
        if (healthy && unavailable >= allowed) return;
        this.#delete(pod);
        this.status.currentReplicas = Math.max(0, this.status.currentReplicas - 1);
        if (healthy) unavailable++;
        if (unavailable >= allowed) return;
      } else if (!healthy && unavailable >= allowed) return;
    }
  }

  // ---- pods ----

  #create(ordinal: number): KubeObject {
    const name = `${this.set.metadata.name}-${ordinal}`;
    const { type, rollingUpdate } = this.spec.updateStrategy ?? {};
    // Below the partition pods stay what they were.
    const revision = type !== 'OnDelete' && ordinal < this.first + (rollingUpdate?.partition ?? 0) ? this.revisions.current : this.revisions.update;
    const template = (revision.data as { spec: { template: PodTemplate & { $patch?: string } } }).spec.template;
    const { metadata } = template;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        ...(this.set.metadata.namespace ? { namespace: this.set.metadata.namespace } : {}),
        labels: { ...metadata?.labels, [POD_INDEX_LABEL]: String(ordinal), [HASH_LABEL]: revision.metadata.name, [POD_NAME_LABEL]: name },
        ...(metadata?.annotations ? { annotations: metadata.annotations } : {}),
        ...(metadata?.finalizers ? { finalizers: metadata.finalizers } : {}),
        ownerReferences: [controllerReference(this.set)],
      },
      spec: withStorage({ ...template.spec, hostname: name, ...(this.spec.serviceName ? { subdomain: this.spec.serviceName } : {}) }, claimsFor(this.set, ordinal)),
    };
    const says = (text: string): string => `create Pod ${name} in StatefulSet ${this.set.metadata.name} ${text}`;
    try {
      createClaims(this.set, pod, ordinal, this.context);
      const created = this.context.client.create('pods', pod);
      this.context.events.event(this.set, 'Normal', 'SuccessfulCreate', says('successful'));
      return created;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason !== 'AlreadyExists') this.context.events.event(this.set, 'Warning', 'FailedCreate', says(`failed error: ${error.message}`));
      throw error;
    }
  }

  #delete(pod: KubeObject): void {
    const says = (text: string): string => `delete Pod ${pod.metadata.name} in StatefulSet ${this.set.metadata.name} ${text}`;
    try {
      this.context.client.delete('pods', pod.metadata.namespace, pod.metadata.name);
      this.context.events.event(this.set, 'Normal', 'SuccessfulDelete', says('successful'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 404) return;
      this.context.events.event(this.set, 'Warning', 'FailedDelete', says(`failed error: ${error.message}`));
      throw error;
    }
  }

  // ---- status ----

  #writeStatus(): void {
    const { set, status } = this;
    const before = (set.status ?? {}) as Partial<StatefulSetStatus>;
    let current = this.revisions.current.metadata.name;
    const update = this.revisions.update.metadata.name;
    const replicas = this.spec.replicas ?? 1;
    if (this.spec.updateStrategy?.type !== 'OnDelete' && status.updatedReplicas === replicas && status.readyReplicas === replicas && status.replicas === replicas) {
      status.currentReplicas = status.updatedReplicas;
      current = update;
    }
    const next: StatefulSetStatus = {
      availableReplicas: status.availableReplicas,
      collisionCount: status.collisionCount,
      ...(status.currentReplicas > 0 ? { currentReplicas: status.currentReplicas } : {}),
      currentRevision: current,
      observedGeneration: status.observedGeneration,
      ...(status.readyReplicas > 0 ? { readyReplicas: status.readyReplicas } : {}),
      replicas: status.replicas,
      updateRevision: update,
      ...(status.updatedReplicas > 0 ? { updatedReplicas: status.updatedReplicas } : {}),
    };
    const fields = ['observedGeneration', 'replicas', 'readyReplicas', 'availableReplicas', 'currentReplicas', 'updatedReplicas', 'currentRevision', 'updateRevision', 'collisionCount'] as const;
    if (fields.every((field) => (before[field] ?? 0) === (next[field] ?? 0))) return;
    this.context.client.patch(RESOURCE, set.metadata.namespace, set.metadata.name, (latest) => (latest.metadata.uid === set.metadata.uid ? { ...latest, status: next } : latest), 'status');
  }
}
