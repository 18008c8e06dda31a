/**
 * Rooms in a SQL database through Prisma. Hot writes are single `createMany` statements: one statement is one
 * transaction and one flush to disk, and needs no connection of its own.
 */
import type { PrismaClient } from '../../../generated/prisma/client.ts';
import type { ClusterConfig } from '../../simulation/config.ts';
import type { ClockStamp, KeyframeInfo, LogEntry, LogPayload, Marker, MarkerKind, TerminalChunk } from '../../recordings/types.ts';
import type { ClockRate } from '../projection/types.ts';
import type { Role, RoomSettings, TerminalVisibility } from '../types.ts';
import type { HomeFileRecord, JournalBatch, KeyframeRecord, ParticipantRecord, RoomRecord, RoomStore, TerminalRecord } from './types.ts';

const KEYFRAME_INFO = { sequence: true, time: true, wall: true, revision: true, hash: true, simulationVersion: true, bytes: true } as const;
/** How many of a terminal's newest chunks are read to show it again. */
const TAIL_CHUNKS = 4_000;

export class PrismaStore implements RoomStore {
  constructor(private readonly client: PrismaClient) {}

  async createRoom(room: RoomRecord): Promise<void> {
    await this.client.room.create({
      data: {
        ...room,
        createdAt: new Date(room.createdAt),
        lastActiveAt: new Date(room.lastActiveAt),
        config: JSON.stringify(room.config),
        settings: JSON.stringify(room.settings),
        rate: JSON.stringify(room.rate),
        reachedTime: BigInt(room.reachedTime),
      },
    });
  }

  async room(id: string): Promise<RoomRecord | undefined> {
    const row = await this.client.room.findUnique({ where: { id } });
    return row ? roomRecord(row) : undefined;
  }

  async roomByCode(code: string): Promise<RoomRecord | undefined> {
    const row = await this.client.room.findUnique({ where: { code } });
    return row ? roomRecord(row) : undefined;
  }

  async updateRoom(id: string, changes: Parameters<RoomStore['updateRoom']>[1]): Promise<void> {
    await this.client.room.updateMany({
      where: { id },
      data: {
        ...(changes.name === undefined ? {} : { name: changes.name }),
        ...(changes.lastActiveAt === undefined ? {} : { lastActiveAt: new Date(changes.lastActiveAt) }),
        ...(changes.settings === undefined ? {} : { settings: JSON.stringify(changes.settings) }),
        ...(changes.rate === undefined ? {} : { rate: JSON.stringify(changes.rate) }),
        ...(changes.reachedTime === undefined ? {} : { reachedTime: BigInt(changes.reachedTime) }),
      },
    });
  }

  async addParticipant(participant: ParticipantRecord): Promise<void> {
    await this.client.participant.create({ data: { ...participant, joinedAt: new Date(participant.joinedAt), removedAt: participant.removedAt === undefined ? null : new Date(participant.removedAt) } });
  }

  async updateParticipant(id: string, changes: Parameters<RoomStore['updateParticipant']>[1]): Promise<void> {
    const { removedAt, ...rest } = changes;
    await this.client.participant.updateMany({ where: { id }, data: { ...rest, ...(removedAt === undefined ? {} : { removedAt: new Date(removedAt) }) } });
  }

  async participants(roomId: string): Promise<ParticipantRecord[]> {
    const rows = await this.client.participant.findMany({ where: { roomId }, orderBy: [{ joinedAt: 'asc' }, { id: 'asc' }] });
    return rows.map(participantRecord);
  }

  async participantByToken(tokenHash: string): Promise<ParticipantRecord | undefined> {
    const row = await this.client.participant.findUnique({ where: { tokenHash } });
    return row ? participantRecord(row) : undefined;
  }

