/** Redirections of the shell in containers: `<`, `>`, `>>`, `2>&1`, `&>` and here-documents as streams of a process. */
import { resolvePath } from '../../paths.ts';
import type { Redirects } from '../types.ts';
import { FileError } from '../types.ts';
import { expandText } from './expansion.ts';
import type { Shell } from './shell.ts';
import type { Frame } from './shell-state.ts';
import type { Redirect } from './syntax-types.ts';

/** Opens what redirections name. @returns undefined after an error message. */
export function openRedirects(shell: Shell, frame: Frame, redirects: readonly Redirect[], before: Redirects = {}): Redirects | undefined {
  const streams: Redirects = { ...before };
  const { process } = shell;
  const scope = shell.scope(frame);
  const assign = (fd: number, stream: number): void => {
    if (fd === 0) streams.stdin = stream;
    else if (fd === 1) streams.stdout = stream;
    else if (fd === 2) streams.stderr = stream;
  };
  const current = (fd: number): number => (fd === 0 ? (streams.stdin ?? process.streams.stdin) : fd === 1 ? (streams.stdout ?? process.streams.stdout) : (streams.stderr ?? process.streams.stderr));
  for (const { fd, op, target } of redirects) {
    const text = expandText(target, scope);
    const path = resolvePath(process.cwd, text);
    try {
      switch (op) {
        case '>':
        case '>>':
          assign(fd, process.openForWriting(path, op === '>>'));
          break;
        case '&>': {
          const stream = process.openForWriting(path, false);
          assign(1, stream);
          assign(2, stream);
          break;
        }
        case '<':
          assign(0, path === '/dev/null' ? 0 : path === '/dev/stdin' ? process.streams.stdin : process.textStream(process.files.read(path)));
          break;
        case '<<':
          assign(fd, process.textStream(text));
          break;
        case '>&':
        case '<&':
          if (text === '-') assign(fd, 0);
          else if (/^\d$/.test(text)) assign(fd, current(Number(text)));
          else {
            const stream = process.openForWriting(path, false);
            assign(1, stream);
            assign(2, stream);
          }
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      shell.complain(op === '<' ? `can't open ${text}: ${shortReason(error.message)}` : `can't create ${text}: ${shortReason(error.message)}`);
      return undefined;
    }
  }
  return streams;
}

function shortReason(message: string): string {
  return message === 'No such file or directory' ? 'no such file' : message === 'Read-only file system' ? 'Read-only file system' : message;
}
