/**
 * What must hold of a cluster after it was left alone with everything healed, and of every single write on the way there. One
 * small checker a property; each answers with sentences about what is wrong, none when nothing is.
 */
import { controllerOf } from '../apiserver/client.ts';
import type { KubeObject, OwnerReference, WatchEvent } from '../apiserver/types.ts';
import type { Cluster } from '../cluster.ts';
import { isActive, isReady } from '../controllers/pods.ts';
import { keyOf } from '../controllers/types.ts';

/** A property of a cluster at rest. */
export interface Invariant {
  name: string;
  /** @returns what is wrong, one sentence each. */
  check(cluster: Cluster): string[];
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
}

const conditionOf = (object: KubeObject, type: string): Condition | undefined => ((object.status?.conditions ?? []) as Condition[]).find((condition) => condition.type === type);
const isLeaving = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;

const podsOf = (cluster: Cluster, owner: KubeObject): KubeObject[] => cluster.store.list('pods', owner.metadata.namespace).filter((pod) => controllerOf(pod)?.uid === owner.metadata.uid);

const replicasMatchSpec: Invariant = {
  name: 'replicas match spec',
  check(cluster) {
    const wrong: string[] = [];
    for (const replicaSet of cluster.store.list('replicasets.apps')) {
      const pods = podsOf(cluster, replicaSet).filter((pod) => isActive(pod));
      if (pods.length !== replicaSet.spec?.replicas) wrong.push(`ReplicaSet ${keyOf(replicaSet)} wants ${replicaSet.spec?.replicas} pods and has ${pods.length}`);
      const { replicas, readyReplicas = 0, observedGeneration } = (replicaSet.status ?? {}) as { replicas?: number; readyReplicas?: number; observedGeneration?: number };
      if (replicas !== pods.length) wrong.push(`ReplicaSet ${keyOf(replicaSet)} reports ${replicas} pods and has ${pods.length}`);
      const ready = pods.filter(isReady).length;
      if (readyReplicas !== ready) wrong.push(`ReplicaSet ${keyOf(replicaSet)} reports ${readyReplicas} ready pods and has ${ready}`);
      if (observedGeneration !== replicaSet.metadata.generation) wrong.push(`ReplicaSet ${keyOf(replicaSet)} has seen generation ${observedGeneration} of ${replicaSet.metadata.generation}`);
    }
    for (const deployment of cluster.store.list('deployments.apps')) {
      const sets = cluster.store.list('replicasets.apps', deployment.metadata.namespace).filter((one) => controllerOf(one)?.uid === deployment.metadata.uid);
      const wanted = sets.reduce((sum, one) => sum + Number(one.spec?.replicas ?? 0), 0);
      const status = (deployment.status ?? {}) as { updatedReplicas?: number; readyReplicas?: number };
      const finished = (status.updatedReplicas ?? 0) === deployment.spec?.replicas && (status.readyReplicas ?? 0) === deployment.spec?.replicas;
      if (finished && wanted !== deployment.spec?.replicas) wrong.push(`Deployment ${keyOf(deployment)} is rolled out with ${deployment.spec?.replicas} replicas, but its ReplicaSets want ${wanted}`);
    }
    for (const statefulSet of cluster.store.list('statefulsets.apps')) {
      const pods = podsOf(cluster, statefulSet).filter((pod) => !isLeaving(pod));
      const expected = Array.from({ length: Number(statefulSet.spec?.replicas) }, (_, ordinal) => `${statefulSet.metadata.name}-${ordinal}`);
      const names = pods.filter(isReady).map((pod) => pod.metadata.name);
      if (names.sort().join() !== expected.sort().join()) wrong.push(`StatefulSet ${keyOf(statefulSet)} should have the ready pods ${expected.join(', ') || '(none)'} and has ${names.join(', ') || '(none)'}`);
      const { readyReplicas = 0 } = (statefulSet.status ?? {}) as { readyReplicas?: number };
      if (readyReplicas !== names.length) wrong.push(`StatefulSet ${keyOf(statefulSet)} reports ${readyReplicas} ready pods and has ${names.length}`);
    }
    for (const daemonSet of cluster.store.list('daemonsets.apps')) {
      const { desiredNumberScheduled, numberReady } = (daemonSet.status ?? {}) as { desiredNumberScheduled?: number; numberReady?: number };
      if (desiredNumberScheduled !== numberReady) wrong.push(`DaemonSet ${keyOf(daemonSet)} has ${numberReady} ready pods of ${desiredNumberScheduled}`);
    }
    return wrong;
  },
};

