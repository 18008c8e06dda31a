/** The shell's files as just-bash's tools see a file system. */
import type { IFileSystem } from 'just-bash';
import { baseName, exists, parentOf, resolvePath } from '../bash/paths.ts';
import type { ShellFiles } from '../types.ts';

const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;

function failure(code: 'ENOENT' | 'EISDIR' | 'ENOTDIR' | 'EEXIST' | 'ENOTEMPTY' | 'EPERM', operation: string, path: string): Error {
  const texts = { ENOENT: 'no such file or directory', EISDIR: 'illegal operation on a directory', ENOTDIR: 'not a directory', EEXIST: 'file already exists', ENOTEMPTY: 'directory not empty', EPERM: 'operation not permitted' };
  return Object.assign(new Error(`${code}: ${texts[code]}, ${operation} '${path}'`), { code });
}

function asText(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
}

/** @param now time that every file shows as its own, ms: the shell's files keep none. */
export function filesAsFileSystem(files: ShellFiles, now: number): IFileSystem {
  const normal = (path: string): string => resolvePath('/', path);
  const read = (path: string): string => {
    if (normal(path) === '/dev/null') return '';
    const text = files.read(normal(path));
    if (text !== undefined) return text;
    throw failure(files.isDirectory(normal(path)) ? 'EISDIR' : 'ENOENT', 'open', path);
  };
  const write = (path: string, text: string): void => {
    if (/^\/dev\/(null|stdout|stderr)$/.test(normal(path))) return;
    if (files.isDirectory(normal(path))) throw failure('EISDIR', 'open', path);
    if (!files.isDirectory(parentOf(normal(path)))) throw failure('ENOENT', 'open', path);
    files.write(normal(path), text);
  };
  const stat = async (path: string): Promise<Awaited<ReturnType<IFileSystem['stat']>>> => {
    const text = files.read(normal(path));
    const isDirectory = text === undefined && files.isDirectory(normal(path));
    if (text === undefined && !isDirectory) throw failure('ENOENT', 'stat', path);
    return { isFile: !isDirectory, isDirectory, isSymbolicLink: false, mode: isDirectory ? DIRECTORY_MODE : FILE_MODE, size: text === undefined ? 4_096 : Buffer.byteLength(text), mtime: new Date(now) };
  };
  const remove = (path: string, recursive: boolean): void => {
    for (const child of files.list(path) ?? []) {
      if (!recursive) throw failure('ENOTEMPTY', 'rm', path);
      remove(`${path === '/' ? '' : path}/${child}`, true);
    }
    files.remove(path);
  };
  const copy = (from: string, to: string, recursive: boolean): void => {
    const text = files.read(from);
    if (text !== undefined) return write(to, text);
    if (!files.isDirectory(from)) throw failure('ENOENT', 'cp', from);
    if (!recursive) throw failure('EISDIR', 'cp', from);
    files.makeDirectory(to);
    for (const child of files.list(from) ?? []) copy(`${from}/${child}`, `${to}/${child}`, true);
  };
  return {
    readFile: async (path) => read(path),
    readFileBuffer: async (path) => new Uint8Array(Buffer.from(read(path))),
    writeFile: async (path, content) => write(path, asText(content)),
    appendFile: async (path, content) => write(path, (files.read(normal(path)) ?? '') + asText(content)),
    exists: async (path) => exists(files, normal(path)),
    stat,
    lstat: stat,
    mkdir: async (path, options) => {
      const target = normal(path);
      if (exists(files, target)) {
        if (options?.recursive && files.isDirectory(target)) return;
        throw failure('EEXIST', 'mkdir', path);
      }
      if (!options?.recursive && !files.isDirectory(parentOf(target))) throw failure('ENOENT', 'mkdir', path);
      files.makeDirectory(target);
    },
    readdir: async (path) => {
      const names = files.list(normal(path));
      if (!names) throw failure(files.read(normal(path)) === undefined ? 'ENOENT' : 'ENOTDIR', 'scandir', path);
      return names;
    },
    rm: async (path, options) => {
      const target = normal(path);
      if (!exists(files, target)) {
        if (options?.force) return;
        throw failure('ENOENT', 'rm', path);
      }
      remove(target, options?.recursive ?? false);
    },
    cp: async (from, to, options) => copy(normal(from), files.isDirectory(normal(to)) && files.read(normal(from)) !== undefined ? `${normal(to)}/${baseName(from)}` : normal(to), options?.recursive ?? false),
    mv: async (from, to) => {
      copy(normal(from), normal(to), true);
      remove(normal(from), true);
    },
    resolvePath,
    getAllPaths: () => [],
    chmod: async () => {},
    symlink: async (_target, path) => {
      throw failure('EPERM', 'symlink', path);
    },
    link: async (_from, path) => {
      throw failure('EPERM', 'link', path);
    },
    readlink: async (path) => {
      throw failure('ENOENT', 'readlink', path);
    },
    realpath: async (path) => normal(path),
    utimes: async () => {},
  };
}
