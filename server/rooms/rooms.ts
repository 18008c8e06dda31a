/**
 * All rooms of this process. A room is asleep (in the store only), waking, live, or going to sleep; whoever asks for it wakes it.
 */
import { randomInt } from 'node:crypto';
import { defaultConfig } from '../simulation/config.ts';
import { RoomFailedError, RoomNotFoundError, TokenInvalidError } from './errors.ts';
import { accountNames, hashSecret, newCode, newSecret, randomId, sameSecret } from './identity.ts';
import { TryLimit } from './limits.ts';
import { Recordings } from './recordings.ts';
import { forkedFiles } from './fork.ts';
import { makeKeyframe, newCluster, restoreRoom, type Complain, type RestoredRoom } from './restore.ts';
import { Room, type RoomEnvironment } from './room.ts';
import { joinPath, type Joined, type RoomCreated, type RoomsService } from './service.ts';
import type { ParticipantRecord, RoomRecord } from './store/types.ts';
import { ROOM_LIMITS, type Participant, type Role } from './types.ts';
import { kubernetesUser, RESERVED_USERS } from './users.ts';

/** A room in which nobody has been for this long is put away. */
const HIBERNATE_AFTER_MS = 5 * 60_000;
/** Virtual clocks of rooms are looked at this often: 20 Hz. */
const TICK_MS = 50;
/** How often idle rooms are looked for. */
const SWEEP_MS = 10_000;
/** Attempts at a short code that no other room has. */
const CODE_ATTEMPTS = 20;
/** After the simulation of a room broke this often, it is not woken any more until the server is restarted. */
const MAX_BREAKS = 3;
/** Looked-up tokens that are kept. */
const MAX_KNOWN_TOKENS = 20_000;

type RoomState =
  | { kind: 'waking'; room: Promise<Room> }
  | { kind: 'live'; room: Room }
  | { kind: 'sleeping-soon'; closed: Promise<void> };

export class Rooms implements RoomsService {
  readonly recordings: Recordings;
  readonly #environment: RoomEnvironment;
  readonly #states = new Map<string, RoomState>();
  readonly #breaks = new Map<string, number>();
  readonly #tokens = new Map<string, ParticipantRecord>();
  readonly #codeTries: TryLimit;
  readonly #creations: TryLimit;
  readonly #wrongLinks: TryLimit;
  readonly #complain: Complain;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #sweeper: ReturnType<typeof setInterval> | undefined;
  #closing = false;

  constructor(environment: Omit<RoomEnvironment, 'onBroken'>) {
    this.#environment = { ...environment, onBroken: (room, error) => this.#broken(room, error) };
    this.#codeTries = new TryLimit(ROOM_LIMITS.codeTriesPerMinute, 60_000, environment.wallClock);
    this.#creations = new TryLimit(ROOM_LIMITS.roomsPerAddressPerHour, 3_600_000, environment.wallClock);
    this.#wrongLinks = new TryLimit(ROOM_LIMITS.wrongLinksPerMinute, 60_000, environment.wallClock);
    this.#complain = (message, details) => environment.log.error(details, message);
    this.recordings = new Recordings(environment.store, (roomId) => {
      const room = this.live(roomId);
      return room && { time: room.info().now, wall: room.wall };
    });
  }

