/** Paths of the shell's files. */
import type { ShellFiles } from '../types.ts';

/** An absolute path without `.`, `..` and double slashes. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function baseName(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) || '/';
}

export function parentOf(path: string): string {
  return resolvePath('/', `${path}/..`);
}

export function exists(files: ShellFiles, path: string): boolean {
  return files.read(path) !== undefined || files.isDirectory(path);
}
