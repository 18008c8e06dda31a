/**
 * What of the cluster is on the screen and in which order: the rows of a ClusterView, filtered, sorted and put where they belong.
 * Parts that did not change stay the same object from one scene to the next, so that only what changed is drawn again.
 */
import { SUPPORT_KINDS, type ClusterView, type IngressRow, type NodeRow, type PodRow, type ServiceRow, type SupportRow, type Tables, type WorkloadRow } from '../../../server/rooms/projection/types.ts';
import { podTone, type Tone } from './pod-state.ts';

/** What the person wants to see. */
export interface Scope {
  /** Null shows all. */
  namespace: string | null;
  /** Whether namespaces of the system are shown. A system namespace that is chosen by name is shown anyway. */
  system: boolean;
}

/** How much room a pod gets. `dense` draws pods without an element for each. */
export type Density = 'roomy' | 'compact' | 'dense';
const ROOMY_PODS = 90;
const DOM_PODS = 400;

export interface NodeScene {
  row: NodeRow;
  pods: readonly PodRow[];
  /** The colour of each pod, in the order of `pods`: see hueOf. */
  hues: readonly number[];
  /** Pods of system namespaces that are not shown. */
  hidden: number;
  hiddenTone: Tone;
}

export interface WorkloadScene {
  row: WorkloadRow;
  /** The colour of its pods, wherever they are. Degrees. */
  hue: number;
  /** ReplicaSets of a Deployment and Jobs of a CronJob, newest first: those that are at work, and the newest in any case. */
  parts: readonly WorkloadRow[];
}

export interface Scene {
  nodes: readonly NodeScene[];
  /** Pods that no node was chosen for. */
  waiting: readonly PodRow[];
  waitingHues: readonly number[];
  workloads: readonly WorkloadScene[];
  services: readonly ServiceRow[];
  ingresses: readonly IngressRow[];
  /** By kind. */
  supports: readonly SupportRow[];
  /** All there are, system ones last. */
  namespaces: readonly string[];
  /** Shown pods by tone. */
  tones: Readonly<Record<Tone, number>>;
  podCount: number;
  density: Density;
}

const SYSTEM_NAMESPACES = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'ingress-nginx', 'kubernetes-dashboard', 'metallb-system', 'local-path-storage']);

export function isSystemNamespace(namespace: string): boolean {
  return SYSTEM_NAMESPACES.has(namespace);
}

const numeric = new Intl.Collator('en', { numeric: true });

/** Sorts names as people count: `worker-2` before `worker-10`. */
export function compareNames(x: string, y: string): number {
  return numeric.compare(x, y) || (x < y ? -1 : x > y ? 1 : 0);
}

/** Key of the workload at the top of a pod's owners (`Deployment/default/web`), or `''` of a pod that stands alone. */
export function rootWorkload(pod: PodRow, workloads: Tables['workloads']): string {
  if (!pod.owner || pod.owner.kind === 'Node') return '';
  const key = `${pod.owner.kind}/${pod.namespace}/${pod.owner.name}`;
  const owner = workloads.get(key)?.owner;
  return owner ? `${owner.kind}/${pod.namespace}/${owner.name}` : key;
}

/** Hues that no state has: from green-blue to pink. */
const HUES = [205, 262, 170, 320, 232, 290, 188, 345] as const;

/** The hue of a workload's pods, degrees: everybody sees the same. */
export function hueOf(root: string): number {
  return HUES[slotOf(root)] as number;
}

function slotOf(root: string): number {
  let hash = 2166136261;
  for (let index = 0; index < root.length; index++) hash = Math.imul(hash ^ root.charCodeAt(index), 16777619);
  return (hash >>> 0) % HUES.length;
}

/** Hues of all workloads, by key. Where two would get the same, the younger takes the next that is free, while there is one. */
export function palette(workloads: Tables['workloads']): ReadonlyMap<string, number> {
  const tops = [...workloads.values()].filter((row) => !row.owner).sort((x, y) => Number(isSystemNamespace(x.namespace)) - Number(isSystemNamespace(y.namespace)) || x.createdAt - y.createdAt || (x.key < y.key ? -1 : 1));
  const taken = new Set<number>();
  return new Map(
    tops.map(({ key }) => {
      let slot = slotOf(key);
      while (taken.has(slot) && taken.size < HUES.length) slot = (slot + 1) % HUES.length;
      taken.add(slot);
      return [key, HUES[slot] as number];
    }),
  );
}

