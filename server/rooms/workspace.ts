/** The workspace document of a room, kept update by update, and what the server writes into it in people's names. */
import * as Y from 'yjs';
import { SYNC_LIMITS, WORKSPACE_ROOTS, type ChatMessage, type NoteEntry, type PinEntry } from '../sync/protocol.ts';
import { LimitExceededError } from './errors.ts';
import { randomId } from './identity.ts';
import type { Journal } from './journal.ts';
import type { ObjectRef, WorkspaceService } from './service.ts';
import type { RoomStore } from './store/types.ts';
import { ROOM_LIMITS, type Participant } from './types.ts';

/** Updates are gathered this long before they are written: typing makes one for every key. */
const GATHER_MS = 60;

export interface WorkspaceContext {
  roomId: string;
  journal: Journal;
  now: () => number;
  /** The wall clock as the room records it. */
  wall: () => number;
  onNote: (me: Participant, text: string) => void;
  onFailure: (error: unknown) => void;
}

export class Workspace implements WorkspaceService {
  readonly doc: Y.Doc;
  readonly #context: WorkspaceContext;
  #gathered: Uint8Array[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastSequence: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(context: WorkspaceContext, doc: Y.Doc, lastSequence: number) {
    this.#context = context;
    this.doc = doc;
    this.#lastSequence = lastSequence;
    doc.on('update', (update: Uint8Array) => {
      this.#gathered.push(update);
      this.#timer ??= setTimeout(() => void this.#write(), GATHER_MS);
    });
  }

  static async restore(store: RoomStore, context: WorkspaceContext): Promise<Workspace> {
    const doc = new Y.Doc();
    const updates = await store.workspaceUpdates(context.roomId);
    if (updates.length > 0) Y.applyUpdate(doc, Y.mergeUpdates(updates.map(({ update }) => update)), 'restore');
    return new Workspace(context, doc, updates.at(-1)?.sequence ?? 0);
  }

  /** Whether an update of that size may still be added. */
  hasRoomFor(bytes: number): boolean {
    return this.#size + bytes <= SYNC_LIMITS.maxWorkspaceBytes;
  }

  async postChat(me: Participant, text: string): Promise<ChatMessage> {
    const chat = this.doc.getArray<ChatMessage>(WORKSPACE_ROOTS.chat);
    const message: ChatMessage = { id: randomId(12), participantId: me.id, name: me.name, role: me.role, text, time: this.#context.now(), sentAt: Date.now() };
    this.doc.transact(() => {
      if (chat.length >= ROOM_LIMITS.chatMessages) chat.delete(0, 1);
      chat.push([message]);
    }, 'server');
    await this.flush();
    return message;
  }

  async addNote(me: Participant, text: string): Promise<NoteEntry> {
    const notes = this.doc.getMap<NoteEntry>(WORKSPACE_ROOTS.notes);
    if (notes.size >= ROOM_LIMITS.notes) throw new LimitExceededError('notes', ROOM_LIMITS.notes);
    const note: NoteEntry = { id: randomId(12), participantId: me.id, name: me.name, text, time: this.#context.now(), wall: this.#context.wall() };
    this.doc.transact(() => notes.set(note.id, note), 'server');
    this.#context.onNote(me, text);
    await this.flush();
    return note;
  }

  async removeNote(_me: Participant, id: string): Promise<void> {
    this.doc.transact(() => this.doc.getMap(WORKSPACE_ROOTS.notes).delete(id), 'server');
    await this.flush();
  }

  async addPin(me: Participant, { resource, key }: ObjectRef): Promise<PinEntry> {
    const pins = this.doc.getMap<PinEntry>(WORKSPACE_ROOTS.pins);
    for (const pin of pins.values()) if (pin.resource === resource && pin.key === key) return pin;
    if (pins.size >= ROOM_LIMITS.pins) throw new LimitExceededError('pins', ROOM_LIMITS.pins);
    const pin: PinEntry = { id: randomId(12), participantId: me.id, name: me.name, resource, key };
    this.doc.transact(() => pins.set(pin.id, pin), 'server');
    await this.flush();
    return pin;
  }

  async removePin(_me: Participant, id: string): Promise<void> {
    this.doc.transact(() => this.doc.getMap(WORKSPACE_ROOTS.pins).delete(id), 'server');
    await this.flush();
  }

  /** Resolves when everything so far is durable. */
  async flush(): Promise<void> {
    await this.#write();
  }

  get #size(): number {
    // Structs are counted, not encoded: the exact size would cost an encoding of the whole document at every key.
    let length = 0;
    for (const structs of this.doc.store.clients.values()) {
      const last = structs.at(-1);
      if (last) length += last.id.clock + last.length;
    }
    return length;
  }

  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gathered.length > 0) {
      const update = this.#gathered.length === 1 ? (this.#gathered[0] as Uint8Array) : Y.mergeUpdates(this.#gathered);
      this.#gathered = [];
      this.#writing = this.#context.journal.workspace(this.#context.roomId, { sequence: ++this.#lastSequence, time: this.#context.now(), wall: this.#context.wall(), update }).catch(this.#context.onFailure);
    }
    return this.#writing;
  }
}
