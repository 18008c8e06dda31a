/** Programs that look at and change files. */
import { resolvePath } from '../../paths.ts';
import { monthName } from '../http.ts';
import { FileError, type FileInfo, type ProcessContext, type Program } from '../types.ts';
import { patternMatcher } from './expansion.ts';
import { has, immediate, operands, option } from './tool.ts';

/** Does something for every operand, with busybox's words when it fails. */
function each(name: string, action: (process: ProcessContext, path: string, args: string[]) => void, problem: (operand: string, reason: string) => string, withValue = ''): Program {
  return immediate(name, (process, args) => {
    let code = 0;
    for (const operand of operands(args, withValue)) {
      try {
        action(process, resolvePath(process.cwd, operand), args);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        process.write(2, `${name}: ${problem(operand, error.message)}\n`);
        code = 1;
      }
    }
    return code;
  });
}

function mode(info: FileInfo): string {
  if (info.directory) return info.readOnly ? 'dr-xr-xr-x' : 'drwxr-xr-x';
  return `-r${info.readOnly ? '-' : 'w'}${info.executable ? 'x' : '-'}r-${info.executable ? 'x' : '-'}r-${info.executable ? 'x' : '-'}`;
}

function longLine(info: FileInfo, name: string): string {
  const date = new Date(info.modified);
  const when = `${monthName(date)} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 16)}`;
  return `${mode(info)}    ${info.directory ? 2 : 1} root     root     ${String(info.size).padStart(9)} ${when} ${name}\n`;
}

const ls = immediate('ls', (process, args) => {
  const names = operands(args);
  const targets = names.length > 0 ? names : ['.'];
  const long = has(args, 'l');
  const one = long || has(args, '1') || !process.interactive;
  let code = 0;
  const show = (entries: [string, FileInfo][]): void => {
    if (long) for (const [name, info] of entries) process.write(1, longLine(info, name));
    else if (entries.length > 0) process.write(1, one ? entries.map(([name]) => `${name}\n`).join('') : `${entries.map(([name]) => name).join('  ')}\n`);
  };
  const files: [string, FileInfo][] = [];
  const directories: string[] = [];
  for (const name of targets) {
    const info = process.files.info(resolvePath(process.cwd, name));
    if (!info) {
      process.write(2, `ls: ${name}: No such file or directory\n`);
      code = 1;
    } else if (info.directory && !has(args, 'd')) directories.push(name);
    else files.push([name, info]);
  }
  show(files);
  directories.forEach((name, index) => {
    if (targets.length > 1) process.write(1, `${index > 0 || files.length > 0 ? '\n' : ''}${name}:\n`);
    const path = resolvePath(process.cwd, name);
    const entries = process.files
      .list(path)
      .filter((info) => has(args, 'a') || has(args, 'A') || !info.name.startsWith('.'))
      .map((info): [string, FileInfo] => [info.name, info]);
    if (long) process.write(1, `total ${entries.reduce((sum, [, info]) => sum + Math.ceil(info.size / 4_096) * 4, 0)}\n`);
    if (has(args, 'a')) {
      const self = process.files.info(path) as FileInfo;
      entries.unshift(['.', self], ['..', self]);
    }
    show(entries);
  });
  return code;
});

const mkdir = each(
  'mkdir',
  (process, path, args) => process.files.makeDirectory(path, has(args, 'p')),
  (operand, reason) => `can't create directory '${operand}': ${reason}`,
  'm',
);

const rmdir = each('rmdir', (process, path) => process.files.remove(path, false), (operand, reason) => `'${operand}': ${reason}`);

const rm = immediate('rm', (process, args) => {
  let code = 0;
  for (const operand of operands(args)) {
    const path = resolvePath(process.cwd, operand);
    try {
      if (process.files.isDirectory(path) && !has(args, 'r') && !has(args, 'R')) throw new FileError('is a directory');
      process.files.remove(path, true);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      if (has(args, 'f') && error.message === 'No such file or directory') continue;
      process.write(2, error.message === 'is a directory' ? `rm: '${operand}' is a directory\n` : `rm: can't remove '${operand}': ${error.message}\n`);
      code = 1;
    }
  }
  return code;
});

const touch = each(
  'touch',
  (process, path) => {
    if (!process.files.isDirectory(path)) process.files.write(path, '', true);
  },
  (operand, reason) => `${operand}: ${reason}`,
);

function copyTree(process: ProcessContext, from: string, to: string): void {
  if (!process.files.isDirectory(from)) {
    process.files.write(to, process.files.read(from));
    if (process.files.info(from)?.executable) process.files.setExecutable(to, true);
    return;
  }
  process.files.makeDirectory(to, true);
  for (const { name } of process.files.list(from)) copyTree(process, `${from}/${name}`, `${to}/${name}`);
}

