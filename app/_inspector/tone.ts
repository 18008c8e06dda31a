/** The state of an object in a word and a tone. The words are Kubernetes' own. */
import type { NodeRow, PodRow, WorkloadRow } from '../../server/rooms/projection/types.ts';
import type { KubeObject } from '../../server/simulation/apiserver/types.ts';
import type { Tone } from '../_ui/status.tsx';
import type { KnownRow } from './kinds.ts';

export interface State {
  tone: Tone;
  word: string;
}

const FAILING = /BackOff|Err|Failed|OOMKilled|Evicted|Invalid|DeadlineExceeded|Unexpected|ContainerStatusUnknown/;

export function podState(row: PodRow): State {
  const word = row.status;
  if (row.deleting) return { tone: word === 'Unknown' ? 'unknown' : 'leaving', word };
  if (row.phase === 'Succeeded') return { tone: 'done', word };
  if (row.phase === 'Failed' || FAILING.test(word)) return { tone: 'failing', word };
  if (row.phase === 'Unknown' || word === 'Unknown') return { tone: 'unknown', word };
  return { tone: row.isReady ? 'ready' : 'pending', word };
}

export function nodeState(row: NodeRow): State {
  const ready = row.ready === 'True';
  const word = `${ready ? 'Ready' : 'NotReady'}${row.schedulable ? '' : ',SchedulingDisabled'}`;
  if (!ready) return { tone: row.ready === 'Unknown' ? 'unknown' : 'failing', word };
  return { tone: row.schedulable ? 'ready' : 'pending', word };
}

export function workloadState(row: WorkloadRow): State {
  if (row.kind === 'CronJob') return row.paused ? { tone: 'leaving', word: 'Suspended' } : { tone: 'ready', word: row.schedule ?? '' };
  if (row.kind === 'Job') {
    const word = `${row.available}/${row.desired}`;
    return { tone: row.available >= row.desired ? 'done' : 'pending', word };
  }
  const word = `${row.ready}/${row.desired}`;
  if (row.desired === 0) return { tone: 'leaving', word };
  return { tone: row.ready >= row.desired && row.available >= row.desired ? 'ready' : row.ready === 0 ? 'failing' : 'pending', word };
}

/** @returns undefined for objects that have no state, such as a ConfigMap. */
export function stateOf(known: KnownRow | undefined, object: KubeObject | undefined): State | undefined {
  if (known) {
    switch (known.table) {
      case 'pods':
        return podState(known.row);
      case 'nodes':
        return nodeState(known.row);
      case 'workloads':
        return workloadState(known.row);
      case 'services': {
        const ready = known.row.endpoints.filter((endpoint) => endpoint.ready).length;
        if (!known.row.selector) return undefined;
        return { tone: ready > 0 ? 'ready' : 'pending', word: `${ready}/${known.row.endpoints.length}` };
      }
      case 'ingresses':
        return known.row.addresses.length > 0 ? undefined : { tone: 'pending', word: '<pending>' };
    }
  }
  const phase = object?.status?.phase as string | undefined;
  if (!phase) return undefined;
  return { tone: phase === 'Active' || phase === 'Bound' || phase === 'Available' ? 'ready' : phase === 'Terminating' ? 'leaving' : FAILING.test(phase) ? 'failing' : 'pending', word: phase };
}
