/** Static pods: made of the manifests on the node's disk, and shown in the API server by mirror pods. */
import type { KubeObject } from '../apiserver/types.ts';
import type { NewObject } from '../apiserver/client.ts';
import { podSpecDefaults } from '../apiserver/defaulting/pods.ts';
import { digestOf } from '../workloads/pull.ts';
import { admit } from './admission.ts';
import type { Kubelet } from './kubelet.ts';
import type { PodWorker } from './pod.ts';
import { newWorker, podRemoved, update } from './pod-workers.ts';
import { flushStatus } from './status-manager.ts';
import type { StaticPodManifest } from './types.ts';

const HASH = 'kubernetes.io/config.hash';
const MIRROR = 'kubernetes.io/config.mirror';
const SEEN = 'kubernetes.io/config.seen';
const SOURCE = 'kubernetes.io/config.source';

/** Uid and config hash of the pod of a manifest: follows from its content. */
function hashOf(k: Kubelet, pod: object): string {
  let hash = hashes.get(pod);
  if (hash === undefined) hashes.set(pod, (hash = digestOf(`${k.node} ${JSON.stringify(pod)}`).slice(0, 32)));
  return hash;
}

/** A manifest that lies on one machine only is hashed once. */
const hashes = new WeakMap<object, string>();

/** Whether there is, or was, anything in the machine's manifest directory. */
export function hasManifests(k: Kubelet): boolean {
  return k.options.staticPods.length > 0 || k.environment.state.manifests.has(k.node);
}

/** What lies in the manifest directory now: kubeadm's own files, and what people have made of them. */
function presentManifests(k: Kubelet): Map<string, StaticPodManifest> {
  const { removedManifests, manifests } = k.environment.state;
  const changed = manifests.get(k.node);
  const present = new Map<string, StaticPodManifest>();
  for (const manifest of k.options.staticPods) if (!removedManifests.has(manifest.name) && !changed?.has(manifest.name)) present.set(manifest.name, manifest);
  for (const [name, pod] of changed ?? []) if (pod && !removedManifests.has(name)) present.set(name, { name, pod });
  return present;
}

/** Brings the static pods to what lies in the manifest directory now. */
export function refreshStaticPods(k: Kubelet): void {
  const present = presentManifests(k);
  const { manifests, workers } = k.own;
  for (const [name, uid] of [...manifests]) {
    const manifest = present.get(name);
    if (manifest && hashOf(k, manifest.pod) === uid) continue;
    manifests.delete(name);
    const worker = workers.get(uid);
    if (worker) podRemoved(k, worker, undefined);
  }
  for (const manifest of present.values()) {
    if (manifests.has(manifest.name)) continue;
    // Its predecessor must have ended before the pod starts again.
    if ([...workers.values()].some((worker) => worker.manifest === manifest.name)) continue;
    const hash = hashOf(k, manifest.pod);
    manifests.set(manifest.name, hash);
    const made = newWorker(staticPod(k, manifest, hash), manifest.name);
    k.addWorker(made);
    admit(k, made, true);
    update(k, made, 2);
  }
  if (!k.client.connected || !k.own.node.registered) return;
  for (const worker of k.own.workers.values()) {
    if (worker.manifest !== undefined && worker.phase === 'syncing' && !mirrorOf(k, worker)) ensureMirror(k, worker);
  }
}

function staticPod(k: Kubelet, manifest: StaticPodManifest, hash: string): KubeObject {
  const { pod } = manifest;
  const metadata = pod.metadata as { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  const nanoseconds = String(parseInt(digestOf(`seen ${hash} ${k.now}`).slice(0, 6), 16) % 1_000_000).padStart(6, '0');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${metadata.name}-${k.node}`,
      namespace: metadata.namespace ?? 'default',
      uid: hash,
      resourceVersion: '',
      creationTimestamp: new Date(k.now).toISOString(),
      ...(metadata.labels ? { labels: metadata.labels } : {}),
      annotations: { ...metadata.annotations, [HASH]: hash, [SEEN]: `${new Date(k.now).toISOString().slice(0, 23)}${nanoseconds}Z`, [SOURCE]: 'file' },
    },
    spec: { enableServiceLinks: true, ...podSpecDefaults(pod.spec as Record<string, unknown>), nodeName: k.node, tolerations: [{ effect: 'NoExecute', operator: 'Exists' }] },
    status: {},
  };
}

/** The mirror pod as the kubelet knows it, if it is of this very static pod. */
export function mirrorOf(k: Kubelet, worker: PodWorker): KubeObject | undefined {
  const { namespace, name } = worker.pod.metadata;
  const mirror = k.cached('pods', namespace, name);
  return mirror?.metadata.annotations?.[MIRROR] === worker.uid && !mirror.metadata.deletionTimestamp ? mirror : undefined;
}

/** The static pod that a mirror stands for, if it runs here. */
export function staticPodOf(k: Kubelet, mirror: KubeObject): PodWorker | undefined {
  const hash = mirror.metadata.annotations?.[MIRROR];
  return hash === undefined ? undefined : k.own.workers.get(hash);
}

/** Creates the mirror pod if it is missing. */
export function ensureMirror(k: Kubelet, worker: PodWorker): void {
  if (!k.client.connected || !k.own.node.registered) return;
  const { namespace, name, labels, annotations } = worker.pod.metadata;
  k.request(() => {
    const current = k.client.get('pods', namespace, name);
    if (current) {
      if (current.metadata.annotations?.[MIRROR] === worker.uid && !current.metadata.deletionTimestamp) return;
      k.client.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid: current.metadata.uid } });
    }
    const mirror: NewObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(labels ? { labels } : {}),
        annotations: { ...annotations, [MIRROR]: worker.uid },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: k.node, uid: k.own.node.uid, controller: true }],
      },
      spec: worker.pod.spec,
    };
    k.client.create('pods', mirror);
    worker.dirty = worker.status !== undefined;
  });
}

/** The pod of a manifest that is no more has ended: its mirror goes. */
export function deleteMirror(k: Kubelet, worker: PodWorker): void {
  const { namespace, name } = worker.pod.metadata;
  k.request(() => {
    const current = k.client.get('pods', namespace, name);
    if (current?.metadata.annotations?.[MIRROR] === worker.uid) k.client.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid: current.metadata.uid } });
  });
  // A manifest that was put back meanwhile can start now.
  k.wakeAt(k.now);
}

/** A pod that is a mirror changed in the API server. @returns whether it was one. */
export function staticPodSeen(k: Kubelet, pod: KubeObject, removed: boolean): boolean {
  if (pod.metadata.annotations?.[MIRROR] === undefined) return false;
  const worker = staticPodOf(k, pod);
  const { namespace, name, uid } = pod.metadata;
  if (!removed && (!worker || pod.metadata.deletionTimestamp)) {
    k.request(() => k.client.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } }));
    return true;
  }
  if (!worker) return true;
  if (removed) {
    if (worker.phase === 'syncing') ensureMirror(k, worker);
  } else if (worker.dirty) flushStatus(k, worker);
  return true;
}
