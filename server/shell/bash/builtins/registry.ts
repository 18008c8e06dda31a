/** The builtins by name. */
import { control } from './control.ts';
import { directories } from './directories.ts';
import { jobControl } from './jobs.ts';
import { output } from './output.ts';
import { read } from './read.ts';
import { settings } from './settings.ts';
import { test } from './test.ts';
import type { Builtin } from './types.ts';
import { variables } from './variables.ts';

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  [...control, ...directories, ...jobControl, ...output, read, ...settings, test, ...variables].flatMap((builtin) => builtin.names.map((name) => [name, builtin] as const)),
);
