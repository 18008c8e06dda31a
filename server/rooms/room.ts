/** A live room: puts its parts together and says who may do what. What the parts do is theirs. */
import * as Y from 'yjs';
import type { Cluster } from '../simulation/cluster.ts';
import type { Classmate } from '../shell/types.ts';
import { authenticateToken } from '../simulation/apiserver/authentication/tokens.ts';
import { anonymous } from '../simulation/apiserver/authentication/users.ts';
import type { UserInfo } from '../simulation/apiserver/types.ts';
import type { SimulationInput } from '../simulation/inputs.ts';
import type { LogEntry, MarkerKind } from '../recordings/types.ts';
import { RoomActor, type Applied } from './actor.ts';
import { CommandLines } from './command-lines.ts';
import { SimulationRefusedError } from './errors.ts';
import { HomeFiles, RoomFiles } from './files.ts';
import { Connections, Processes, type HostContext } from './host.ts';
import { randomId } from './identity.ts';
import { Inspect } from './inspect.ts';
import type { Journal } from './journal.ts';
import { RoomKubeConnection } from './kube-connection.ts';
import { Keyframer } from './keyframes.ts';
import { Marks } from './marks.ts';
import { People, requireInstructor } from './people.ts';
import { ClusterDocumentWriter } from './projection/document.ts';
import { Projector } from './projection/projector.ts';
import type { RestoredRoom } from './restore.ts';
import { checkInput, checkRead } from './rights.ts';
import { joinPath, type FaultCatalog, type RoomLinks, type RoomService } from './service.ts';
import type { ShellBinding } from './shell.ts';
import type { RoomRecord, RoomStore } from './store/types.ts';
import { Terminals } from './terminals.ts';
import type { ClockCommand, Participant, Role, RoomInfo, RoomSettings, TerminalVisibility } from './types.ts';
import { kubernetesUser } from './users.ts';
import { VirtualTimers } from './virtual-timers.ts';
import { Workspace } from './workspace.ts';

/** Screens are told of changes at most this often: 20 times a second. */
const FLUSH_INTERVAL_MS = 50;
/** Time goes on this long after the last sign of life, so that a reload does not stop the clock. */
const GRACE_MS = 60_000;

export interface RoomEnvironment {
  store: RoomStore;
  journal: Journal;
  shell: ShellBinding;
  wallClock: () => number;
  log: { warn(details: object, message: string): void; error(details: object, message: string): void };
  /** The room cannot go on; it must be read from the store again. */
  onBroken: (room: Room, error: unknown) => void;
}

export class Room implements RoomService {
  readonly id: string;
  readonly people: People;
  readonly terminals: Terminals;
  readonly workspace: Workspace;
  readonly inspect: Inspect;
  /** The document `cluster`; nobody but this room writes it. */
  readonly clusterDoc = new Y.Doc();
  readonly #record: RoomRecord;
  readonly #environment: RoomEnvironment;
  readonly #actor: RoomActor;
  readonly #keyframer: Keyframer;
  readonly #timers: VirtualTimers;
  readonly #connections: Connections;
  readonly #projector: Projector;
  readonly #homeFiles: HomeFiles;
  readonly #marks: Marks;
  readonly #documentWriter = new ClusterDocumentWriter(this.clusterDoc);
  readonly #removedListeners = new Set<(participantId: string) => void>();
  readonly #closedListeners = new Set<() => void>();
  #changed = true;
  #lastFlush = 0;
  #lastSeen: number;
  #terminalsVersion = 0;
  #disposed = false;

  private constructor(parts: { record: RoomRecord; environment: RoomEnvironment; actor: RoomActor; timers: VirtualTimers; connections: Connections; people: People; workspace: Workspace; homeFiles: HomeFiles; host: HostContext; terminals: Terminals }) {
    this.id = parts.record.id;
    this.#record = parts.record;
    this.#environment = parts.environment;
    this.#actor = parts.actor;
    this.#timers = parts.timers;
    this.#connections = parts.connections;
    this.people = parts.people;
    this.workspace = parts.workspace;
    this.terminals = parts.terminals;
    this.#homeFiles = parts.homeFiles;
    this.#lastSeen = parts.environment.wallClock();
    this.#marks = new Marks(
      (marker) => parts.environment.journal.marker(this.id, marker),
      () => ({ time: parts.actor.now, wall: parts.actor.wall }),
      (participantId) => this.people.nameOf(participantId),
    );
    this.#projector = new Projector(parts.actor.cluster, (sequence) => this.#actor.authorOf(sequence, (id) => this.people.nameOf(id)));
    this.#keyframer = new Keyframer(this.id, parts.actor, parts.environment.store, parts.environment.wallClock, (error) => this.#complain('a keyframe could not be stored', error));
    this.inspect = new Inspect({
      cluster: () => parts.actor.cluster,
      checkRead: (me, ref) => checkRead(this.cluster.store, this.userOf(me), ref),
      run: (participantId, line) => this.runInShell(participantId, line),
      entry: (sequence) => this.#entry(sequence),
      nameOf: (participantId) => this.people.nameOf(participantId),
      lineOf: (sequence) => parts.host.commandLines.of(sequence),
    });
    this.people.onChange(() => this.#peopleChanged());
    this.#publishRoom();
    this.#flush();
  }

