/**
 * The terminals of a room. They run on the server and outlive connections: who comes back finds the same screen and the
 * same running command. After a restart of the server the screen is the same and the shell is a new one.
 */
import type { UserInfo } from '../simulation/apiserver/types.ts';
import { MANIFESTS_FOLDER } from '../sync/protocol.ts';
import { Channel } from './channel.ts';
import { LimitExceededError, TerminalNotFoundError } from './errors.ts';
import type { RoomFiles } from './files.ts';
import { RoomHost, type HostContext } from './host.ts';
import { randomId } from './identity.ts';
import type { Journal } from './journal.ts';
import { Scrollback } from './scrollback.ts';
import type { Shell, ShellBinding } from './shell.ts';
import type { TerminalService } from './service.ts';
import type { RoomStore, TerminalRecord } from './store/types.ts';
import { ROOM_LIMITS, type KeyNumber, type Participant, type TerminalEvent, type TerminalInfo, type TerminalVisibility } from './types.ts';

/** Output is written to the recording in pieces of about this much wall-clock time… */
const CHUNK_MS = 150;
/** …the first after a silence sooner: what a server that is killed has not written yet is lost… */
const FIRST_CHUNK_MS = 25;
/** …and of no more than this much virtual time: in fast time and over jumps, what was printed keeps its moment. */
const CHUNK_VIRTUAL_MS = 500;
const MAX_CHUNK_CHARACTERS = 32 * 1024;
/** Characters that may wait for a slow watcher before it gets the whole screen anew. */
const MAX_WAITING_CHARACTERS = 1024 * 1024;
const SCROLLBACK_CHARACTERS = 256 * 1024;
/** Senders of keys that are remembered for a terminal. */
const MAX_SENDERS = 16;
/** A line longer than this is cut in markers and lists. */
const MAX_LINE_CHARACTERS = 2_000;
const RESTARTED = '\r\n\x1b[2m[the server was restarted; this is a new shell]\x1b[0m\r\n';

export interface TerminalsContext {
  roomId: string;
  store: RoomStore;
  journal: Journal;
  host: HostContext;
  shell: ShellBinding;
  filesOf: (participant: { id: string; name: string }) => { files: RoomFiles; user: string };
  /** Visibility of new terminals. */
  defaultVisibility: () => TerminalVisibility;
  onLine: (ownerName: string, line: string) => void;
  /** The list of terminals changed. */
  onChange: () => void;
  onFailure: (error: unknown) => void;
}

/** An instant by both clocks, ms. */
interface Moment {
  /** Virtual. */
  time: number;
  wall: number;
}

interface LiveTerminal {
  record: TerminalRecord;
  scrollback: Scrollback;
  shell: Shell | undefined;
  /** Names the shell: another one has another name. */
  shellId: string;
  /** The number that was taken last, by sender. */
  taken: Map<string, number>;
  watchers: Set<Channel<TerminalEvent>>;
  chunkSequence: number;
  pendingOutput: string;
  /** When the pending output began. */
  pendingSince: Moment;
  pendingTimer: ReturnType<typeof setTimeout> | undefined;
  /** When output was written last, wall clock, ms. */
  flushedAt: number;
  edits: Map<string, (text: string | null) => void>;
  /** Whether an earlier shell ended with the server. */
  interrupted: boolean;
  /** The line that was entered last. */
  lastLine: string | undefined;
}

export class Terminals implements TerminalService {
  readonly #terminals = new Map<string, LiveTerminal>();
  readonly #context: TerminalsContext;

  private constructor(context: TerminalsContext) {
    this.#context = context;
  }

  /** Brings back the terminals that were open when the room was put away or the server was killed. */
  static async restore(context: TerminalsContext): Promise<Terminals> {
    const terminals = new Terminals(context);
    for (const record of await context.store.terminals(context.roomId)) {
      if (record.closedAt !== undefined) continue;
      const { data, lastSequence } = await context.store.terminalTail(record.id, SCROLLBACK_CHARACTERS);
      terminals.#terminals.set(record.id, live(record, data, lastSequence));
    }
    return terminals;
  }

