/**
 * The scheduler's book-keeping: which pod counts against which node. Updated by what the scheduler itself decides
 * (assumed at once) and by what it watches; both ways lead to the same numbers. All plain data.
 */
import type { KubeObject } from '../apiserver/types.ts';
import { objectKey } from '../apiserver/store.ts';
import { controllerOf } from '../apiserver/client.ts';
import type { Assignment, NodeInfo, PendingPod, PodRequests } from './framework.ts';
import { addRequests, allocatable, hostPorts, podRequests } from './requests.ts';

export interface Accounts {
  nodes: Map<string, NodeInfo>;
  /** Pod key → where it counts. */
  assignments: Map<string, Assignment>;
  /** Controller uid → node → pods. */
  byOwner: Map<string, Map<string, number>>;
  /** Keys of assigned pods that state (anti-)affinity of any kind: only these can keep other pods away, or draw them near. */
  podsWithAffinity: Set<string>;
}

export function newAccounts(): Accounts {
  return { nodes: new Map(), assignments: new Map(), byOwner: new Map(), podsWithAffinity: new Set() };
}

function none(): PodRequests {
  return { milliCpu: 0, memoryBytes: 0, ephemeralBytes: 0, scalars: {}, scoredMilliCpu: 0, scoredMemoryBytes: 0 };
}

export function hasPodAffinity(pod: KubeObject): boolean {
  const affinity = (pod.spec as { affinity?: { podAffinity?: unknown; podAntiAffinity?: unknown } }).affinity;
  return Boolean(affinity?.podAffinity ?? affinity?.podAntiAffinity);
}

/** Takes a node's current object into account; pods assigned before the node was seen are counted again. */
export function setNode(accounts: Accounts, node: KubeObject): void {
  const known = accounts.nodes.get(node.metadata.name);
  if (known) {
    known.node = node;
    known.allocatable = allocatable(node);
    return;
  }
  const info: NodeInfo = { name: node.metadata.name, node, allocatable: allocatable(node), used: none(), podCount: 0, ports: new Map() };
  accounts.nodes.set(info.name, info);
  for (const assignment of accounts.assignments.values()) if (assignment.node === info.name) count(info, assignment, 1);
}

export function removeNode(accounts: Accounts, name: string): void {
  accounts.nodes.delete(name);
}

/** Counts a pod against a node; a second time changes nothing. @param pending what has been worked out of the pod already */
export function assign(accounts: Accounts, pod: KubeObject, node: string, pending?: PendingPod): void {
  const key = pending?.key ?? objectKey(pod.metadata.namespace, pod.metadata.name);
  const before = accounts.assignments.get(key);
  if (before) {
    if (before.node === node) return;
    unassign(accounts, pod);
  }
  const assignment: Assignment = {
    node,
    key,
    requests: pending?.requests ?? podRequests(pod),
    ports: pending?.ports ?? hostPorts(pod),
    owner: pending?.owner ?? controllerOf(pod)?.uid ?? '',
    priority: pending?.priority ?? (pod.spec as { priority?: number }).priority ?? 0,
  };
  accounts.assignments.set(key, assignment);
  const info = accounts.nodes.get(node);
  if (info) count(info, assignment, 1);
  if (hasPodAffinity(pod)) accounts.podsWithAffinity.add(key);
  if (assignment.owner) {
    let counts = accounts.byOwner.get(assignment.owner);
    if (!counts) accounts.byOwner.set(assignment.owner, (counts = new Map<string, number>()));
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
}

/** Frees what a pod held. */
export function unassign(accounts: Accounts, pod: KubeObject): boolean {
  const key = objectKey(pod.metadata.namespace, pod.metadata.name);
  const assignment = accounts.assignments.get(key);
  if (!assignment) return false;
  accounts.assignments.delete(key);
  const info = accounts.nodes.get(assignment.node);
  if (info) count(info, assignment, -1);
  accounts.podsWithAffinity.delete(key);
  const counts = accounts.byOwner.get(assignment.owner);
  if (counts) {
    const left = (counts.get(assignment.node) ?? 0) - 1;
    if (left > 0) counts.set(assignment.node, left);
    else counts.delete(assignment.node);
    if (counts.size === 0) accounts.byOwner.delete(assignment.owner);
  }
  return true;
}

function count(info: NodeInfo, assignment: Assignment, sign: 1 | -1): void {
  addRequests(info.used, assignment.requests, sign);
  info.podCount += sign;
  for (const port of assignment.ports) {
    const users = (info.ports.get(port) ?? 0) + sign;
    if (users > 0) info.ports.set(port, users);
    else info.ports.delete(port);
  }
}