const jobsAreOver: Invariant = {
  name: 'every Job has come to its end, as its pods did',
  check(cluster) {
    const wrong: string[] = [];
    for (const job of cluster.store.list('jobs.batch')) {
      const complete = conditionOf(job, 'Complete')?.status === 'True';
      const failed = conditionOf(job, 'Failed')?.status === 'True';
      const { active = 0, succeeded = 0 } = (job.status ?? {}) as { active?: number; succeeded?: number };
      if (complete === failed) wrong.push(`Job ${keyOf(job)} is ${complete ? 'both complete and failed' : 'not over'}`);
      if (complete && succeeded !== job.spec?.completions) wrong.push(`Job ${keyOf(job)} is complete with ${succeeded} of ${job.spec?.completions}`);
      if (active !== 0) wrong.push(`Job ${keyOf(job)} is over with ${active} active pods`);
    }
    return wrong;
  },
};

const nodesAreReady: Invariant = {
  name: 'healed nodes are Ready and without taints of the node controller',
  check: (cluster) =>
    cluster.store.list('nodes').flatMap((node) => {
      const taints = ((node.spec?.taints ?? []) as { key: string }[]).filter(({ key }) => key === 'node.kubernetes.io/unreachable' || key === 'node.kubernetes.io/not-ready');
      return [...(conditionOf(node, 'Ready')?.status === 'True' ? [] : [`Node ${keyOf(node)} is not Ready`]), ...taints.map(({ key }) => `Node ${keyOf(node)} keeps the taint ${key}`)];
    }),
};

const noPodIsStuckLeaving: Invariant = {
  name: 'what was deleted is gone',
  check: (cluster) => cluster.store.list('pods').filter((pod) => isLeaving(pod) && !pod.metadata.finalizers?.length).map((pod) => `Pod ${keyOf(pod)} is still terminating`),
};

const noOrphans: Invariant = {
  name: 'no orphan survives garbage collection',
  check(cluster) {
    const uids = new Set<string>();
    for (const objects of cluster.store.state.objects.values()) for (const object of objects.values()) uids.add(object.metadata.uid);
    const wrong: string[] = [];
    for (const [resource, objects] of cluster.store.state.objects) {
      for (const object of objects.values()) {
        const owners = (object.metadata.ownerReferences ?? []) as OwnerReference[];
        if (owners.length > 0 && owners.every(({ uid }) => !uids.has(uid))) wrong.push(`${resource} ${keyOf(object)} outlived its owner ${owners[0]?.kind} ${owners[0]?.name}`);
      }
    }
    return wrong.sort();
  },
};

interface Endpoint {
  addresses: string[];
  conditions?: { ready?: boolean };
  targetRef?: { kind?: string; namespace?: string; name?: string };
}

const readyEndpointsAnswer: Invariant = {
  name: 'endpoints are the ready pods that the selector finds, and each of them answers',
  check(cluster) {
    const wrong: string[] = [];
    const source = { kind: 'node', node: cluster.environment.controlPlaneNode } as const;
    for (const service of cluster.store.list('services', 'default')) {
      const selector = Object.entries((service.spec?.selector ?? {}) as Record<string, string>);
      if (selector.length === 0) continue;
      const slices = cluster.store.list('endpointslices.discovery.k8s.io', 'default').filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name);
      const ready = new Set<string>();
      for (const slice of slices) {
        for (const endpoint of (slice.endpoints ?? []) as Endpoint[]) {
          if (endpoint.conditions?.ready === false) continue;
          const pod = cluster.store.get('pods', `default/${endpoint.targetRef?.name}`);
          ready.add(endpoint.targetRef?.name ?? '');
          if (!pod || !isReady(pod)) wrong.push(`Service ${keyOf(service)} lists ${endpoint.targetRef?.name} as ready, which it is not`);
          const image = String(pod?.spec?.containers?.[0]?.image ?? '');
          if (!image.startsWith('nginx')) continue;
          const answer = cluster.request(source, { method: 'GET', url: `http://${endpoint.addresses[0]}:80/`, headers: {} });
          if (answer.kind !== 'response' || answer.status !== 200) wrong.push(`ready endpoint ${endpoint.addresses[0]} of Service ${keyOf(service)} does not answer: ${answer.kind === 'failure' ? answer.reason : answer.status}`);
        }
      }
      const selected = cluster.store.list('pods', 'default').filter((pod) => !isLeaving(pod) && isReady(pod) && selector.every(([key, value]) => pod.metadata.labels?.[key] === value));
      for (const pod of selected) if (!ready.has(pod.metadata.name)) wrong.push(`Service ${keyOf(service)} does not list the ready pod ${pod.metadata.name}`);
    }
    return wrong;
  },
};

