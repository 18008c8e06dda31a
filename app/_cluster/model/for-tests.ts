/** Small builders of rows, for the tests beside this. */
import type { NodeRow, PodRow, ServiceRow, Tables, WorkloadRow, WriteRow } from '../../../server/rooms/projection/types.ts';

export function node(name: string, rest: Partial<NodeRow> = {}): NodeRow {
  return { key: name, uid: name, role: 'worker', ready: 'True', schedulable: true, taints: [], power: 'up', proxy: 'synced', cpu: { requestedMilli: 0, allocatableMilli: 2000 }, memory: { requestedMi: 0, allocatableMi: 4096 }, pods: { count: 0, allocatable: 110 }, ip: '', version: '', createdAt: 0, ...rest };
}

/** @param key `namespace/name` */
export function pod(key: string, rest: Partial<PodRow> = {}): PodRow {
  const [namespace, name] = key.split('/') as [string, string];
  return { key, uid: key, namespace, name, node: 'worker-1', status: 'Running', ready: '1/1', isReady: true, restarts: 0, phase: 'Running', labels: {}, images: ['nginx'], ip: '', createdAt: 0, deleting: false, ...rest };
}

/** @param key `Kind/namespace/name` */
export function workload(key: string, rest: Partial<WorkloadRow> = {}): WorkloadRow {
  const [kind, namespace, name] = key.split('/') as [WorkloadRow['kind'], string, string];
  return { key, uid: key, kind, namespace, name, desired: 1, ready: 1, updated: 1, available: 1, paused: false, images: ['nginx'], createdAt: 0, ...rest };
}

export function service(key: string, rest: Partial<ServiceRow> = {}): ServiceRow {
  const [namespace, name] = key.split('/') as [string, string];
  return { key, uid: key, namespace, name, type: 'ClusterIP', clusterIP: '10.96.0.9', externalIPs: [], ports: [], selector: { app: name }, endpoints: [], createdAt: 0, ...rest };
}

export function tables(rows: { nodes?: NodeRow[]; pods?: PodRow[]; workloads?: WorkloadRow[]; services?: ServiceRow[] } = {}): Tables {
  const map = <T extends { key: string }>(list: T[] | undefined): Map<string, T> => new Map((list ?? []).map((row) => [row.key, row]));
  return { nodes: map(rows.nodes), pods: map(rows.pods), workloads: map(rows.workloads), services: map(rows.services), ingresses: new Map(), supports: new Map(), programs: new Map(), faults: new Map() };
}

export function write(revision: number, rest: Partial<WriteRow> = {}): WriteRow {
  return { revision, time: 0, writer: 'replicaset-controller', verb: 'create', resource: 'pods', key: 'default/web-1', causeKind: 'timer', causeId: 0, change: { kind: 'created' }, ...rest };
}