  /** Wakes a room with a cluster that has been restored or made for it. */
  static async open(record: RoomRecord, restored: RestoredRoom, environment: RoomEnvironment): Promise<Room> {
    const { store, journal, wallClock, log } = environment;
    const holder: { room?: Room } = {};
    const failed = (what: string) => (error: unknown) => log.error({ roomId: record.id, error }, what);
    const actor = new RoomActor({
      roomId: record.id,
      cluster: restored.cluster,
      lastSequence: restored.lastSequence,
      rate: restored.rate,
      lastWall: restored.lastWall,
      journal,
      wallClock,
      onProgress: () => holder.room?.progressed(),
      onApplied: (applied) => holder.room?.applied(applied),
      onSimulationFailure: failed('the simulation failed'),
      onBroken: (error) => holder.room && environment.onBroken(holder.room, error),
    });
    const timers = new VirtualTimers(() => actor.now);
    const connections = new Connections();
    const processes = new Processes(randomId(6));
    restored.cluster.observeExec(processes);
    const people = await People.restore(record.id, store);
    const workspace = await Workspace.restore(store, {
      roomId: record.id,
      journal,
      now: () => actor.now,
      wall: () => actor.wall,
      onNote: (me, text) => holder.room?.mark('note', text, me.name),
      onFailure: failed('the workspace could not be stored'),
    });
    const homeFiles = new HomeFiles(await store.homeFiles(record.id), (path, text) => {
      store.saveHomeFile({ roomId: record.id, path, text }).catch(failed('a file could not be stored'));
    });
    const commandLines = new CommandLines();
    const userOf = (participantId: string): UserInfo => kubernetesUser(record.config, people.get(participantId)?.role ?? 'observer', people.accountOf(participantId));
    const students = (): Classmate[] => people.list().filter(({ role }) => role === 'student').map(({ id, name }) => ({ name, username: people.accountOf(id) }));
    const checkInput: HostContext['checkInput'] = (participantId, input) => holder.room?.checkInput(participantId, input);
    const host: HostContext = { actor, timers, processes, connections, commandLines, checkInput, userOf, students };
    const terminals = await Terminals.restore({
      roomId: record.id,
      store,
      journal,
      host,
      shell: environment.shell,
      filesOf: ({ id }) => {
        const user = people.accountOf(id);
        return { user, files: new RoomFiles(workspace.doc, homeFiles, user) };
      },
      defaultVisibility: () => record.settings.terminalVisibility,
      onLine: (ownerName, line) => holder.room?.mark('command', line, ownerName),
      onChange: () => holder.room?.terminalsChanged(),
      onFailure: failed('a terminal could not be stored'),
    });
    holder.room = new Room({ record, environment, actor, timers, connections, people, workspace, homeFiles, host, terminals });
    return holder.room;
  }

  // ---- what the API asks ----

