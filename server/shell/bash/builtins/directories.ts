import { stderrOf, stdoutOf } from '../io.ts';
import { exists, resolvePath } from '../paths.ts';
import type { Builtin } from './types.ts';

const cd: Builtin = {
  names: ['cd'],
  run({ shell, args, io }) {
    const fail = (message: string): number => {
      stderrOf(io).write(`bash: cd: ${message}\n`);
      return 1;
    };
    const words = args.filter((arg) => arg !== '-P' && arg !== '-L' && arg !== '--');
    if (words.length > 1) return fail('too many arguments');
    const [word] = words;
    const target = word === undefined ? shell.variables.get('HOME') : word === '-' ? shell.variables.get('OLDPWD') : word;
    if (target === undefined) return fail(word === '-' ? 'OLDPWD not set' : 'HOME not set');
    const path = resolvePath(shell.cwd, target);
    if (!shell.files.isDirectory(path)) return fail(`${target}: ${exists(shell.files, path) ? 'Not a directory' : 'No such file or directory'}`);
    shell.variables.set('OLDPWD', shell.cwd);
    shell.cwd = path;
    shell.variables.set('PWD', path);
    if (word === '-') stdoutOf(io).write(`${path}\n`);
    return 0;
  },
};

const pwd: Builtin = {
  names: ['pwd'],
  run({ shell, io }) {
    stdoutOf(io).write(`${shell.cwd}\n`);
    return 0;
  },
};

export const directories: Builtin[] = [cd, pwd];