/** Makes scenes one after the other. One a screen. */
export class SceneBuilder {
  #last: Scene | undefined;
  #lastNodes = new Map<string, NodeScene>();

  build({ tables }: Pick<ClusterView, 'tables'>, scope: Scope): Scene {
    const shows = (namespace: string): boolean => (scope.namespace === null ? scope.system || !isSystemNamespace(namespace) : namespace === scope.namespace);
    const byNode = new Map<string, { pods: PodRow[]; hidden: number; hiddenTone: Tone }>();
    for (const name of tables.nodes.keys()) byNode.set(name, { pods: [], hidden: 0, hiddenTone: 'ready' });
    const waiting: PodRow[] = [];
    const tones: Record<Tone, number> = { ready: 0, pending: 0, failing: 0, leaving: 0, unknown: 0, done: 0 };
    let podCount = 0;
    for (const pod of tables.pods.values()) {
      const place = byNode.get(pod.node);
      const tone = podTone(pod, tables.nodes.get(pod.node));
      if (!shows(pod.namespace)) {
        if (!place || !isSystemNamespace(pod.namespace) || scope.namespace !== null) continue;
        place.hidden++;
        if (tone !== 'ready' && tone !== 'done' && place.hiddenTone !== 'failing') place.hiddenTone = tone;
        continue;
      }
      podCount++;
      tones[tone]++;
      (place?.pods ?? waiting).push(pod);
    }
    const roots = new Roots(tables.workloads);
    const order = podOrder(roots);
    const nodes = [...tables.nodes.values()].sort((x, y) => Number(y.role === 'control-plane') - Number(x.role === 'control-plane') || compareNames(x.key, y.key)).map((row) => {
      const { pods, hidden, hiddenTone } = byNode.get(row.key) as { pods: PodRow[]; hidden: number; hiddenTone: Tone };
      const before = this.#lastNodes.get(row.key);
      const sorted = stable(before?.pods, pods.sort(order));
      const hues = huesOf(sorted, roots, before?.hues);
      if (before && before.row === row && before.pods === sorted && before.hues === hues && before.hidden === hidden && before.hiddenTone === hiddenTone) return before;
      return { row, pods: sorted, hues, hidden, hiddenTone };
    });
    this.#lastNodes = new Map(nodes.map((node) => [node.row.key, node]));
    const last = this.#last;
    const waitingNow = stable(last?.waiting, waiting.sort(order));
    return (this.#last = {
      nodes: stable(last?.nodes, nodes),
      waiting: waitingNow,
      waitingHues: huesOf(waitingNow, roots, last?.waitingHues),
      workloads: workloadScenes(tables.workloads, shows, roots, last?.workloads),
      services: stable(last?.services, [...tables.services.values()].filter((row) => shows(row.namespace)).sort(byNamespaceAndName)),
      ingresses: stable(last?.ingresses, [...tables.ingresses.values()].filter((row) => shows(row.namespace)).sort(byNamespaceAndName)),
      supports: stable(last?.supports, [...tables.supports.values()].filter((row) => row.namespace === '' || shows(row.namespace)).sort((x, y) => SUPPORT_KINDS.indexOf(x.kind) - SUPPORT_KINDS.indexOf(y.kind) || byNamespaceAndName(x, y))),
      namespaces: stable(last?.namespaces, namespacesOf(tables)),
      tones,
      podCount,
      density: podCount <= ROOMY_PODS ? 'roomy' : podCount <= DOM_PODS ? 'compact' : 'dense',
    });
  }
}

/** The array of before when it has the same elements. */
function stable<T>(before: readonly T[] | undefined, after: readonly T[]): readonly T[] {
  return before?.length === after.length && after.every((item, index) => item === before[index]) ? before : after;
}

/** What stands at the top of pods' owners, looked up once for each owner and not for each of its pods. */
class Roots {
  readonly #workloads: Tables['workloads'];
  readonly #palette: ReadonlyMap<string, number>;
  readonly #byOwner = new Map<string, { root: string; hue: number }>();
  /** Sorting asks for each pod many times. */
  readonly #byPod = new Map<PodRow, { root: string; hue: number }>();

