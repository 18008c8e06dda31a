/**
 * What led to what, read from the history of writes: «why is this here?», «what did this set off?», «what happened to this object?».
 * Pure functions of the store, so that a replay in the browser answers as the live room does.
 */
import { summarizePod } from '../simulation/apiserver/tables/pod.ts';
import type { KubeObject, WatchEvent } from '../simulation/apiserver/types.ts';
import { keyOf } from './projection/rows.ts';
import { writeRow } from './projection/projector.ts';
import type { CausedWrite, ObjectRef, WhyStep, WriteChange } from './service.ts';

/** A chain longer than this explains nothing. */
const MAX_CHAIN = 50;
const MAX_EFFECTS = 500;
const MAX_HISTORY = 60;

/** Writes in the order of their revisions, as Store.recent has them. */
type History = readonly WatchEvent[];

/** The input at the root of a chain, as far as the caller knows it. */
export type InputStep = Extract<WhyStep, { kind: 'input' }>;

/** The chain of writes that led to a revision, newest first, and what stood at its beginning. */
export async function whyChain(history: History, revision: number, inputStep: (sequence: number) => Promise<InputStep> | InputStep): Promise<WhyStep[]> {
  const steps: WhyStep[] = [];
  let wanted = revision;
  while (steps.length < MAX_CHAIN) {
    const event = writeAt(history, wanted);
    if (!event) {
      steps.push({ kind: 'forgotten', revision: wanted });
      break;
    }
    steps.push({ kind: 'write', ...causedWrite(event), object: { resource: event.resource, key: keyOf(event.object) } });
    const { cause } = event;
    if (cause.kind === 'write' && cause.id < wanted) {
      wanted = cause.id;
      continue;
    }
    if (cause.kind === 'input') steps.push(await inputStep(cause.id));
    else if (cause.kind === 'timer') steps.push({ kind: 'timer' });
    else steps.push({ kind: 'boot' });
    break;
  }
  return steps;
}

/** The writes that followed from an input or a write, over any number of steps, oldest first. */
export function effectsOf(history: History, causeKind: 'input' | 'write', causeId: number): CausedWrite[] {
  const result: CausedWrite[] = [];
  const followed = new Set<number>();
  if (causeKind === 'write') followed.add(causeId);
  for (const event of history) {
    const { cause } = event;
    const follows = cause.kind === 'write' ? followed.has(cause.id) : cause.kind === causeKind && cause.id === causeId;
    if (!follows) continue;
    followed.add(event.revision);
    result.push(causedWrite(event));
    if (result.length >= MAX_EFFECTS) break;
  }
  return result;
}

/** The latest writes of one object that are remembered, newest first. */
export function historyOf(history: History, ref: ObjectRef): CausedWrite[] {
  const result: CausedWrite[] = [];
  for (let index = history.length - 1; index >= 0 && result.length < MAX_HISTORY; index--) {
    const event = history[index] as WatchEvent;
    if (event.resource === ref.resource && keyOf(event.object) === ref.key) result.push(causedWrite(event));
  }
  return result;
}

/** Revisions in the history are ascending, so that one is found by halving. */
function writeAt(history: History, revision: number): WatchEvent | undefined {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle] as WatchEvent).revision < revision) low = middle + 1;
    else high = middle;
  }
  return history[low]?.revision === revision ? history[low] : undefined;
}

function causedWrite(event: WatchEvent): CausedWrite {
  return { write: writeRow(event), change: changeOf(event) };
}

/** What a write did, in what matters to a person: the first of these that applies. */
export function changeOf({ type, object, previous }: WatchEvent): WriteChange {
  if (type === 'DELETED') return { kind: 'deleted' };
  if (!previous) return { kind: 'created' };
  if (object.metadata.deletionTimestamp && !previous.metadata.deletionTimestamp) return { kind: 'marked' };
  return specChange(object, previous) ?? statusChange(object, previous) ?? otherChange(object, previous);
}

function specChange({ spec = {}, kind }: KubeObject, { spec: before = {} }: KubeObject): WriteChange | undefined {
  if (same(spec, before)) return undefined;
  if (kind === 'Pod' && spec.nodeName && !before.nodeName) return { kind: 'bound', node: spec.nodeName as string };
  if (kind === 'Node' && (spec.unschedulable === true) !== (before.unschedulable === true)) return { kind: spec.unschedulable === true ? 'cordoned' : 'uncordoned' };
  if (kind === 'Node' && !same(spec.taints, before.taints)) return { kind: 'taints', taints: ((spec.taints ?? []) as { key: string; effect: string }[]).map(({ key, effect }) => `${key}:${effect}`) };
  if (typeof spec.replicas === 'number' && typeof before.replicas === 'number' && spec.replicas !== before.replicas) return { kind: 'scaled', from: before.replicas, to: spec.replicas };
  const images = imagesOf(spec);
  if (images.length > 0 && !same(images, imagesOf(before))) return { kind: 'images', images };
  return { kind: 'spec' };
}

function statusChange(object: KubeObject, before: KubeObject): WriteChange | undefined {
  const status = (object.status ?? {}) as Record<string, unknown>;
  const earlier = (before.status ?? {}) as Record<string, unknown>;
  if (same(status, earlier)) return undefined;
  if (object.kind === 'Pod') {
    const now = summarizePod(object);
    const then = summarizePod(before);
    return { kind: 'pod-status', from: then.reason, to: now.reason, ready: `${now.ready}/${now.total}`, readyBefore: `${then.ready}/${then.total}` };
  }
  if (object.kind === 'Node') {
    const now = readyOf(object);
    return now === readyOf(before) ? { kind: 'status' } : { kind: 'node-ready', ready: now };
  }
  const count = status.readyReplicas ?? status.numberReady;
  const countBefore = earlier.readyReplicas ?? earlier.numberReady;
  const total = status.replicas ?? status.desiredNumberScheduled;
  if (count !== countBefore || total !== (earlier.replicas ?? earlier.desiredNumberScheduled)) return { kind: 'replicas-status', ready: Number(count ?? 0), total: Number(total ?? 0) };
  return { kind: 'status' };
}

function otherChange(object: KubeObject, before: KubeObject): WriteChange {
  if (!same(object.metadata.labels, before.metadata.labels)) return { kind: 'labels' };
  if (object.kind === 'EndpointSlice') return { kind: 'endpoints', ready: readyEndpoints(object) };
  return same({ ...object, metadata: null, status: null }, { ...before, metadata: null, status: null }) ? { kind: 'metadata' } : { kind: 'content' };
}

function imagesOf(spec: NonNullable<KubeObject['spec']>): string[] {
  const containers = (spec.containers ?? spec.template?.spec?.containers ?? []) as { image?: string }[];
  return containers.map(({ image }) => image ?? '');
}

function readyOf(node: KubeObject): 'True' | 'False' | 'Unknown' {
  const conditions = (node.status?.conditions ?? []) as { type: string; status: string }[];
  return (conditions.find(({ type }) => type === 'Ready')?.status as 'True' | 'False' | undefined) ?? 'Unknown';
}

function readyEndpoints(slice: KubeObject): number {
  return ((slice.endpoints ?? []) as { conditions?: { ready?: boolean } }[]).filter(({ conditions }) => conditions?.ready !== false).length;
}

/** Stored objects share what a write left alone; the rest is compared as JSON. */
function same(x: unknown, y: unknown): boolean {
  return x === y || JSON.stringify(x) === JSON.stringify(y);
}