  visibleTo(me: Participant): TerminalInfo[] {
    return [...this.#terminals.values()].filter((terminal) => maySee(me, terminal.record)).map((terminal) => info(terminal.record));
  }

  /** Terminals that everybody may watch. */
  shared(): TerminalInfo[] {
    return [...this.#terminals.values()].filter((terminal) => terminal.record.visibility === 'everyone').map((terminal) => info(terminal.record));
  }

  async create(me: Participant, size: { columns: number; rows: number }): Promise<TerminalInfo> {
    const own = [...this.#terminals.values()].filter((terminal) => terminal.record.ownerId === me.id);
    if (own.length >= ROOM_LIMITS.terminalsPerParticipant) throw new LimitExceededError('terminals', ROOM_LIMITS.terminalsPerParticipant);
    const record: TerminalRecord = {
      id: randomId(12),
      roomId: this.#context.roomId,
      ownerId: me.id,
      ownerName: me.name,
      title: String(own.length + 1),
      visibility: this.#context.defaultVisibility(),
      ...size,
      createdAt: Date.now(),
    };
    await this.#context.store.addTerminal(record);
    const terminal = live(record, '', 0);
    this.#terminals.set(record.id, terminal);
    // The recording knows when the terminal was opened, and how large it was.
    this.#chunk(terminal, 'resize', `${record.columns}x${record.rows}`);
    this.#shellOf(terminal);
    this.#context.onChange();
    return info(record);
  }

  input(me: Participant, terminalId: string, data: string, keys?: KeyNumber): void {
    const terminal = this.#own(me, terminalId);
    const shell = this.#shellOf(terminal);
    if (!keys || isNew(terminal, keys)) shell.input(data);
  }

  resize(me: Participant, terminalId: string, { columns, rows }: { columns: number; rows: number }): void {
    const terminal = this.#own(me, terminalId);
    if (terminal.record.columns === columns && terminal.record.rows === rows) return;
    terminal.record.columns = columns;
    terminal.record.rows = rows;
    terminal.shell?.resize({ columns, rows });
    this.#flush(terminal);
    this.#chunk(terminal, 'resize', `${columns}x${rows}`);
    this.#send(terminal, { type: 'resize', columns, rows }, 16);
    this.#background(this.#context.store.updateTerminal(terminalId, { columns, rows }));
  }

  async setVisibility(me: Participant, terminalId: string, visibility: TerminalVisibility): Promise<void> {
    const terminal = this.#own(me, terminalId);
    terminal.record.visibility = visibility;
    this.#context.onChange();
    await this.#context.store.updateTerminal(terminalId, { visibility });
  }

  async close(me: Participant, terminalId: string): Promise<void> {
    await this.#end(this.#own(me, terminalId));
  }

  answerEdit(me: Participant, terminalId: string, editId: string, text: string | null): void {
    const terminal = this.#own(me, terminalId);
    terminal.edits.get(editId)?.(text);
    terminal.edits.delete(editId);
  }

  async *watch(me: Participant, terminalId: string, signal: AbortSignal | undefined): AsyncGenerator<TerminalEvent, void, void> {
    const terminal = this.#terminals.get(terminalId);
    if (!terminal || !maySee(me, terminal.record)) throw new TerminalNotFoundError();
    if (terminal.record.ownerId === me.id) this.#shellOf(terminal);
    const channel = new Channel<TerminalEvent>(MAX_WAITING_CHARACTERS);
    const stop = (): void => channel.close();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    terminal.watchers.add(channel);
    try {
      yield screen(terminal);
      for (;;) {
        const taken = await channel.take();
        if (!taken) return;
        if (taken.overflowed) yield screen(terminal);
        // The screen holds what was printed until now, so that waiting output would come twice.
        for (const event of joined(taken.items)) if (!taken.overflowed || event.type !== 'output') yield event;
        // Someone whom the owner no longer shares with sees no more.
        if (!maySee(me, terminal.record)) throw new TerminalNotFoundError();
      }
    } finally {
      terminal.watchers.delete(channel);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends every terminal of somebody who was removed from the room. */
  async closeAllOf(participantId: string): Promise<void> {
    for (const terminal of [...this.#terminals.values()]) if (terminal.record.ownerId === participantId) await this.#end(terminal);
  }

  /** Whether a command runs or somebody watches. */
  get watched(): boolean {
    return [...this.#terminals.values()].some((terminal) => terminal.watchers.size > 0);
  }

  /** The room is put away: shells end, screens are kept. */
  dispose(): void {
    for (const terminal of this.#terminals.values()) {
      this.#flush(terminal);
      terminal.shell?.close();
      this.#flush(terminal);
      for (const watcher of terminal.watchers) watcher.close();
    }
  }

  /** A host for commands that the room runs for somebody without a terminal. */
  hostFor(participantId: string): RoomHost {
    return new RoomHost(this.#context.host, participantId, { open: () => {} });
  }

  /** A host for somebody who is no participant. */
  hostForUser(user: UserInfo): RoomHost {
    return new RoomHost(this.#context.host, user, { open: () => {} });
  }

  #own(me: Participant, terminalId: string): LiveTerminal {
    const terminal = this.#terminals.get(terminalId);
    if (!terminal || terminal.record.ownerId !== me.id) throw new TerminalNotFoundError();
    return terminal;
  }

  /** The running shell; a new one when there is none yet since the server started. */
  #shellOf(terminal: LiveTerminal): Shell {
    if (terminal.shell) return terminal.shell;
    const { record } = terminal;
    const { files, user } = this.#context.filesOf({ id: record.ownerId, name: record.ownerName });
    const host = new RoomHost(this.#context.host, record.ownerId, {
      open: (target) => this.#send(terminal, { type: 'open', target }, 64),
      edit: (text, fileName) => this.#edit(terminal, text, fileName),
      line: () => terminal.lastLine,
    });
    if (terminal.interrupted) this.#output(terminal, RESTARTED);
    terminal.interrupted = false;
    terminal.shellId = randomId(6);
    terminal.shell = this.#context.shell.open({
      host,
      files,
      user,
      cwd: MANIFESTS_FOLDER,
      size: { columns: record.columns, rows: record.rows },
      onOutput: (text) => this.#output(terminal, text),
      onLine: (line) => this.#line(terminal, line),
      onExit: () => this.#background(this.#end(terminal)),
    });
    return terminal.shell;
  }

  #edit(terminal: LiveTerminal, text: string, fileName: string): Promise<string | null> {
    return new Promise((resolve) => {
      if (terminal.watchers.size === 0) return resolve(null);
      const editId = randomId(12);
      terminal.edits.set(editId, resolve);
      this.#send(terminal, { type: 'edit', editId, fileName, text }, text.length);
    });
  }

  #line(terminal: LiveTerminal, line: string): void {
    const text = line.trim();
    if (text === '') return;
    terminal.lastLine = text.slice(0, MAX_LINE_CHARACTERS);
    this.#flush(terminal);
    this.#chunk(terminal, 'line', line.slice(0, MAX_LINE_CHARACTERS));
    this.#context.onLine(terminal.record.ownerName, text.slice(0, MAX_LINE_CHARACTERS));
  }

  #output(terminal: LiveTerminal, text: string): void {
    if (text === '') return;
    const offset = terminal.scrollback.offset;
    terminal.scrollback.push(text);
    this.#send(terminal, { type: 'output', data: text, offset }, text.length);
    const now = this.#now;
    if (now.time - terminal.pendingSince.time >= CHUNK_VIRTUAL_MS) this.#flush(terminal);
    if (terminal.pendingOutput === '') terminal.pendingSince = now;
    terminal.pendingOutput += text;
    if (terminal.pendingOutput.length >= MAX_CHUNK_CHARACTERS) this.#flush(terminal);
    else terminal.pendingTimer ??= setTimeout(() => this.#flush(terminal), now.wall - terminal.flushedAt >= CHUNK_MS ? FIRST_CHUNK_MS : CHUNK_MS);
  }

  #flush(terminal: LiveTerminal): void {
    clearTimeout(terminal.pendingTimer);
    terminal.pendingTimer = undefined;
    if (terminal.pendingOutput === '') return;
    const data = terminal.pendingOutput;
    terminal.pendingOutput = '';
    terminal.flushedAt = this.#now.wall;
    this.#chunk(terminal, 'output', data, terminal.pendingSince);
  }

  #chunk(terminal: LiveTerminal, kind: 'output' | 'line' | 'resize' | 'closed', data: string, { time, wall } = this.#now): void {
    // Neither database takes a NUL in text.
    const safe = data.includes('\u0000') ? data.replaceAll('\u0000', '') : data;
    this.#context.journal.terminal(this.#context.roomId, { terminalId: terminal.record.id, sequence: ++terminal.chunkSequence, time, wall, kind, data: safe });
  }

  get #now(): Moment {
    const { now, wall } = this.#context.host.actor;
    return { time: now, wall };
  }

