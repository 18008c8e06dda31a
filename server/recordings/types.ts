/** What a recording consists of, as it travels to the browser. No Node APIs here. */
import type { ClusterConfig } from '../simulation/config.ts';
import type { ClockCommand, Role } from '../rooms/types.ts';
import type { SimulationInput } from '../simulation/inputs.ts';

/**
 * What a recording holds is stamped twice: `time` is the cluster's virtual time, and `wall` the wall-clock time of the class, which is the
 * axis along which it is looked at. Both in ms, and neither ever goes back within a room. What was recorded before wall clocks were
 * kept has its virtual time as `wall`.
 */

/** One entry of a room's log. `time` is the virtual time at which it is applied. */
export interface LogEntry {
  /** From 1, without gaps. */
  sequence: number;
  time: number;
  wall: number;
  /** Absent for the room's own entries. */
  participantId?: string;
  payload: LogPayload;
}

export type LogPayload =
  /** An input to the simulation. */
  | { kind: 'input'; input: SimulationInput }
  /** The clock changed; `step` and `jump` move time themselves. */
  | { kind: 'clock'; command: ClockCommand }
  /** From here on the room may have run to `until` by itself: written before anybody saw what happened until then. */
  | { kind: 'running'; until: number };

export interface KeyframeInfo {
  /** All log entries up to and including this one are in it. */
  sequence: number;
  /** Virtual time, ms. */
  time: number;
  wall: number;
  revision: number;
  /** 16 hexadecimal digits. */
  hash: string;
  /** Version of the simulation that made it. */
  simulationVersion: string;
  /** Compressed size. */
  bytes: number;
}

/** `away` and `back`: a participant's last connection closed, and one is there again. */
export const MARKER_KINDS = ['command', 'fault', 'heal', 'pod-failing', 'note', 'clock', 'join', 'away', 'back'] as const;
export type MarkerKind = (typeof MARKER_KINDS)[number];

export interface Marker {
  id: number;
  kind: MarkerKind;
  /** Virtual time, ms. */
  time: number;
  wall: number;
  participantName?: string;
  /** A command line, a fault's name and target, a pod's key, a note's text. */
  text: string;
}

/** From this moment on the cluster's clock went so, until the next stamp. */
export interface ClockStamp {
  wall: number;
  /** Virtual time at that moment, ms. */
  time: number;
  /** Virtual time that passes in the same of wall-clock time; 0 while the clock stands. `leap`: evenly to where the next stamp is. */
  rate: number | 'leap';
}

/** A stretch of the class, wall-clock time, ms. */
export interface Span {
  from: number;
  to: number;
}

export interface RecordingInfo {
  roomId: string;
  name: string;
  createdAt: number;
  /** The class from its first moment to its last, wall-clock time, ms. */
  axis: Span;
  /** Virtual times of begin and end, ms. */
  startedAt: number;
  endedAt: number;
  participants: { id: string; name: string; role: Role; color: string }[];
  live: boolean;
  /** What it takes on the server. */
  bytes: number;
}

/** All that a player needs to know before it fetches anything large. */
export interface RecordingManifest extends RecordingInfo {
  config: ClusterConfig;
  /** Version of the simulation that serves this; differs from a keyframe's after an upgrade. */
  simulationVersion: string;
  /** How virtual time went, in order. */
  clock: ClockStamp[];
  /** Stretches in which nothing happened that anybody would wait for, in order: the axis shortens them. */
  quiet: Span[];
  keyframes: KeyframeInfo[];
  lastSequence: number;
  markers: Marker[];
  terminals: RecordedTerminal[];
}

export interface RecordedTerminal {
  id: string;
  ownerId: string;
  ownerName: string;
  title: string;
  createdAt: number;
}

/** A piece of a terminal's session. */
export interface TerminalChunk {
  terminalId: string;
  sequence: number;
  /** Virtual time, ms. */
  time: number;
  wall: number;
  kind: 'output' | 'line' | 'resize' | 'closed';
  /** Bytes printed; a line typed; `COLUMNSxROWS`. */
  data: string;
}

/** One Yjs update of the workspace document. */
export interface WorkspaceUpdate {
  sequence: number;
  /** Virtual time, ms. */
  time: number;
  wall: number;
  /** Base64. */
  update: string;
}

/**
 * HTTP paths of a recording's bulk data, all GET with `Authorization: Bearer TOKEN`, compressed as the client accepts:
 * - `/api/recordings/ROOM/keyframes/SEQUENCE` the cluster's snapshot as JSON
 * - `/api/recordings/ROOM/log?from=SEQUENCE&to=SEQUENCE` LogEntry[] (inclusive, at most LOG_PAGE_ENTRIES)
 * - `/api/recordings/ROOM/terminals?from=WALL&to=WALL` TerminalChunk[] of all terminals that the caller may see
 * - `/api/recordings/ROOM/workspace` WorkspaceUpdate[]
 */
export const LOG_PAGE_ENTRIES = 5_000;
