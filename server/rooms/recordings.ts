/** Recordings as the API asks for them. A recording may be read by those who took part. */
import { SIMULATION_VERSION } from '../recordings/version.ts';
import { ACTIVITY_SLOT_MS, quietSpans } from '../recordings/quiet.ts';
import type { KeyframeInfo, LogEntry, RecordingInfo, RecordingManifest, TerminalChunk, WorkspaceUpdate } from '../recordings/types.ts';
import { LOG_PAGE_ENTRIES } from '../recordings/types.ts';
import { RoomNotFoundError } from './errors.ts';
import { hashSecret } from './identity.ts';
import type { RecordingService } from './service.ts';
import type { RoomRecord, RoomStore } from './store/types.ts';
import type { Participant } from './types.ts';

export class Recordings implements RecordingService {
  constructor(
    private readonly store: RoomStore,
    /** Where a live room stands now, by virtual time and wall clock (ms), or undefined when it sleeps. */
    private readonly liveTime: (roomId: string) => { time: number; wall: number } | undefined,
  ) {}

  async list(tokens: string[]): Promise<RecordingInfo[]> {
    const rooms = new Map<string, RecordingInfo>();
    for (const token of tokens) {
      const participant = await this.store.participantByToken(hashSecret(token));
      if (!participant || participant.removedAt !== undefined || rooms.has(participant.roomId)) continue;
      const room = await this.store.room(participant.roomId);
      if (room) rooms.set(room.id, await this.#info(room));
    }
    return [...rooms.values()].sort((x, y) => y.createdAt - x.createdAt);
  }

  async manifest(roomId: string, me: Participant): Promise<RecordingManifest> {
    const room = await this.store.room(roomId);
    if (!room) throw new RoomNotFoundError();
    const [info, keyframes, markers, terminals, last, clock, activity] = await Promise.all([
      this.#info(room),
      this.store.keyframes(roomId),
      this.store.markers(roomId),
      this.store.terminals(roomId),
      this.store.lastLogEntry(roomId),
      this.store.clockStamps(roomId),
      this.store.activity(roomId, ACTIVITY_SLOT_MS),
    ]);
    return {
      ...info,
      config: room.config,
      simulationVersion: SIMULATION_VERSION,
      keyframes,
      clock,
      quiet: quietSpans(info.axis, activity, clock, markers),
      lastSequence: last?.sequence ?? 0,
      markers,
      terminals: terminals.filter((terminal) => maySee(me, terminal)).map(({ id, ownerId, ownerName, title, createdAt }) => ({ id, ownerId, ownerName, title, createdAt })),
    };
  }

  /** The gzipped snapshot of a keyframe. */
  async keyframe(roomId: string, sequence: number): Promise<{ info: KeyframeInfo; snapshot: Uint8Array } | undefined> {
    const record = await this.store.keyframe(roomId, sequence);
    return record && { info: record, snapshot: record.snapshot };
  }

  log(roomId: string, from: number, to: number): Promise<LogEntry[]> {
    return this.store.logEntries(roomId, from, Math.min(to, from + LOG_PAGE_ENTRIES - 1));
  }

  /** Chunks of the terminals that somebody may see. */
  async terminalChunks(roomId: string, me: Participant, from: number, to: number): Promise<TerminalChunk[]> {
    const visible = new Set((await this.store.terminals(roomId)).filter((terminal) => maySee(me, terminal)).map((terminal) => terminal.id));
    return (await this.store.terminalChunks(roomId, from, to)).filter((chunk) => visible.has(chunk.terminalId));
  }

  async workspace(roomId: string): Promise<WorkspaceUpdate[]> {
    const updates = await this.store.workspaceUpdates(roomId);
    return updates.map(({ sequence, time, wall, update }) => ({ sequence, time, wall, update: Buffer.from(update).toString('base64') }));
  }

  async #info(room: RoomRecord): Promise<RecordingInfo> {
    const live = this.liveTime(room.id);
    const [people, last, keyframes, bytes, lastWall] = await Promise.all([this.store.participants(room.id), this.store.lastLogEntry(room.id), this.store.keyframes(room.id), this.store.recordingBytes(room.id), this.store.lastWall(room.id)]);
    const endedAt = live?.time ?? Math.max(room.reachedTime, last?.time ?? 0, keyframes.at(-1)?.time ?? 0);
    return {
      roomId: room.id,
      name: room.name,
      createdAt: room.createdAt,
      axis: { from: keyframes[0]?.wall ?? room.createdAt, to: live?.wall ?? lastWall ?? room.createdAt },
      startedAt: keyframes[0]?.time ?? room.config.startTime,
      endedAt,
      participants: people.map(({ id, name, role, color }) => ({ id, name, role, color })),
      live: live !== undefined,
      bytes,
    };
  }
}

function maySee(me: Participant, terminal: { ownerId: string; visibility: string }): boolean {
  return terminal.ownerId === me.id || me.role === 'instructor' || terminal.visibility === 'everyone';
}
