/** What the room offers to the API, as interfaces: the routers know these and nothing of how a room works inside. */
import type { KubeObject } from '../simulation/apiserver/types.ts';
import type { RecordingInfo, RecordingManifest } from '../recordings/types.ts';
import type { ChatMessage, NoteEntry, PinEntry } from '../sync/protocol.ts';
import type { FaultRow, WriteChange, WriteRow } from './projection/types.ts';
import type { ClockCommand, KeyNumber, Participant, Role, RoomInfo, RoomSettings, TerminalEvent, TerminalInfo, TerminalVisibility } from './types.ts';

/** What somebody gets who has joined. The token is shown once and is the participant's identity from then on. */
export interface Joined {
  roomId: string;
  token: string;
  me: Participant;
}

/** Secrets to put into links. `path` is the part of the address after the host. */
export interface RoomLinks {
  code: string;
  student: { secret: string; path: string };
  observer: { secret: string; path: string };
}

export interface RoomCreated extends Joined {
  links: RoomLinks & {
    /** Lets its holder join as an instructor; shown once. */
    instructor: { secret: string; path: string };
  };
}

/** The path of a link to a room: the secret is in the fragment, which browsers do not send to any server. */
export function joinPath(roomId: string, secret: string): string {
  return `/join/${roomId}#${secret}`;
}

export interface ObjectRef {
  /** `pods`, `deployments.apps` */
  resource: string;
  /** `namespace/name`, or `name`. */
  key: string;
}

export type { WriteChange };

export interface CausedWrite {
  write: WriteRow;
  change: WriteChange;
}

/** One link of a «why» chain. */
export type WhyStep =
  | ({ kind: 'write'; object: ObjectRef } & CausedWrite)
  | { kind: 'input'; sequence: number; time: number; participantName?: string; summary: string; /** The command line that was typed, where it is still known. */ line?: string }
  | { kind: 'timer'; time?: number }
  | { kind: 'boot' }
  /** The chain goes on further back than the server remembers; the recording has it. */
  | { kind: 'forgotten'; revision: number };

export interface InspectService {
  /** @throws ObjectNotFoundError */
  object(me: Participant, ref: ObjectRef): Promise<KubeObject>;
  /** As `kubectl get -o yaml` prints it. */
  yaml(me: Participant, ref: ObjectRef): Promise<string>;
  /** As `kubectl describe` prints it. */
  describe(me: Participant, ref: ObjectRef): Promise<string>;
  /** Events about the object, oldest first. */
  events(me: Participant, ref: ObjectRef): Promise<KubeObject[]>;
  logs(me: Participant, query: { key: string; container?: string | undefined; previous: boolean; tailLines: number }): Promise<string>;
  why(revision: number): Promise<WhyStep[]>;
  /** What followed from an input or a write, oldest first. */
  effects(causeKind: 'input' | 'write', causeId: number): CausedWrite[];
  /** The latest writes of an object that are remembered, newest first. */
  history(ref: ObjectRef): CausedWrite[];
}

export interface TerminalService {
  visibleTo(me: Participant): TerminalInfo[];
  create(me: Participant, size: { columns: number; rows: number }): Promise<TerminalInfo>;
  /** @param keys where they are numbered, what was taken already and what was meant for a shell that is gone is left out. */
  input(me: Participant, terminalId: string, data: string, keys?: KeyNumber): void;
  resize(me: Participant, terminalId: string, size: { columns: number; rows: number }): void;
  setVisibility(me: Participant, terminalId: string, visibility: TerminalVisibility): Promise<void>;
  close(me: Participant, terminalId: string): Promise<void>;
  answerEdit(me: Participant, terminalId: string, editId: string, text: string | null): void;
  watch(me: Participant, terminalId: string, signal: AbortSignal | undefined): AsyncGenerator<TerminalEvent, void, void>;
}

export interface WorkspaceService {
  postChat(me: Participant, text: string): Promise<ChatMessage>;
  addNote(me: Participant, text: string): Promise<NoteEntry>;
  removeNote(me: Participant, id: string): Promise<void>;
  addPin(me: Participant, ref: ObjectRef): Promise<PinEntry>;
  removePin(me: Participant, id: string): Promise<void>;
}

export interface FaultCatalog {
  faults: { name: string; target: 'node' | 'pod' | 'none'; lasting: boolean }[];
  active: FaultRow[];
}

export interface RoomService {
  readonly id: string;
  readonly inspect: InspectService;
  readonly terminals: TerminalService;
  readonly workspace: WorkspaceService;
  info(): RoomInfo;
  links(): RoomLinks;
  updateSettings(me: Participant, changes: { studentsMayBreak?: boolean | undefined; terminalVisibility?: TerminalVisibility | undefined }): Promise<RoomSettings>;
  setRole(me: Participant, participantId: string, role: Role): Promise<Participant>;
  removeParticipant(me: Participant, participantId: string): Promise<void>;
  controlClock(me: Participant, command: ClockCommand): Promise<{ now: number; revision: number }>;
  faults(): FaultCatalog;
  breakFault(me: Participant, fault: string, target: string): Promise<FaultCatalog>;
  healFault(me: Participant, fault: string, target: string): Promise<FaultCatalog>;
}

export interface RecordingService {
  list(tokens: string[]): Promise<RecordingInfo[]>;
  manifest(roomId: string, me: Participant): Promise<RecordingManifest>;
}

export interface RoomsService {
  readonly recordings: RecordingService;
  create(request: { roomName: string; name: string; address: string }): Promise<RoomCreated>;
  join(request: { roomId: string; secret: string; name: string; address: string }): Promise<Joined>;
  joinByCode(request: { code: string; name: string; address: string }): Promise<Joined>;
  /** What a link leads to. @throws RoomNotFoundError */
  peek(request: { roomId: string; secret: string; address: string }): Promise<{ roomId: string; roomName: string; role: Role; participants: number }>;
  /** Wakes the room if it sleeps. @throws TokenInvalidError */
  authenticate(token: string): Promise<{ room: RoomService; participant: Participant }>;
  /** Who a token belongs to, also by the name of its user in the cluster; leaves the room asleep if it sleeps. @throws TokenInvalidError */
  identify(token: string): Promise<{ roomId: string; participant: Participant; username: string }>;
  /** A new room that goes on from a moment of a recording (wall clock, ms). */
  fork(request: { roomId: string; me: Participant; wall: number; roomName: string; address: string }): Promise<RoomCreated>;
}
