/** Paths of the shell's files. */
import { resolvePath } from '../../simulation/paths.ts';
import type { ShellFiles } from '../types.ts';

export { resolvePath };

export function baseName(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) || '/';
}

export function parentOf(path: string): string {
  return resolvePath('/', `${path}/..`);
}

export function exists(files: ShellFiles, path: string): boolean {
  return files.read(path) !== undefined || files.isDirectory(path);
}
