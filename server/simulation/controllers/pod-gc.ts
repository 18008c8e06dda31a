/** Removes pods that nothing else removes: of nodes that are gone, and long ended ones (`pkg/controller/podgc`). */
import { byAge } from '../apiserver/age.ts';
import { withDisruption } from '../apiserver/registry/disruption.ts';
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { isTerminal } from './pods.ts';
import type { Controller, ControllerContext } from './types.ts';

/** `gcCheckPeriod`, and how long a node may be missing before its pods are orphans. */
const CHECK_MS = 20_000;
const QUARANTINE_MS = 40_000;
/** `--terminated-pod-gc-threshold`. */
const TERMINATED_THRESHOLD = 12_500;
const KEY = '*';

interface PodGcState {
  /** Node → since when it is missing, ms. */
  missing: Map<string, number>;
}

export const podGc = {
  name: 'pod-gc',
  component: 'pod-garbage-collector',
  watches: [{ resource: 'pods' }, { resource: 'nodes' }],
  initial: (): PodGcState => ({ missing: new Map() }),
  started: (context) => context.enqueueAt(KEY, context.now + CHECK_MS),
  changed() {
    // Works at intervals.
  },
  sync(_key, context) {
    context.enqueueAt(KEY, context.now + CHECK_MS);
    const ended: KubeObject[] = [];
    const referenced = new Set<string>();
    for (const pod of context.lister.all('pods')) {
      const node = (pod.spec as { nodeName?: string }).nodeName;
      if (isTerminal(pod)) ended.push(pod);
      if (!node && pod.metadata.deletionTimestamp) force(pod, context);
      if (!node) continue;
      referenced.add(node);
      if (context.lister.get('nodes', undefined, node)) continue;
      const since = context.state.missing.get(node);
      if (since === undefined) context.state.missing.set(node, context.now);
      else if (context.now - since >= QUARANTINE_MS) {
        markLost(pod, context);
        force(pod, context);
      }
    }
    for (const node of [...context.state.missing.keys()]) if (!referenced.has(node) || context.lister.get('nodes', undefined, node)) context.state.missing.delete(node);
    if (ended.length > TERMINATED_THRESHOLD) {
      ended.sort((x, y) => Number(isEvicted(y)) - Number(isEvicted(x)) || byAge(x, y));
      for (const pod of ended.slice(0, ended.length - TERMINATED_THRESHOLD)) force(pod, context);
    }
  },
} satisfies Controller<PodGcState>;

/** `eviction.PodIsEvicted`. */
function isEvicted(pod: KubeObject): boolean {
  return pod.status?.phase === 'Failed' && pod.status.reason === 'Evicted';
}

/** A pod of a node that is gone has failed, and says why. */
function markLost(pod: KubeObject, context: ControllerContext): void {
  if (isTerminal(pod)) return;
  try {
    context.client.patch('pods', pod.metadata.namespace, pod.metadata.name, (current) => {
      const marked = withDisruption(current, 'DeletionByPodGC', 'PodGC: node no longer exists', context.now);
      return { ...marked, status: { ...(marked.status as object), phase: 'Failed' } };
    }, 'status');
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 404) throw error;
  }
}

function force(pod: KubeObject, context: ControllerContext): void {
  try {
    context.client.delete('pods', pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0 });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 404) throw error;
  }
}
