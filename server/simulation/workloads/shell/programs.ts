import type { Program } from '../types.ts';
export const shellPrograms: Program[] = [];
export const TOOLS: string[] = [];
