import { AbortedError } from '../control-flow.ts';
import type { SignalName } from '../errors.ts';
import { stderrOf, stdoutOf } from '../io.ts';
import type { Job } from '../jobs.ts';
import type { Builtin, BuiltinContext } from './types.ts';

const SIGNALS: Record<string, SignalName> = { 1: 'SIGHUP', 2: 'SIGINT', 9: 'SIGKILL', 13: 'SIGPIPE', 15: 'SIGTERM' };

/** The job's status, or an abort when the one who waits is interrupted. `interrupts`: then the job is too. */
async function waitFor(job: Job, { io, shell }: BuiltinContext, interrupts: boolean): Promise<number> {
  let dispose = (): void => {};
  const interrupted = new Promise<undefined>((resolve) => {
    const onAbort = (): void => resolve(undefined);
    if (io.signal.aborted) onAbort();
    io.signal.addEventListener('abort', onAbort, { once: true });
    dispose = () => io.signal.removeEventListener('abort', onAbort);
  });
  const status = await Promise.race([job.done, interrupted]);
  dispose();
  if (status === undefined) {
    if (interrupts) shell.jobs.signal(job, io.signal.reason as SignalName);
    throw new AbortedError(io.signal);
  }
  job.reported = true;
  return status;
}

async function wait(context: BuiltinContext): Promise<number> {
  const { shell, args, io } = context;
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  if (wanted.length === 0) {
    for (const job of shell.jobs.running()) await waitFor(job, context, false);
    shell.jobs.reap();
    return 0;
  }
  let status = 0;
  for (const designator of wanted) {
    const job = shell.jobs.find(designator);
    if (job) status = await waitFor(job, context, false);
    else if (shell.jobs.statusOf(designator) !== undefined) status = shell.jobs.statusOf(designator) as number;
    else {
      const numeric = /^\d+$/.test(designator);
      stderrOf(io).write(`bash: wait: ${numeric ? `pid ${designator} is not a child of this shell` : `${designator}: no such job`}\n`);
      status = 127;
    }
  }
  return status;
}

function kill({ shell, args, io }: BuiltinContext): number {
  let signal: SignalName = 'SIGTERM';
  const targets: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === '-l') {
      stdoutOf(io).write(Object.entries(SIGNALS).map(([number, name]) => `${number}) ${name}\n`).join(''));
      return 0;
    }
    if (!/^-\w/.test(arg)) {
      targets.push(arg);
      continue;
    }
    const name = arg === '-s' || arg === '-n' ? (args[++at] ?? '') : arg.slice(1);
    const found = SIGNALS[name] ?? Object.values(SIGNALS).find((candidate) => candidate === name || candidate === `SIG${name}`);
    if (!found) {
      stderrOf(io).write(`bash: kill: ${name}: invalid signal specification\n`);
      return 1;
    }
    signal = found;
  }
  if (targets.length === 0) {
    stderrOf(io).write('kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n');
    return 2;
  }
  let status = 0;
  for (const target of targets) {
    const job = shell.jobs.find(target);
    if (job && job.status === undefined) shell.jobs.signal(job, signal);
    else {
      stderrOf(io).write(`bash: kill: ${target.startsWith('%') ? `${target}: no such job` : `(${target}) - No such process`}\n`);
      status = 1;
    }
  }
  return status;
}

export const jobControl: Builtin[] = [
  { names: ['wait'], run: wait },
  { names: ['kill'], run: kill },
  {
    names: ['jobs'],
    run({ shell, args, io }) {
      for (const job of shell.jobs.all()) {
        stdoutOf(io).write(`${args.includes('-p') ? job.pid : shell.jobs.describe(job)}\n`);
        if (job.status !== undefined) job.reported = true;
      }
      shell.jobs.reap();
      return 0;
    },
  },
  {
    names: ['fg'],
    async run(context) {
      const { shell, args, io } = context;
      const job = shell.jobs.find(args[0] ?? '%+');
      if (!job) {
        stderrOf(io).write(`bash: fg: ${args[0] ?? 'current'}: no such job\n`);
        return 1;
      }
      stdoutOf(io).write(`${job.source}\n`);
      const status = await waitFor(job, context, true);
      shell.jobs.reap();
      return status;
    },
  },
  {
    names: ['bg'],
    run({ shell, args, io }) {
      const job = shell.jobs.find(args[0] ?? '%+');
      stderrOf(io).write(job ? `bash: bg: job ${job.id} already in background\n` : `bash: bg: ${args[0] ?? 'current'}: no such job\n`);
      return job ? 0 : 1;
    },
  },
  {
    names: ['disown'],
    run: () => 0,
  },
];