/** For a cluster at rest in which nothing is broken any more. */
export const RESTING: readonly Invariant[] = [nodesAreReady, replicasMatchSpec, jobsAreOver, noPodIsStuckLeaving, noOrphans, readyEndpointsAnswer];

interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

/** For a cluster with a dead node, once the longest toleration (seconds) of pods that do not tolerate it for ever has passed. */
export function noPodOnDeadNode(node: string): Invariant {
  return {
    name: `no pod runs on the dead node ${node} past its tolerations`,
    check(cluster) {
      if (!cluster.environment.programRuns('kube-controller-manager')) return [];
      return cluster.store
        .list('pods')
        .filter((pod) => pod.spec?.nodeName === node && isActive(pod) && !toleratesForEver(pod))
        .map((pod) => `Pod ${keyOf(pod)} still counts as running on ${node}`);
    },
  };
}

function toleratesForEver(pod: KubeObject): boolean {
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return true;
  return ((pod.spec?.tolerations ?? []) as (Toleration & { tolerationSeconds?: number })[]).some(
    ({ key, operator, effect, tolerationSeconds }) => operator === 'Exists' && tolerationSeconds === undefined && (effect === undefined || effect === 'NoExecute') && (key === undefined || key === 'node.kubernetes.io/unreachable'),
  );
}

/** Sees every eviction and what it leaves of the pods that a budget protects. For runs without faults: a stopped controller cannot count. */
export class BudgetWatch {
  readonly wrong: string[] = [];
  evictions = 0;

  /** @param app label of the protected pods. @param minAvailable as in the budget. */
  constructor(cluster: Cluster, app: string, minAvailable: number) {
    cluster.store.onWrite(({ type, resource, object, previous }) => {
      if (resource !== 'pods' || type !== 'MODIFIED' || object.metadata.labels?.app !== app || !isLeaving(object) || !previous || isLeaving(previous)) return;
      if (conditionOf(object, 'DisruptionTarget')?.reason !== 'EvictionByEvictionAPI') return;
      this.evictions++;
      const left = cluster.store.list('pods', object.metadata.namespace).filter((pod) => pod.metadata.labels?.app === app && isReady(pod) && !isLeaving(pod)).length;
      if (isReady(previous) && left < minAvailable) this.wrong.push(`the eviction of ${keyOf(object)} left ${left} healthy pods of ${minAvailable}`);
    });
  }
}

/** Looks at every write as it happens. */
export class WriteWatch {
  readonly wrong: string[] = [];
  readonly #leases = new Map<string, { holder: string; until: number }>();

  /** @param inputs number of inputs given so far. */
  constructor(cluster: Cluster, inputs: () => number) {
    cluster.store.onWrite((event) => {
      this.#checkCause(event, inputs());
      if (event.resource === 'leases.coordination.k8s.io' && event.type !== 'DELETED') this.#checkLeader(event);
    });
  }

  #checkCause({ cause, revision, writer, resource, object }: WatchEvent, inputs: number): void {
    const known = (cause.kind === 'write' && cause.id > 0 && cause.id < revision) || (cause.kind === 'input' && cause.id > 0 && cause.id <= inputs) || (cause.kind === 'timer' && cause.id > 0) || cause.kind === 'boot';
    if (!known || writer === '') this.wrong.push(`write ${revision} of ${resource} ${keyOf(object)} by «${writer}» has the cause ${cause.kind} ${cause.id}`);
  }

  /** Two leaders there would be if one took a lease that another still held. */
  #checkLeader({ object, time }: WatchEvent): void {
    const { holderIdentity = '', leaseDurationSeconds = 0, renewTime } = (object.spec ?? {}) as { holderIdentity?: string; leaseDurationSeconds?: number; renewTime?: string };
    // The identity of an API server, not an election: a restarted process takes its own over.
    if (object.metadata.labels?.['apiserver.kubernetes.io/identity'] !== undefined) return;
    const key = keyOf(object);
    const before = this.#leases.get(key);
    if (before && before.holder !== '' && before.holder !== holderIdentity && time < before.until) this.wrong.push(`${holderIdentity} took the lease ${key} from ${before.holder}, which held it for another ${before.until - time} ms`);
    this.#leases.set(key, { holder: holderIdentity, until: Date.parse(renewTime ?? '') + leaseDurationSeconds * 1_000 });
  }
}
