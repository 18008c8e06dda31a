/** Rooms in memory, for tests and benchmarks that are not about disks. Keeps copies, so that nobody shares state with it. */
import type { ClockStamp, KeyframeInfo, LogEntry, Marker, TerminalChunk } from '../../recordings/types.ts';
import type { HomeFileRecord, JournalBatch, KeyframeRecord, ParticipantRecord, RoomRecord, RoomStore, TerminalRecord } from './types.ts';

type StoredUpdate = Awaited<ReturnType<RoomStore['workspaceUpdates']>>[number];

export class MemoryStore implements RoomStore {
  readonly #rooms = new Map<string, RoomRecord>();
  readonly #participants = new Map<string, ParticipantRecord>();
  readonly #log = new Map<string, string[]>();
  readonly #keyframes = new Map<string, KeyframeRecord[]>();
  readonly #workspace = new Map<string, StoredUpdate[]>();
  readonly #terminals = new Map<string, TerminalRecord>();
  readonly #chunks = new Map<string, TerminalChunk[]>();
  readonly #markers = new Map<string, Marker[]>();
  readonly #clock = new Map<string, ClockStamp[]>();
  readonly #homeFiles = new Map<string, Map<string, string>>();
  #nextMarker = 1;

  async createRoom(room: RoomRecord): Promise<void> {
    if (this.#rooms.has(room.id) || (await this.roomByCode(room.code))) throw new Error('a room with this id or code exists');
    this.#rooms.set(room.id, structuredClone(room));
  }

  async room(id: string): Promise<RoomRecord | undefined> {
    return structuredClone(this.#rooms.get(id));
  }

  async roomByCode(code: string): Promise<RoomRecord | undefined> {
    for (const room of this.#rooms.values()) if (room.code === code) return structuredClone(room);
    return undefined;
  }

  async updateRoom(id: string, changes: Parameters<RoomStore['updateRoom']>[1]): Promise<void> {
    const room = this.#rooms.get(id);
    if (room) this.#rooms.set(id, { ...room, ...structuredClone(changes) });
  }

  async addParticipant(participant: ParticipantRecord): Promise<void> {
    this.#participants.set(participant.id, { ...participant });
  }

  async updateParticipant(id: string, changes: Parameters<RoomStore['updateParticipant']>[1]): Promise<void> {
    const participant = this.#participants.get(id);
    if (participant) this.#participants.set(id, { ...participant, ...changes });
  }

  async participants(roomId: string): Promise<ParticipantRecord[]> {
    return [...this.#participants.values()].filter((one) => one.roomId === roomId).sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1)).map((one) => ({ ...one }));
  }

  async participantByToken(tokenHash: string): Promise<ParticipantRecord | undefined> {
    for (const one of this.#participants.values()) if (one.tokenHash === tokenHash) return { ...one };
    return undefined;
  }

  async append(batch: JournalBatch): Promise<void> {
    for (const { roomId, entry } of batch.log) {
      const log = listOf(this.#log, roomId);
      // A fork's log goes on where that of its origin was: after its first keyframe.
      const before = (await this.lastLogEntry(roomId))?.sequence ?? this.#keyframes.get(roomId)?.[0]?.sequence ?? 0;
      if (entry.sequence !== before + 1) throw new Error(`log entry ${entry.sequence} does not follow ${before}`);
      log.push(JSON.stringify(entry));
    }
    for (const { roomId, update } of batch.workspace) listOf(this.#workspace, roomId).push({ ...update, update: Uint8Array.from(update.update) });
    for (const { roomId, chunk } of batch.terminal) listOf(this.#chunks, roomId).push({ ...chunk });
    for (const { roomId, marker } of batch.markers) listOf(this.#markers, roomId).push({ id: this.#nextMarker++, ...marker });
    for (const { roomId, stamp } of batch.clock) listOf(this.#clock, roomId).push({ ...stamp });
  }

  async logEntries(roomId: string, from: number, to: number): Promise<LogEntry[]> {
    const log = this.#log.get(roomId) ?? [];
    const first = log[0] === undefined ? 1 : (JSON.parse(log[0]) as LogEntry).sequence;
    return log.slice(Math.max(0, from - first), Math.max(0, to - first + 1)).map((text) => JSON.parse(text) as LogEntry);
  }

  async lastLogEntry(roomId: string): Promise<LogEntry | undefined> {
    const text = this.#log.get(roomId)?.at(-1);
    return text === undefined ? undefined : (JSON.parse(text) as LogEntry);
  }

  async addKeyframe(keyframe: KeyframeRecord): Promise<void> {
    const all = listOf(this.#keyframes, keyframe.roomId);
    const index = all.findIndex((one) => one.sequence === keyframe.sequence);
    if (index >= 0) all[index] = { ...keyframe };
    else all.push({ ...keyframe });
    all.sort((a, b) => a.sequence - b.sequence);
  }

  async keyframes(roomId: string): Promise<KeyframeInfo[]> {
    return (this.#keyframes.get(roomId) ?? []).map(({ sequence, time, wall, revision, hash, simulationVersion, bytes }) => ({ sequence, time, wall, revision, hash, simulationVersion, bytes }));
  }

  async newestKeyframe(roomId: string): Promise<KeyframeRecord | undefined> {
    return this.#keyframes.get(roomId)?.at(-1);
  }

  async keyframe(roomId: string, sequence: number): Promise<KeyframeRecord | undefined> {
    return this.#keyframes.get(roomId)?.find((one) => one.sequence === sequence);
  }

  async workspaceUpdates(roomId: string, until?: number): Promise<StoredUpdate[]> {
    return (this.#workspace.get(roomId) ?? []).filter((one) => until === undefined || one.wall <= until);
  }

  async addTerminal(terminal: TerminalRecord): Promise<void> {
    this.#terminals.set(terminal.id, { ...terminal });
  }

  async updateTerminal(id: string, changes: Parameters<RoomStore['updateTerminal']>[1]): Promise<void> {
    const terminal = this.#terminals.get(id);
    if (terminal) this.#terminals.set(id, { ...terminal, ...changes });
  }

  async terminals(roomId: string): Promise<TerminalRecord[]> {
    return [...this.#terminals.values()].filter((one) => one.roomId === roomId).sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)).map((one) => ({ ...one }));
  }

  async terminalChunks(roomId: string, from: number, to: number): Promise<TerminalChunk[]> {
    return (this.#chunks.get(roomId) ?? [])
      .filter((one) => one.wall >= from && one.wall <= to)
      .sort((a, b) => a.wall - b.wall || (a.terminalId < b.terminalId ? -1 : a.terminalId > b.terminalId ? 1 : a.sequence - b.sequence));
  }

  async terminalTail(terminalId: string, characters: number): Promise<{ data: string; lastSequence: number }> {
    const own = [...this.#chunks.values()].flat().filter((one) => one.terminalId === terminalId).sort((a, b) => a.sequence - b.sequence);
    const data = own.filter((one) => one.kind === 'output').map((one) => one.data).join('');
    return { data: data.slice(-characters), lastSequence: own.at(-1)?.sequence ?? 0 };
  }

  async markers(roomId: string): Promise<Marker[]> {
    return [...(this.#markers.get(roomId) ?? [])];
  }

  async clockStamps(roomId: string): Promise<ClockStamp[]> {
    return (this.#clock.get(roomId) ?? []).map((stamp) => ({ ...stamp }));
  }

  async lastWall(roomId: string): Promise<number | undefined> {
    const kept = [this.#keyframes, this.#workspace, this.#chunks, this.#markers, this.#clock] as Map<string, { wall: number }[]>[];
    const walls = kept.flatMap((map) => (map.get(roomId) ?? []).map(({ wall }) => wall));
    const entry = await this.lastLogEntry(roomId);
    if (entry) walls.push(entry.wall);
    return walls.length === 0 ? undefined : Math.max(...walls);
  }

  async activity(roomId: string, slotMs: number): Promise<number[]> {
    const done = [
      ...(this.#log.get(roomId) ?? []).map((text) => JSON.parse(text) as LogEntry).filter(({ participantId }) => participantId !== undefined),
      ...(this.#workspace.get(roomId) ?? []),
      ...(this.#chunks.get(roomId) ?? []),
      ...(this.#markers.get(roomId) ?? []),
    ];
    return [...new Set(done.map(({ wall }) => Math.floor(wall / slotMs)))].sort((a, b) => a - b);
  }

  async recordingBytes(roomId: string): Promise<number> {
    const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, 0);
    return (
      sum((this.#log.get(roomId) ?? []).map((text) => text.length)) +
      sum((this.#keyframes.get(roomId) ?? []).map(({ bytes }) => bytes)) +
      sum((this.#workspace.get(roomId) ?? []).map(({ update }) => update.byteLength)) +
      sum((this.#chunks.get(roomId) ?? []).map(({ data }) => data.length))
    );
  }

  async saveHomeFile({ roomId, path, text }: HomeFileRecord): Promise<void> {
    let files = this.#homeFiles.get(roomId);
    if (!files) this.#homeFiles.set(roomId, (files = new Map()));
    if (text === null) files.delete(path);
    else files.set(path, text);
  }

  async homeFiles(roomId: string): Promise<{ path: string; text: string }[]> {
    return [...(this.#homeFiles.get(roomId) ?? [])].map(([path, text]) => ({ path, text })).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async close(): Promise<void> {}
}

function listOf<T>(map: Map<string, T[]>, key: string): T[] {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
}
