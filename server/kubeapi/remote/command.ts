/** An exec or attach session, whatever protocol carries it. */
import { badRequest } from '../../simulation/apiserver/errors.ts';
import { ApiError, type Status, type UserInfo } from '../../simulation/apiserver/types.ts';
import type { ExecInput } from '../../simulation/inputs.ts';
import type { KubeConnection, RemoteProcess } from '../types.ts';
import type { RemoteTarget } from './upgrade.ts';

const isTrue = (value: string | null): boolean => value !== null && /^(1|t|true)$/i.test(value);

/** What the client wants to have of the session. */
export interface CommandOptions {
  input: ExecInput;
  stdout: boolean;
  stderr: boolean;
}

/** @throws ApiError 400 */
export function commandOptions({ namespace, pod, verb }: RemoteTarget, query: URLSearchParams, impersonate: UserInfo | undefined): CommandOptions {
  const [stdin, stdout, stderr, tty] = ['stdin', 'stdout', 'stderr', 'tty'].map((name) => isTrue(query.get(name))) as [boolean, boolean, boolean, boolean];
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  const container = query.get('container');
  return {
    input: { namespace, pod, command: query.getAll('command'), tty, stdin, ...(container ? { container } : {}), ...(verb === 'attach' ? { attach: true } : {}), ...(impersonate ? { impersonate } : {}) },
    stdout,
    // With a terminal there is only one stream.
    stderr: stderr && !tty,
  };
}

/** Where output goes, once the connection stands. */
export interface CommandOutput {
  stdout(text: string): void;
  stderr(text: string): void;
}

/**
 * Starts the process. What it prints before the connection stands is kept for it.
 * @returns the process, and how to let its output through.
 * @throws ApiError when it is refused.
 */
export async function startCommand(connection: KubeConnection, { input }: CommandOptions): Promise<{ process: RemoteProcess; connect(output: CommandOutput): void }> {
  let output: CommandOutput | undefined;
  const early: ['stdout' | 'stderr', string][] = [];
  const send = (stream: 'stdout' | 'stderr') => (text: string): void => {
    if (output) output[stream](text);
    else early.push([stream, text]);
  };
  const process = connection.exec(input, { stdout: send('stdout'), stderr: send('stderr') });
  await process.started;
  return {
    process,
    connect(to) {
      output = to;
      for (const [stream, text] of early.splice(0)) to[stream](text);
    },
  };
}

/** How a session ended, as the error stream tells it (`remotecommand.v4WriteStatusFunc`). */
export function exitStatus(code: number): Partial<Status> & { metadata: Record<string, never> } {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: error executing command, exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

export function failureStatus(error: unknown): Status {
  if (error instanceof ApiError) return error.status;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 };
}
