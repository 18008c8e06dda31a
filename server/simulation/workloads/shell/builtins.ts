/** Commands that a shell does itself. */
import { resolvePath } from '../../paths.ts';
import type { Signal } from '../types.ts';
import { FileError } from '../types.ts';
import { formatted, unescaped } from './format.ts';
import type { Shell } from './shell.ts';
import { newFrame, type Frame } from './shell-state.ts';
import { evaluateTest } from './test-expression.ts';

/** @returns the exit status, or undefined when the status comes later (a wait, a new frame) or the shell has ended. */
export type Builtin = (shell: Shell, args: string[], name: string) => number | undefined;

const SIGNALS = new Set(['HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'USR2', 'WINCH', 'PIPE', 'CONT']);
const NUMBERS: Record<string, string> = { 0: 'EXIT', 1: 'HUP', 2: 'INT', 3: 'QUIT', 9: 'KILL', 10: 'USR1', 12: 'USR2', 13: 'PIPE', 15: 'TERM', 18: 'CONT', 19: 'STOP', 28: 'WINCH' };

/** `TERM` for `15`, `SIGTERM` and `TERM`. */
export function signalName(text: string): string {
  return NUMBERS[text] ?? text.toUpperCase().replace(/^SIG/, '');
}

function assignment(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function kill(shell: Shell, args: string[]): number {
  let signal = 'TERM';
  const rest = [...args];
  if (rest[0] === '-l') {
    shell.process.write(1, 'HUP INT QUIT KILL USR1 USR2 PIPE TERM CONT STOP WINCH\n');
    return 0;
  }
  if (rest[0] === '-s') {
    signal = signalName(rest[1] ?? '');
    rest.splice(0, 2);
  } else if (rest[0]?.startsWith('-') && rest[0].length > 1) signal = signalName((rest.shift() as string).slice(1));
  if (rest.length === 0) {
    shell.complain('kill: usage: kill [-s sigspec | -signum] pid');
    return 2;
  }
  let status = 0;
  for (const target of rest) {
    const pid = target.startsWith('%') ? (shell.state.background[Number(target.slice(1)) - 1] ?? 0) : Number(target);
    if (signal === '0' || signal === 'EXIT') {
      if (!shell.process.processes().some((process) => process.pid === pid)) status = 1;
    } else if (!shell.process.signal(pid, signal as Signal)) {
      shell.complain(`kill: can't kill pid ${target}: No such process`);
      status = 1;
    }
  }
  return status;
}

export const builtins: Record<string, Builtin> = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  echo(shell, args) {
    const words = [...args];
    let newline = true;
    let escapes = false;
    while (words[0] !== undefined && /^-[neE]+$/.test(words[0])) {
      const flags = words.shift() as string;
      if (flags.includes('n')) newline = false;
      if (flags.includes('e')) escapes = true;
    }
    const text = words.join(' ');
    shell.process.write(1, (escapes ? unescaped(text) : text) + (newline ? '\n' : ''));
    return 0;
  },
  printf(shell, args) {
    if (args[0] === undefined) {
      shell.complain('printf: usage: printf FORMAT [ARG]...');
      return 2;
    }
    shell.process.write(1, formatted(args[0], args.slice(1)));
    return 0;
  },
  test: (shell, args) => evaluateTest(shell.process, args, (message) => shell.complain(`test: ${message}`)),
  '['(shell, args) {
    if (args[args.length - 1] !== ']') {
      shell.complain('[: missing ]');
      return 2;
    }
    return evaluateTest(shell.process, args.slice(0, -1), (message) => shell.complain(`[: ${message}`));
  },
  cd(shell, args) {
    const { process } = shell;
    const wanted = args[0] === '-' ? (shell.get('OLDPWD') ?? process.cwd) : (args[0] ?? shell.get('HOME') ?? '/');
    const path = resolvePath(process.cwd, wanted);
    if (!process.files.isDirectory(path)) {
      shell.complain(`cd: can't cd to ${wanted}: ${process.files.exists(path) ? 'Not a directory' : 'No such file or directory'}`);
      return 2;
    }
    shell.state.vars.OLDPWD = process.cwd;
    process.cwd = path;
    if (args[0] === '-') process.write(1, `${path}\n`);
    return 0;
  },
  pwd(shell) {
    shell.process.write(1, `${shell.process.cwd}\n`);
    return 0;
  },
  exit(shell, args) {
    shell.exit(args[0] === undefined ? shell.state.status : Number(args[0]) & 255);
    return undefined;
  },
  export(shell, args) {
    for (const text of args) {
      if (text === '-p') continue;
      const [name, value] = assignment(text);
      if (!/^[A-Za-z_]\w*$/.test(name)) {
        shell.complain(`export: ${text}: bad variable name`);
        return 2;
      }
      const current = value ?? shell.state.vars[name];
      if (!shell.state.exported.includes(name)) shell.state.exported.push(name);
      if (current !== undefined) shell.process.env[name] = current;
      delete shell.state.vars[name];
    }
    if (args.length === 0 || args[0] === '-p') for (const name of Object.keys(shell.process.env).sort()) shell.process.write(1, `export ${name}='${shell.process.env[name]}'\n`);
    return 0;
  },
  readonly(shell, args) {
    for (const text of args) {
      const [name, value] = assignment(text);
      if (value !== undefined) shell.set(name, value);
    }
    return 0;
  },
  local(shell, args) {
    const frame = shell.state.frames.findLast((candidate: Frame) => candidate.kind === 'function');
    for (const text of args) {
      const [name, value] = assignment(text);
      if (frame) (frame.locals ??= {})[name] ??= shell.state.vars[name] ?? null;
      shell.state.vars[name] = value ?? '';
    }
    return 0;
  },
  unset(shell, args) {
    for (const name of args) {
      if (name === '-f' || name === '-v') continue;
      delete shell.state.vars[name];
      delete shell.process.env[name];
      delete shell.state.functions[name];
    }
    return 0;
  },
  set(shell, args) {
    if (args.length === 0) {
      const all = { ...shell.process.env, ...shell.state.vars };
      for (const name of Object.keys(all).sort()) shell.process.write(1, `${name}='${all[name]}'\n`);
      return 0;
    }
    let at = 0;
    for (; at < args.length; at++) {
      const word = args[at] as string;
      if (word === '--') {
        at++;
        shell.args = args.slice(at);
        return 0;
      }
      if (!/^[-+][a-zA-Z]+$/.test(word)) break;
      const on = word.startsWith('-');
      if (word.includes('e')) shell.state.options.errexit = on;
      if (word.includes('u')) shell.state.options.nounset = on;
      if (word.includes('x')) shell.state.options.xtrace = on;
      if (word.includes('o')) at++;
    }
    if (at < args.length) shell.args = args.slice(at);
    return 0;
  },
  shift(shell, args) {
    const count = Number(args[0] ?? 1);
    if (count > shell.args.length) {
      shell.complain(`shift: can't shift that many`);
      return 2;
    }
    shell.args = shell.args.slice(count);
    return 0;
  },
  eval(shell, args) {
    shell.state.frames.push(newFrame(args.join(' '), 'eval'));
    shell.state.status = 0;
    return undefined;
  },
  '.'(shell, args) {
    try {
      const text = shell.process.files.read(resolvePath(shell.process.cwd, args[0] ?? ''));
      shell.state.frames.push(newFrame(text, 'source'));
      return undefined;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      shell.complain(`.: can't open '${args[0] ?? ''}': ${error.message}`);
      return 2;
    }
  },
  exec(shell, args) {
    if (args.length === 0) return 0;
    const failed = shell.process.exec(args);
    if (failed === undefined) return undefined;
    shell.complain(`exec: ${args[0]}: ${failed === 'not-found' ? 'not found' : 'Permission denied'}`);
    shell.process.exit(failed === 'not-found' ? 127 : 126);
    return undefined;
  },
  trap(shell, args) {
    const [action, ...signals] = args;
    if (action === undefined) {
      for (const name of Object.keys(shell.state.traps)) shell.process.write(1, `trap -- '${shell.state.traps[name]}' ${name}\n`);
      return 0;
    }
    const names = (signals.length === 0 ? [action] : signals).map(signalName);
    for (const name of names) {
      if (name !== 'EXIT' && !SIGNALS.has(name)) {
        shell.complain(`trap: ${name}: invalid signal specification`);
        return 1;
      }
      if (signals.length === 0 || action === '-') {
        delete shell.state.traps[name];
        if (name !== 'EXIT') shell.process.onSignal(name as Signal, 'default');
      } else {
        shell.state.traps[name] = action;
        if (name !== 'EXIT') shell.process.onSignal(name as Signal, action === '' ? 'ignore' : 'handle');
      }
    }
    return 0;
  },
  wait(shell, args) {
    const { state } = shell;
    if (args[0] === undefined) {
      if (state.background.length === 0) return 0;
      state.wait = { kind: 'jobs', pid: 0 };
      return undefined;
    }
    const pid = Number(args[0].replace('%', ''));
    const finished = state.finished[pid];
    if (finished !== undefined) return finished;
    if (!state.background.includes(pid)) return 127;
    state.wait = { kind: 'jobs', pid };
    return undefined;
  },
  kill,
  jobs(shell) {
    shell.state.background.forEach((pid, index) => shell.process.write(1, `[${index + 1}]  Running                    ${shell.process.processes().find((process) => process.pid === pid)?.argv.join(' ') ?? ''}\n`));
    return 0;
  },
  break(shell, args) {
    shell.leaveLoops(Number(args[0] ?? 1), false);
    return 0;
  },
  continue(shell, args) {
    shell.leaveLoops(Number(args[0] ?? 1), true);
    return 0;
  },
  return(shell, args) {
    const code = args[0] === undefined ? shell.state.status : Number(args[0]) & 255;
    if (!shell.leaveFunction()) shell.exit(code);
    return code;
  },
  read(shell, args) {
    let raw = false;
    const names: string[] = [];
    for (let i = 0; i < args.length; i++) {
      const word = args[i] as string;
      if (word === '-r') raw = true;
      else if (word === '-p') shell.process.write(2, args[++i] ?? '');
      else if (word === '-t' || word === '-n') i++;
      else names.push(word);
    }
    const line = shell.process.readLine();
    if (line === '') {
      shell.state.wait = { kind: 'read', names: [...(raw ? ['-r'] : []), ...names] };
      return undefined;
    }
    const text = (line ?? '').replace(/\n$/, '').trim();
    if (names.length === 0) names.push('REPLY');
    let rest = text;
    names.forEach((name, index) => {
      if (index === names.length - 1) return shell.set(name, rest);
      const match = /^(\S*)\s*([\s\S]*)$/.exec(rest);
      shell.set(name, match?.[1] ?? '');
      rest = match?.[2] ?? '';
    });
    return line === undefined ? 1 : 0;
  },
  type(shell, args) {
    let status = 0;
    for (const name of args) {
      const path = shell.process.which(name);
      if (builtins[name]) shell.process.write(1, `${name} is a shell builtin\n`);
      else if (shell.state.functions[name] !== undefined) shell.process.write(1, `${name} is a function\n`);
      else if (path) shell.process.write(1, `${name} is ${path}\n`);
      else {
        shell.process.write(1, `${name}: not found\n`);
        status = 127;
      }
    }
    return status;
  },
  command(shell, args) {
    if (args[0] === '-v' || args[0] === '-V') {
      const name = args[1] ?? '';
      const found = builtins[name] || shell.state.functions[name] !== undefined ? name : shell.process.which(name);
      if (!found) return 127;
      shell.process.write(1, `${found}\n`);
      return 0;
    }
    shell.state.frames.push(newFrame(args.map(quote).join(' '), 'eval'));
    return undefined;
  },
  umask: () => 0,
  ulimit: () => 0,
  alias: () => 0,
  hash: () => 0,
};
builtins.source = builtins['.'] as Builtin;
builtins.bg = builtins.jobs as Builtin;

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
