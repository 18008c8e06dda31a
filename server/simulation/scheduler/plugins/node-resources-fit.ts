import type { FilterPlugin, NodeInfo, PodRequests, Rejection, ScorePlugin } from '../framework.ts';

/** Resources requested by the pod must be free on the node (`noderesources/fit`). */
export const nodeResourcesFit = {
  name: 'NodeResourcesFit',
  filter: (pending, info) => insufficient(pending.requests, info),
} satisfies FilterPlugin<undefined>;

/** Which resources are lacking; unresolvable when the pod asks for more than the whole node has. */
export function insufficient(requests: PodRequests, info: NodeInfo): Rejection | undefined {
  const { allocatable, used } = info;
  if (fits(requests, info)) return undefined;
  let reasons: string[] | undefined;
  let unresolvable = false;
  const lack = (name: string, wanted: number, has: number, taken: number): void => {
    if (wanted > 0 && wanted > has - taken) {
      (reasons ??= []).push(`Insufficient ${name}`);
      if (wanted > has) unresolvable = true;
    }
  };
  if (info.podCount + 1 > allocatable.pods) reasons = ['Too many pods'];
  lack('cpu', requests.milliCpu, allocatable.milliCpu, used.milliCpu);
  lack('memory', requests.memoryBytes, allocatable.memoryBytes, used.memoryBytes);
  lack('ephemeral-storage', requests.ephemeralBytes, allocatable.ephemeralBytes, used.ephemeralBytes);
  for (const name in requests.scalars) {
    lack(name, requests.scalars[name] as number, allocatable.scalars[name] ?? 0, used.scalars[name] ?? 0);
  }
  return reasons && { reasons, unresolvable };
}

/** The usual answer, without putting reasons together: this is asked of every node for every pod. */
function fits(requests: PodRequests, { allocatable, used, podCount }: NodeInfo): boolean {
  if (podCount + 1 > allocatable.pods) return false;
  if (requests.milliCpu > 0 && requests.milliCpu > allocatable.milliCpu - used.milliCpu) return false;
  if (requests.memoryBytes > 0 && requests.memoryBytes > allocatable.memoryBytes - used.memoryBytes) return false;
  if (requests.ephemeralBytes > 0 && requests.ephemeralBytes > allocatable.ephemeralBytes - used.ephemeralBytes) return false;
  for (const name in requests.scalars) {
    const wanted = requests.scalars[name] as number;
    if (wanted > 0 && wanted > (allocatable.scalars[name] ?? 0) - (used.scalars[name] ?? 0)) return false;
  }
  return true;
}

function free(capacity: number, taken: number): number {
  return capacity === 0 || taken > capacity ? 0 : Math.floor(((capacity - taken) * 100) / capacity);
}

/** Prefers nodes with more left (`LeastAllocated`, cpu and memory of equal weight). */
export const leastAllocated = {
  name: 'NodeResourcesFit',
  weight: 1,
  narrow: true,
  score(pending, { allocatable, used }) {
    const cpu = free(allocatable.milliCpu, used.scoredMilliCpu + pending.requests.scoredMilliCpu);
    const memory = free(allocatable.memoryBytes, used.scoredMemoryBytes + pending.requests.scoredMemoryBytes);
    return (cpu + memory) >> 1;
  },
} satisfies ScorePlugin<undefined>;

/** Prefers nodes whose cpu and memory would be used in like measure (`balanced_allocation`). */
export const balancedAllocation = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  narrow: true,
  preScore: (pending) => (pending.requests.milliCpu > 0 || pending.requests.memoryBytes > 0 ? true : null),
  score(pending, { allocatable, used }) {
    // Fractions in ten-thousandths, so that the arithmetic stays integer.
    const fraction = (capacity: number, taken: number): number => (capacity === 0 ? 10_000 : Math.min(10_000, Math.floor((taken * 10_000) / capacity)));
    const cpu = fraction(allocatable.milliCpu, used.milliCpu + pending.requests.milliCpu);
    const memory = fraction(allocatable.memoryBytes, used.memoryBytes + pending.requests.memoryBytes);
    return 100 - Math.floor(Math.abs(cpu - memory) / 200);
  },
} satisfies ScorePlugin<boolean>;
