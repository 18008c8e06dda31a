/**
 * The projection in a Y.Doc: one Y.Array of rows of all tables. A change removes the old row and appends the new one. With one
 * writer and one array, removed rows lie next to each other in number and in place, and Yjs merges them: the document stays as
 * large as the cluster and not as long as the class. (A Y.Map, or several arrays, would keep a trace of every change.)
 */
import type * as Y from 'yjs';
import { TABLE_NAMES, WRITE_RING_LENGTH, type ClusterView, type MetaRow, type ProjectionChange, type RoomRow, type TableName, type TableRows, type WriteRow } from './types.ts';

const ARRAY = 'rows';

type AnyRow = TableRows[TableName];

/** An element of the array. `meta` and `room` are there exactly once after the server has written. */
type Entry =
  | { t: TableName; r: AnyRow }
  | { t: 'meta'; r: MetaRow }
  | { t: 'room'; r: RoomRow }
  | { t: 'writes'; r: WriteRow };

type EntryKind = Entry['t'];

/** Writes changes into the document. There must be only one writer to a document. */
export class ClusterDocumentWriter {
  readonly #array: Y.Array<Entry>;
  #writes = 0;

  constructor(private readonly doc: Y.Doc) {
    this.#array = doc.getArray<Entry>(ARRAY);
  }

  apply(change: ProjectionChange): void {
    const gone = new Set<string>();
    const added: Entry[] = [];
    if (change.meta) {
      gone.add('meta');
      added.push({ t: 'meta', r: change.meta });
    }
    for (const t of TABLE_NAMES) {
      const rows = change.rows[t];
      if (!rows) continue;
      for (const key of rows.removed) gone.add(`${t} ${key}`);
      for (const r of rows.set) {
        gone.add(`${t} ${r.key}`);
        added.push({ t, r });
      }
    }
    const writes = change.writes.slice(-WRITE_RING_LENGTH);
    for (const r of writes) added.push({ t: 'writes', r });
    const excess = Math.max(0, this.#writes + writes.length - WRITE_RING_LENGTH);
    this.#replace(gone, excess, added);
    this.#writes += writes.length - excess;
  }

  setRoom(row: RoomRow): void {
    this.#replace(new Set(['room']), 0, [{ t: 'room', r: row }]);
  }

  /** @param oldWrites how many of the oldest writes go. */
  #replace(gone: Set<string>, oldWrites: number, added: Entry[]): void {
    // One walk for all of them; runs of neighbours go in one deletion, from the end so that indexes stay right.
    const runs: [start: number, length: number][] = [];
    let index = 0;
    let writesLeft = oldWrites;
    for (const entry of this.#array) {
      if (entry.t === 'writes' ? writesLeft-- > 0 : gone.has(nameOf(entry))) {
        const last = runs.at(-1);
        if (last && last[0] + last[1] === index) last[1]++;
        else runs.push([index, 1]);
      }
      index++;
    }
    this.doc.transact(() => {
      for (const [start, length] of runs.reverse()) this.#array.delete(start, length);
      if (added.length > 0) this.#array.push(added);
    });
  }
}

function nameOf(entry: Entry): string {
  return entry.t === 'meta' || entry.t === 'room' || entry.t === 'writes' ? entry.t : `${entry.t} ${entry.r.key}`;
}

/**
 * Reads the document as a ClusterView, for a screen. Tables that did not change stay the same Map, rows that did not change the same
 * object. The order of a table is that of the last changes: sort before showing.
 */
export class ClusterDocumentReader {
  readonly #doc: Y.Doc;
  readonly #array: Y.Array<Entry>;
  #view: ClusterView | undefined;
  #room: RoomRow | undefined;
  readonly #stale = new Set<EntryKind>(['meta', 'room', 'writes', ...TABLE_NAMES]);
  #news = false;
  readonly #listeners = new Set<() => void>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    this.#array = doc.getArray<Entry>(ARRAY);
    this.#array.observe(this.#observe);
    doc.on('afterTransaction', this.#afterTransaction);
  }

  /** The present view; undefined until the server's first message has arrived. The same object until something changes. */
  get view(): ClusterView | undefined {
    this.#refresh();
    return this.#view;
  }

  /** What everybody may know about the room; the same object until it changes. */
  get room(): RoomRow | undefined {
    this.#refresh();
    return this.#room;
  }

  /** Called after each change. @returns how to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#array.unobserve(this.#observe);
    this.#doc.off('afterTransaction', this.#afterTransaction);
    this.#listeners.clear();
  }

  #refresh(): void {
    if (this.#stale.size === 0 || this.#array.length === 0) return;
    const before = this.#view;
    const tables: Record<string, Map<string, AnyRow>> = {};
    for (const table of TABLE_NAMES) if (this.#stale.has(table) || !before) tables[table] = new Map();
    const writes: WriteRow[] = [];
    let meta = before?.meta;
    for (const entry of this.#array) {
      switch (entry.t) {
        case 'meta':
          meta = entry.r;
          break;
        case 'room':
          if (this.#stale.has('room')) this.#room = entry.r;
          break;
        case 'writes':
          writes.push(entry.r);
          break;
        default:
          tables[entry.t]?.set(entry.r.key, entry.r);
      }
    }
    const onlyRoom = this.#stale.size === 1 && this.#stale.has('room');
    this.#stale.clear();
    if (!meta || (before && onlyRoom)) return;
    this.#view = { meta, tables: { ...before?.tables, ...tables } as unknown as ClusterView['tables'], writes };
  }

  readonly #observe = (event: Y.YArrayEvent<Entry>): void => {
    this.#news = true;
    for (const { insert } of event.changes.delta) if (Array.isArray(insert)) for (const { t } of insert as Entry[]) this.#stale.add(t);
    // Deleted content is still there while observers run.
    for (const item of event.changes.deleted) for (const entry of item.content.getContent() as (Entry | undefined)[]) if (entry) this.#stale.add(entry.t);
  };

  readonly #afterTransaction = (): void => {
    if (!this.#news) return;
    this.#news = false;
    for (const listener of this.#listeners) listener();
  };
}
