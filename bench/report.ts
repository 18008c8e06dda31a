/** Figures of a benchmark, printed as a table for people and as JSON for programs. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Measurement {
  name: string;
  figures: Record<string, number | string>;
  /** What we aim at, in words; '' when there is no goal. */
  goal: string;
}

/** The machine and the versions that the figures belong to. */
export interface Machine {
  model: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  v8: string;
  /** Of the working copy, '' outside of one; with «+» when it had changes. */
  commit: string;
  packages: Record<string, string>;
  /** Load of the last minute when the run began: figures of a busy machine say little. */
  loadAverage: number;
}

const PACKAGES = ['yjs', 'ws', '@trpc/server', '@prisma/client'];

export function machine(): Machine {
  return {
    model: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    commit: commit(),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    loadAverage: rounded(os.loadavg()[0] ?? 0),
  };
}

export function table(measurements: readonly Measurement[]): string {
  return measurements
    .map(({ name, figures, goal }) => {
      const width = Math.max(...Object.keys(figures).map((key) => key.length));
      const rows = Object.entries(figures).map(([key, value]) => `  ${key.padEnd(width)}  ${typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 3 }) : value}`);
      return [name + (goal ? `   (goal: ${goal})` : ''), ...rows].join('\n');
    })
    .join('\n\n');
}

/** Two digits after the point below ten, one below a hundred, none above. */
export function rounded(value: number): number {
  return Number(value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0));
}

/** The value below which a share of the sorted values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((x, y) => x - y);
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN);
}

/** Wall clock and processor time of a piece of work, seconds. They differ when others use the machine, or when garbage is collected on another core. */
export class Stopwatch {
  readonly #wall = performance.now();
  readonly #processor = process.cpuUsage();
  readonly #main = mainThreadSeconds();

  get wallSeconds(): number {
    return (performance.now() - this.#wall) / 1_000;
  }

  get cpuSeconds(): number {
    const { user, system } = process.cpuUsage(this.#processor);
    return (user + system) / 1e6;
  }

  /** Of cpuSeconds what the program itself took: the rest is garbage collection and compilation beside it. NaN where there is no /proc. */
  get mainThreadSeconds(): number {
    return mainThreadSeconds() - this.#main;
  }
}

function mainThreadSeconds(): number {
  return cpuSecondsIn(`/proc/self/task/${process.pid}/stat`);
}

/** Processor time that a process has used so far, seconds; NaN where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  return cpuSecondsIn(`/proc/${pid}/stat`);
}

function cpuSecondsIn(file: string): number {
  try {
    const fields = readFileSync(file, 'utf8').replace(/^.*\) /s, '').split(' ');
    // Clock ticks of user and system time; Linux reports a hundred a second.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}

/** Resident memory of a process now and at most, MiB; NaN where there is no /proc. */
export function memoryOf(pid: number): { residentMiB: number; peakMiB: number } {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): number => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) / 1_024);
    return { residentMiB: field('VmRSS'), peakMiB: field('VmHWM') };
  } catch {
    return { residentMiB: NaN, peakMiB: NaN };
  }
}

function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return '';
  }
}

function versionOf(name: string): string {
  try {
    return (JSON.parse(readFileSync(path.resolve('node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}