  info(): RoomInfo {
    const { name, code, createdAt, settings, config } = this.#record;
    return { id: this.id, name, code, createdAt, now: this.#actor.now, startedAt: config.startTime, revision: this.#actor.cluster.revision, rate: this.#actor.rate, settings, participants: this.people.list() };
  }

  links(): RoomLinks {
    const { code, studentSecret, observerSecret } = this.#record;
    return { code, student: { secret: studentSecret, path: joinPath(this.id, studentSecret) }, observer: { secret: observerSecret, path: joinPath(this.id, observerSecret) } };
  }

  async join(name: string, role: Role): Promise<{ participant: Participant; token: string }> {
    const joined = await this.people.add(name, role);
    this.mark('join', role, joined.participant.name);
    this.touch();
    return joined;
  }

  async updateSettings(me: Participant, changes: { studentsMayBreak?: boolean | undefined; terminalVisibility?: TerminalVisibility | undefined }): Promise<RoomSettings> {
    requireInstructor(me);
    const settings: RoomSettings = {
      studentsMayBreak: changes.studentsMayBreak ?? this.#record.settings.studentsMayBreak,
      terminalVisibility: changes.terminalVisibility ?? this.#record.settings.terminalVisibility,
    };
    await this.#environment.store.updateRoom(this.id, { settings });
    this.#record.settings = settings;
    this.#publishRoom();
    return settings;
  }

  async setRole(me: Participant, participantId: string, role: Role): Promise<Participant> {
    requireInstructor(me);
    return this.people.setRole(participantId, role);
  }

  async removeParticipant(me: Participant, participantId: string): Promise<void> {
    requireInstructor(me);
    await this.people.remove(participantId);
    for (const listener of this.#removedListeners) listener(participantId);
    await this.terminals.closeAllOf(participantId);
  }

  /** Called with the id of everybody who is removed: connections must be closed. @returns how to stop. */
  onRemoved(listener: (participantId: string) => void): () => void {
    this.#removedListeners.add(listener);
    return () => this.#removedListeners.delete(listener);
  }

  /** Called when this room object ends: connections must be closed and will find the room anew. @returns how to stop. */
  onClosed(listener: () => void): () => void {
    this.#closedListeners.add(listener);
    return () => this.#closedListeners.delete(listener);
  }

  async controlClock(me: Participant, command: ClockCommand): Promise<{ now: number; revision: number }> {
    requireInstructor(me);
    const { outcome } = await this.#actor.clock(command, me.id);
    if (!outcome.ok) throw new SimulationRefusedError('the clock could not be changed', { cause: outcome.error });
    this.#environment.store.updateRoom(this.id, { rate: this.#actor.rate }).catch((error: unknown) => this.#complain('the rate could not be stored', error));
    return { now: this.#actor.now, revision: this.#actor.cluster.revision };
  }

  faults(): FaultCatalog {
    const { faults } = this.#actor.cluster.query('fault.list', {}) as Pick<FaultCatalog, 'faults'>;
    const active = [...this.#actor.cluster.state.faults].map(([key, { fault, target, since }]) => ({ key, name: fault, target, since }));
    return { faults, active };
  }

  breakFault(me: Participant, fault: string, target: string): Promise<FaultCatalog> {
    return this.#fault(me, 'fault.break', fault, target);
  }

  healFault(me: Participant, fault: string, target: string): Promise<FaultCatalog> {
    return this.#fault(me, 'fault.heal', fault, target);
  }

  // ---- life ----

  get cluster(): Cluster {
    return this.#actor.cluster;
  }

  /** The wall clock as the room records it, ms. */
  get wall(): number {
    return this.#actor.wall;
  }

  get revision(): number {
    return this.#actor.cluster.revision;
  }

  /** Runs one line as a participant's terminal would. */
  runInShell(participantId: string, line: string): ReturnType<ShellBinding['run']> {
    return this.#environment.shell.run(line, this.terminals.hostFor(participantId), new RoomFiles(this.workspace.doc, this.#homeFiles, this.people.accountOf(participantId)));
  }

  /** The Kubernetes user that a participant is. */
  userOf({ id, role }: Pick<Participant, 'id' | 'role'>): UserInfo {
    return kubernetesUser(this.#record.config, role, this.people.accountOf(id));
  }

  /** A participant's connection for the Kubernetes HTTP API. */
  kubeConnection(me: Participant): RoomKubeConnection {
    return new RoomKubeConnection(me.id, this.terminals.hostFor(me.id), () => this.touch());
  }

  /**
   * A connection of somebody who is no participant: of a service account by its token, or without one of whoever it may be.
   * Undefined when the token is not good, and in clusters of before, which cannot tell who may do what.
   */
  outsiderConnection(token: string | undefined): RoomKubeConnection | undefined {
    const { store, kernel } = this.cluster;
    const user = !this.#record.config.classroom ? undefined : token === undefined ? anonymous : authenticateToken(store, kernel.seed, this.#actor.now, token);
    return user && new RoomKubeConnection(`${this.id} ${user.username}`, this.terminals.hostForUser(user), () => {});
  }

  /** Somebody was here a moment ago: time goes on for a while. */
  touch(): void {
    this.#lastSeen = this.#environment.wallClock();
  }

  /** Wall-clock time since anybody was here, ms; 0 while somebody is. */
  get idleMs(): number {
    return this.people.connectionCount > 0 || this.terminals.watched ? 0 : this.#environment.wallClock() - this.#lastSeen;
  }

  /**
   * To be called about 20 times a second.
   * @param mayKeyframe whether there is time for a keyframe, which holds up everybody for some milliseconds.
   * @returns whether that time was used.
   */
  tick(mayKeyframe: boolean): boolean {
    if (this.#disposed) return false;
    if (this.people.connectionCount > 0 || this.terminals.watched) this.touch();
    this.#actor.setAwake(this.idleMs < GRACE_MS);
    this.#actor.tick();
    this.#timers.run();
    if (this.#changed) this.#flush();
    return mayKeyframe && this.#keyframer.consider();
  }

  /** Puts the room away: everything is stored, shells end. */
  async close(): Promise<void> {
    // Nobody sees any more of it, so that it wakes exactly where it stops.
    const stopped = this.#actor.now;
    this.#actor.setAwake(false);
    this.terminals.dispose();
    await this.#actor.stop();
    this.#disposed = true;
    await this.workspace.flush();
    await this.#keyframer.take(Math.max(stopped, this.#actor.now));
    await this.#environment.store.updateRoom(this.id, { rate: this.#actor.rate, reachedTime: this.cluster.now, lastActiveAt: Date.now() });
    await this.#environment.journal.drain();
    this.#dispose();
  }

  /** Forgets the room without storing anything: what is durable is right, what is in memory may not be. */
  abandon(): void {
    this.#disposed = true;
    this.terminals.dispose();
    this.#dispose();
  }

  // ---- what happens inside ----

  /** @throws RoomError when the participant may not do this. */
  checkInput(participantId: string, input: SimulationInput): void {
    // Also of shells that were opened before the role changed.
    checkInput(this.#record, this.people.get(participantId), input);
  }

  progressed(): void {
    this.#changed = true;
    this.#timers.run();
    this.#connections.check(this.cluster.environment.apiServerReachableFrom('outside'));
    if (this.#environment.wallClock() - this.#lastFlush >= FLUSH_INTERVAL_MS) this.#flush();
  }

  applied(applied: Applied): void {
    this.#marks.applied(applied);
    const { payload } = applied.entry;
    // Operations reach around the API, so that not everything they change is a write.
    if (payload.kind === 'input' && payload.input.kind === 'operation') this.#projector.invalidate();
  }

  mark(kind: MarkerKind, text: string, participantName?: string): void {
    this.#marks.add(kind, text, participantName);
  }

  terminalsChanged(): void {
    this.#terminalsVersion++;
    this.#publishRoom();
  }

  async #fault(me: Participant, operation: 'fault.break' | 'fault.heal', fault: string, target: string): Promise<FaultCatalog> {
    const input: SimulationInput = { kind: 'operation', request: { name: operation, args: { fault, target } } };
    this.checkInput(me.id, input);
    const { outcome } = await this.#actor.input(input, me.id);
    if (!outcome.ok) throw new SimulationRefusedError(outcome.error instanceof Error ? outcome.error.message : String(outcome.error), { cause: outcome.error });
    return this.faults();
  }

  #flush(): void {
    this.#changed = false;
    this.#lastFlush = this.#environment.wallClock();
    const { rate, awake, now } = this.#actor;
    const change = this.#projector.change({ now, rate, paused: rate === 'paused' || !awake });
    if (!change) return;
    this.#marks.projected(change);
    this.#documentWriter.apply(change);
  }

  #peopleChanged(): void {
    if (this.#disposed) return;
    this.#marks.peopleChanged(this.people.list());
    this.#publishRoom();
  }

  #publishRoom(): void {
    if (this.#disposed) return;
    this.#documentWriter.setRoom({
      name: this.#record.name,
      settings: this.#record.settings,
      participants: this.people.list(),
      sharedTerminals: this.terminals.shared(),
      terminalsVersion: this.#terminalsVersion,
    });
  }

  async #entry(sequence: number): Promise<LogEntry | undefined> {
    return (await this.#environment.store.logEntries(this.id, sequence, sequence))[0];
  }

  #complain(message: string, error: unknown): void {
    this.#environment.log.error({ roomId: this.id, error }, message);
  }

  #dispose(): void {
    for (const listener of [...this.#closedListeners]) listener();
    this.#projector.dispose();
    this.clusterDoc.destroy();
    this.workspace.doc.destroy();
  }
}