function copyOrMove(name: 'cp' | 'mv'): Program {
  return immediate(name, (process, args) => {
    const words = operands(args);
    const target = words.pop();
    if (target === undefined || words.length === 0) {
      process.write(2, `${name}: missing file operand\n`);
      return 1;
    }
    let code = 0;
    for (const word of words) {
      const from = resolvePath(process.cwd, word);
      let to = resolvePath(process.cwd, target);
      try {
        if (!process.files.exists(from)) throw new FileError('No such file or directory');
        if (process.files.isDirectory(to)) to = `${to === '/' ? '' : to}/${from.slice(from.lastIndexOf('/') + 1)}`;
        if (name === 'cp' && process.files.isDirectory(from) && !has(args, 'r') && !has(args, 'R') && !has(args, 'a')) {
          process.write(2, `cp: omitting directory '${word}'\n`);
          code = 1;
          continue;
        }
        copyTree(process, from, to);
        if (name === 'mv') process.files.remove(from, true);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        process.write(2, name === 'cp' ? `cp: can't ${error.message === 'No such file or directory' ? 'stat' : 'create'} '${error.message === 'No such file or directory' ? word : to}': ${error.message}\n` : `mv: can't rename '${word}': ${error.message}\n`);
        code = 1;
      }
    }
    return code;
  });
}

const chmod = immediate('chmod', (process, args) => {
  const [how = '', ...names] = args.filter((argument) => argument !== '-R');
  let code = 0;
  for (const name of names) {
    try {
      const executable = /^[0-7]+$/.test(how) ? /[1357]/.test(how) : how.includes('x') ? how.includes('+') || how.includes('=') : undefined;
      if (executable !== undefined) process.files.setExecutable(resolvePath(process.cwd, name), executable);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      process.write(2, `chmod: ${name}: ${error.message}\n`);
      code = 1;
    }
  }
  return code;
});

const chown = immediate('chown', () => 0);

const find = immediate('find', (process, args) => {
  const roots: string[] = [];
  let at = 0;
  for (; at < args.length && !(args[at] as string).startsWith('-'); at++) roots.push(args[at] as string);
  const name = args[args.indexOf('-name') + 1];
  const type = args[args.indexOf('-type') + 1];
  const depth = args.includes('-maxdepth') ? Number(args[args.indexOf('-maxdepth') + 1]) : 20;
  const matches = args.includes('-name') && name !== undefined ? patternMatcher(name) : () => true;
  let code = 0;
  const walk = (shown: string, path: string, level: number): void => {
    const info = process.files.info(path);
    if (!info) return;
    if (matches(path.slice(path.lastIndexOf('/') + 1)) && (!args.includes('-type') || (type === 'd') === info.directory)) process.write(1, `${shown}\n`);
    if (info.directory && level < depth) for (const child of process.files.list(path)) walk(`${shown === '/' ? '' : shown}/${child.name}`, `${path === '/' ? '' : path}/${child.name}`, level + 1);
  };
  for (const root of roots.length > 0 ? roots : ['.']) {
    const path = resolvePath(process.cwd, root);
    if (process.files.exists(path)) walk(root, path, 0);
    else {
      process.write(2, `find: ${root}: No such file or directory\n`);
      code = 1;
    }
  }
  return code;
});

const stat = immediate('stat', (process, args) => {
  let code = 0;
  for (const name of operands(args, 'c')) {
    const info = process.files.info(resolvePath(process.cwd, name));
    if (!info) {
      process.write(2, `stat: can't stat '${name}': No such file or directory\n`);
      code = 1;
    } else if (option(args, 'c') !== undefined) process.write(1, `${(option(args, 'c') as string).replaceAll('%s', String(info.size)).replaceAll('%n', name).replaceAll('%Y', String(Math.floor(info.modified / 1_000)))}\n`);
    else process.write(1, `  File: ${name}\n  Size: ${info.size}\t\t${info.directory ? 'directory' : 'regular file'}\nAccess: (${info.directory || info.executable ? '0755' : '0644'}/${mode(info)})  Uid: (    0/    root)   Gid: (    0/    root)\nModify: ${new Date(info.modified).toISOString().slice(0, 19).replace('T', ' ')}.000000000 +0000\n`);
  }
  return code;
});

export const fileTools: Program[] = [ls, mkdir, rmdir, rm, touch, copyOrMove('cp'), copyOrMove('mv'), chmod, chown, find, stat];
