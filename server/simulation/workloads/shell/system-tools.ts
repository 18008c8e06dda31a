/** Programs that know of the machine, of time and of other processes. */
import { dayName, monthName } from '../http.ts';
import type { ProcessContext, Program, Signal } from '../types.ts';
import { signalName } from './builtins.ts';
import { evaluateTest } from './test-expression.ts';
import { has, immediate, operands } from './tool.ts';

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `5`, `0.5`, `2m`; undefined when it is none. */
function duration(text: string): number | undefined {
  if (text === 'infinity' || text === 'inf') return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text);
  return match ? Math.round(Number(match[1]) * (UNITS[match[2] || 's'] as number)) : undefined;
}

const sleep: Program = {
  name: 'sleep',
  memoryBytes: 262_144,
  step(process, event) {
    if (event.kind === 'timer') return process.exit(0);
    if (event.kind !== 'start') return;
    let total = 0;
    for (const word of process.argv.slice(1)) {
      const part = duration(word);
      if (part === undefined) {
        process.write(2, `sleep: invalid number '${word}'\n`);
        return process.exit(1);
      }
      total += part;
    }
    if (process.argv.length < 2) {
      process.write(2, 'sleep: missing operand\n');
      return process.exit(1);
    }
    if (Number.isFinite(total)) process.sleep(total);
  },
};

const usleep: Program = {
  name: 'usleep',
  step(process, event) {
    if (event.kind === 'timer') process.exit(0);
    else if (event.kind === 'start') process.sleep(Math.ceil(Number(process.argv[1] ?? 0) / 1_000));
  },
};

/** `timeout SECONDS COMMAND…`. */
const timeout: Program = {
  name: 'timeout',
  step(process, event) {
    if (event.kind === 'start') {
      const words = operands(process.argv.slice(1, 4), 'sk');
      const at = process.argv.indexOf(words[0] as string);
      const limit = duration(words[0] ?? '');
      if (limit === undefined) {
        process.write(2, `timeout: invalid number '${words[0] ?? ''}'\n`);
        return process.exit(1);
      }
      const spawned = process.spawn(process.argv.slice(at + 1), { ...process.env }, {});
      if ('failed' in spawned) {
        process.write(2, `timeout: can't execute '${process.argv[at + 1] ?? ''}': No such file or directory\n`);
        return process.exit(127);
      }
      if (spawned.code !== undefined) return process.exit(spawned.code);
      process.data = { pid: spawned.pid, expired: false };
      return process.sleep(limit);
    }
    const state = process.data as { pid: number; expired: boolean };
    if (event.kind === 'child' && event.pid === state.pid) process.exit(state.expired ? 143 : event.code);
    else if (event.kind === 'timer') {
      state.expired = true;
      process.signal(state.pid, 'TERM');
    }
  },
};

const date = immediate('date', (process, args) => {
  const now = new Date(process.now);
  const format = args.find((argument) => argument.startsWith('+'));
  const two = (number: number): string => String(number).padStart(2, '0');
  if (format === undefined) {
    process.write(1, `${dayName(now)} ${monthName(now)} ${String(now.getUTCDate()).padStart(2)} ${now.toISOString().slice(11, 19)} UTC ${now.getUTCFullYear()}\n`);
    return 0;
  }
  const parts: Record<string, string> = {
    Y: String(now.getUTCFullYear()), m: two(now.getUTCMonth() + 1), d: two(now.getUTCDate()), e: String(now.getUTCDate()).padStart(2), H: two(now.getUTCHours()), M: two(now.getUTCMinutes()),
    S: two(now.getUTCSeconds()), s: String(Math.floor(process.now / 1_000)), N: `${String(process.now % 1_000).padStart(3, '0')}000000`, F: now.toISOString().slice(0, 10), T: now.toISOString().slice(11, 19),
    R: now.toISOString().slice(11, 16), Z: 'UTC', z: '+0000', a: dayName(now), b: monthName(now), D: `${two(now.getUTCMonth() + 1)}/${two(now.getUTCDate())}/${String(now.getUTCFullYear()).slice(2)}`, '%': '%',
  };
  process.write(1, `${format.slice(1).replace(/%([A-Za-z%])/g, (whole, letter: string) => parts[letter] ?? whole)}\n`);
  return 0;
});

const hostname = immediate('hostname', (process, args) => {
  const { ip, hostname: name } = process.container;
  // Its full name is what /etc/hosts says first for its address.
  const full = (): string => process.files.read('/etc/hosts').split('\n').find((line) => line.startsWith(`${ip}\t`))?.split('\t')[1] ?? name;
  process.write(1, `${has(args, 'i') || has(args, 'I') ? ip : has(args, 'f') ? full() : name}\n`);
  return 0;
});