  #send(terminal: LiveTerminal, event: TerminalEvent, size: number): void {
    for (const watcher of terminal.watchers) watcher.push(event, size);
  }

  async #end(terminal: LiveTerminal): Promise<void> {
    if (!this.#terminals.delete(terminal.record.id)) return;
    terminal.shell?.close();
    this.#context.onChange();
    this.#flush(terminal);
    this.#chunk(terminal, 'closed', '');
    for (const answer of terminal.edits.values()) answer(null);
    this.#send(terminal, { type: 'closed' }, 1);
    for (const watcher of terminal.watchers) watcher.close();
    await this.#context.store.updateTerminal(terminal.record.id, { closedAt: Date.now() });
  }

  #background(work: Promise<void>): void {
    work.catch(this.#context.onFailure);
  }
}

function live(record: TerminalRecord, output: string, chunkSequence: number): LiveTerminal {
  return {
    record,
    scrollback: new Scrollback(output),
    shell: undefined,
    shellId: '',
    taken: new Map(),
    watchers: new Set(),
    chunkSequence,
    pendingOutput: '',
    pendingSince: { time: 0, wall: 0 },
    pendingTimer: undefined,
    flushedAt: 0,
    edits: new Map(),
    interrupted: chunkSequence > 0,
    lastLine: undefined,
  };
}

