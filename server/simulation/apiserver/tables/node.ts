import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import { NONE } from './format.ts';
import type { Cell, Printer } from './types.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';

/** Roles by label, sorted (`findNodeRoles`). */
export function nodeRoles(node: KubeObject): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return [...roles].sort();
}

function statusOf(node: KubeObject): string {
  const parts: string[] = [];
  for (const condition of node.status?.conditions ?? []) {
    if (condition.type === 'Ready') parts.push(condition.status === 'True' ? 'Ready' : 'NotReady');
  }
  if (parts.length === 0) parts.push('Unknown');
  if (node.spec?.unschedulable) parts.push('SchedulingDisabled');
  return parts.join(',');
}

function address(node: KubeObject, type: string): string {
  for (const candidate of node.status?.addresses ?? []) if (candidate.type === type) return candidate.address as string;
  return NONE;
}

function cells(node: KubeObject, now: number): Cell[] {
  const info = node.status?.nodeInfo ?? {};
  const kernel: string = info.kernelVersion || '<unknown>';
  return [
    node.metadata.name,
    statusOf(node),
    nodeRoles(node).join(',') || NONE,
    age(node.metadata.creationTimestamp, now),
    info.kubeletVersion ?? '',
    address(node, 'InternalIP'),
    address(node, 'ExternalIP'),
    info.osImage || '<unknown>',
    info.architecture ? `${kernel} (${info.architecture})` : kernel,
    info.containerRuntimeVersion || '<unknown>',
  ];
}

export const node = { kind: 'Node', group: '', cells } satisfies Printer;