  /** Starts the clocks. */
  start(): void {
    this.#ticker ??= setInterval(() => this.tick(), TICK_MS);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** One look at every live room; public for tests, which bring their own clock. */
  tick(): void {
    // One keyframe a tick: rooms that woke together would all be due together.
    let mayKeyframe = true;
    for (const state of this.#states.values()) {
      if (state.kind !== 'live') continue;
      try {
        if (state.room.tick(mayKeyframe)) mayKeyframe = false;
      } catch (error) {
        this.#environment.log.error({ roomId: state.room.id, error }, 'a room failed at a tick');
      }
    }
  }

  /** @param config of the cluster; default: the usual one for a class, beginning now. */
  async create({ roomName, name, address }: { roomName: string; name: string; address: string }, config = classConfig()): Promise<RoomCreated> {
    this.#creations.count(address);
    return this.#found(roomName || name, name, config, { cluster: await newCluster(config, this.#complain), lastSequence: 0, lastWall: 0, rate: 1 });
  }

  async fork({ roomId, wall, roomName, me, address }: { roomId: string; me: Participant; wall: number; roomName: string; address: string }): Promise<RoomCreated> {
    this.#creations.count(address);
    const record = await this.#environment.store.room(roomId);
    if (!record) throw new RoomNotFoundError();
    const { cluster, lastSequence } = await restoreRoom(this.#environment.store, record, this.#complain, wall);
    // The log goes on with the numbers of its origin: objects name the inputs that made them by number.
    return this.#found(roomName || record.name, me.name, record.config, { cluster, lastSequence, lastWall: 0, rate: 'paused' }, await forkedFiles(this.#environment.store, roomId, wall));
  }

  async join({ roomId, secret, name, address }: { roomId: string; secret: string; name: string; address: string }): Promise<Joined> {
    const { role } = await this.#byLink(roomId, secret, address);
    return this.#enter(roomId, name, role);
  }

  async joinByCode({ code, name, address }: { code: string; name: string; address: string }): Promise<Joined> {
    this.#codeTries.count(address);
    const record = await this.#environment.store.roomByCode(code);
    if (!record) throw new RoomNotFoundError();
    return this.#enter(record.id, name, 'student');
  }

  async peek({ roomId, secret, address }: { roomId: string; secret: string; address: string }): Promise<{ roomId: string; roomName: string; role: Role; participants: number }> {
    const { record, role } = await this.#byLink(roomId, secret, address);
    const people = await this.#environment.store.participants(roomId);
    return { roomId, roomName: record.name, role, participants: people.filter((one) => one.removedAt === undefined).length };
  }

  async authenticate(token: string): Promise<{ room: Room; participant: Participant }> {
    const record = await this.#participantOf(token);
    const room = await this.wake(record.roomId);
    const participant = room.people.get(record.id);
    if (!participant) throw new TokenInvalidError();
    room.touch();
    return { room, participant };
  }

  /** Who a token belongs to, without waking the room. @throws TokenInvalidError */
  async identify(token: string): Promise<{ roomId: string; participant: Participant; username: string }> {
    const { roomId, id } = await this.#participantOf(token);
    const room = this.live(roomId);
    if (room) {
      const participant = room.people.get(id);
      if (!participant) throw new TokenInvalidError();
      return { roomId, participant, username: room.userOf(participant).username };
    }
    const people = await this.#environment.store.participants(roomId);
    const record = people.find((one) => one.id === id);
    if (!record || record.removedAt !== undefined) throw new TokenInvalidError();
    const { name, role, color, joinedAt } = record;
    const config = (await this.#environment.store.room(roomId))?.config ?? {};
    const { username } = kubernetesUser(config, role, accountNames(people, RESERVED_USERS).get(id) as string);
    return { roomId, participant: { id, name, role, color, joinedAt, online: false }, username };
  }

  /** @throws RoomNotFoundError, RoomFailedError */
  async wake(roomId: string): Promise<Room> {
    for (;;) {
      const state = this.#states.get(roomId);
      if (state?.kind === 'live') return state.room;
      if (state?.kind === 'waking') return state.room;
      if (this.#closing) throw new RoomFailedError();
      if (!state) break;
      await state.closed;
    }
    if ((this.#breaks.get(roomId) ?? 0) >= MAX_BREAKS) throw new RoomFailedError();
    const room = this.#restore(roomId);
    this.#states.set(roomId, { kind: 'waking', room });
    try {
      const live = await room;
      this.#states.set(roomId, { kind: 'live', room: live });
      return live;
    } catch (error) {
      this.#states.delete(roomId);
      throw error;
    }
  }

  /** The room if it is awake. */
  live(roomId: string): Room | undefined {
    const state = this.#states.get(roomId);
    return state?.kind === 'live' ? state.room : undefined;
  }

  get liveCount(): number {
    return this.#states.size;
  }

  /** Puts every room away. No room wakes afterwards. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#ticker);
    clearInterval(this.#sweeper);
    await Promise.all(
      [...this.#states].map(async ([roomId, state]) => {
        try {
          if (state.kind === 'sleeping-soon') await state.closed;
          else await (await state.room).close();
        } catch (error) {
          this.#environment.log.error({ roomId, error }, 'a room could not be put away');
        }
      }),
    );
    this.#states.clear();
  }

  /** @param workspace an update for the empty workspace document, if the room begins with one. */
  async #found(roomName: string, instructorName: string, config: RoomRecord['config'], begun: RestoredRoom, workspace?: Uint8Array): Promise<RoomCreated> {
    const { store } = this.#environment;
    const instructorSecret = newSecret();
    const now = Date.now();
    const record: RoomRecord = {
      id: randomId(10),
      name: roomName,
      code: await this.#freeCode(),
      createdAt: now,
      lastActiveAt: now,
      config,
      settings: { studentsMayBreak: false, terminalVisibility: 'instructors' },
      rate: begun.rate,
      reachedTime: begun.cluster.now,
      instructorSecretHash: hashSecret(instructorSecret),
      studentSecret: newSecret(),
      observerSecret: newSecret(),
    };
    const wall = Math.floor(this.#environment.wallClock());
    const keyframe = makeKeyframe(record.id, begun.cluster, { sequence: begun.lastSequence, wall, horizon: begun.cluster.now });
    await store.createRoom(record);
    await store.addKeyframe(await keyframe);
    if (workspace) await this.#environment.journal.workspace(record.id, { sequence: 1, time: begun.cluster.now, wall, update: workspace });
    const room = await Room.open(record, begun, this.#environment);
    this.#states.set(record.id, { kind: 'live', room });
    const { participant, token } = await room.join(instructorName, 'instructor');
    return { roomId: record.id, token, me: participant, links: { ...room.links(), instructor: { secret: instructorSecret, path: joinPath(record.id, instructorSecret) } } };
  }

  async #freeCode(): Promise<string> {
    for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt++) {
      const code = newCode();
      if (!(await this.#environment.store.roomByCode(code))) return code;
    }
    throw new Error('no free short code was found');
  }

  async #enter(roomId: string, name: string, role: Role): Promise<Joined> {
    const room = await this.wake(roomId);
    const { participant, token } = await room.join(name, role);
    return { roomId, token, me: participant };
  }

  /** The same error whether the room or the secret is wrong: nobody learns which rooms exist. */
  async #byLink(roomId: string, secret: string, address: string): Promise<{ record: RoomRecord; role: Role }> {
    const record = await this.#environment.store.room(roomId);
    const found = record && roleOfLink(record, secret);
    if (found) return { record, role: found };
    // Only what is wrong counts: a whole school behind one address joins within a minute.
    this.#wrongLinks.count(address);
    throw new RoomNotFoundError();
  }

  /** Tokens never change hands, so that they are looked up once; whether somebody was removed the live room knows. */
  async #participantOf(token: string): Promise<ParticipantRecord> {
    const tokenHash = hashSecret(token);
    const known = this.#tokens.get(tokenHash);
    if (known) return known;
    const record = await this.#environment.store.participantByToken(tokenHash);
    if (!record || record.removedAt !== undefined) throw new TokenInvalidError();
    if (this.#tokens.size >= MAX_KNOWN_TOKENS) this.#tokens.clear();
    this.#tokens.set(tokenHash, record);
    return record;
  }

  async #restore(roomId: string): Promise<Room> {
    const record = await this.#environment.store.room(roomId);
    if (!record) throw new RoomNotFoundError();
    try {
      return await Room.open(record, await restoreRoom(this.#environment.store, record, this.#complain), this.#environment);
    } catch (error) {
      this.#environment.log.error({ roomId, error }, 'a room could not be restored');
      throw new RoomFailedError({ cause: error });
    }
  }

  #broken(room: Room, error: unknown): void {
    this.#environment.log.error({ roomId: room.id, error }, 'a room broke and is read from the store again');
    this.#breaks.set(room.id, (this.#breaks.get(room.id) ?? 0) + 1);
    const state = this.#states.get(room.id);
    if (state?.kind === 'live' && state.room === room) this.#states.delete(room.id);
    room.abandon();
  }

  #sweep(): void {
    for (const [roomId, state] of this.#states) {
      if (state.kind !== 'live' || state.room.idleMs < HIBERNATE_AFTER_MS) continue;
      const closed = state.room
        .close()
        .catch((error: unknown) => this.#environment.log.error({ roomId, error }, 'a room could not be put away'))
        .then(() => void this.#states.delete(roomId));
      this.#states.set(roomId, { kind: 'sleeping-soon', closed });
    }
  }
}

/** The usual cluster for a class, beginning now. */
function classConfig(): RoomRecord['config'] {
  return { ...defaultConfig(randomInt(2 ** 31), Math.floor(Date.now() / 1_000) * 1_000), classroom: true };
}

function roleOfLink(record: RoomRecord, secret: string): Role | undefined {
  if (sameSecret(secret, record.studentSecret)) return 'student';
  if (sameSecret(secret, record.observerSecret)) return 'observer';
  return sameSecret(hashSecret(secret), record.instructorSecretHash) ? 'instructor' : undefined;
}
