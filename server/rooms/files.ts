/**
 * The files of a participant's terminals: MANIFESTS_FOLDER is the shared editor, /home/NAME is private and kept, /tmp is the
 * terminal's own and gone with it.
 */
import * as Y from 'yjs';
import type { ShellFiles } from '../shell/types.ts';
import { FILE_NAME_PATTERN, MANIFESTS_FOLDER, WORKSPACE_ROOTS } from '../sync/protocol.ts';
import { LimitExceededError } from './errors.ts';

const MAX_FILE_CHARACTERS = 1024 * 1024;
const MAX_SHARED_FILES = 200;
const MAX_PRIVATE_FILES = 200;

/** Private files of a room, by absolute path. Directories are marked by a path that ends with a slash. */
export class HomeFiles {
  readonly #files: Map<string, string>;

  constructor(
    files: Iterable<{ path: string; text: string }>,
    private readonly save: (path: string, text: string | null) => void,
  ) {
    this.#files = new Map([...files].map(({ path, text }) => [path, text]));
  }

  get(path: string): string | undefined {
    return this.#files.get(path);
  }

  set(path: string, text: string): void {
    if (!this.#files.has(path)) {
      const folder = path.split('/').slice(0, 3).join('/');
      let count = 0;
      for (const other of this.#files.keys()) if (other.startsWith(`${folder}/`)) count++;
      if (count >= MAX_PRIVATE_FILES) throw new LimitExceededError('files', MAX_PRIVATE_FILES);
    }
    this.#files.set(path, text);
    this.save(path, text);
  }

  delete(path: string): boolean {
    if (!this.#files.delete(path)) return false;
    this.save(path, null);
    return true;
  }

  keys(): Iterable<string> {
    return this.#files.keys();
  }
}

interface Folder {
  get(path: string): string | undefined;
  set(path: string, text: string): void;
  delete(path: string): boolean;
  keys(): Iterable<string>;
}

/** The shared files as absolute paths. */
class SharedFolder implements Folder {
  constructor(private readonly doc: Y.Doc) {}

  get #map(): Y.Map<unknown> {
    return this.doc.getMap(WORKSPACE_ROOTS.files);
  }

  get(path: string): string | undefined {
    const text = this.#map.get(nameOf(path));
    return text instanceof Y.Text ? text.toString() : undefined;
  }

  set(path: string, text: string): void {
    const name = nameOf(path);
    if (!FILE_NAME_PATTERN.test(name)) throw new Error(`${name}: the shared folder takes names of letters, digits, ".", "_" and "-" only`);
    const map = this.#map;
    const existing = map.get(name);
    this.doc.transact(() => {
      if (existing instanceof Y.Text) return replaceText(existing, text);
      if (map.size >= MAX_SHARED_FILES) throw new LimitExceededError('shared files', MAX_SHARED_FILES);
      map.set(name, new Y.Text(text));
    }, 'server');
  }

  delete(path: string): boolean {
    const map = this.#map;
    const name = nameOf(path);
    if (!map.has(name)) return false;
    this.doc.transact(() => map.delete(name), 'server');
    return true;
  }

  *keys(): Iterable<string> {
    for (const name of [...this.#map.keys()].sort()) yield `${MANIFESTS_FOLDER}/${name}`;
  }
}

function nameOf(path: string): string {
  return path.slice(MANIFESTS_FOLDER.length + 1);
}

/** Changes only what differs in the middle, so that cursors elsewhere stay where they are. */
function replaceText(target: Y.Text, text: string): void {
  const before = target.toString();
  let start = 0;
  while (start < before.length && start < text.length && before[start] === text[start]) start++;
  let end = 0;
  while (end < before.length - start && end < text.length - start && before[before.length - 1 - end] === text[text.length - 1 - end]) end++;
  if (before.length - start - end > 0) target.delete(start, before.length - start - end);
  if (text.length - start - end > 0) target.insert(start, text.slice(start, text.length - end));
}

/** A terminal's view of all of these. */
export class RoomFiles implements ShellFiles {
  readonly #home: string;
  readonly #shared: SharedFolder;
  readonly #homeFiles: HomeFiles;
  readonly #temporary = new Map<string, string>();

  /** @param user name of the participant's folder in /home. */
  constructor(doc: Y.Doc, homeFiles: HomeFiles, user: string) {
    this.#shared = new SharedFolder(doc);
    this.#homeFiles = homeFiles;
    this.#home = `/home/${user}`;
  }

  read(path: string): string | undefined {
    return this.#folder(path)?.get(path);
  }

  write(path: string, text: string): void {
    if (text.length > MAX_FILE_CHARACTERS) throw new LimitExceededError('characters in a file', MAX_FILE_CHARACTERS);
    const folder = this.#folder(path);
    if (!folder) throw new Error(`${path}: Permission denied`);
    folder.set(path, text);
  }

  remove(path: string): boolean {
    const folder = this.#folder(path);
    return folder !== undefined && (folder.delete(path) || folder.delete(`${path}/`));
  }

  list(path: string): string[] | undefined {
    if (!this.isDirectory(path)) return undefined;
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = new Set<string>();
    for (const candidate of this.#everything()) {
      if (!candidate.startsWith(prefix) || candidate === prefix) continue;
      names.add(candidate.slice(prefix.length).split('/', 1)[0] as string);
    }
    return [...names].sort();
  }

  isDirectory(path: string): boolean {
    if (['/', '/home', '/tmp', this.#home, MANIFESTS_FOLDER].includes(path)) return true;
    for (const candidate of this.#everything()) if (candidate.startsWith(`${path}/`)) return true;
    return false;
  }

  makeDirectory(path: string): void {
    if (this.isDirectory(path)) return;
    const folder = this.#folder(path);
    if (!folder || folder === this.#shared) throw new Error(`${path}: Permission denied`);
    folder.set(`${path}/`, '');
  }

  *#everything(): Iterable<string> {
    yield* ['/tmp/', `${MANIFESTS_FOLDER}/`, `${this.#home}/`];
    yield* this.#shared.keys();
    for (const path of this.#homeFiles.keys()) if (path.startsWith(`${this.#home}/`)) yield path;
    yield* this.#temporary.keys();
  }

  #folder(path: string): Folder | undefined {
    if (path.startsWith(`${MANIFESTS_FOLDER}/`)) return this.#shared;
    if (path.startsWith(`${this.#home}/`)) return this.#homeFiles;
    return path.startsWith('/tmp/') ? this.#temporary : undefined;
  }
}
