import { humanDuration } from '../../../../simulation/apiserver/tables/duration.ts';
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';
import { parseQuantity, type Quantity } from '../../../../simulation/apiserver/quantity.ts';
import { describeEvents } from '../events.ts';
import { taints } from '../scheduling.ts';
import type { Describer } from '../types.ts';
import { annotations, date, pairs, Writer } from '../writer.ts';

interface NodeStatus {
  conditions?: { type: string; status: string; lastHeartbeatTime?: string; lastTransitionTime?: string; reason?: string; message?: string }[];
  addresses?: { type: string; address: string }[];
  capacity?: Record<string, string>;
  allocatable?: Record<string, string>;
  nodeInfo?: Record<string, string>;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

/** Sum of what containers of a pod request or are limited to (`resourcehelper.PodRequests`), by resource. */
function podTotals(pod: KubeObject, field: 'requests' | 'limits'): Map<string, Quantity> {
  const spec = pod.spec as { containers: { resources?: Record<string, Record<string, string>> }[]; initContainers?: { restartPolicy?: string; resources?: Record<string, Record<string, string>> }[]; overhead?: Record<string, string> };
  const totals = new Map<string, Quantity>();
  const add = (list: Record<string, string> | undefined): void => {
    for (const name of Object.keys(list ?? {})) {
      const quantity = parseQuantity(String((list as Record<string, string>)[name]));
      const before = totals.get(name);
      totals.set(name, before ? before.add(quantity) : quantity);
    }
  };
  for (const container of spec.containers) add(container.resources?.[field]);
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') add(container.resources?.[field]);
    else {
      for (const [name, text] of Object.entries(container.resources?.[field] ?? {})) {
        const quantity = parseQuantity(String(text));
        const before = totals.get(name);
        if (!before || before.compare(quantity) < 0) totals.set(name, quantity);
      }
    }
  }
  // Overhead adds to every request, and to limits that there are.
  for (const [name, text] of Object.entries(spec.overhead ?? {})) if (field === 'requests' || totals.has(name)) add({ [name]: text });
  return totals;
}

function percent(amount: Quantity | undefined, of: Quantity | undefined): number {
  const whole = of?.milliValue() ?? 0;
  return whole === 0 || !amount ? 0 : Math.floor((amount.milliValue() * 100) / whole);
}