/** Whether numbered keys are to be taken; notes that they were. */
function isNew(terminal: LiveTerminal, { sender, sequence, again }: KeyNumber): boolean {
  if (again !== undefined && again !== terminal.shellId) return false;
  if (sequence <= (terminal.taken.get(sender) ?? 0)) return false;
  terminal.taken.delete(sender);
  terminal.taken.set(sender, sequence);
  // Every page that shows the terminal is a sender; of those long gone nothing comes again.
  if (terminal.taken.size > MAX_SENDERS) terminal.taken.delete(terminal.taken.keys().next().value as string);
  return true;
}

function info({ id, ownerId, ownerName, title, visibility, columns, rows, createdAt }: TerminalRecord): TerminalInfo {
  return { id, ownerId, ownerName, title, visibility, columns, rows, createdAt };
}

function maySee(me: Participant, terminal: TerminalRecord): boolean {
  return terminal.ownerId === me.id || me.role === 'instructor' || terminal.visibility === 'everyone';
}

function screen(terminal: LiveTerminal): TerminalEvent {
  const { columns, rows } = terminal.record;
  return { type: 'screen', data: terminal.scrollback.text(), offset: terminal.scrollback.offset, columns, rows, shell: terminal.shellId };
}

/** Neighbouring pieces of output as one event: fewer messages for the same bytes. */
function joined(events: TerminalEvent[]): TerminalEvent[] {
  const result: TerminalEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.type === 'output' && last?.type === 'output') result[result.length - 1] = { ...last, data: last.data + event.data };
    else result.push(event);
  }
  return result;
}
