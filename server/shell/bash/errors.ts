/** A command line that does not parse. `message` is bash's, without the `bash: ` in front. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';
  constructor(
    message: string,
    /** More input could complete it: a terminal asks for another line. */
    readonly incomplete: boolean,
    /** Line of the text at which it was noticed, from 1. */
    readonly line: number,
  ) {
    super(message);
  }
}

/** An expansion that cannot be done; ends the command line with status 1. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
}

/** Status of a command that a signal ended: 128 + the signal's number. */
export const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGPIPE: 141, SIGTERM: 143 } as const;
export type SignalName = keyof typeof SIGNAL_STATUS;

export function signalStatus(signal: AbortSignal): number {
  return SIGNAL_STATUS[signal.reason as SignalName] ?? SIGNAL_STATUS.SIGINT;
}
