/** Making room for a more important pod (`defaultpreemption`). */
import type { Accounts } from './accounts.ts';
import type { Assignment, NodeInfo, PendingPod, Rejection } from './framework.ts';
import { addRequests } from './requests.ts';

const NOT_HELPFUL = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';

export interface PreemptionResult {
  /** Node on which victims make room, if there is one. */
  candidate?: { node: string; victims: Assignment[] };
  /** Why not, node by node. */
  reasons: string[];
}

/**
 * Looks for the node where the fewest and least important pods must go.
 * @param rejections why each node refused the pod.
 * @param fits whether the pod would fit a node in the given state.
 */
export function findPreemption(pending: PendingPod, accounts: Accounts, rejections: ReadonlyMap<string, Rejection>, fits: (info: NodeInfo) => boolean): PreemptionResult {
  const reasons: string[] = [];
  const never = (pending.pod.spec as { preemptionPolicy?: string }).preemptionPolicy === 'Never';
  const byNode = new Map<string, Assignment[]>();
  if (!never) {
    for (const assignment of accounts.assignments.values()) {
      if (assignment.priority >= pending.priority) continue;
      const list = byNode.get(assignment.node);
      if (list) list.push(assignment);
      else byNode.set(assignment.node, [assignment]);
    }
  }
  let best: { node: string; victims: Assignment[] } | undefined;
  for (const [name, rejection] of rejections) {
    const info = accounts.nodes.get(name);
    if (rejection.unresolvable || !info) {
      reasons.push(NOT_HELPFUL);
      continue;
    }
    const victims = victimsOn(info, byNode.get(name) ?? [], fits);
    if (!victims) {
      reasons.push(NO_VICTIMS);
      continue;
    }
    if (!best || better(victims, best.victims)) best = { node: name, victims };
  }
  return best ? { candidate: best, reasons } : { reasons };
}

/** The pods that must go so that the pod fits, or undefined when even removing all would not do. */
function victimsOn(info: NodeInfo, lower: Assignment[], fits: (info: NodeInfo) => boolean): Assignment[] | undefined {
  if (lower.length === 0) return undefined;
  const trial: NodeInfo = { ...info, used: { ...info.used, scalars: { ...info.used.scalars } }, ports: new Map(info.ports) };
  const change = (assignment: Assignment, sign: 1 | -1): void => {
    addRequests(trial.used, assignment.requests, sign);
    trial.podCount += sign;
    for (const port of assignment.ports) {
      if (sign < 0) trial.ports.delete(port);
      else trial.ports.set(port, 1);
    }
  };
  for (const assignment of lower) change(assignment, -1);
  if (!fits(trial)) return undefined;
  const victims: Assignment[] = [];
  for (const assignment of [...lower].sort((x, y) => y.priority - x.priority || (x.key < y.key ? -1 : 1))) {
    change(assignment, 1);
    if (fits(trial)) continue;
    change(assignment, -1);
    victims.push(assignment);
  }
  return victims;
}

function better(x: Assignment[], y: Assignment[]): boolean {
  const highest = (victims: Assignment[]): number => victims.reduce((max, { priority }) => Math.max(max, priority), -Infinity);
  const sum = (victims: Assignment[]): number => victims.reduce((total, { priority }) => total + priority, 0);
  return highest(x) - highest(y) < 0 || (highest(x) === highest(y) && (sum(x) < sum(y) || (sum(x) === sum(y) && x.length < y.length)));
}

/** A pod object's victims by key, for deleting them. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

