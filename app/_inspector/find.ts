/** Finds objects by what people type: `web`, `deploy web`, `deploy/web`, `cm coredns -n kube-system`, `crontabs.stable.example.com mine`. */
import type { ClusterView } from '../../server/rooms/projection/types.ts';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { refOf, resourceNamed } from './kinds.ts';

export interface Found {
  ref: ObjectRef;
  /** Of a kind that has no rows: whether it exists is found out by opening it. */
  guessed: boolean;
}

const MAX_RESULTS = 40;
const KEY = /^[a-z0-9.:-]+$/;
/** The resource of a CustomResourceDefinition: `crontabs.stable.example.com`. */
const CUSTOM = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+){2,}$/;

interface Query {
  resource: string | undefined;
  namespaced: boolean;
  namespace: string | undefined;
  words: string[];
}

/** The best matches first. Nothing for an empty text. */
export function findObjects(view: ClusterView | undefined, text: string): Found[] {
  const query = parse(text);
  if (!view || (query.words.length === 0 && !query.resource)) return [];
  const found: { ref: ObjectRef; rank: number }[] = [];
  for (const { ref, name, namespace, kind } of everything(view)) {
    if (query.resource !== undefined && ref.resource !== query.resource) continue;
    if (query.namespace !== undefined && namespace !== undefined && namespace !== query.namespace) continue;
    const text = `${kind} ${namespace ?? ''}/${name}`.toLowerCase();
    if (!query.words.every((word) => text.includes(word))) continue;
    const word = query.words[0];
    found.push({ ref, rank: word === undefined ? 2 : name === word ? 0 : name.startsWith(word) ? 1 : 2 });
  }
  found.sort((x, y) => x.rank - y.rank || (x.ref.key < y.ref.key ? -1 : x.ref.key > y.ref.key ? 1 : x.ref.resource < y.ref.resource ? -1 : 1));
  const results: Found[] = found.slice(0, MAX_RESULTS).map(({ ref }) => ({ ref, guessed: false }));
  const guess = guessed(query);
  if (guess && !results.some(({ ref }) => ref.resource === guess.resource && ref.key === guess.key)) results.push({ ref: guess, guessed: true });
  return results;
}

function parse(text: string): Query {
  const words = text.trim().toLowerCase().replace(/^kubectl\s+(get|describe|edit|delete)\s+/, '').split(/[\s/]+/).filter(Boolean);
  let namespace: string | undefined;
  for (const [index, word] of words.entries()) {
    const flag = /^(?:-n|--namespace)(?:=(.+))?$/.exec(word);
    if (!flag) continue;
    namespace = flag[1] ?? words[index + 1];
    words.splice(index, flag[1] === undefined ? 2 : 1);
    break;
  }
  const [first = '', second] = words;
  const resource = resourceNamed(first);
  // A kind that is defined in this cluster is known by its whole name only.
  if (!resource && second !== undefined && CUSTOM.test(first)) return { resource: first, namespaced: true, namespace, words: words.slice(1) };
  // `no` may be a node, or the beginning of a name: short names count only when something follows.
  const takes = resource && (words.length > 1 || first.length > 3);
  return { resource: takes ? resource.key : undefined, namespaced: resource?.namespaced ?? true, namespace, words: takes ? words.slice(1) : words };
}

function guessed({ resource, namespaced, namespace, words: [name] }: Query): ObjectRef | undefined {
  if (resource === undefined || name === undefined || !KEY.test(name)) return undefined;
  return { resource, key: namespaced ? `${namespace ?? 'default'}/${name}` : name };
}

function* everything(view: ClusterView): Generator<{ ref: ObjectRef; name: string; namespace: string | undefined; kind: string }> {
  const { nodes, workloads, pods, services, ingresses } = view.tables;
  for (const { key } of nodes.values()) yield { ref: { resource: 'nodes', key }, name: key, namespace: undefined, kind: 'Node' };
  for (const row of workloads.values()) {
    const ref = refOf(row.kind, row.namespace, row.name);
    if (ref) yield { ref, name: row.name, namespace: row.namespace, kind: row.kind };
  }
  for (const row of services.values()) yield { ref: { resource: 'services', key: row.key }, name: row.name, namespace: row.namespace, kind: 'Service' };
  for (const row of ingresses.values()) yield { ref: { resource: 'ingresses.networking.k8s.io', key: row.key }, name: row.name, namespace: row.namespace, kind: 'Ingress' };
  for (const row of pods.values()) yield { ref: { resource: 'pods', key: row.key }, name: row.name, namespace: row.namespace, kind: 'Pod' };
}
