import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import { NONE } from './format.ts';
import type { Cell, Printer, RowCondition } from './types.ts';

interface Terminated {
  exitCode: number;
  signal?: number;
  reason?: string;
  finishedAt?: string;
}

interface ContainerStatus {
  name: string;
  ready: boolean;
  started?: boolean;
  restartCount: number;
  state?: { waiting?: { reason?: string }; running?: object; terminated?: Terminated };
  lastState?: { terminated?: Terminated };
}

/** What `kubectl get pods` says about a pod. */
export interface PodSummary {
  /** The STATUS column. */
  reason: string;
  ready: number;
  total: number;
  restarts: number;
  /** RFC 3339; of the container that ended last. */
  lastRestart?: string;
}

class Restarts {
  count = 0;
  last: string | undefined;
  add(status: ContainerStatus): void {
    this.count += status.restartCount;
    const finished = status.lastState?.terminated?.finishedAt;
    if (finished && (this.last === undefined || Date.parse(finished) > Date.parse(this.last))) this.last = finished;
  }
}

function endedReason(terminated: Terminated): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

function hasCondition(pod: KubeObject, type: string): boolean {
  return ((pod.status?.conditions ?? []) as { type: string; status: string }[]).some((condition) => condition.type === type && condition.status === 'True');
}

/** The STATUS, READY and RESTARTS of a pod (`printPod`). */
export function summarizePod(pod: KubeObject): PodSummary {
  const status = pod.status ?? {};
  const phase: string = status.phase ?? '';
  let reason: string = status.reason || phase;
  for (const condition of status.conditions ?? []) {
    if (condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated') reason = 'SchedulingGated';
  }
  let ready = 0;
  let total: number = (pod.spec?.containers ?? []).length;
  const initContainers: { name: string; restartPolicy?: string }[] = pod.spec?.initContainers ?? [];
  const restartable = new Set<string>();
  for (const container of initContainers) if (container.restartPolicy === 'Always') restartable.add(container.name);
  total += restartable.size;

  let restarts = new Restarts();
  const sidecarRestarts = new Restarts();
  let initializing = false;
  const initStatuses: ContainerStatus[] = status.initContainerStatuses ?? [];
  for (const [index, container] of initStatuses.entries()) {
    restarts.add(container);
    const sidecar = restartable.has(container.name);
    if (sidecar) sidecarRestarts.add(container);
    const terminated = container.state?.terminated;
    if (terminated && terminated.exitCode === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) ready++;
      continue;
    }
    const waiting = container.state?.waiting?.reason;
    if (terminated) reason = `Init:${endedReason(terminated)}`;
    else if (waiting && waiting !== 'PodInitializing') reason = `Init:${waiting}`;
    else reason = `Init:${index}/${initContainers.length}`;
    initializing = true;
    break;
  }

  if (!initializing || hasCondition(pod, 'Initialized')) {
    restarts = sidecarRestarts;
    let running = false;
    const statuses: ContainerStatus[] = status.containerStatuses ?? [];
    for (let index = statuses.length - 1; index >= 0; index--) {
      const container = statuses[index] as ContainerStatus;
      restarts.add(container);
      const { waiting, terminated, running: isRunning } = container.state ?? {};
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated) reason = endedReason(terminated);
      else if (container.ready && isRunning) {
        running = true;
        ready++;
      }
    }
    if (reason === 'Completed' && running) reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  }

  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (phase !== 'Failed' && phase !== 'Succeeded') reason = 'Terminating';
  }
  return { reason, ready, total, restarts: restarts.count, ...(restarts.last === undefined ? {} : { lastRestart: restarts.last }) };
}

function readinessGates(pod: KubeObject): string {
  const gates: { conditionType: string }[] = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  return `${gates.filter((gate) => hasCondition(pod, gate.conditionType)).length}/${gates.length}`;
}

function conditions(pod: KubeObject): RowCondition[] {
  const completed = (reason: string, message: string): RowCondition[] => [{ type: 'Completed', status: 'True', reason, message }];
  switch (pod.status?.phase) {
    case 'Succeeded':
      return completed('Succeeded', 'The pod has completed successfully.');
    case 'Failed':
      return completed('Failed', 'The pod failed.');
    default:
      return [];
  }
}

function cells(pod: KubeObject, now: number): Cell[] {
  const summary = summarizePod(pod);
  const restarts = summary.restarts !== 0 && summary.lastRestart !== undefined ? `${summary.restarts} (${age(summary.lastRestart, now)} ago)` : String(summary.restarts);
  return [
    pod.metadata.name,
    `${summary.ready}/${summary.total}`,
    summary.reason,
    restarts,
    age(pod.metadata.creationTimestamp, now),
    pod.status?.podIPs?.[0]?.ip || NONE,
    pod.spec?.nodeName || NONE,
    pod.status?.nominatedNodeName || NONE,
    readinessGates(pod),
  ];
}

export const pod = { kind: 'Pod', group: '', cells, conditions } satisfies Printer;
