/** What a write did, in what matters to a person: from the object before and after it. Pure, and the same in the browser. */
import { summarizePod } from '../../simulation/apiserver/tables/pod.ts';
import type { KubeObject, WatchEvent } from '../../simulation/apiserver/types.ts';
import type { WriteChange, WriteRow } from './types.ts';

/** The message of an Event or a condition is cut here; the whole one is in the object. */
const MAX_MESSAGE = 240;

/** The first of these that applies. */
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
    const target = disruptionOf(object);
    if (target && !disruptionOf(before)) return { kind: 'disruption', reason: target.reason ?? '', message: (target.message ?? '').slice(0, MAX_MESSAGE) };
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

function disruptionOf(pod: KubeObject): { reason?: string; message?: string } | undefined {
  const conditions = (pod.status?.conditions ?? []) as { type: string; status: string; reason?: string; message?: string }[];
  return conditions.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True');
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

interface EventFields {
  reason?: string;
  message?: string;
  note?: string;
  type?: string;
  involvedObject?: { kind?: string; namespace?: string; name?: string };
  regarding?: { kind?: string; namespace?: string; name?: string };
}

/** What an Event says, and which other object a write is about: an Event's, an EndpointSlice's Service. */
export function aboutOf({ object, resource }: WatchEvent): Pick<WriteRow, 'about' | 'event'> {
  if (resource === 'events') {
    const { reason = '', message, note, type, involvedObject, regarding } = object as EventFields;
    const about = involvedObject ?? regarding;
    return {
      event: { reason, message: (message ?? note ?? '').slice(0, MAX_MESSAGE), warning: type === 'Warning' },
      ...(about?.kind && about.name ? { about: { kind: about.kind, key: about.namespace && about.kind !== 'Node' ? `${about.namespace}/${about.name}` : about.name } } : {}),
    };
  }
  const service = resource === 'endpointslices.discovery.k8s.io' ? object.metadata.labels?.['kubernetes.io/service-name'] : undefined;
  return service === undefined ? {} : { about: { kind: 'Service', key: `${object.metadata.namespace}/${service}` } };
}