const env: Program = immediate('env', (process, args) => {
  const variables: Record<string, string> = args[0] === '-i' ? {} : { ...process.env };
  const rest = args[0] === '-i' ? args.slice(1) : [...args];
  while (rest[0] !== undefined && /^[A-Za-z_]\w*=/.test(rest[0])) {
    const word = rest.shift() as string;
    variables[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
  }
  if (rest.length === 0) {
    for (const name of Object.keys(variables)) process.write(1, `${name}=${variables[name]}\n`);
    return 0;
  }
  const spawned = process.spawn(rest, variables, {});
  if ('failed' in spawned) {
    process.write(2, `env: can't execute '${rest[0] as string}': No such file or directory\n`);
    return 127;
  }
  return spawned.code ?? 0;
});

const printenv = immediate('printenv', (process, args) => {
  if (args.length === 0) for (const name of Object.keys(process.env)) process.write(1, `${name}=${process.env[name]}\n`);
  let code = 0;
  for (const name of args) {
    const value = process.env[name];
    if (value === undefined) code = 1;
    else process.write(1, `${value}\n`);
  }
  return code;
});

const id = immediate('id', (process, args) => {
  process.write(1, has(args, 'u') ? `${has(args, 'n') ? 'root' : '0'}\n` : has(args, 'g') ? '0\n' : 'uid=0(root) gid=0(root) groups=0(root)\n');
  return 0;
});

const whoami = immediate('whoami', (process) => {
  process.write(1, 'root\n');
  return 0;
});

const uname = immediate('uname', (process, args) => {
  const release = '6.8.0-48-generic';
  if (has(args, 'a')) process.write(1, `Linux ${process.container.hostname} ${release} #48-Ubuntu SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n`);
  else process.write(1, `${has(args, 'r') ? release : has(args, 'm') ? 'x86_64' : has(args, 'n') ? process.container.hostname : 'Linux'}\n`);
  return 0;
});

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const ps = immediate('ps', (process, args) => {
  const all = process.processes();
  if (args.some((argument) => /^-?(aux|ef|ax)$/.test(argument))) {
    process.write(1, 'PID   USER     TIME  COMMAND\n');
  } else process.write(1, 'PID   USER     TIME  COMMAND\n');
  for (const { pid, argv, startedAt } of all) {
    void startedAt;
    process.write(1, `${String(pid).padStart(5)} root     ${clock(0).padStart(5)} ${argv.join(' ')}\n`);
  }
  return 0;
});

const kill = immediate('kill', (process, args) => {
  const rest = [...args];
  let signal = 'TERM';
  if (rest[0] === '-s') {
    signal = signalName(rest[1] ?? '');
    rest.splice(0, 2);
  } else if (rest[0]?.startsWith('-')) signal = signalName((rest.shift() as string).slice(1));
  let code = 0;
  for (const target of rest) {
    if (process.signal(Number(target), signal as Signal)) continue;
    process.write(2, `kill: can't kill pid ${target}: No such process\n`);
    code = 1;
  }
  return code;
});

function killAll(process: ProcessContext, args: string[], tool: string): number {
  const words = args.filter((argument) => !argument.startsWith('-'));
  const signal = signalName(args.find((argument) => /^-([A-Z0-9]+)$/.test(argument))?.slice(1) ?? 'TERM') as Signal;
  let found = false;
  for (const { pid, argv } of process.processes()) {
    if (pid === process.pid) continue;
    const name = (argv[0] ?? '').replace(/^.*\//, '');
    if (!words.some((word) => (has(args, 'f') ? argv.join(' ').includes(word) : name === word))) continue;
    process.signal(pid, signal);
    found = true;
  }
  if (!found && tool === 'killall') process.write(2, `killall: ${words[0] ?? ''}: no process killed\n`);
  return found ? 0 : 1;
}

const pidof = immediate('pidof', (process, args) => {
  const pids = process.processes().filter(({ argv }) => (argv[0] ?? '').replace(/^.*\//, '') === args[0]);
  if (pids.length > 0) process.write(1, `${pids.map(({ pid }) => pid).join(' ')}\n`);
  return pids.length > 0 ? 0 : 1;
});

const which = immediate('which', (process, args) => {
  let code = 0;
  for (const name of operands(args)) {
    const path = process.which(name);
    if (path) process.write(1, `${path}\n`);
    else code = 1;
  }
  return code;
});

const uptime = immediate('uptime', (process) => {
  const minutes = Math.floor((process.now - process.container.startedAt) / 60_000);
  process.write(1, ` ${new Date(process.now).toISOString().slice(11, 19)} up ${minutes} min,  0 users,  load average: 0.08, 0.05, 0.01\n`);
  return 0;
});

const free = immediate('free', (process) => {
  const total = Math.floor((process.container.memoryLimitBytes || 4_294_967_296) / 1_024);
  const used = Math.floor(total / 5);
  process.write(1, `              total        used        free      shared  buff/cache   available\nMem:     ${String(total).padStart(10)}  ${String(used).padStart(10)}  ${String(total - used * 2).padStart(10)}           0  ${String(used).padStart(10)}  ${String(total - used).padStart(10)}\nSwap:             0           0           0\n`);
  return 0;
});

const nproc = immediate('nproc', (process) => {
  process.write(1, '2\n');
  return 0;
});

const testProgram = immediate('test', (process, args) => evaluateTest(process, args, (message) => process.write(2, `test: ${message}\n`)));
const bracket = immediate('[', (process, args) => evaluateTest(process, args.slice(0, -1), (message) => process.write(2, `[: ${message}\n`)));

const GROWTH_BYTES = 67_108_864;
const GROWTH_MS = 20;

/** Grows until it is killed. A made-up program, see shared/conformance/README.md. */
const oom: Program = {
  name: 'oom',
  step(process, event) {
    if (event.kind !== 'start' && event.kind !== 'timer') return;
    process.busy = true;
    process.allocate(GROWTH_BYTES);
    if (!process.ended) process.sleep(GROWTH_MS);
  },
};

export const systemTools: Program[] = [
  sleep, usleep, timeout, date, hostname, env, printenv, id, whoami, uname, ps, kill, pidof, which, uptime, free, nproc, testProgram, bracket, oom,
  immediate('killall', (process, args) => killAll(process, args, 'killall')),
  immediate('pkill', (process, args) => killAll(process, args, 'pkill')),
  immediate('true', () => 0),
  immediate('false', () => 1),
  immediate('sync', () => 0),
  immediate('clear', () => 0),
];
