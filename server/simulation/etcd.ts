/**
 * etcd as a group of members: who takes part in the majority, and who leads it. What it stores is apiserver/store.ts, once for
 * all members: a member that was away catches up when it is back.
 */

export interface EtcdState {
  /** Machines whose etcd is a member, in order of joining, whether or not it runs. */
  members: string[];
  /** The member that led last. */
  leader: string;
  /** Raft's term: counts the elections. */
  term: number;
  /** Directory of the machine in which the only member's database lies; null before it was first looked at. */
  dataDirectory: string | null;
}

/** @param first the machine on which `kubeadm init` ran. */
export function newEtcd(first: string): EtcdState {
  return { members: [first], leader: first, term: 2, dataDirectory: null };
}

/** How many members must agree. */
function majorityOf(members: number): number {
  return Math.floor(members / 2) + 1;
}

/**
 * The members that form the majority now, in order of joining; empty when there is none.
 * @param linked whether packets travel between two members.
 */
export function quorum(members: readonly string[], runs: (member: string) => boolean, linked: (from: string, to: string) => boolean): string[] {
  const needed = majorityOf(members.length);
  for (const centre of members) {
    if (!runs(centre)) continue;
    const reached = members.filter((member) => member === centre || (runs(member) && linked(centre, member)));
    if (reached.length >= needed) return reached;
  }
  return [];
}

/** Another member of the majority leads when the leader is not among it. */
export function electLeader(state: EtcdState, majority: readonly string[]): void {
  const [next] = majority;
  if (next === undefined || majority.includes(state.leader)) return;
  state.leader = next;
  state.term++;
}
