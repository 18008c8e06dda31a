import { resolvePath } from '../../paths.ts';
import { pack, unpack, type TarEntry } from '../tar.ts';
import { FileError, type ProcessContext, type Program } from '../types.ts';

const MAX_ENTRIES = 5_000;

interface Options {
  mode: 'c' | 'x' | 't' | undefined;
  file: string;
  directory: string;
  verbose: boolean;
  operands: string[];
}

function parse(process: ProcessContext): Options {
  const options: Options = { mode: undefined, file: '-', directory: process.cwd, verbose: false, operands: [] };
  const args = process.argv.slice(1);
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    const letters = at === 0 && !arg.startsWith('-') ? arg : /^-[a-zA-Z]+$/.test(arg) ? arg.slice(1) : '';
    if (letters === '') {
      if (arg !== '-' && !arg.startsWith('--')) options.operands.push(arg);
      continue;
    }
    for (const letter of letters) {
      if (letter === 'c' || letter === 'x' || letter === 't') options.mode = letter;
      else if (letter === 'f') options.file = args[++at] ?? '-';
      else if (letter === 'C') options.directory = resolvePath(process.cwd, args[++at] ?? '.');
      else if (letter === 'v') options.verbose = true;
    }
  }
  return options;
}

function collect(process: ProcessContext, path: string, name: string, entries: TarEntry[]): void {
  if (entries.length >= MAX_ENTRIES) throw new FileError('Argument list too long');
  const info = process.files.info(path);
  if (!info) throw new FileError('No such file or directory');
  if (!info.directory) return void entries.push({ name, text: process.files.read(path), ...(info.executable ? { executable: true } : {}) });
  entries.push({ name: `${name}/` });
  for (const child of process.files.list(path)) collect(process, `${path === '/' ? '' : path}/${child.name}`, `${name}/${child.name}`, entries);
}

function create(process: ProcessContext, { operands, directory, file }: Options): number {
  const entries: TarEntry[] = [];
  let code = 0;
  if (operands.some((operand) => operand.startsWith('/'))) {
    const gnu = process.files.exists('/etc/debian_version');
    process.write(2, gnu ? "tar: Removing leading `/' from member names\n" : "tar: removing leading '/' from member names\n");
  }
  for (const operand of operands) {
    try {
      collect(process, resolvePath(directory, operand), operand.replace(/^\/+/, '').replace(/\/+$/, '') || '.', entries);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      process.write(2, `tar: ${operand}: ${process.files.exists('/etc/debian_version') ? 'Cannot stat: ' : ''}${error.message}\n`);
      code = 2;
    }
  }
  const archive = pack(entries, process.now);
  if (file === '-') process.write(1, archive);
  else process.files.write(resolvePath(process.cwd, file), archive);
  if (code !== 0) process.write(2, 'tar: Exiting with failure status due to previous errors\n');
  return code;
}

function extract(process: ProcessContext, archive: string, { mode, directory, verbose }: Options): number {
  const entries = unpack(archive);
  if (!entries) {
    process.write(2, 'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n');
    return 2;
  }
  for (const entry of entries) {
    if (mode === 't' || verbose) process.write(1, `${entry.name}${entry.text === undefined ? '/' : ''}\n`);
    if (mode === 't') continue;
    const path = resolvePath(directory, entry.name);
    try {
      const parent = path.slice(0, path.lastIndexOf('/')) || '/';
      if (!process.files.isDirectory(parent)) process.files.makeDirectory(parent, true);
      if (entry.text === undefined) process.files.makeDirectory(path, true);
      else {
        process.files.write(path, entry.text);
        if (entry.executable) process.files.setExecutable(path, true);
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      process.write(2, `tar: ${entry.name}: Cannot open: ${error.message}\ntar: Exiting with failure status due to previous errors\n`);
      return 2;
    }
  }
  return 0;
}

export const tar: Program = {
  name: 'tar',
  memoryBytes: 1_048_576,
  step(process, event) {
    const options = parse(process);
    if (event.kind === 'start') {
      if (options.mode === undefined) {
        process.write(2, 'tar: You must specify one of -c, -t, -x\n');
        return process.exit(2);
      }
      if (options.mode === 'c') return process.exit(create(process, options));
      if (!process.files.isDirectory(options.directory)) {
        process.write(2, `tar: ${options.directory}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n`);
        return process.exit(2);
      }
      if (options.file !== '-') {
        try {
          return process.exit(extract(process, process.files.read(resolvePath(process.cwd, options.file)), options));
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          process.write(2, `tar: ${options.file}: Cannot open: ${error.message}\ntar: Error is not recoverable: exiting now\n`);
          return process.exit(2);
        }
      }
      process.data = { text: '' };
    }
    const state = process.data as { text: string };
    for (;;) {
      const chunk = process.read();
      if (chunk === undefined) return process.exit(extract(process, state.text, options));
      if (chunk === '') return;
      state.text += chunk;
    }
  },
};
