/**
 * What led to what, read from the history of writes: «why is this here?», «what did this set off?», «what happened to this object?».
 * Pure functions of the store, so that a replay in the browser answers as the live room does.
 */
import type { WatchEvent } from '../simulation/apiserver/types.ts';
import { keyOf } from './projection/rows.ts';
import { writeRow } from './projection/projector.ts';
import { changeOf } from './projection/write-change.ts';
import type { CausedWrite, ObjectRef, WhyStep } from './service.ts';

/** A chain longer than this explains nothing. */
const MAX_CHAIN = 50;
const MAX_EFFECTS = 500;
const MAX_HISTORY = 60;

/** Writes in the order of their revisions, as Store.recent has them. */
type History = readonly WatchEvent[];

/** The input at the root of a chain, as far as the caller knows it. */
export type InputStep = Extract<WhyStep, { kind: 'input' }>;

/** The chain of writes that led to a revision, newest first, and what stood at its beginning. */
export async function whyChain(history: History, revision: number, inputStep: (sequence: number) => Promise<InputStep> | InputStep): Promise<WhyStep[]> {
  const steps: WhyStep[] = [];
  let wanted = revision;
  while (steps.length < MAX_CHAIN) {
    const event = writeAt(history, wanted);
    if (!event) {
      steps.push({ kind: 'forgotten', revision: wanted });
      break;
    }
    steps.push({ kind: 'write', ...causedWrite(event), object: { resource: event.resource, key: keyOf(event.object) } });
    const { cause } = event;
    if (cause.kind === 'write' && cause.id < wanted) {
      wanted = cause.id;
      continue;
    }
    if (cause.kind === 'input') steps.push(await inputStep(cause.id));
    else if (cause.kind === 'timer') steps.push({ kind: 'timer' });
    else steps.push({ kind: 'boot' });
    break;
  }
  return steps;
}

/** The writes that followed from an input or a write, over any number of steps, oldest first. */
export function effectsOf(history: History, causeKind: 'input' | 'write', causeId: number): CausedWrite[] {
  const result: CausedWrite[] = [];
  const followed = new Set<number>();
  if (causeKind === 'write') followed.add(causeId);
  for (const event of history) {
    const { cause } = event;
    const follows = cause.kind === 'write' ? followed.has(cause.id) : cause.kind === causeKind && cause.id === causeId;
    if (!follows) continue;
    followed.add(event.revision);
    result.push(causedWrite(event));
    if (result.length >= MAX_EFFECTS) break;
  }
  return result;
}

/** The latest writes of one object that are remembered, newest first. */
export function historyOf(history: History, ref: ObjectRef): CausedWrite[] {
  const result: CausedWrite[] = [];
  for (let index = history.length - 1; index >= 0 && result.length < MAX_HISTORY; index--) {
    const event = history[index] as WatchEvent;
    if (event.resource === ref.resource && keyOf(event.object) === ref.key) result.push(causedWrite(event));
  }
  return result;
}

/** Revisions in the history are ascending, so that one is found by halving. */
function writeAt(history: History, revision: number): WatchEvent | undefined {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle] as WatchEvent).revision < revision) low = middle + 1;
    else high = middle;
  }
  return history[low]?.revision === revision ? history[low] : undefined;
}

function causedWrite(event: WatchEvent): CausedWrite {
  return { write: writeRow(event), change: changeOf(event) };
}
