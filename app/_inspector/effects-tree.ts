/** «What did this set off?» as a tree that has been flattened for a screen. */
import type { CausedWrite } from '../../server/rooms/service.ts';

export interface Effect {
  caused: CausedWrite;
  /** 0 for what followed at once. */
  depth: number;
}

/** The effects, each followed by its own; Events are counted and left out, because every other write brings some. */
export function effectsTree(effects: readonly CausedWrite[]): { rows: Effect[]; events: number } {
  const known = new Set(effects.map(({ write }) => write.revision));
  const children = new Map<number, CausedWrite[]>();
  const roots: CausedWrite[] = [];
  let events = 0;
  for (const effect of effects) {
    const { write } = effect;
    if (write.resource === 'events') {
      events++;
      continue;
    }
    if (write.causeKind !== 'write' || !known.has(write.causeId)) roots.push(effect);
    else children.set(write.causeId, [...(children.get(write.causeId) ?? []), effect]);
  }
  const rows: Effect[] = [];
  // A stack, because a chain of causes may be longer than calls can be deep.
  const open: Effect[] = roots.map((caused) => ({ caused, depth: 0 })).reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    rows.push(next);
    const depth = next.depth + 1;
    for (const caused of [...(children.get(next.caused.write.revision) ?? [])].reverse()) open.push({ caused, depth });
  }
  return { rows, events };
}

/** How much later, in what a person reads at a glance. @param elapsed ms */
export function later(elapsed: number): string {
  if (elapsed < 1_000) return `+${Math.max(0, Math.round(elapsed))} ms`;
  if (elapsed < 120_000) return `+${(elapsed / 1_000).toFixed(elapsed < 10_000 ? 1 : 0)} s`;
  return `+${Math.round(elapsed / 60_000)} min`;
}
