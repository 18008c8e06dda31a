/** Streams between processes: pipes, files, the log, sessions. */
import { FileError } from '../workloads/types.ts';
import type { Container, StreamState } from './container-state.ts';
import type { ContainerRuntime } from './runtime.ts';

/** A pipe or typed input holds at most so much, bytes; more is lost, which no script of a class notices. */
export const PIPE_LIMIT_BYTES = 1_048_576;

/** Stream numbers that every container has without an entry of their own: nothing, and the log. */
export const NULL_STREAM = 0;
export const LOG_OUT = -1;
export const LOG_ERR = -2;

/** @returns the number of a new stream of the container. */
export function newStream(container: Container, stream: StreamState): number {
  const number = container.nextStream++;
  (container.streams ??= new Map()).set(number, stream);
  return number;
}

/** @returns `broken` when nobody reads the pipe any more. */
export function writeStream(runtime: ContainerRuntime, container: Container, number: number, text: string): 'broken' | undefined | void {
  if (text === '' || number === NULL_STREAM) return;
  if (number === LOG_OUT || number === LOG_ERR) return runtime.appendLog(container, number === LOG_OUT ? 1 : 2, text);
  const stream = container.streams?.get(number);
  if (!stream) return;
  switch (stream.kind) {
    case 'null':
      return;
    case 'session': {
      const tty = runtime.state.sessions.get(stream.session)?.tty ?? false;
      return runtime.emit(stream.session, stream.fd === 1 ? 'stdout' : 'stderr', tty ? text.replaceAll('\n', '\r\n') : text);
    }
    case 'pipe':
      if (stream.broken) return 'broken';
      if (stream.text.length + text.length <= PIPE_LIMIT_BYTES) stream.text += text;
      runtime.wakeReader(container, stream.reader);
      return;
    case 'file': {
      const files = runtime.filesOf(container);
      try {
        files.write(stream.path, text, true);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
      }
    }
  }
}

/** One more process writes to these. */
export function retain(container: Container, stdout: number, stderr: number): void {
  for (const number of stdout === stderr ? [stdout] : [stdout, stderr]) {
    const stream = container.streams?.get(number);
    if (stream?.kind === 'pipe') stream.writers++;
  }
}

