/**
 * Where rooms are kept. Every implementation passes contract.ts. A promise that resolves means that the data survives
 * the process being killed.
 */
import type { ClusterConfig } from '../../simulation/config.ts';
import type { ClockStamp, KeyframeInfo, LogEntry, Marker, TerminalChunk, WorkspaceUpdate } from '../../recordings/types.ts';
import type { ClockRate } from '../projection/types.ts';
import type { Role, RoomSettings, TerminalVisibility } from '../types.ts';

export interface RoomRecord {
  id: string;
  name: string;
  code: string;
  /** Wall clock, ms. */
  createdAt: number;
  lastActiveAt: number;
  config: ClusterConfig;
  settings: RoomSettings;
  rate: ClockRate;
  /** Virtual time reached when the room was last put away, ms. */
  reachedTime: number;
  instructorSecretHash: string;
  studentSecret: string;
  observerSecret: string;
}

export interface ParticipantRecord {
  id: string;
  roomId: string;
  name: string;
  role: Role;
  color: string;
  tokenHash: string;
  joinedAt: number;
  removedAt?: number;
}

export interface TerminalRecord {
  id: string;
  roomId: string;
  ownerId: string;
  ownerName: string;
  title: string;
  visibility: TerminalVisibility;
  columns: number;
  rows: number;
  createdAt: number;
  closedAt?: number;
}

export interface KeyframeRecord extends KeyframeInfo {
  roomId: string;
  /** Virtual time up to which the room may have been shown when this was taken, ms. */
  horizon: number;
  /** The snapshot as gzipped JSON. */
  snapshot: Uint8Array;
}

export interface HomeFileRecord {
  roomId: string;
  path: string;
  /** null removes it. */
  text: string | null;
}

/** What many rooms have to write at one moment; written together. */
export interface JournalBatch {
  log: { roomId: string; entry: LogEntry }[];
  workspace: { roomId: string; update: Omit<WorkspaceUpdate, 'update'> & { update: Uint8Array } }[];
  terminal: { roomId: string; chunk: TerminalChunk }[];
  markers: { roomId: string; marker: Omit<Marker, 'id'> }[];
  clock: { roomId: string; stamp: ClockStamp }[];
}

export interface RoomStore {
  createRoom(room: RoomRecord): Promise<void>;
  room(id: string): Promise<RoomRecord | undefined>;
  roomByCode(code: string): Promise<RoomRecord | undefined>;
  updateRoom(id: string, changes: Partial<Pick<RoomRecord, 'name' | 'lastActiveAt' | 'settings' | 'rate' | 'reachedTime'>>): Promise<void>;

  addParticipant(participant: ParticipantRecord): Promise<void>;
  updateParticipant(id: string, changes: Partial<Pick<ParticipantRecord, 'name' | 'role' | 'removedAt'>>): Promise<void>;
  participants(roomId: string): Promise<ParticipantRecord[]>;
  participantByToken(tokenHash: string): Promise<ParticipantRecord | undefined>;

  /** Writes a batch. Log entries of one room must continue its sequence. @throws when any of it could not be written. */
  append(batch: JournalBatch): Promise<void>;
  /** Entries from..to inclusive, in order. */
  logEntries(roomId: string, from: number, to: number): Promise<LogEntry[]>;
  lastLogEntry(roomId: string): Promise<LogEntry | undefined>;

  addKeyframe(keyframe: KeyframeRecord): Promise<void>;
  keyframes(roomId: string): Promise<KeyframeInfo[]>;
  newestKeyframe(roomId: string): Promise<KeyframeRecord | undefined>;
  keyframe(roomId: string, sequence: number): Promise<KeyframeRecord | undefined>;

  /** Updates up to and including a moment (wall clock), in order; all of them without one. */
  workspaceUpdates(roomId: string, until?: number): Promise<(Omit<WorkspaceUpdate, 'update'> & { update: Uint8Array })[]>;

  addTerminal(terminal: TerminalRecord): Promise<void>;
  updateTerminal(id: string, changes: Partial<Pick<TerminalRecord, 'title' | 'visibility' | 'columns' | 'rows' | 'closedAt'>>): Promise<void>;
  terminals(roomId: string): Promise<TerminalRecord[]>;
  /** Chunks of all terminals of a room between two moments (wall clock), inclusive, in order. */
  terminalChunks(roomId: string, from: number, to: number): Promise<TerminalChunk[]>;
  /** The newest output of a terminal, oldest first, at most `characters` of it, and the number of its newest chunk. */
  terminalTail(terminalId: string, characters: number): Promise<{ data: string; lastSequence: number }>;

  markers(roomId: string): Promise<Marker[]>;
  /** In the order in which they were written. */
  clockStamps(roomId: string): Promise<ClockStamp[]>;
  /** Latest moment (wall clock, ms) of which a room has recorded anything; undefined when there is nothing. */
  lastWall(roomId: string): Promise<number | undefined>;
  /** Numbers of the slots of so many ms of wall clock in which somebody did something, or something was printed, said or marked; ascending. */
  activity(roomId: string, slotMs: number): Promise<number[]>;
  /** What a room's recording takes in the store, bytes, without the overhead of the database. */
  recordingBytes(roomId: string): Promise<number>;

  saveHomeFile(file: HomeFileRecord): Promise<void>;
  homeFiles(roomId: string): Promise<{ path: string; text: string }[]>;

  close(): Promise<void>;
}
