/** The workspace document (chat, notes, files) at a moment of a recording (wall clock, ms). No Node APIs here. */
import * as Y from 'yjs';
import { WORKSPACE_ROOTS, type ChatMessage, type NoteEntry, type PinEntry } from '../sync/protocol.ts';
import { countUntil } from './moments.ts';
import type { WorkspaceUpdate } from './types.ts';

/** After so many updates the state is kept, so that going back does not begin at the beginning. */
const CHECKPOINT_UPDATES = 250;

export interface WorkspaceView {
  chat: ChatMessage[];
  /** In order of time. */
  notes: NoteEntry[];
  pins: PinEntry[];
  /** By name, in order of names. */
  files: { name: string; text: string }[];
}

export class WorkspaceTape {
  #updates: { wall: number; update: Uint8Array }[] = [];
  /** Encoded states after a number of updates. */
  readonly #checkpoints = new Map<number, Uint8Array>();
  #doc = new Y.Doc();
  /** How many updates are in the document. */
  #applied = 0;

  /** Replaces the tape by a longer one of the same room, or begins with one. */
  load(updates: readonly WorkspaceUpdate[]): void {
    this.#updates = updates.map(({ wall, update }) => ({ wall, update: fromBase64(update) }));
    if (this.#applied > this.#updates.length) this.#rewind(0);
  }

  /** How many updates lie at or before a moment. */
  position(at: number): number {
    return countUntil(this.#updates, at);
  }

  /** When the first update was made after a moment. */
  nextAfter(at: number): number | undefined {
    return this.#updates[this.position(at)]?.wall;
  }

  /** The document after so many updates. */
  at(position: number): WorkspaceView {
    if (position < this.#applied) this.#rewind(position);
    for (; this.#applied < position; this.#applied++) {
      if (this.#applied % CHECKPOINT_UPDATES === 0 && !this.#checkpoints.has(this.#applied)) this.#checkpoints.set(this.#applied, Y.encodeStateAsUpdate(this.#doc));
      Y.applyUpdate(this.#doc, (this.#updates[this.#applied] as { update: Uint8Array }).update);
    }
    return viewOf(this.#doc);
  }

  #rewind(position: number): void {
    const checkpoint = Math.floor(position / CHECKPOINT_UPDATES) * CHECKPOINT_UPDATES;
    const state = this.#checkpoints.get(checkpoint);
    this.#doc.destroy();
    this.#doc = new Y.Doc();
    this.#applied = 0;
    if (!state) return;
    Y.applyUpdate(this.#doc, state);
    this.#applied = checkpoint;
  }
}

function viewOf(doc: Y.Doc): WorkspaceView {
  const byTime = (x: NoteEntry, y: NoteEntry): number => x.time - y.time || (x.id < y.id ? -1 : 1);
  return {
    chat: doc.getArray<ChatMessage>(WORKSPACE_ROOTS.chat).toArray(),
    notes: [...doc.getMap<NoteEntry>(WORKSPACE_ROOTS.notes).values()].sort(byTime),
    pins: [...doc.getMap<PinEntry>(WORKSPACE_ROOTS.pins).values()].sort((x, y) => (x.key < y.key ? -1 : 1)),
    files: [...doc.getMap<Y.Text>(WORKSPACE_ROOTS.files)].map(([name, text]) => ({ name, text: text.toString() })).sort((x, y) => (x.name < y.name ? -1 : 1)),
  };
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