export const describeNode: Describer = async (node, { now, get, list, events }) => {
  const { metadata } = node;
  const spec = node.spec as { taints?: { key: string; value?: string; effect: string }[]; unschedulable?: boolean; podCIDR?: string; podCIDRs?: string[]; providerID?: string };
  const status = (node.status ?? {}) as NodeStatus;
  const lease = await get(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${metadata.name}`);
  const pods = await list('/api/v1/pods', { fieldSelector: `spec.nodeName=${metadata.name},status.phase!=Failed,status.phase!=Succeeded` });
  const writer = new Writer();
  writer.line(0, `Name:\t${metadata.name}`);
  const roles = Object.keys(metadata.labels ?? {}).filter((key) => key.startsWith(ROLE_PREFIX)).map((key) => key.slice(ROLE_PREFIX.length)).sort();
  writer.line(0, `Roles:\t${roles.join(',') || '<none>'}`);
  pairs(writer, 'Labels', metadata.labels);
  annotations(writer, metadata.annotations);
  writer.line(0, `CreationTimestamp:\t${date(metadata.creationTimestamp)}`);
  taints(writer, spec.taints);
  writer.line(0, `Unschedulable:\t${spec.unschedulable ?? false}`);
  if (lease) {
    const holder = lease.spec as { holderIdentity?: string; acquireTime?: string; renewTime?: string };
    writer.line(0, 'Lease:');
    writer.line(1, `HolderIdentity:\t${holder.holderIdentity ?? '<unset>'}`);
    writer.line(1, `AcquireTime:\t${date(holder.acquireTime)}`);
    writer.line(1, `RenewTime:\t${date(holder.renewTime)}`);
  } else writer.line(0, `Lease:\tFailed to get lease: leases.coordination.k8s.io "${metadata.name}" not found`);
  if (status.conditions?.length) {
    writer.line(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
    writer.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const condition of status.conditions) {
      writer.line(1, `${condition.type}\t${condition.status}\t${date(condition.lastHeartbeatTime)}\t${date(condition.lastTransitionTime)}\t${condition.reason}\t${condition.message}`);
    }
  }
  writer.line(0, 'Addresses:');
  for (const { type, address } of status.addresses ?? []) writer.line(1, `${type}:\t${address}`);
  for (const [title, map] of [['Capacity', status.capacity], ['Allocatable', status.allocatable]] as const) {
    if (!map || Object.keys(map).length === 0) continue;
    writer.line(0, `${title}:`);
    for (const name of Object.keys(map).sort()) writer.line(1, `${name}:\t${map[name]}`);
  }
  const info = status.nodeInfo ?? {};
  writer.line(0, 'System Info:');
  for (const [title, field] of [
    ['Machine ID', 'machineID'], ['System UUID', 'systemUUID'], ['Boot ID', 'bootID'], ['Kernel Version', 'kernelVersion'], ['OS Image', 'osImage'],
    ['Operating System', 'operatingSystem'], ['Architecture', 'architecture'], ['Container Runtime Version', 'containerRuntimeVersion'], ['Kubelet Version', 'kubeletVersion'],
  ] as const) {
    writer.line(1, `${title}:\t${info[field] ?? ''}`);
  }
  if (spec.podCIDR) writer.line(0, `PodCIDR:\t${spec.podCIDR}`);
  if (spec.podCIDRs?.length) writer.line(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}`);
  if (spec.providerID) writer.line(0, `ProviderID:\t${spec.providerID}`);
  nodePods(writer, pods, status.allocatable ?? status.capacity ?? {}, now);
  describeEvents(writer, events, now);
  return writer.toString();
};

function nodePods(writer: Writer, pods: KubeObject[], allocatable: Record<string, string>, now: number): void {
  const whole = (name: string): Quantity | undefined => (allocatable[name] === undefined ? undefined : parseQuantity(String(allocatable[name])));
  const zero = parseQuantity('0');
  const cell = (amount: Quantity | undefined, name: string): string => `${(amount ?? zero).toString()} (${percent(amount, whole(name))}%)`;
  writer.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  writer.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  writer.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  const sums = { requests: new Map<string, Quantity>(), limits: new Map<string, Quantity>() };
  for (const pod of pods) {
    const requests = podTotals(pod, 'requests');
    const limits = podTotals(pod, 'limits');
    for (const [field, totals] of [['requests', requests], ['limits', limits]] as const) {
      for (const [name, quantity] of totals) {
        const before = sums[field].get(name);
        sums[field].set(name, before ? before.add(quantity) : quantity);
      }
    }
    writer.line(
      1,
      `${pod.metadata.namespace}\t${pod.metadata.name}\t\t${cell(requests.get('cpu'), 'cpu')}\t${cell(limits.get('cpu'), 'cpu')}\t${cell(requests.get('memory'), 'memory')}\t${cell(limits.get('memory'), 'memory')}\t${humanDuration(now - Date.parse(pod.metadata.creationTimestamp))}`,
    );
  }
  writer.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  Resource\tRequests\tLimits');
  writer.line(1, '--------\t--------\t------');
  const names = ['cpu', 'memory', 'ephemeral-storage', ...Object.keys(allocatable).filter((name) => !['cpu', 'memory', 'ephemeral-storage', 'pods'].includes(name)).sort()];
  for (const name of names) {
    const requests = sums.requests.get(name);
    const limits = sums.limits.get(name);
    if (name.startsWith('hugepages-') || ['cpu', 'memory', 'ephemeral-storage'].includes(name)) writer.line(1, `${name}\t${cell(requests, name)}\t${cell(limits, name)}`);
    else writer.line(1, `${name}\t${(requests ?? zero).toString()}\t${(limits ?? zero).toString()}`);
  }
}
