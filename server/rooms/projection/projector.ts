/**
 * Follows a cluster and says what changed on the screen. Work is proportional to what was written since the last look,
 * not to the size of the cluster. Used by the live room and by replays in the browser.
 */
import type { Cluster } from '../../simulation/cluster.ts';
import type { KubeObject, WatchEvent } from '../../simulation/apiserver/types.ts';
import { KUBERNETES_VERSION } from '../../simulation/config.ts';
import { programKey } from '../../simulation/environment.ts';
import { podRequests } from '../../simulation/scheduler/requests.ts';
import { ingressRow, keyOf, nodePower, nodeRow, podRow, serviceRow, workloadKey, workloadRow, WORKLOAD_RESOURCES, type NodeUsage } from './rows.ts';
import { supportKey, supportRow, SUPPORT_RESOURCES } from './supports.ts';
import { TABLE_NAMES, WRITE_RING_LENGTH, type ClockRate, type ClusterView, type FaultRow, type MetaRow, type ProgramRow, type ProjectionChange, type TableName, type TableRows, type WriteRow } from './types.ts';
import { aboutOf, changeOf } from './write-change.ts';

const PROGRAMS = ['kube-apiserver', 'etcd', 'kube-scheduler', 'kube-controller-manager'] as const;
const VERBS = { ADDED: 'create', MODIFIED: 'update', DELETED: 'delete' } as const;
const NO_USAGE: NodeUsage = { milliCpu: 0, memoryBytes: 0, pods: 0 };
const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
/** Leases and Events come many times a second and move nothing on the screen; they would push everything else out of the ring. */
const QUIET_RESOURCES = new Set(['leases.coordination.k8s.io']);

/** How the room's clock stands; the cluster itself does not know. */
export interface ClockFace {
  now: number;
  rate: ClockRate;
  paused: boolean;
}

interface PodPlace {
  node: string;
  milliCpu: number;
  memoryBytes: number;
}

type MutableTables = { [T in TableName]: Map<string, TableRows[T]> };

export class Projector {
  readonly #cluster: Cluster;
  readonly #tables: MutableTables = emptyTables();
  #writes: WriteRow[] = [];
  /** With whoever made the input that is being applied: only then is it known. */
  #newWrites: { event: WatchEvent; person: string | undefined }[] = [];
  /** Dirty keys by resource. */
  #dirty = new Map<string, Set<string>>();
  #dirtyNodes = new Set<string>();
  #dirtyServices = new Set<string>();
  readonly #places = new Map<string, PodPlace>();
  readonly #usage = new Map<string, NodeUsage>();
  /** Service key → slice key → slice. */
  readonly #slices = new Map<string, Map<string, KubeObject>>();
  readonly #sliceOwners = new Map<string, string>();
  #allDirty = true;
  #meta: MetaRow | undefined;
  readonly #unsubscribe: () => void;

  /** @param authorOf name of the person who made a log entry, by its sequence. */
  constructor(
    cluster: Cluster,
    private readonly authorOf: (sequence: number) => string | undefined = () => undefined,
  ) {
    this.#cluster = cluster;
    this.#unsubscribe = cluster.store.onWrite((event) => this.#written(event));
  }

  dispose(): void {
    this.#unsubscribe();
  }

  /** Looks at everything again at the next change(): after something was changed otherwise than by a write. */
  invalidate(): void {
    this.#allDirty = true;
  }

