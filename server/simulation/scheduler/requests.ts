/** What pods ask for and what nodes offer, as integers (`resourcehelper.PodRequests`). */
import type { KubeObject } from '../apiserver/types.ts';
import { parseQuantity } from '../apiserver/quantity.ts';
import type { PodRequests } from './framework.ts';

/** `schedutil.DefaultMilliCPURequest` and `DefaultMemoryRequest`: what scoring assumes of a container that asks for nothing. */
const DEFAULT_MILLI_CPU = 100;
const DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024;

interface ContainerLike {
  resources?: { requests?: Record<string, string | number> };
  restartPolicy?: string;
  ports?: { hostPort?: number; protocol?: string; hostIP?: string }[];
}

interface PodSpecLike {
  containers: ContainerLike[];
  initContainers?: ContainerLike[];
  overhead?: Record<string, string | number>;
  hostNetwork?: boolean;
}

/** Pods of one template share their resources; the result of each spec is kept while the spec lives. */
const cache = new WeakMap<object, PodRequests>();

function empty(): PodRequests {
  return { milliCpu: 0, memoryBytes: 0, ephemeralBytes: 0, scalars: {}, scoredMilliCpu: 0, scoredMemoryBytes: 0 };
}

function ofList(list: Record<string, string | number> | undefined, withDefaults: boolean): PodRequests {
  const result = empty();
  for (const name of Object.keys(list ?? {})) {
    const quantity = parseQuantity(String((list as Record<string, string | number>)[name]));
    if (name === 'cpu') result.milliCpu = quantity.milliValue();
    else if (name === 'memory') result.memoryBytes = quantity.value();
    else if (name === 'ephemeral-storage') result.ephemeralBytes = quantity.value();
    else if (name !== 'pods') result.scalars[name] = quantity.value();
  }
  result.scoredMilliCpu = withDefaults && list?.cpu === undefined ? DEFAULT_MILLI_CPU : result.milliCpu;
  result.scoredMemoryBytes = withDefaults && list?.memory === undefined ? DEFAULT_MEMORY_BYTES : result.memoryBytes;
  return result;
}

/** Adds (`sign` 1) or subtracts (`sign` -1) in place. */
export function addRequests(into: PodRequests, other: PodRequests, sign: 1 | -1 = 1): void {
  into.milliCpu += sign * other.milliCpu;
  into.memoryBytes += sign * other.memoryBytes;
  into.ephemeralBytes += sign * other.ephemeralBytes;
  into.scoredMilliCpu += sign * other.scoredMilliCpu;
  into.scoredMemoryBytes += sign * other.scoredMemoryBytes;
  for (const name of Object.keys(other.scalars)) into.scalars[name] = (into.scalars[name] ?? 0) + sign * (other.scalars[name] as number);
}

function maximum(x: PodRequests, y: PodRequests): PodRequests {
  const result: PodRequests = {
    milliCpu: Math.max(x.milliCpu, y.milliCpu),
    memoryBytes: Math.max(x.memoryBytes, y.memoryBytes),
    ephemeralBytes: Math.max(x.ephemeralBytes, y.ephemeralBytes),
    scoredMilliCpu: Math.max(x.scoredMilliCpu, y.scoredMilliCpu),
    scoredMemoryBytes: Math.max(x.scoredMemoryBytes, y.scoredMemoryBytes),
    scalars: { ...x.scalars },
  };
  for (const name of Object.keys(y.scalars)) result.scalars[name] = Math.max(result.scalars[name] ?? 0, y.scalars[name] as number);
  return result;
}

/** The sum over containers, or what init containers need at their peak if that is more, plus overhead. */
export function podRequests(pod: KubeObject): PodRequests {
  const spec = pod.spec as PodSpecLike;
  const known = cache.get(spec);
  if (known) return known;
  const running = empty();
  for (const container of spec.containers) addRequests(running, ofList(container.resources?.requests, true));
  let total = running;
  if (spec.initContainers) {
    const sidecars = empty();
    let peak = empty();
    for (const container of spec.initContainers) {
      const own = ofList(container.resources?.requests, true);
      if (container.restartPolicy === 'Always') {
        addRequests(sidecars, own);
        peak = maximum(peak, sidecars);
      } else {
        addRequests(own, sidecars);
        peak = maximum(peak, own);
      }
    }
    addRequests(total, sidecars);
    total = maximum(total, peak);
  }
  if (spec.overhead) addRequests(total, ofList(spec.overhead, false));
  cache.set(spec, total);
  return total;
}

/** `protocol/port` of every host port that a pod occupies. */
export function hostPorts(pod: KubeObject): string[] {
  const ports: string[] = [];
  const spec = pod.spec as PodSpecLike;
  for (const container of spec.containers) {
    for (const port of container.ports ?? []) if (port.hostPort) ports.push(`${port.protocol ?? 'TCP'}/${port.hostPort}`);
  }
  return ports;
}

/** What a node offers to pods. */
export function allocatable(node: KubeObject): { milliCpu: number; memoryBytes: number; ephemeralBytes: number; pods: number; scalars: Record<string, number> } {
  const list = ((node.status as { allocatable?: Record<string, string | number> } | undefined)?.allocatable ?? {});
  const { milliCpu, memoryBytes, ephemeralBytes, scalars } = ofList(list, false);
  return { milliCpu, memoryBytes, ephemeralBytes, scalars, pods: list.pods === undefined ? 0 : parseQuantity(String(list.pods)).value() };
}
