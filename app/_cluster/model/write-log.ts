/** The writes that a screen has seen, beyond the few that the projection holds: for the running list, and to find who set something off. */
import type { WriteRow } from '../../../server/rooms/projection/types.ts';

/** About what an hour of a lively class scrolls back through. */
const MAX_WRITES = 600;

/** Objects that repeat what others say, and are news to nobody. */
const ECHOES = new Set(['endpoints', 'ipaddresses.networking.k8s.io', 'controllerrevisions.apps']);

/** Whether a write says only that somebody is still there: a kubelet that reports its node as it was. Not even slow motion shows these. */
export function isHeartbeat({ resource, change, writer, verb }: WriteRow): boolean {
  if (resource === 'leases.coordination.k8s.io') return true;
  return verb === 'update' && resource === 'nodes' && writer.startsWith('kubelet ') && change?.kind === 'status';
}

/** Whether a write is bookkeeping or mirrors others: shown on its way in slow motion, and no news otherwise. */
export function isQuiet(write: WriteRow): boolean {
  return isHeartbeat(write) || ECHOES.has(write.resource) || (write.verb === 'update' && write.change?.kind === 'metadata');
}

export class WriteLog {
  #writes: readonly WriteRow[] = [];
  readonly #people = new Map<number, string>();
  readonly #byRevision = new Map<number, WriteRow>();

  /** Oldest first; the same array until something is added. */
  get writes(): readonly WriteRow[] {
    return this.#writes;
  }

  /**
   * Takes in what the projection holds now. A projection whose latest write is older than what is known comes from another time: a replay
   * went back, and what had been seen is forgotten.
   * @returns the writes that are new, oldest first.
   */
  add(ring: readonly WriteRow[]): readonly WriteRow[] {
    const last = this.#writes.at(-1)?.revision ?? -1;
    const newest = ring.at(-1)?.revision ?? -1;
    if (newest < last) {
      this.#writes = [];
      this.#people.clear();
      this.#byRevision.clear();
    }
    const since = this.#writes.at(-1)?.revision ?? -1;
    const fresh = ring.filter(({ revision }) => revision > since);
    if (fresh.length === 0) return fresh;
    for (const write of fresh) {
      this.#byRevision.set(write.revision, write);
      const person = write.person ?? (write.causeKind === 'write' ? this.#people.get(write.causeId) : undefined);
      if (person !== undefined) this.#people.set(write.revision, person);
    }
    const all = [...this.#writes, ...fresh];
    for (const { revision } of all.slice(0, -MAX_WRITES)) {
      this.#byRevision.delete(revision);
      // Who began it stays known a while longer: what follows may come minutes later.
      this.#people.delete(revision - MAX_WRITES * 4);
    }
    this.#writes = all.slice(-MAX_WRITES);
    return fresh;
  }

  /** Name of the person whose command set this off, over any number of steps, as far as this screen has seen them. */
  personOf({ revision }: WriteRow): string | undefined {
    return this.#people.get(revision);
  }

  at(revision: number): WriteRow | undefined {
    return this.#byRevision.get(revision);
  }
}
