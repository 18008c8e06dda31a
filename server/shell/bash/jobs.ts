/** Background jobs of one shell. */
import type { SignalName } from './errors.ts';

/** Jobs that may run at a time. */
const MAX_JOBS = 32;
const FIRST_PID = 1001;
/** Ended jobs whose status `wait PID` can still ask for. */
const MAX_REMEMBERED = 64;

export interface Job {
  id: number;
  pid: number;
  source: string;
  controller: AbortController;
  done: Promise<number>;
  /** Undefined while it runs. */
  status: number | undefined;
  /** The person has been told that it ended. */
  reported: boolean;
}

export class Jobs {
  readonly #jobs: Job[] = [];
  #nextPid = FIRST_PID;
  readonly #endedStatuses = new Map<number, number>();

  /** @throws Error when too many run. */
  start(source: string, run: (signal: AbortSignal) => Promise<number>): Job {
    if (this.running().length >= MAX_JOBS) throw new Error('fork: retry: Resource temporarily unavailable');
    const controller = new AbortController();
    const id = Math.max(0, ...this.#jobs.map((job) => job.id)) + 1;
    const job: Job = { id, pid: this.#nextPid++, source, controller, done: Promise.resolve(0), status: undefined, reported: false };
    job.done = run(controller.signal).then((status) => (job.status = status));
    this.#jobs.push(job);
    return job;
  }

  all(): readonly Job[] {
    return this.#jobs;
  }

  running(): Job[] {
    return this.#jobs.filter((job) => job.status === undefined);
  }

  /** `%1`, `%%`, `%+`, `%-`, `%name` or a process id. */
  find(designator: string): Job | undefined {
    if (/^\d+$/.test(designator)) return this.#jobs.find((job) => job.pid === Number(designator));
    const name = designator.replace(/^%/, '');
    if (name === '' || name === '%' || name === '+') return this.#jobs.at(-1);
    if (name === '-') return this.#jobs.at(-2) ?? this.#jobs.at(-1);
    if (/^\d+$/.test(name)) return this.#jobs.find((job) => job.id === Number(name));
    return this.#jobs.findLast((job) => job.source.startsWith(name));
  }

  /** Status of a job that ended and is no longer in the list. */
  statusOf(pid: string): number | undefined {
    return this.#endedStatuses.get(Number(pid));
  }

  signal(job: Job, signal: SignalName): void {
    job.controller.abort(signal);
  }

  endAll(): void {
    for (const job of this.running()) this.signal(job, 'SIGHUP');
  }

  /** Removes what has ended. @returns those of which nobody has heard yet. */
  reap(): Job[] {
    const ended = this.#jobs.filter((job) => job.status !== undefined);
    for (const job of ended) {
      this.#jobs.splice(this.#jobs.indexOf(job), 1);
      this.#endedStatuses.set(job.pid, job.status as number);
      if (this.#endedStatuses.size > MAX_REMEMBERED) this.#endedStatuses.delete(this.#endedStatuses.keys().next().value as number);
    }
    return ended.filter((job) => !job.reported);
  }

  /** As `jobs` prints it. */
  describe(job: Job): string {
    const at = this.#jobs.indexOf(job);
    const mark = at === this.#jobs.length - 1 || at < 0 ? '+' : at === this.#jobs.length - 2 ? '-' : ' ';
    const state = job.status === undefined ? 'Running' : stateOf(job.status);
    return `[${job.id}]${mark}  ${state.padEnd(24)}${job.source}${job.status === undefined ? ' &' : ''}`;
  }
}

function stateOf(status: number): string {
  if (status === 0) return 'Done';
  if (status === 143) return 'Terminated';
  if (status === 130) return 'Interrupt';
  if (status === 137) return 'Killed';
  return `Exit ${status}`;
}
