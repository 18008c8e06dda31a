/** How kubectl fails: what is printed to standard error, and the exit code. */
import type { Status } from '../../../simulation/apiserver/types.ts';
import { JsonPathError } from '../../../simulation/json-path.ts';

/** An error of kubectl itself: `error: …`. */
export class KubectlError extends Error {
  override readonly name: string = 'KubectlError';
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** The command was used wrongly: `error: …` and a pointer to its help. */
export class UsageError extends KubectlError {
  override readonly name = 'UsageError';
}

/** Printed as it is, without `error: `. */
export class PlainError extends KubectlError {
  override readonly name = 'PlainError';
}

/** The API server refused. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  constructor(
    readonly status: Status,
    /** Put before the message: `error when creating "x.yaml": `. */
    readonly prefix = '',
  ) {
    super(prefix + status.message);
  }

  with(prefix: string): ServerError {
    return new ServerError(this.status, prefix + this.prefix);
  }
}

/** Several failures of one command, printed one after the other. */
export class ManyErrors extends Error {
  override readonly name = 'ManyErrors';
  constructor(readonly errors: readonly unknown[]) {
    super('several errors');
  }
}

/** Throws what was collected, if anything was. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new ManyErrors(errors);
}

/** The text of an error as kubectl prints it to standard error (`cmdutil.StandardErrorMessage`). */
export function errorText(error: unknown): string {
  if (error instanceof ManyErrors) return error.errors.map(errorText).join('\n');
  if (error instanceof PlainError) return error.message;
  if (error instanceof KubectlError) return error.message.startsWith('error: ') ? error.message : `error: ${error.message}`;
  if (error instanceof JsonPathError) return `error: ${error.message}`;
  if (error instanceof ServerError) {
    const { status, prefix } = error;
    if (status.code === 401) return `error: You must be logged in to the server (${status.reason})`;
    if (status.reason === 'Invalid' && status.details && prefix === '') return invalidText(status);
    if (status.reason === '') return `Error from server: ${error.message}`;
    return `Error from server (${status.reason}): ${error.message}`;
  }
  if (error instanceof Error && error.name === 'ConnectionError') return connectionText(error as Error & { kind: string; address: string });
  throw error;
}

/** `The Pod "x" is invalid: …`, several causes as a list. Ends with a line break of its own (`MultilineError`). */
function invalidText(status: Status): string {
  const { kind = '', name = '', causes = [] } = status.details ?? {};
  const subject = kind ? `The ${kind}${name ? ` "${name}"` : ''} is invalid` : 'The request is invalid';
  const lines = [...new Set(causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`))];
  if (lines.length === 0) return kind ? `${subject}: ${status.message}` : `${subject}: ${status.message}`;
  return lines.length === 1 ? `${subject}: ${lines[0]}\n` : `${subject}: \n${lines.map((line) => `* ${line}\n`).join('')}`;
}

function connectionText(error: Error & { kind: string; address: string }): string {
  if (error.kind === 'refused') return `The connection to the server ${error.address} was refused - did you specify the right host or port?`;
  return `Unable to connect to the server: ${error.message}`;
}

/** `"a", "b"` of one or many errors joined as an aggregate prints them. */
export function aggregate(messages: readonly string[]): string {
  return messages.length === 1 ? (messages[0] as string) : `[${messages.join(', ')}]`;
}