  async append(batch: JournalBatch): Promise<void> {
    if (batch.log.length > 0) {
      await this.client.logEntry.createMany({
        data: batch.log.map(({ roomId, entry }) => ({ roomId, sequence: entry.sequence, time: BigInt(entry.time), wall: BigInt(entry.wall), participantId: entry.participantId ?? null, payload: JSON.stringify(entry.payload) })),
      });
    }
    if (batch.workspace.length > 0) {
      await this.client.workspaceUpdate.createMany({
        data: batch.workspace.map(({ roomId, update }) => ({ roomId, sequence: update.sequence, time: BigInt(update.time), wall: BigInt(update.wall), update: Uint8Array.from(update.update) })),
      });
    }
    if (batch.terminal.length > 0) {
      await this.client.terminalOutput.createMany({
        data: batch.terminal.map(({ roomId, chunk }) => ({ roomId, ...chunk, time: BigInt(chunk.time), wall: BigInt(chunk.wall) })),
      });
    }
    if (batch.markers.length > 0) {
      await this.client.marker.createMany({
        data: batch.markers.map(({ roomId, marker }) => ({ roomId, kind: marker.kind, time: BigInt(marker.time), wall: BigInt(marker.wall), participantName: marker.participantName ?? null, text: marker.text })),
      });
    }
    if (batch.clock.length > 0) {
      await this.client.clockStamp.createMany({
        data: batch.clock.map(({ roomId, stamp }) => ({ roomId, wall: BigInt(stamp.wall), time: BigInt(stamp.time), rate: stamp.rate === 'leap' ? null : stamp.rate })),
      });
    }
  }

  async logEntries(roomId: string, from: number, to: number): Promise<LogEntry[]> {
    const rows = await this.client.logEntry.findMany({ where: { roomId, sequence: { gte: from, lte: to } }, orderBy: { sequence: 'asc' } });
    return rows.map(logEntry);
  }

  async lastLogEntry(roomId: string): Promise<LogEntry | undefined> {
    const row = await this.client.logEntry.findFirst({ where: { roomId }, orderBy: { sequence: 'desc' } });
    return row ? logEntry(row) : undefined;
  }

  async addKeyframe(keyframe: KeyframeRecord): Promise<void> {
    const { roomId, sequence } = keyframe;
    const data = { ...keyframe, time: BigInt(keyframe.time), wall: BigInt(keyframe.wall), horizon: BigInt(keyframe.horizon), snapshot: Uint8Array.from(keyframe.snapshot) };
    await this.client.keyframe.upsert({ where: { roomId_sequence: { roomId, sequence } }, create: data, update: data });
  }

  async keyframes(roomId: string): Promise<KeyframeInfo[]> {
    const rows = await this.client.keyframe.findMany({ where: { roomId }, orderBy: { sequence: 'asc' }, select: KEYFRAME_INFO });
    return rows.map((row) => ({ ...row, time: Number(row.time), wall: Number(row.wall) }));
  }

  async newestKeyframe(roomId: string): Promise<KeyframeRecord | undefined> {
    const row = await this.client.keyframe.findFirst({ where: { roomId }, orderBy: { sequence: 'desc' } });
    return row ? { ...row, time: Number(row.time), wall: Number(row.wall), horizon: Number(row.horizon) } : undefined;
  }

  async keyframe(roomId: string, sequence: number): Promise<KeyframeRecord | undefined> {
    const row = await this.client.keyframe.findUnique({ where: { roomId_sequence: { roomId, sequence } } });
    return row ? { ...row, time: Number(row.time), wall: Number(row.wall), horizon: Number(row.horizon) } : undefined;
  }

  async workspaceUpdates(roomId: string, until?: number): ReturnType<RoomStore['workspaceUpdates']> {
    const rows = await this.client.workspaceUpdate.findMany({ where: { roomId, ...(until === undefined ? {} : { wall: { lte: BigInt(until) } }) }, orderBy: { sequence: 'asc' } });
    return rows.map((row) => ({ sequence: row.sequence, time: Number(row.time), wall: Number(row.wall), update: row.update }));
  }

