import type { Io } from '../io.ts';
import type { Shell } from '../shell.ts';

export interface BuiltinContext {
  shell: Shell;
  args: string[];
  io: Io;
  /** The name it was called by. */
  name: string;
}

/** A command that is part of the shell, because it changes or reads its state. */
export interface Builtin {
  names: string[];
  run(context: BuiltinContext): number | Promise<number>;
}
