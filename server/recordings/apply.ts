/**
 * How a log entry changes a cluster. The live room and every replay use this same function, so that they cannot differ.
 * No Node APIs here.
 */
import { PRIVILEGED_GROUP } from '../simulation/apiserver/authorization/authorizer.ts';
import type { UserInfo } from '../simulation/apiserver/types.ts';
import type { Cluster } from '../simulation/cluster.ts';
import type { SimulationInput } from '../simulation/inputs.ts';
import type { LogEntry } from './types.ts';

/** A step without any write to show lasts at most this long, ms of virtual time. */
const STEP_LIMIT_MS = 60_000;

/** After this many failures of the simulation in one go it is not worth going on. */
const MAX_FAILURES_IN_A_RUN = 100;

/** The simulation failed so often that the room cannot go on. */
export class SimulationBrokenError extends Error {
  override readonly name = 'SimulationBrokenError';
}

/**
 * Lets time pass up to `until` (ms). A part that throws loses the event that it was handling, here and in every replay
 * alike, and the others go on: a defect in one controller must not end a class.
 * @param onFailure is told of each failure.
 */
export function advance(cluster: Cluster, until: number, onFailure: (error: unknown) => void): void {
  run(() => cluster.advance(until), onFailure);
}

function run(action: () => void, onFailure: (error: unknown) => void): void {
  for (let failures = 0; ; failures++) {
    try {
      action();
      return;
    } catch (error) {
      onFailure(error);
      if (failures >= MAX_FAILURES_IN_A_RUN) throw new SimulationBrokenError('the simulation keeps failing', { cause: error });
    }
  }
}

/**
 * Applies one entry; the cluster must not be past its time.
 * @returns what the input returns. @throws what the input throws: a refused input is applied all the same.
 */
export function applyEntry(cluster: Cluster, entry: LogEntry, onFailure: (error: unknown) => void): unknown {
  const { payload } = entry;
  if (payload.kind === 'running') return undefined;
  if (cluster.now < entry.time) advance(cluster, entry.time, onFailure);
  if (payload.kind === 'input') return cluster.apply(cluster.config.classroom ? payload.input : asAdministrator(payload.input), entry.sequence);
  const { command } = payload;
  switch (command.action) {
    case 'step': {
      const limit = entry.time + STEP_LIMIT_MS;
      run(() => cluster.stepWrite(limit), onFailure);
      return undefined;
    }
    case 'jump':
      advance(cluster, entry.time + command.seconds * 1_000, onFailure);
      return undefined;
    case 'pause':
    case 'run':
      return undefined;
  }
}

/**
 * As applyEntry, but no further than `until` (ms): a jump or step that lasts beyond it is begun and stays unfinished there.
 * @returns whether the entry was finished.
 */
export function applyUntil(cluster: Cluster, entry: LogEntry, until: number, onFailure: (error: unknown) => void): boolean {
  const { payload } = entry;
  if (payload.kind === 'clock' && payload.command.action === 'jump') {
    const end = entry.time + payload.command.seconds * 1_000;
    if (cluster.now < Math.min(end, until)) advance(cluster, Math.min(end, until), onFailure);
    return end <= until;
  }
  if (payload.kind === 'clock' && payload.command.action === 'step') {
    if (cluster.now < entry.time) advance(cluster, entry.time, onFailure);
    const limit = entry.time + STEP_LIMIT_MS;
    const before = cluster.revision;
    run(() => cluster.stepWrite(Math.min(limit, until)), onFailure);
    return cluster.revision !== before || limit <= until;
  }
  try {
    applyEntry(cluster, entry, onFailure);
  } catch (error) {
    // What was refused then is refused now; the person has seen it in the terminal.
    if (error instanceof SimulationBrokenError) throw error;
  }
  return true;
}

/** Whether an entry does anything to a cluster, so that the cluster must not be past its time when it is applied. */
export function changesCluster({ payload }: LogEntry): boolean {
  return payload.kind !== 'running';
}

/**
 * Up to which virtual time a room may have shown things, after an entry: to that time a restored room must run.
 * @param horizon the value after the entry before. @param now the cluster's time after this entry.
 */
export function horizonAfter(entry: LogEntry, horizon: number, now: number): number {
  const { payload } = entry;
  if (payload.kind === 'running') return Math.max(horizon, payload.until);
  // Every command of the clock takes back what it was allowed before; an input in between leaves it running.
  return payload.kind === 'clock' ? now : horizon;
}

/**
 * An input of a room of before participants were users: everybody administered its cluster, in which no binding says so.
 */
function asAdministrator(input: SimulationInput): SimulationInput {
  if (input.kind === 'api') return { ...input, request: { ...input.request, user: privileged(input.request.user) } };
  if (input.kind === 'exec' && input.request.user) return { ...input, request: { ...input.request, user: privileged(input.request.user) } };
  if (input.kind !== 'operation' || !input.request.args.user) return input;
  return { ...input, request: { ...input.request, args: { ...input.request.args, user: privileged(input.request.args.user as UserInfo) } } };
}

function privileged(user: UserInfo): UserInfo {
  return user.groups.includes(PRIVILEGED_GROUP) ? user : { ...user, groups: [PRIVILEGED_GROUP, ...user.groups] };
}