  async addTerminal(terminal: TerminalRecord): Promise<void> {
    await this.client.terminal.create({ data: { ...terminal, createdAt: new Date(terminal.createdAt), closedAt: terminal.closedAt === undefined ? null : new Date(terminal.closedAt) } });
  }

  async updateTerminal(id: string, changes: Parameters<RoomStore['updateTerminal']>[1]): Promise<void> {
    const { closedAt, ...rest } = changes;
    await this.client.terminal.updateMany({ where: { id }, data: { ...rest, ...(closedAt === undefined ? {} : { closedAt: new Date(closedAt) }) } });
  }

  async terminals(roomId: string): Promise<TerminalRecord[]> {
    const rows = await this.client.terminal.findMany({ where: { roomId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
    return rows.map(({ closedAt, ...row }) => ({
      ...row,
      visibility: row.visibility as TerminalVisibility,
      createdAt: row.createdAt.getTime(),
      ...(closedAt ? { closedAt: closedAt.getTime() } : {}),
    }));
  }

  async terminalChunks(roomId: string, from: number, to: number): Promise<TerminalChunk[]> {
    const rows = await this.client.terminalOutput.findMany({
      where: { roomId, wall: { gte: BigInt(from), lte: BigInt(to) } },
      orderBy: [{ wall: 'asc' }, { terminalId: 'asc' }, { sequence: 'asc' }],
    });
    return rows.map(({ terminalId, sequence, time, wall, kind, data }) => ({ terminalId, sequence, time: Number(time), wall: Number(wall), kind: kind as TerminalChunk['kind'], data }));
  }

  async terminalTail(terminalId: string, characters: number): Promise<{ data: string; lastSequence: number }> {
    const newest = await this.client.terminalOutput.findFirst({ where: { terminalId }, orderBy: { sequence: 'desc' }, select: { sequence: true } });
    const rows = await this.client.terminalOutput.findMany({ where: { terminalId, kind: 'output' }, orderBy: { sequence: 'desc' }, take: TAIL_CHUNKS, select: { data: true } });
    const kept: string[] = [];
    let length = 0;
    for (const { data } of rows) {
      if (length >= characters) break;
      kept.push(data);
      length += data.length;
    }
    return { data: kept.reverse().join('').slice(-characters), lastSequence: newest?.sequence ?? 0 };
  }

  async markers(roomId: string): Promise<Marker[]> {
    const rows = await this.client.marker.findMany({ where: { roomId }, orderBy: { id: 'asc' } });
    return rows.map(({ id, kind, time, wall, participantName, text }) => ({
      id,
      kind: kind as MarkerKind,
      time: Number(time),
      wall: Number(wall),
      text,
      ...(participantName === null ? {} : { participantName }),
    }));
  }

  async clockStamps(roomId: string): Promise<ClockStamp[]> {
    const rows = await this.client.clockStamp.findMany({ where: { roomId }, orderBy: { id: 'asc' } });
    return rows.map(({ wall, time, rate }) => ({ wall: Number(wall), time: Number(time), rate: rate ?? 'leap' }));
  }

  async lastWall(roomId: string): Promise<number | undefined> {
    const [row] = await this.client.$queryRaw<{ wall: bigint | number | string | null }[]>`
      SELECT MAX("wall") AS "wall" FROM (
        SELECT MAX("wall") AS "wall" FROM "LogEntry" WHERE "roomId" = ${roomId}
        UNION ALL SELECT MAX("wall") FROM "Keyframe" WHERE "roomId" = ${roomId}
        UNION ALL SELECT MAX("wall") FROM "WorkspaceUpdate" WHERE "roomId" = ${roomId}
        UNION ALL SELECT MAX("wall") FROM "TerminalOutput" WHERE "roomId" = ${roomId}
        UNION ALL SELECT MAX("wall") FROM "Marker" WHERE "roomId" = ${roomId}
        UNION ALL SELECT MAX("wall") FROM "ClockStamp" WHERE "roomId" = ${roomId}
      ) AS "kept"`;
    const wall = row?.wall ?? undefined;
    return wall === undefined ? undefined : Number(wall);
  }

  async activity(roomId: string, slotMs: number): Promise<number[]> {
    const rows = await this.client.$queryRaw<{ slot: bigint | number | string }[]>`
      SELECT DISTINCT "wall" / ${BigInt(slotMs)} AS "slot" FROM (
        SELECT "wall" FROM "LogEntry" WHERE "roomId" = ${roomId} AND "participantId" IS NOT NULL
        UNION ALL SELECT "wall" FROM "WorkspaceUpdate" WHERE "roomId" = ${roomId}
        UNION ALL SELECT "wall" FROM "TerminalOutput" WHERE "roomId" = ${roomId}
        UNION ALL SELECT "wall" FROM "Marker" WHERE "roomId" = ${roomId}
      ) AS "done" ORDER BY "slot"`;
    return rows.map(({ slot }) => Number(slot));
  }

  async recordingBytes(roomId: string): Promise<number> {
    const [row] = await this.client.$queryRaw<{ bytes: bigint | number | string }[]>`
      SELECT
        (SELECT COALESCE(SUM(LENGTH("payload")), 0) FROM "LogEntry" WHERE "roomId" = ${roomId}) +
        (SELECT COALESCE(SUM("bytes"), 0) FROM "Keyframe" WHERE "roomId" = ${roomId}) +
        (SELECT COALESCE(SUM(LENGTH("update")), 0) FROM "WorkspaceUpdate" WHERE "roomId" = ${roomId}) +
        (SELECT COALESCE(SUM(LENGTH("data")), 0) FROM "TerminalOutput" WHERE "roomId" = ${roomId}) AS "bytes"`;
    return Number(row?.bytes ?? 0);
  }

  async saveHomeFile({ roomId, path, text }: HomeFileRecord): Promise<void> {
    if (text === null) await this.client.homeFile.deleteMany({ where: { roomId, path } });
    else await this.client.homeFile.upsert({ where: { roomId_path: { roomId, path } }, create: { roomId, path, text }, update: { text } });
  }

  async homeFiles(roomId: string): Promise<{ path: string; text: string }[]> {
    return this.client.homeFile.findMany({ where: { roomId }, select: { path: true, text: true }, orderBy: { path: 'asc' } });
  }

  async close(): Promise<void> {
    await this.client.$disconnect();
  }
}

type RoomRow = NonNullable<Awaited<ReturnType<PrismaClient['room']['findUnique']>>>;
type ParticipantRow = NonNullable<Awaited<ReturnType<PrismaClient['participant']['findUnique']>>>;
type LogRow = NonNullable<Awaited<ReturnType<PrismaClient['logEntry']['findFirst']>>>;

function roomRecord(row: RoomRow): RoomRecord {
  return {
    ...row,
    createdAt: row.createdAt.getTime(),
    lastActiveAt: row.lastActiveAt.getTime(),
    config: JSON.parse(row.config) as ClusterConfig,
    settings: JSON.parse(row.settings) as RoomSettings,
    rate: JSON.parse(row.rate) as ClockRate,
    reachedTime: Number(row.reachedTime),
  };
}

function participantRecord({ removedAt, ...row }: ParticipantRow): ParticipantRecord {
  return { ...row, role: row.role as Role, joinedAt: row.joinedAt.getTime(), ...(removedAt ? { removedAt: removedAt.getTime() } : {}) };
}

function logEntry(row: LogRow): LogEntry {
  return { sequence: row.sequence, time: Number(row.time), wall: Number(row.wall), payload: JSON.parse(row.payload) as LogPayload, ...(row.participantId === null ? {} : { participantId: row.participantId }) };
}
