/**
 * The projection in a Y.Doc. Each table is a Y.Array of rows: a change removes the old row and appends the new one. With one
 * writer this keeps deleted rows next to each other, where Yjs merges them, so that the document stays as large as
 * the cluster and not as long as the class (a Y.Map would keep a tombstone for every change).
 */
import * as Y from 'yjs';
import { TABLE_NAMES, WRITE_RING_LENGTH, type ClusterView, type MetaRow, type ProjectionChange, type RoomRow, type TableName, type TableRows, type WriteRow } from './types.ts';

/** Names of the arrays beside the tables. `meta` holds exactly one row once the server has written. */
const META = 'meta';
const WRITES = 'writes';
/** Exactly one RoomRow. */
const ROOM = 'room';

type AnyRow = TableRows[TableName];

/** Writes changes into the document. There must be only one writer to a document. */
export class ClusterDocumentWriter {
  constructor(private readonly doc: Y.Doc) {}

  apply(change: ProjectionChange): void {
    this.doc.transact(() => {
      if (change.meta) {
        const meta = this.doc.getArray<MetaRow>(META);
        if (meta.length > 0) meta.delete(0, meta.length);
        meta.push([change.meta]);
      }
      for (const table of TABLE_NAMES) {
        const rows = change.rows[table];
        if (rows) this.#applyRows(this.doc.getArray<AnyRow>(table), rows.set, rows.removed);
      }
      if (change.writes.length > 0) {
        const ring = this.doc.getArray<WriteRow>(WRITES);
        const added = change.writes.slice(-WRITE_RING_LENGTH);
        const excess = ring.length + added.length - WRITE_RING_LENGTH;
        if (excess > 0) ring.delete(0, excess);
        ring.push(added);
      }
    });
  }

  setRoom(row: RoomRow): void {
    this.doc.transact(() => {
      const room = this.doc.getArray<RoomRow>(ROOM);
      if (room.length > 0) room.delete(0, room.length);
      room.push([row]);
    });
  }

  #applyRows(array: Y.Array<AnyRow>, set: AnyRow[], removed: string[]): void {
    const gone = new Set(removed);
    for (const row of set) gone.add(row.key);
    // One walk for all of them; runs of neighbours go in one deletion, from the end so that indexes stay right.
    const runs: [number, number][] = [];
    let index = 0;
    for (const row of array) {
      if (gone.has(row.key)) {
        const last = runs.at(-1);
        if (last && last[0] + last[1] === index) last[1]++;
        else runs.push([index, 1]);
      }
      index++;
    }
    for (const [start, length] of runs.reverse()) array.delete(start, length);
    if (set.length > 0) array.push(set);
  }
}

/** Reads the document as a ClusterView, for a screen. Every change makes new Maps only for the tables that changed. */
export class ClusterDocumentReader {
  readonly #doc: Y.Doc;
  #view: ClusterView | undefined;
  #room: RoomRow | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #observed: [Y.Array<unknown>, () => void][] = [];
  readonly #stale = new Set<TableName | typeof META | typeof WRITES>();
  #news = true;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    for (const name of [META, WRITES, ...TABLE_NAMES] as const) {
      const array = doc.getArray<unknown>(name);
      const observer = (): void => {
        this.#stale.add(name);
        this.#news = true;
      };
      array.observe(observer);
      this.#observed.push([array, observer]);
      this.#stale.add(name);
    }
    const room = doc.getArray<RoomRow>(ROOM);
    const roomObserver = (): void => {
      this.#room = room.toArray()[0];
      this.#news = true;
    };
    roomObserver();
    room.observe(roomObserver);
    this.#observed.push([room as Y.Array<unknown>, roomObserver]);
    doc.on('afterTransaction', this.#afterTransaction);
  }

  /** What everybody may know about the room; the same object until something changes. */
  get room(): RoomRow | undefined {
    return this.#room;
  }

  /** The present view; undefined until the server's first message has arrived. The same object until something changes. */
  get view(): ClusterView | undefined {
    if (this.#stale.size === 0) return this.#view;
    const meta = this.#doc.getArray<MetaRow>(META).toArray()[0];
    if (!meta) return undefined;
    const before = this.#view;
    const tables: Record<string, ReadonlyMap<string, AnyRow>> = {};
    for (const table of TABLE_NAMES) {
      if (before && !this.#stale.has(table)) {
        tables[table] = before.tables[table];
        continue;
      }
      const rows = new Map<string, AnyRow>();
      for (const row of this.#doc.getArray<AnyRow>(table)) rows.set(row.key, row);
      tables[table] = rows;
    }
    const writes = before && !this.#stale.has(WRITES) ? before.writes : this.#doc.getArray<WriteRow>(WRITES).toArray();
    this.#stale.clear();
    this.#view = { meta, tables: tables as unknown as ClusterView['tables'], writes };
    return this.#view;
  }

  /** Called after each change of the view. @returns how to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    for (const [array, observer] of this.#observed) array.unobserve(observer);
    this.#doc.off('afterTransaction', this.#afterTransaction);
    this.#listeners.clear();
  }

  readonly #afterTransaction = (): void => {
    if (!this.#news) return;
    this.#news = false;
    for (const listener of this.#listeners) listener();
  };
}
