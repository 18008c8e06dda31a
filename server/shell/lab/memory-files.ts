/** Files of a shell that nobody keeps. */
import type { ShellFiles } from '../types.ts';

export class MemoryFiles implements ShellFiles {
  readonly #files = new Map<string, string>();
  readonly #directories: Set<string>;

  /** @param directories those that there are from the start; their parents too. */
  constructor(directories: string[]) {
    this.#directories = new Set(['/']);
    for (const path of directories) this.makeDirectory(path);
  }

  read(path: string): string | undefined {
    return this.#files.get(path);
  }

  write(path: string, text: string): void {
    if (this.#directories.has(path)) throw new Error(`${path}: Is a directory`);
    if (!this.#directories.has(parent(path))) throw new Error(`${path}: No such file or directory`);
    this.#files.set(path, text);
  }

  remove(path: string): boolean {
    return this.#files.delete(path) || (path !== '/' && this.#directories.delete(path));
  }

  list(path: string): string[] | undefined {
    if (!this.#directories.has(path)) return undefined;
    return [...this.#files.keys(), ...this.#directories].filter((candidate) => candidate !== '/' && parent(candidate) === path).map((child) => child.slice(child.lastIndexOf('/') + 1)).sort();
  }

  isDirectory(path: string): boolean {
    return this.#directories.has(path);
  }

  makeDirectory(path: string): void {
    if (this.#files.has(path)) throw new Error(`${path}: File exists`);
    if (this.#directories.has(path)) return;
    this.makeDirectory(parent(path));
    this.#directories.add(path);
  }
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