  constructor(workloads: Tables['workloads']) {
    this.#workloads = workloads;
    this.#palette = palette(workloads);
  }

  of(pod: PodRow): { root: string; hue: number } {
    const known = this.#byPod.get(pod);
    if (known) return known;
    const owner = pod.owner ? `${pod.owner.kind} ${pod.namespace} ${pod.owner.name}` : undefined;
    let found = owner === undefined ? undefined : this.#byOwner.get(owner);
    if (!found) {
      const root = rootWorkload(pod, this.#workloads);
      // A pod that stands alone has a hue of its own.
      found = { root, hue: this.hue(root || pod.key) };
      if (owner !== undefined && root !== '') this.#byOwner.set(owner, found);
    }
    this.#byPod.set(pod, found);
    return found;
  }

  hue(root: string): number {
    return this.#palette.get(root) ?? hueOf(root);
  }
}

function huesOf(pods: readonly PodRow[], roots: Roots, before: readonly number[] | undefined): readonly number[] {
  return stable(before, pods.map((pod) => roots.of(pod).hue));
}

/** Pods of one workload side by side, the oldest first, so that a new pod moves no other. */
function podOrder(roots: Roots): (x: PodRow, y: PodRow) => number {
  return (x, y) => {
    if (x.namespace !== y.namespace) return Number(isSystemNamespace(x.namespace)) - Number(isSystemNamespace(y.namespace)) || (x.namespace < y.namespace ? -1 : 1);
    const left = roots.of(x).root;
    const right = roots.of(y).root;
    if (left !== right) return left < right ? -1 : 1;
    return x.createdAt - y.createdAt || (x.name < y.name ? -1 : 1);
  };
}

function byNamespaceAndName(x: { namespace: string; name: string }, y: { namespace: string; name: string }): number {
  return Number(isSystemNamespace(x.namespace)) - Number(isSystemNamespace(y.namespace)) || compareNames(x.namespace, y.namespace) || compareNames(x.name, y.name);
}

function namespacesOf(tables: Tables): string[] {
  const found = new Set<string>(['default']);
  for (const table of [tables.pods, tables.workloads, tables.services, tables.ingresses, tables.supports]) for (const { namespace } of table.values()) if (namespace !== '') found.add(namespace);
  return [...found].sort((x, y) => Number(isSystemNamespace(x)) - Number(isSystemNamespace(y)) || Number(y === 'default') - Number(x === 'default') || compareNames(x, y));
}

function workloadScenes(workloads: Tables['workloads'], shows: (namespace: string) => boolean, roots: Roots, before: readonly WorkloadScene[] | undefined): readonly WorkloadScene[] {
  const tops: WorkloadRow[] = [];
  const owned = new Map<string, WorkloadRow[]>();
  for (const row of workloads.values()) {
    if (!shows(row.namespace)) continue;
    const owner = row.owner && `${row.owner.kind}/${row.namespace}/${row.owner.name}`;
    // An owner that is gone, or of a kind that is no workload, cannot be drawn above it.
    if (owner === undefined || !workloads.has(owner)) {
      tops.push(row);
      continue;
    }
    const siblings = owned.get(owner);
    if (siblings) siblings.push(row);
    else owned.set(owner, [row]);
  }
  const known = new Map(before?.map((scene) => [scene.row.key, scene]));
  const scenes = tops.sort(byNamespaceAndName).map((row): WorkloadScene => {
    const last = known.get(row.key);
    const all = (owned.get(row.key) ?? []).sort((x, y) => Number(y.rollout ?? 0) - Number(x.rollout ?? 0) || y.createdAt - x.createdAt);
    // For ReplicaSets `updated` is the number of pods that exist, for Jobs that of pods that run.
    const parts = stable(last?.parts, all.filter((one, index) => index === 0 || (one.kind === 'ReplicaSet' && one.desired > 0) || one.updated > 0));
    const hue = roots.hue(row.key);
    return last && last.row === row && last.hue === hue && last.parts === parts ? last : { row, hue, parts };
  });
  return stable(before, scenes);
}
