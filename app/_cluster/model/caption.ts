/** A write in a sentence: which message says it, and with what. The words are in the message files. */
import type { WriteRow } from '../../../server/rooms/projection/types.ts';
import type { ObjectRef } from '../../../server/rooms/service.ts';
import { actorOf } from './actor.ts';

/** Kinds of resources by their name in a path. */
const KINDS: Readonly<Record<string, string>> = {
  pods: 'Pod',
  nodes: 'Node',
  services: 'Service',
  namespaces: 'Namespace',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  serviceaccounts: 'ServiceAccount',
  endpoints: 'Endpoints',
  events: 'Event',
  persistentvolumes: 'PersistentVolume',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  resourcequotas: 'ResourceQuota',
  limitranges: 'LimitRange',
  'deployments.apps': 'Deployment',
  'replicasets.apps': 'ReplicaSet',
  'statefulsets.apps': 'StatefulSet',
  'daemonsets.apps': 'DaemonSet',
  'controllerrevisions.apps': 'ControllerRevision',
  'jobs.batch': 'Job',
  'cronjobs.batch': 'CronJob',
  'ingresses.networking.k8s.io': 'Ingress',
  'ipaddresses.networking.k8s.io': 'IPAddress',
  'networkpolicies.networking.k8s.io': 'NetworkPolicy',
  'endpointslices.discovery.k8s.io': 'EndpointSlice',
  'leases.coordination.k8s.io': 'Lease',
  'horizontalpodautoscalers.autoscaling': 'HorizontalPodAutoscaler',
  'poddisruptionbudgets.policy': 'PodDisruptionBudget',
};

const RESOURCES = new Map(Object.entries(KINDS).map(([resource, kind]) => [kind, resource]));

export function kindOf(resource: string): string {
  return KINDS[resource] ?? resource;
}

export const CAPTIONS = [
  'created', 'deleted', 'marked', 'bound', 'scaled', 'images', 'cordoned', 'uncordoned', 'tainted', 'untainted', 'podStatus', 'podAgain', 'disrupted', 'replicas', 'nodeReady', 'endpoints', 'event', 'status', 'labels', 'updated',
] as const;
export type CaptionKey = (typeof CAPTIONS)[number];

export interface Caption {
  key: CaptionKey;
  /** All that any caption takes; each uses some. */
  values: { who: string; kind: string; name: string; node: string; from: string; to: string; ready: string | number; total: string; detail: string };
  /** The object that the sentence is about, to be opened. */
  object: ObjectRef;
}

/** The name alone: sentences are short, and the namespace is in the object that opens. */
function nameOf(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

export function captionOf(write: WriteRow): Caption {
  const { resource, key, change, about, event } = write;
  const actor = actorOf(write);
  const who = actor.kind === 'client' ? (write.person ?? actor.program) : actor.node === undefined ? actor.program : `${actor.program} ${actor.node}`;
  const object = aboutRef(write);
  const values = { who, kind: about?.kind ?? kindOf(resource), name: nameOf(about?.key ?? key), node: write.node ?? '', from: '', to: '', ready: '', total: '', detail: '' };
  const say = (captionKey: CaptionKey, more: Partial<Caption['values']> = {}): Caption => ({ key: captionKey, values: { ...values, ...more }, object });
  if (event && change?.kind !== 'deleted') return say('event', { detail: event.message, to: event.reason });
  // What an EndpointSlice says about its Service is one thing; that the slice itself comes and goes another.
  if (about && change?.kind === 'endpoints') return say('endpoints', { ready: change.ready });
  const own = { kind: kindOf(resource), name: nameOf(key) };
  switch (change?.kind) {
    case 'created':
    case 'deleted':
    case 'marked':
      return say(change.kind, own);
    case 'bound':
      return say('bound', { ...own, node: change.node });
    case 'scaled':
      return say('scaled', { from: String(change.from), to: String(change.to) });
    case 'images':
      return say('images', { detail: change.images.join(', ') });
    case 'cordoned':
    case 'uncordoned':
      return say(change.kind);
    case 'taints':
      return change.taints.length > 0 ? say('tainted', { detail: change.taints.join(', ') }) : say('untainted');
    case 'pod-status':
      return say(change.from === change.to && change.ready === change.readyBefore ? 'podAgain' : 'podStatus', { to: change.to, ready: change.ready });
    case 'disruption':
      return say('disrupted', { detail: change.message });
    case 'replicas-status':
      return say('replicas', { ready: String(change.ready), total: String(change.total) });
    case 'node-ready':
      return say('nodeReady', { to: change.ready === 'True' ? 'Ready' : 'NotReady' });
    case 'status':
    case 'labels':
      return say(change.kind, own);
    default:
      return say(write.verb === 'create' ? 'created' : write.verb === 'delete' ? 'deleted' : 'updated', own);
  }
}

/** What opens when a write is chosen: for an Event what it tells of, for an EndpointSlice its Service. */
function aboutRef({ resource, key, about }: WriteRow): ObjectRef {
  const aboutResource = about && RESOURCES.get(about.kind);
  return about && aboutResource ? { resource: aboutResource, key: about.key } : { resource, key };
}
