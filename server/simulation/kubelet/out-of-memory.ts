/** What the kernel does when a container is over its limit, or the machine has no memory left. */
import type { Container } from './container-state.ts';
import { memoryInUse } from './eviction.ts';
import type { ContainerRuntime } from './runtime.ts';

/** Kills what must be killed. @returns whether the container that grew was. */
export function relieve(runtime: ContainerRuntime, grown: Container): boolean {
  if (grown.memoryLimitBytes > 0 && runtime.usageOf(grown).memoryBytes > grown.memoryLimitBytes) {
    runtime.exitContainer(grown, 137, 'OOMKilled');
    return true;
  }
  const capacity = runtime.options.memoryMi * 1_048_576;
  while (memoryInUse(runtime) > capacity) {
    const victim = worst(runtime, capacity);
    if (!victim) return false;
    const main = victim.processes.get(1);
    runtime.listener?.systemOutOfMemory(main?.argv[0]?.split('/').pop() ?? victim.name, main?.pid ?? 1);
    runtime.exitContainer(victim, 137, 'OOMKilled');
  }
  return grown.state !== 'running';
}

/** The container with the highest score (`oom_badness`): its share of memory, moved by what the kubelet has set. */
function worst(runtime: ContainerRuntime, capacity: number): Container | undefined {
  let found: { container: Container; score: number } | undefined;
  for (const container of runtime.state.containers.values()) {
    if (container.state !== 'running') continue;
    const score = (container.oomScoreAdjust ?? 0) + Math.floor((1_000 * runtime.usageOf(container).memoryBytes) / capacity);
    if (!found || score > found.score) found = { container, score };
  }
  return found?.container;
}
