/**
 * Processor time that containers use for pieces of work (requests that they answer, programs that they start), added up in
 * slots of time so that a rate can be told over the last minute. Whole numbers only.
 */
import type { Container } from './container-state.ts';

const SLOT_MS = 15_000;
/** A rate is told over so many whole slots, the minute that metrics-server looks back. */
const SLOTS = 4;

/** Notes processor time at an instant. */
export function spend(container: Container, microseconds: number, now: number): void {
  if (microseconds <= 0) return;
  const slot = Math.floor(now / SLOT_MS);
  const work = (container.work ??= []);
  const last = work[work.length - 1];
  if (last?.slot === slot) last.microseconds += microseconds;
  else work.push({ slot, microseconds });
  while ((work[0]?.slot ?? slot) < slot - SLOTS) work.shift();
}

/** Millicores that pieces of work took on average in the last whole slots. */
export function workOf(container: Container, now: number): number {
  const slot = Math.floor(now / SLOT_MS);
  let microseconds = 0;
  for (const piece of container.work ?? []) if (piece.slot < slot && piece.slot >= slot - SLOTS) microseconds += piece.microseconds;
  // Microseconds over milliseconds are thousandths of a processor.
  return Math.round(microseconds / (SLOT_MS * SLOTS));
}

/** How long a piece of work takes in a container, ms: more than its processor time where a limit throttles it. */
export function durationOf(container: Container, microseconds: number): number {
  const milliseconds = Math.ceil(microseconds / 1_000);
  const limit = container.milliCpuLimit;
  return limit > 0 && limit < 1_000 ? Math.ceil((milliseconds * 1_000) / limit) : milliseconds;
}
