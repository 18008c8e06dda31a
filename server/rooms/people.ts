/** The participants of one room: who they are, what they may, who is here. */
import { ParticipantNotFoundError, RoleForbiddenError, RoomFullError, SettingForbiddenError } from './errors.ts';
import { accountNames, colorFor, hashSecret, newSecret, randomId, uniqueName } from './identity.ts';
import type { ParticipantRecord, RoomStore } from './store/types.ts';
import { ROOM_LIMITS, type Participant, type Role } from './types.ts';
import { RESERVED_USERS } from './users.ts';

export class People {
  readonly #records = new Map<string, ParticipantRecord>();
  readonly #connections = new Map<string, number>();
  #connectionCount = 0;
  #accounts = new Map<string, string>();
  readonly #changed = new Set<() => void>();

  private constructor(
    private readonly roomId: string,
    private readonly store: RoomStore,
  ) {}

  static async restore(roomId: string, store: RoomStore): Promise<People> {
    const people = new People(roomId, store);
    for (const record of await store.participants(roomId)) people.#records.set(record.id, record);
    return people;
  }

  /** Called when somebody comes, goes or changes. */
  onChange(listener: () => void): void {
    this.#changed.add(listener);
  }

  /** Lets somebody in. @returns the new participant and its token, which is not kept. */
  async add(wishedName: string, role: Role): Promise<{ participant: Participant; token: string }> {
    const present = [...this.#records.values()].filter((one) => one.removedAt === undefined);
    if (present.length >= ROOM_LIMITS.participants) throw new RoomFullError(ROOM_LIMITS.participants);
    const token = newSecret();
    const record: ParticipantRecord = {
      id: randomId(12),
      roomId: this.roomId,
      name: uniqueName(wishedName, present.map((one) => one.name)),
      role,
      color: colorFor(this.#records.size),
      tokenHash: hashSecret(token),
      // Later than all others, so that the order in which they came is the same whenever it is read.
      joinedAt: Math.max(Date.now(), ...[...this.#records.values()].slice(-1).map((last) => last.joinedAt + 1)),
    };
    // Entered before it is stored, so that two who join at the same time do not get the same name.
    this.#records.set(record.id, record);
    try {
      await this.store.addParticipant(record);
    } catch (error) {
      this.#records.delete(record.id);
      throw error;
    }
    this.#notify();
    return { participant: this.#participant(record), token };
  }

  /** Undefined when there is no such participant or it was removed. */
  get(id: string): Participant | undefined {
    const record = this.#records.get(id);
    return record && record.removedAt === undefined ? this.#participant(record) : undefined;
  }

  /** Also of those who were removed. */
  nameOf(id: string): string | undefined {
    return this.#records.get(id)?.name;
  }

  list(): Participant[] {
    return [...this.#records.values()].filter((one) => one.removedAt === undefined).map((one) => this.#participant(one));
  }

  /** @throws ParticipantNotFoundError; RoleForbiddenError when the room would be left without an instructor. */
  async setRole(id: string, role: Role): Promise<Participant> {
    const record = this.#present(id);
    if (record.role === 'instructor' && role !== 'instructor') this.#requireAnotherInstructor(id);
    await this.store.updateParticipant(id, { role });
    record.role = role;
    this.#notify();
    return this.#participant(record);
  }

  async remove(id: string): Promise<void> {
    const record = this.#present(id);
    if (record.role === 'instructor') this.#requireAnotherInstructor(id);
    const removedAt = Date.now();
    await this.store.updateParticipant(id, { removedAt });
    record.removedAt = removedAt;
    this.#notify();
  }

  /** Name of a participant's account in its terminals and of its user in the cluster, the same for the life of the room. */
  accountOf(id: string): string {
    if (this.#accounts.size !== this.#records.size) this.#accounts = accountNames(this.#records.values(), RESERVED_USERS);
    return this.#accounts.get(id) ?? 'user';
  }

  /** A connection of a participant opened. @returns what to call when it closes. */
  connected(id: string): () => void {
    this.#count(id, 1);
    let open = true;
    return () => {
      if (open) this.#count(id, -1);
      open = false;
    };
  }

  connectionsOf(id: string): number {
    return this.#connections.get(id) ?? 0;
  }

  get connectionCount(): number {
    return this.#connectionCount;
  }

  #count(id: string, by: number): void {
    this.#connectionCount += by;
    const before = this.connectionsOf(id);
    const after = before + by;
    if (after > 0) this.#connections.set(id, after);
    else this.#connections.delete(id);
    if (before === 0 || after === 0) this.#notify();
  }

  #present(id: string): ParticipantRecord {
    const record = this.#records.get(id);
    if (!record || record.removedAt !== undefined) throw new ParticipantNotFoundError();
    return record;
  }

  #requireAnotherInstructor(id: string): void {
    if (!this.list().some((one) => one.role === 'instructor' && one.id !== id)) throw new SettingForbiddenError('last-instructor');
  }

  #participant({ id, name, role, color, joinedAt }: ParticipantRecord): Participant {
    return { id, name, role, color, joinedAt, online: this.connectionsOf(id) > 0 };
  }

  #notify(): void {
    for (const listener of this.#changed) listener();
  }
}

/** @throws RoleForbiddenError */
export function requireInstructor(me: Participant): void {
  if (me.role !== 'instructor') throw new RoleForbiddenError(me.role, 'instructor');
}
