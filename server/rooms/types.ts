/** The vocabulary of rooms, shared by server and browser. No Node APIs here. */
import type { ClockRate } from './projection/types.ts';

export const ROLES = ['instructor', 'student', 'observer'] as const;
export type Role = (typeof ROLES)[number];

/** Who may watch a terminal besides its owner. Instructors always may. */
export const TERMINAL_VISIBILITIES = ['instructors', 'everyone'] as const;
export type TerminalVisibility = (typeof TERMINAL_VISIBILITIES)[number];

export interface Participant {
  id: string;
  name: string;
  role: Role;
  /** `#rrggbb` */
  color: string;
  /** Whether it has a connection now. */
  online: boolean;
  joinedAt: number;
}

export interface RoomSettings {
  /** Whether students may break and heal things, or only instructors. */
  studentsMayBreak: boolean;
  /** Visibility of new terminals. */
  terminalVisibility: TerminalVisibility;
}

export interface TerminalInfo {
  id: string;
  ownerId: string;
  ownerName: string;
  title: string;
  visibility: TerminalVisibility;
  columns: number;
  rows: number;
  createdAt: number;
}

export interface RoomInfo {
  id: string;
  name: string;
  /** Six characters for the front page; joins as a student. */
  code: string;
  createdAt: number;
  /** Virtual time, ms. */
  now: number;
  startedAt: number;
  revision: number;
  rate: ClockRate;
  settings: RoomSettings;
  participants: Participant[];
}

/** What makes keys be taken once, also when they are sent again because the connection broke. */
export interface KeyNumber {
  /** Names the sender. */
  sender: string;
  /** Rising from 1. */
  sequence: number;
  /** Of keys that come again: the shell that they were typed for. */
  again?: string | undefined;
}

/** What terminal subscriptions carry. */
export type TerminalEvent =
  /** Everything on the screen so far; replaces what the client has. `offset` counts characters since the terminal began; `shell` names the one that runs. */
  | { type: 'screen'; data: string; offset: number; columns: number; rows: number; shell: string }
  | { type: 'output'; data: string; offset: number }
  | { type: 'resize'; columns: number; rows: number }
  /** The shell wants the owner's screen to show something. */
  | { type: 'open'; target: { kind: 'dashboard' } | { kind: 'url'; url: string } }
  /** `kubectl edit`: the owner answers with terminal.answerEdit. */
  | { type: 'edit'; editId: string; fileName: string; text: string }
  | { type: 'closed' };

export type ClockCommand =
  | { action: 'pause' }
  /** Go on at a rate. */
  | { action: 'run'; rate: Exclude<ClockRate, 'paused'> }
  /** Pauses, then runs until one API write happened. */
  | { action: 'step' }
  /** Runs that much virtual time at once. */
  | { action: 'jump'; seconds: number };

/** Limits of a room, with the unit in the name. Everything that a participant can fill has one. */
export const ROOM_LIMITS = {
  nameCharacters: 40,
  roomNameCharacters: 80,
  participants: 200,
  terminalsPerParticipant: 6,
  terminalInputCharacters: 64 * 1024,
  chatCharacters: 2_000,
  chatMessages: 5_000,
  noteCharacters: 2_000,
  notes: 1_000,
  pins: 50,
  jumpSeconds: 6 * 3600,
  /** Inputs waiting for the log; beyond it requests are refused with `room-busy`. */
  queuedInputs: 2_000,
  /** One API request's body as JSON. etcd's own limit is 1.5 MiB. */
  requestBytes: 1_572_864,
  /** Tries of short codes per address. */
  codeTriesPerMinute: 8,
  /** Wrong links per address. They cannot be guessed; this keeps trying from costing anything. */
  wrongLinksPerMinute: 60,
  roomsPerAddressPerHour: 200,
} as const;
