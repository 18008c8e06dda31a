/** Rooms run the shell of server/shell. */
import { openTerminal, runLine } from '../shell/terminal/binding.ts';
import type { ShellBinding } from './shell.ts';

export const shellBinding: ShellBinding = {
  open: openTerminal,
  run: (line, host, files) => runLine(line, host, files),
};
