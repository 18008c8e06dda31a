/** The shell and the small programs of containers. */
import type { Program } from '../types.ts';
import { argumentTools } from './argument-tools.ts';
import { diskTools } from './disk-tools.ts';
import { fileTools } from './file-tools.ts';
import { networkTools } from './network-tools.ts';
import { patternTools } from './pattern-tools.ts';
import { sh } from './sh.ts';
import { tar } from './tar-tool.ts';
import { systemTools } from './system-tools.ts';
import { textTools } from './text-tools.ts';

export const shellPrograms: Program[] = [sh, ...textTools, ...patternTools, ...argumentTools, ...fileTools, ...diskTools, ...systemTools, ...networkTools, tar];

/** Names under which the base of an image offers them. */
export const TOOLS: string[] = shellPrograms.map((program) => program.name).filter((name) => name !== 'curl-entrypoint');
