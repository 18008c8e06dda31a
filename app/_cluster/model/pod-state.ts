/** How a pod looks: the tone that its state has on the screen, and its name in two parts, what it belongs to and which one it is. */
import type { NodeRow, PodRow } from '../../../server/rooms/projection/types.ts';

export const TONES = ['ready', 'pending', 'failing', 'leaving', 'unknown', 'done'] as const;
export type Tone = (typeof TONES)[number];

/** Reasons of kubectl's STATUS column that mean that something is wrong and will not become right by waiting a moment. */
const FAILING = /BackOff|^Err|Error|Crash|OOMKilled|Invalid|Evicted|Failed|CannotRun|DeadlineExceeded|NeverPull|Shutdown|Preempting|NodeAffinity|OutOf|^Signal:|^ExitCode:/;

/** @param node the pod's node: of a node that does not report, nobody knows how its pods are. */
export function podTone(pod: PodRow, node?: Pick<NodeRow, 'ready'>): Tone {
  if (pod.deleting) return 'leaving';
  const status = pod.status.replace(/^Init:/, '');
  if (pod.phase === 'Succeeded' || status === 'Completed') return 'done';
  if (pod.phase === 'Failed' || FAILING.test(status)) return 'failing';
  if (pod.phase === 'Unknown' || status === 'Unknown' || (pod.node !== '' && node?.ready === 'Unknown')) return 'unknown';
  return pod.phase === 'Running' && pod.isReady && status === 'Running' ? 'ready' : 'pending';
}

export interface PodNaming {
  /** `web` of `web-7957885594-wvf5x`. */
  base: string;
  /** `wvf5x`; `''` when the name has only one part. */
  suffix: string;
}

export function podNaming(pod: PodRow): PodNaming {
  const { name, owner } = pod;
  if (owner?.kind === 'Node' && name.endsWith(`-${owner.name}`)) return { base: name.slice(0, -owner.name.length - 1), suffix: '' };
  if (!owner || !name.startsWith(`${owner.name}-`)) return { base: name, suffix: '' };
  const hash = pod.labels['pod-template-hash'];
  const base = owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(`-${hash}`) ? owner.name.slice(0, -hash.length - 1) : owner.name;
  return { base, suffix: name.slice(owner.name.length + 1) };
}
