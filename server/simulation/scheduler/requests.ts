/** What pods ask for and what nodes offer, as integers (`resourcehelper.PodRequests`). */
import type { KubeObject } from '../apiserver/types.ts';
import { parseQuantity } from '../apiserver/quantity.ts';
import type { PodRequests } from './framework.ts';

/** `schedutil.DefaultMilliCPURequest` and `DefaultMemoryRequest`: what scoring assumes of a container that asks for nothing. */
const DEFAULT_MILLI_CPU = 100;
const DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024;

interface ContainerLike {
  resources?: { requests?: ResourceList };
  restartPolicy?: string;
  ports?: { hostPort?: number; protocol?: string; hostIP?: string }[];
}

interface PodSpecLike {
  containers: ContainerLike[];
  initContainers?: ContainerLike[];
  overhead?: ResourceList;
  hostNetwork?: boolean;
}

type ResourceList = Record<string, string | number>;

function empty(): PodRequests {
  return { milliCpu: 0, memoryBytes: 0, ephemeralBytes: 0, scalars: {}, scoredMilliCpu: 0, scoredMemoryBytes: 0 };
}

/** Pods of one template share their lists, so that what was worked out is kept while the list lives. */
const ofContainers = new WeakMap<ResourceList, PodRequests>();
const ofNodes = new WeakMap<ResourceList, ReturnType<typeof allocatable>>();
const NO_LIST: ResourceList = {};

/** What one container asks for. Shared: not to be changed. */
function ofContainer({ resources }: ContainerLike): PodRequests {
  const list = resources?.requests ?? NO_LIST;
  let known = ofContainers.get(list);
  if (!known) ofContainers.set(list, (known = ofList(list, true)));
  return known;
}

function ofList(list: ResourceList, withDefaults: boolean): PodRequests {
  const result = empty();
  for (const name of Object.keys(list)) {
    const quantity = parseQuantity(String(list[name]));
    if (name === 'cpu') result.milliCpu = quantity.milliValue();
    else if (name === 'memory') result.memoryBytes = quantity.value();
    else if (name === 'ephemeral-storage') result.ephemeralBytes = quantity.value();
    else if (name !== 'pods') result.scalars[name] = quantity.value();
  }
  result.scoredMilliCpu = withDefaults && list.cpu === undefined ? DEFAULT_MILLI_CPU : result.milliCpu;
  result.scoredMemoryBytes = withDefaults && list.memory === undefined ? DEFAULT_MEMORY_BYTES : result.memoryBytes;
  return result;
}

/** Adds (`sign` 1) or subtracts (`sign` -1) in place. */
export function addRequests(into: PodRequests, other: PodRequests, sign: 1 | -1 = 1): void {
  into.milliCpu += sign * other.milliCpu;
  into.memoryBytes += sign * other.memoryBytes;
  into.ephemeralBytes += sign * other.ephemeralBytes;
  into.scoredMilliCpu += sign * other.scoredMilliCpu;
  into.scoredMemoryBytes += sign * other.scoredMemoryBytes;
  for (const name in other.scalars) into.scalars[name] = (into.scalars[name] ?? 0) + sign * (other.scalars[name] as number);
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

/** The sum over containers, or what init containers need at their peak if that is more, plus overhead. Shared: not to be changed. */
export function podRequests(pod: KubeObject): PodRequests {
  const spec = pod.spec as PodSpecLike;
  const [first] = spec.containers;
  if (first && spec.containers.length === 1 && !spec.initContainers && !spec.overhead) return ofContainer(first);
  const running = empty();
  for (const container of spec.containers) addRequests(running, ofContainer(container));
  let total = running;
  if (spec.initContainers) {
    const sidecars = empty();
    let peak = empty();
    for (const container of spec.initContainers) {
      const shared = ofContainer(container);
      const own = { ...shared, scalars: { ...shared.scalars } };
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
  return total;
}

const NO_PORTS: string[] = [];

/** `protocol/port` of every host port that a pod occupies. Shared: not to be changed. */
export function hostPorts(pod: KubeObject): string[] {
  let ports = NO_PORTS;
  const spec = pod.spec as PodSpecLike;
  for (const container of spec.containers) {
    if (!container.ports) continue;
    for (const port of container.ports) {
      if (!port.hostPort) continue;
      if (ports === NO_PORTS) ports = [];
      ports.push(`${port.protocol ?? 'TCP'}/${port.hostPort}`);
    }
  }
  return ports;
}

/** What a node offers to pods. Shared: not to be changed. */
export function allocatable(node: KubeObject): { milliCpu: number; memoryBytes: number; ephemeralBytes: number; pods: number; scalars: Record<string, number> } {
  const list = (node.status as { allocatable?: ResourceList } | undefined)?.allocatable ?? NO_LIST;
  let known = ofNodes.get(list);
  if (!known) {
    const { milliCpu, memoryBytes, ephemeralBytes, scalars } = ofList(list, false);
    known = { milliCpu, memoryBytes, ephemeralBytes, scalars, pods: list.pods === undefined ? 0 : parseQuantity(String(list.pods)).value() };
    ofNodes.set(list, known);
  }
  return known;
}