  /** The whole projection as of the last change(). */
  view(): ClusterView {
    if (!this.#meta) throw new Error('change() has not been called yet');
    return { meta: this.#meta, tables: this.#tables, writes: this.#writes };
  }

  /**
   * Brings the tables up to date.
   * @returns what is different since the last call, or undefined when nothing is.
   */
  change(clock: ClockFace): ProjectionChange | undefined {
    const change: ProjectionChange = { rows: {}, writes: this.#takeWrites() };
    if (change.writes.length > 0) this.#writes = [...this.#writes, ...change.writes].slice(-WRITE_RING_LENGTH);
    if (this.#allDirty) this.#markEverything();
    this.#projectObjects(change);
    this.#projectWorld(change);
    const meta = this.#metaRow(clock);
    if (!this.#meta || metaDiffers(this.#meta, meta)) {
      this.#meta = meta;
      change.meta = meta;
    }
    const empty = change.meta === undefined && change.writes.length === 0 && TABLE_NAMES.every((table) => change.rows[table] === undefined);
    return empty ? undefined : change;
  }

  #written(event: WatchEvent): void {
    this.#markDirty(event.resource, keyOf(event.object));
    if (QUIET_RESOURCES.has(event.resource)) return;
    this.#newWrites.push({ event, person: event.cause.kind === 'input' ? this.authorOf(event.cause.id) : undefined });
    if (this.#newWrites.length > WRITE_RING_LENGTH * 2) this.#newWrites = this.#newWrites.slice(-WRITE_RING_LENGTH);
  }

  /** Rows of what was written since the last time: only of those that fit the ring, as looking at what a write did costs more than the write. */
  #takeWrites(): WriteRow[] {
    const news = this.#newWrites.slice(-WRITE_RING_LENGTH);
    this.#newWrites = [];
    return news.map(({ event, person }) => ({ ...writeRow(event), change: changeOf(event), ...aboutOf(event), ...(person === undefined ? {} : { person }) }));
  }

  #markDirty(resource: string, key: string): void {
    let keys = this.#dirty.get(resource);
    if (!keys) this.#dirty.set(resource, (keys = new Set()));
    keys.add(key);
  }

  #markEverything(): void {
    this.#allDirty = false;
    const { store } = this.#cluster;
    for (const resource of ['nodes', 'pods', 'services', 'endpointslices.discovery.k8s.io', 'ingresses.networking.k8s.io', ...SUPPORT_RESOURCES.keys(), ...Object.keys(WORKLOAD_RESOURCES)]) {
      for (const object of store.values(resource)) this.#markDirty(resource, keyOf(object));
    }
    // What is on the screen and no longer in the cluster.
    for (const key of this.#tables.nodes.keys()) this.#markDirty('nodes', key);
    for (const key of this.#places.keys()) this.#markDirty('pods', key);
    for (const key of this.#tables.pods.keys()) this.#markDirty('pods', key);
    for (const key of this.#tables.services.keys()) this.#markDirty('services', key);
    for (const key of this.#tables.ingresses.keys()) this.#markDirty('ingresses.networking.k8s.io', key);
    for (const key of this.#sliceOwners.keys()) this.#markDirty('endpointslices.discovery.k8s.io', key);
    for (const row of this.#tables.supports.values()) {
      for (const [resource, kind] of SUPPORT_RESOURCES) if (kind === row.kind) this.#markDirty(resource, row.key.slice(kind.length + 1));
    }
    for (const row of this.#tables.workloads.values()) {
      for (const [resource, kind] of Object.entries(WORKLOAD_RESOURCES)) if (kind === row.kind) this.#markDirty(resource, `${row.namespace}/${row.name}`);
    }
  }

  #projectObjects(change: ProjectionChange): void {
    const { store } = this.#cluster;
    for (const [resource, keys] of this.#dirty) {
      switch (resource) {
        case 'pods':
          for (const key of keys) {
            const pod = store.get('pods', key);
            this.#place(key, pod);
            if (pod) this.#set(change, 'pods', podRow(pod));
            else this.#remove(change, 'pods', key);
          }
          break;
        case 'nodes':
          for (const key of keys) this.#dirtyNodes.add(key);
          break;
        case 'services':
          for (const key of keys) this.#dirtyServices.add(key);
          break;
        case 'endpointslices.discovery.k8s.io':
          for (const key of keys) this.#fileSlice(key, store.get(resource, key));
          break;
        case 'ingresses.networking.k8s.io':
          for (const key of keys) {
            const ingress = store.get(resource, key);
            if (ingress) this.#set(change, 'ingresses', ingressRow(ingress));
            else this.#remove(change, 'ingresses', key);
          }
          break;
        default: {
          const support = SUPPORT_RESOURCES.get(resource);
          if (support) {
            for (const key of keys) {
              const object = store.get(resource, key);
              if (object) this.#set(change, 'supports', supportRow(support, object));
              else this.#remove(change, 'supports', supportKey(support, key));
            }
            break;
          }
          const kind = WORKLOAD_RESOURCES[resource];
          if (!kind) break;
          for (const key of keys) {
            const object = store.get(resource, key);
            if (object) this.#set(change, 'workloads', workloadRow(kind, object));
            else this.#remove(change, 'workloads', workloadKey(kind, { apiVersion: '', kind, metadata: metadataOf(key) }));
          }
        }
      }
    }
    this.#dirty = new Map();
    for (const key of this.#dirtyServices) {
      const service = store.get('services', key);
      if (service) this.#set(change, 'services', serviceRow(service, this.#slices.get(key)?.values() ?? []));
      else this.#remove(change, 'services', key);
    }
    this.#dirtyServices = new Set();
    const environment = this.#cluster.environment.state;
    for (const [name, row] of this.#tables.nodes) if (row.power !== nodePower(name, environment) || row.proxy !== this.#cluster.proxyCondition(name)) this.#dirtyNodes.add(name);
    for (const name of this.#dirtyNodes) {
      const node = store.get('nodes', name);
      if (node) this.#set(change, 'nodes', nodeRow(node, this.#usage.get(name) ?? NO_USAGE, environment, this.#cluster.proxyCondition(name)));
      else this.#remove(change, 'nodes', name);
    }
    this.#dirtyNodes = new Set();
  }

  /** Keeps the sums of what pods on a node ask for. Ended pods ask for nothing. */
  #place(key: string, pod: KubeObject | undefined): void {
    const before = this.#places.get(key);
    const node = pod?.spec?.nodeName as string | undefined;
    const counts = pod !== undefined && node !== undefined && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
    if (before) {
      const usage = this.#usage.get(before.node);
      if (counts && before.node === node) return;
      if (usage) this.#usage.set(before.node, { milliCpu: usage.milliCpu - before.milliCpu, memoryBytes: usage.memoryBytes - before.memoryBytes, pods: usage.pods - 1 });
      this.#dirtyNodes.add(before.node);
      this.#places.delete(key);
    }
    if (!counts) return;
    const { milliCpu, memoryBytes } = podRequests(pod);
    const usage = this.#usage.get(node) ?? NO_USAGE;
    this.#usage.set(node, { milliCpu: usage.milliCpu + milliCpu, memoryBytes: usage.memoryBytes + memoryBytes, pods: usage.pods + 1 });
    this.#places.set(key, { node, milliCpu, memoryBytes });
    this.#dirtyNodes.add(node);
  }

  #fileSlice(key: string, slice: KubeObject | undefined): void {
    const before = this.#sliceOwners.get(key);
    const name = slice?.metadata.labels?.[SERVICE_NAME_LABEL];
    const owner = slice && name ? `${slice.metadata.namespace}/${name}` : undefined;
    if (before !== undefined && before !== owner) {
      this.#slices.get(before)?.delete(key);
      this.#sliceOwners.delete(key);
      this.#dirtyServices.add(before);
    }
    if (owner === undefined || !slice) return;
    let slices = this.#slices.get(owner);
    if (!slices) this.#slices.set(owner, (slices = new Map()));
    slices.set(key, slice);
    this.#sliceOwners.set(key, owner);
    this.#dirtyServices.add(owner);
  }

  /** Programs and faults: few, and changed without API writes, so they are compared each time. */
  #projectWorld(change: ProjectionChange): void {
    const { environment, state } = this.#cluster;
    const programs = new Set<string>();
    for (const node of environment.controlPlanes()) {
      for (const program of PROGRAMS) {
        const key = programKey(program, node, environment.controlPlaneNode);
        programs.add(key);
        const row: ProgramRow = { key, program, node, state: this.#cluster.programState(node, program) };
        if (this.#tables.programs.get(key)?.state !== row.state) this.#set(change, 'programs', row);
      }
    }
    if (this.#tables.programs.size > programs.size) for (const key of this.#tables.programs.keys()) if (!programs.has(key)) this.#remove(change, 'programs', key);
    for (const [key, { fault, target, since }] of state.faults) {
      const row: FaultRow = { key, name: fault, target, since };
      if (this.#tables.faults.get(key)?.since !== since) this.#set(change, 'faults', row);
    }
    for (const key of this.#tables.faults.keys()) if (!state.faults.has(key)) this.#remove(change, 'faults', key);
  }

  #set<T extends TableName>(change: ProjectionChange, table: T, row: TableRows[T]): void {
    const rows = this.#tables[table] as Map<string, TableRows[T]>;
    const before = rows.get(row.key);
    if (before && sameJson(before, row)) return;
    rows.set(row.key, row);
    rowsOf(change, table).set.push(row);
  }

  #remove(change: ProjectionChange, table: TableName, key: string): void {
    if (this.#tables[table].delete(key)) rowsOf(change, table).removed.push(key);
  }

  #metaRow(clock: ClockFace): MetaRow {
    const { config, revision } = this.#cluster;
    return { revision, ...clock, startedAt: config.startTime, clusterName: config.clusterName, kubernetesVersion: KUBERNETES_VERSION };
  }
}

function emptyTables(): MutableTables {
  return { nodes: new Map(), pods: new Map(), workloads: new Map(), services: new Map(), ingresses: new Map(), supports: new Map(), programs: new Map(), faults: new Map() };
}

function rowsOf<T extends TableName>(change: ProjectionChange, table: T): { set: TableRows[T][]; removed: string[] } {
  return (change.rows[table] ??= { set: [], removed: [] } as never) as unknown as { set: TableRows[T][]; removed: string[] };
}

/** A screen runs its clock on by itself: a row is news when the clock stands otherwise than it thinks, or the revision moved. */
function metaDiffers(before: MetaRow, after: MetaRow): boolean {
  return before.revision !== after.revision || before.rate !== after.rate || before.paused !== after.paused || (after.paused && before.now !== after.now);
}

/** A write as the animation wants it. */
export function writeRow(event: WatchEvent): WriteRow {
  const { object } = event;
  const node = event.resource === 'nodes' ? object.metadata.name : (object.spec?.nodeName as string | undefined);
  return {
    revision: event.revision,
    time: event.time,
    writer: event.writer,
    verb: VERBS[event.type],
    resource: event.resource,
    key: keyOf(object),
    causeKind: event.cause.kind,
    causeId: event.cause.id,
    ...(node ? { node } : {}),
  };
}

function metadataOf(key: string): KubeObject['metadata'] {
  const [namespace, name] = key.split('/', 2) as [string, string];
  return { namespace, name, uid: '', resourceVersion: '', creationTimestamp: '' };
}

/** Whether two rows made by the same function are equal. */
function sameJson(x: unknown, y: unknown): boolean {
  if (x === y) return true;
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
  if (Array.isArray(x)) return Array.isArray(y) && x.length === y.length && x.every((item, index) => sameJson(item, y[index]));
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((key) => sameJson((x as Record<string, unknown>)[key], (y as Record<string, unknown>)[key]));
}
