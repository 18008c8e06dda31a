/**
 * What can go wrong in a room, one class a failure. `code` is stable and sent to clients; messages are English sentences
 * for logs and for people without a translation.
 */
import type { Role } from './types.ts';

abstract class RoomErrorBase extends Error {
  abstract readonly code: string;
}

export class RoomNotFoundError extends RoomErrorBase {
  readonly code = 'room-not-found';
  constructor() {
    super('There is no such room, or the link is not valid.');
  }
}

export class TokenInvalidError extends RoomErrorBase {
  readonly code = 'token-invalid';
  constructor() {
    super('You are not in this room. Open the link again to join.');
  }
}

export class RoleForbiddenError extends RoomErrorBase {
  readonly code = 'role-forbidden';
  constructor(
    readonly role: Role,
    readonly needed: Role,
  ) {
    super(`This needs the role ${needed}; you are ${role}.`);
  }
}

export class SettingForbiddenError extends RoomErrorBase {
  readonly code = 'setting-forbidden';
  constructor(readonly setting: string) {
    super('The instructor has not allowed this.');
  }
}

export class RoomFullError extends RoomErrorBase {
  readonly code = 'room-full';
  constructor(readonly limit: number) {
    super(`This room already has ${limit} participants.`);
  }
}

export class RoomBusyError extends RoomErrorBase {
  readonly code = 'room-busy';
  constructor() {
    super('The room has more waiting commands than it can hold. Try again in a moment.');
  }
}

export class RoomFailedError extends RoomErrorBase {
  readonly code = 'room-failed';
  constructor(options?: { cause: unknown }) {
    super('The simulation of this room failed; its recording is kept.', options);
  }
}

export class RateLimitedError extends RoomErrorBase {
  readonly code = 'rate-limited';
  constructor(readonly retryAfterSeconds: number) {
    super(`Too many tries. Wait ${retryAfterSeconds} seconds.`);
  }
}

export class LimitExceededError extends RoomErrorBase {
  readonly code = 'limit-exceeded';
  constructor(
    readonly what: string,
    readonly limit: number,
  ) {
    super(`The limit of ${limit} ${what} is reached.`);
  }
}

export class TerminalNotFoundError extends RoomErrorBase {
  readonly code = 'terminal-not-found';
  constructor() {
    super('There is no such terminal, or it is not shared with you.');
  }
}

export class ObjectNotFoundError extends RoomErrorBase {
  readonly code = 'object-not-found';
  constructor(readonly what: string) {
    super(`${what} not found`);
  }
}

/** The simulation refused what was asked, with its own words. */
export class SimulationRefusedError extends RoomErrorBase {
  readonly code = 'simulation-refused';
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
  }
}

export class StorageFailedError extends RoomErrorBase {
  readonly code = 'storage-failed';
  constructor(options?: { cause: unknown }) {
    super('The command could not be written to the log, so it was not carried out.', options);
  }
}

export class ParticipantNotFoundError extends RoomErrorBase {
  readonly code = 'participant-not-found';
  constructor() {
    super('There is no such participant in this room.');
  }
}

export type RoomError =
  | RoomNotFoundError
  | TokenInvalidError
  | RoleForbiddenError
  | SettingForbiddenError
  | RoomFullError
  | RoomBusyError
  | RoomFailedError
  | RateLimitedError
  | LimitExceededError
  | TerminalNotFoundError
  | ObjectNotFoundError
  | SimulationRefusedError
  | StorageFailedError
  | ParticipantNotFoundError;

export type RoomErrorCode = RoomError['code'];

export function isRoomError(error: unknown): error is RoomError {
  return error instanceof RoomErrorBase;
}
