/** Images that use processor and memory on purpose: `polinux/stress`, `progrium/stress`, `vish/stress`. */
import { parseQuantity } from '../../apiserver/quantity.ts';
import { klogHeader } from '../http.ts';
import { baseFiles, tools } from '../shell/tools.ts';
import type { Image, ProcessContext, Program } from '../types.ts';

const MAX_WORKERS = 64;
const WORKER = 'worker';

function option(argv: readonly string[], ...names: string[]): string | undefined {
  const at = argv.findIndex((argument) => names.includes(argument));
  return at < 0 ? undefined : argv[at + 1];
}

/** `250M`, `1G`, `128k`: the last letter is a power of 1024. */
function bytesOf(text: string): number {
  const match = /^(\d+)([bkmg]?)$/i.exec(text);
  return match ? Number(match[1]) * ({ '': 1, b: 1, k: 1_024, m: 1_048_576, g: 1_073_741_824 }[(match[2] ?? '').toLowerCase()] as number) : NaN;
}

/** `10`, `10s`, `5m`, `1h`, in ms. */
function millisecondsOf(text: string): number {
  const match = /^(\d+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * ({ '': 1_000, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? ''] as number) : NaN;
}

function refuse(process: ProcessContext, message: string): void {
  process.write(2, `stress: FAIL: [${process.pid}] (244) ${message}\n`);
  process.exit(1);
}

/** A worker that spins, or holds memory. */
interface Hog {
  kind: typeof WORKER;
  cpu: boolean;
  bytes: number;
}

/** stress(1): `--cpu N`, `--vm N --vm-bytes SIZE`, `--timeout T`. Each hog is a process of its own. */
const stress: Program = {
  name: 'stress',
  memoryBytes: 1_048_576,
  step(process, event) {
    const hog = process.data as Hog | null;
    if (hog?.kind === WORKER) {
      if (event.kind !== 'start') return;
      process.busy = hog.cpu;
      if (hog.bytes > 0) process.allocate(hog.bytes);
      return;
    }
    if (event.kind === 'timer') {
      process.write(1, `stress: info: [${process.pid}] successful run completed in ${Math.round((process.now - process.container.startedAt) / 1_000)}s\n`);
      for (const { pid, ppid } of process.processes()) if (ppid === process.pid) process.signal(pid, 'KILL');
      return process.exit(0);
    }
    if (event.kind === 'start') begin(process);
  },
};

function begin(process: ProcessContext): void {
  const { argv } = process;
  if (argv.length === 1 || argv.includes('--help') || argv.includes('-?')) {
    process.write(1, "`stress' imposes certain types of compute stress on your system\n\nUsage: stress [OPTION [ARG]] ...\n -c, --cpu N        spawn N workers spinning on sqrt()\n -m, --vm N         spawn N workers spinning on malloc()/free()\n     --vm-bytes B   malloc B bytes per vm worker (default is 256MB)\n -t, --timeout N    timeout after N seconds\n");
    return process.exit(argv.length === 1 ? 0 : 1);
  }
  const cpu = Number(option(argv, '--cpu', '-c') ?? 0);
  const vm = Number(option(argv, '--vm', '-m') ?? 0);
  const bytes = bytesOf(option(argv, '--vm-bytes') ?? '256M');
  const timeout = option(argv, '--timeout', '-t');
  for (const count of [cpu, vm]) if (!Number.isInteger(count) || count < 0 || count > MAX_WORKERS) return refuse(process, `a number from 0 to ${MAX_WORKERS} is wanted`);
  if (Number.isNaN(bytes) || (timeout !== undefined && Number.isNaN(millisecondsOf(timeout)))) return refuse(process, 'unrecognized suffix');
  process.write(1, `stress: info: [${process.pid}] dispatching hogs: ${cpu} cpu, 0 io, ${vm} vm, 0 hdd\n`);
  if (timeout !== undefined) process.sleep(millisecondsOf(timeout));
  for (let n = 0; n < cpu && !process.ended; n++) process.fork({ kind: WORKER, cpu: true, bytes: 0 } satisfies Hog, {});
  // What spins on malloc and free spins, too.
  for (let n = 0; n < vm && !process.ended; n++) process.fork({ kind: WORKER, cpu: true, bytes } satisfies Hog, {});
}

interface Growth {
  held: number;
  total: number;
  step: number;
  everyMs: number;
}

/** github.com/vishh/stress: `-cpus N -mem-total SIZE -mem-alloc-size SIZE -mem-alloc-sleep T`. */
const vish: Program = {
  name: 'vish-stress',
  daemon: true,
  memoryBytes: 6_291_456,
  step(process, event) {
    const log = (place: string, text: string): void => process.write(2, `${klogHeader(process.now)}main.go:${place}] ${text}\n`);
    if (event.kind === 'start') {
      if ((process.data as Hog | null)?.kind === WORKER) return void (process.busy = true);
      const size = (name: string, fallback: string): number => parseQuantity(option(process.argv, `-${name}`, `--${name}`) ?? fallback).value();
      const growth: Growth = { held: 0, total: size('mem-total', '0'), step: size('mem-alloc-size', '4Ki'), everyMs: duration(option(process.argv, '-mem-alloc-sleep', '--mem-alloc-sleep') ?? '1ms') };
      const cpus = Math.min(MAX_WORKERS, Number(option(process.argv, '-cpus', '--cpus') ?? 0));
      process.data = growth;
      log('26', `Allocating "${option(process.argv, '-mem-total', '--mem-total') ?? '0'}" memory, in "${option(process.argv, '-mem-alloc-size', '--mem-alloc-size') ?? '4Ki'}" chunks, with a ${option(process.argv, '-mem-alloc-sleep', '--mem-alloc-sleep') ?? '1ms'} sleep between allocations`);
      for (let n = 0; n < cpus; n++) {
        log('39', 'Spawning a thread to consume CPU');
        process.fork({ kind: WORKER, cpu: true, bytes: 0 } satisfies Hog, {});
      }
    } else if (event.kind !== 'timer') return;
    const growth = process.data as Growth;
    if (growth.held >= growth.total) return log('29', `Allocated "${option(process.argv, '-mem-total', '--mem-total') ?? '0'}" memory`);
    // Small steps are taken together, so that growing does not take a turn a page.
    const next = Math.min(growth.total - growth.held, Math.max(growth.step, Math.ceil(growth.total / MAX_STEPS)));
    process.data = { ...growth, held: growth.held + next };
    process.allocate(next);
    if (!process.ended) process.sleep(Math.max(1, Math.ceil((growth.everyMs * next) / growth.step)));
  },
};

const MAX_STEPS = 200;

/** A Go duration of one unit, ms. */
function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  return match ? Number(match[1]) * ({ ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] as string] as number) : 1;
}

export const stressPrograms = [stress, vish];

const files = baseFiles('alpine');
const linux: Pick<Image, 'env' | 'base' | 'files'> = { env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }, base: 'alpine', files: () => files };

export const stressImages: Image[] = [
  { ...linux, repository: 'docker.io/polinux/stress', hasTag: (tag) => tag === 'latest' || tag === '1.0.4', sizeBytes: () => 4_041_495, command: ['stress'], programs: { ...tools('alpine'), '/usr/local/bin/stress': 'stress' } },
  { ...linux, repository: 'docker.io/progrium/stress', hasTag: (tag) => tag === 'latest', sizeBytes: () => 105_389_056, entrypoint: ['/usr/bin/stress', '--verbose'], programs: { ...tools('alpine'), '/usr/bin/stress': 'stress' } },
  { repository: 'docker.io/vish/stress', hasTag: (tag) => tag === 'latest', sizeBytes: () => 2_205_184, entrypoint: ['/stress', '-logtostderr'], env: {}, base: 'none', files: () => ({}), programs: { '/stress': 'vish-stress' } },
];
