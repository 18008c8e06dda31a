/**
 * What a client's Yjs update would write, found out before it is applied: an applied update cannot be taken back.
 * Anything that cannot be proved to stay within what the client may write is refused.
 */
import * as Y from 'yjs';
import { FILE_NAME_PATTERN, WORKSPACE_ROOTS } from './protocol.ts';

export type UpdateVerdict = { allowed: true } | { allowed: false; why: string };

const ALLOWED: UpdateVerdict = { allowed: true };

/** Structs of an update, by client, ascending by clock. */
type UpdateStructs = Map<number, (Y.Item | Y.GC)[]>;

/** Where an item lives: the name of its root type, and whether it is a direct child of it. */
interface Place {
  root: string;
  direct: boolean;
}

/**
 * @param doc the document as it is.
 * @param writableRoots names of the root types that this client may write.
 * @param mayWriteAs whether the client may add content under a Yjs client id.
 * @throws Error when the update is not a Yjs update.
 */
export function judgeUpdate(doc: Y.Doc, update: Uint8Array, writableRoots: readonly string[], mayWriteAs: (clientId: number) => boolean): UpdateVerdict {
  const { structs, ds } = Y.decodeUpdate(update);
  const news: UpdateStructs = new Map();
  for (const struct of structs) {
    if (struct instanceof Y.Skip) return refuse('the update has gaps');
    if (struct.id.clock + struct.length <= Y.getState(doc.store, struct.id.client)) continue;
    if (!mayWriteAs(struct.id.client)) return refuse('the update is written in the name of another connection');
    const list = news.get(struct.id.client);
    if (list) list.push(struct as Y.Item | Y.GC);
    else news.set(struct.id.client, [struct as Y.Item | Y.GC]);
  }
  const lookUp = new Lookup(doc, news);
  for (const list of news.values()) {
    for (const struct of list) {
      if (!(struct instanceof Y.Item)) continue;
      const place = lookUp.placeOfNew(struct);
      if (!place) return refuse('the update depends on something that the server does not have');
      if (!writableRoots.includes(place.root)) return refuse(`the update writes ${place.root}`);
      const problem = place.root === WORKSPACE_ROOTS.files ? fileProblem(struct, place, lookUp) : undefined;
      if (problem) return refuse(problem);
    }
  }
  for (const [client, deletions] of ds.clients) {
    for (const { clock, len } of deletions) {
      const root = lookUp.deletedOutside(client, clock, len, writableRoots);
      if (root !== undefined) return refuse(`the update deletes from ${root}`);
    }
  }
  return ALLOWED;
}

function refuse(why: string): UpdateVerdict {
  return { allowed: false, why };
}

/** Files are plain texts under proper names, and nothing else. */
function fileProblem(item: Y.Item, place: Place, lookUp: Lookup): string | undefined {
  const { content } = item;
  if (content instanceof Y.ContentDeleted) return undefined;
  if (place.direct) {
    const name = item.parentSub ?? lookUp.nameOf(item);
    if (name === undefined || name === null || !FILE_NAME_PATTERN.test(name)) return 'the update makes a file with a name that is not allowed';
    return content instanceof Y.ContentType && content.type instanceof Y.Text ? undefined : 'the update makes something other than a text';
  }
  return content instanceof Y.ContentString || content instanceof Y.ContentFormat ? undefined : 'the update puts something other than text into a file';
}

class Lookup {
  constructor(
    private readonly doc: Y.Doc,
    private readonly news: UpdateStructs,
  ) {}

  /** Place of an item of the update; undefined when it cannot be known. */
  placeOfNew(item: Y.Item, depth = 0): Place | undefined {
    // Chains of origins are as long as a pasted text is split; far more is an attack on the stack.
    if (depth > 2_000) return undefined;
    const parent: unknown = item.parent;
    if (typeof parent === 'string') return { root: parent, direct: true };
    if (parent instanceof Y.ID) {
      const within = this.#placeOf(parent, depth + 1);
      return within && { root: within.root, direct: false };
    }
    const neighbour = item.origin ?? item.rightOrigin;
    return neighbour ? this.#placeOf(neighbour, depth + 1) : undefined;
  }

  /** Key of an item that follows another one under the same key. */
  nameOf(item: Y.Item, depth = 0): string | undefined {
    if (depth > 2_000) return undefined;
    if (item.parentSub !== null) return item.parentSub;
    const neighbour = item.origin ?? item.rightOrigin;
    const other = neighbour && (this.#newItem(neighbour) ?? this.#storedItem(neighbour));
    return other ? this.nameOf(other, depth + 1) : undefined;
  }

  /** Name of a root that is not writable and in which the range deletes something that is not deleted yet. */
  deletedOutside(client: number, clock: number, length: number, writableRoots: readonly string[]): string | undefined {
    const end = clock + length;
    const stored = this.doc.store.clients.get(client) ?? [];
    const known = Y.getState(this.doc.store, client);
    if (clock < known) {
      for (let index = Y.findIndexSS(stored, clock); index < stored.length; index++) {
        const struct = stored[index] as Y.Item | Y.GC;
        if (struct.id.clock >= end) break;
        if (!(struct instanceof Y.Item) || struct.deleted) continue;
        const root = rootOf(this.doc, struct);
        if (root === undefined || !writableRoots.includes(root)) return root ?? 'an unknown place';
      }
    }
    for (let at = Math.max(clock, known); at < end; ) {
      const struct = this.#newStruct(client, at);
      if (!struct) return 'something that the server does not have';
      at = struct.id.clock + struct.length;
    }
    return undefined;
  }

  #placeOf(id: Y.ID, depth: number): Place | undefined {
    const fresh = this.#newItem(id);
    if (fresh) return this.placeOfNew(fresh, depth);
    const stored = this.#storedItem(id);
    if (!stored) return undefined;
    const root = rootOf(this.doc, stored);
    return root === undefined ? undefined : { root, direct: (stored.parent as Y.AbstractType<unknown>)._item === null };
  }

  #newStruct(client: number, clock: number): Y.Item | Y.GC | undefined {
    return this.news.get(client)?.find((struct) => struct.id.clock <= clock && clock < struct.id.clock + struct.length);
  }

  #newItem(id: Y.ID): Y.Item | undefined {
    const struct = this.#newStruct(id.client, id.clock);
    return struct instanceof Y.Item ? struct : undefined;
  }

  #storedItem(id: Y.ID): Y.Item | undefined {
    if (id.clock >= Y.getState(this.doc.store, id.client)) return undefined;
    const struct: unknown = Y.getItem(this.doc.store, id);
    return struct instanceof Y.Item ? struct : undefined;
  }
}

/** Name of the root type that a stored item is in, at whatever depth. */
function rootOf(doc: Y.Doc, item: Y.Item): string | undefined {
  let type = item.parent as Y.AbstractType<unknown> | null;
  while (type?._item) type = type._item.parent as Y.AbstractType<unknown> | null;
  for (const [name, root] of doc.share) if (root === type) return name;
  return undefined;
}
