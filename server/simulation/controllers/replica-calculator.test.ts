import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../apiserver/types.ts';
import { MetricError, replicasForAverage, replicasForUtilization, type PodMetric, type Question } from './replica-calculator.ts';

const NOW = Date.UTC(2026, 10, 24, 1, 0, 0);
const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1_000).toISOString();

/** A pod: milli-CPU that it uses (undefined: no figures), and what is special about it. */
interface Given {
  uses?: number;
  requests?: string;
  phase?: string;
  ready?: boolean;
  startedAgo?: number;
  changedAgo?: number;
  deleted?: boolean;
}

function question(given: Given[], extra: Partial<Question> = {}): Question {
  const metrics = new Map<string, PodMetric>();
  const pods = given.map(({ uses, requests = '1', phase = 'Running', ready = true, startedAgo = 1_000, changedAgo = 900, deleted }, i) => {
    if (uses !== undefined) metrics.set(`pod-${i}`, { value: uses, timestamp: NOW, windowMs: 60_000 });
    return {
      metadata: { name: `pod-${i}`, ...(deleted ? { deletionTimestamp: at(1) } : {}) },
      spec: { containers: [{ name: 'c', resources: { requests: requests ? { cpu: requests } : {} } }] },
      status: { phase, startTime: at(startedAgo), conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at(changedAgo) }] },
    } as unknown as KubeObject;
  });
  return { resource: 'cpu', pods, metrics, currentReplicas: given.length, tolerances: { scaleUp: 0.1, scaleDown: 0.1 }, now: NOW, ...extra };
}

const young = { startedAgo: 60, changedAgo: 20 };

describe('replicas for a utilization', () => {
  it.each<[string, Given[], number, number, number]>([
    ['scales up', [{ uses: 300 }, { uses: 500 }, { uses: 700 }], 30, 5, 50],
    ['scales down', [{ uses: 100 }, { uses: 300 }, { uses: 500 }, { uses: 250 }, { uses: 250 }], 50, 3, 28],
    ['leaves small differences, up', [{ uses: 1010 }, { uses: 1030 }, { uses: 1020 }], 100, 3, 102],
    ['leaves small differences, down', [{ uses: 890 }, { uses: 930 }, { uses: 910 }], 100, 3, 91],
    ['counts pods that are not ready yet as idle on the way up', [{ uses: 300, ready: false, ...young }, { uses: 500 }, { uses: 700 }], 30, 4, 60],
    ['waits for a whole window after a pod became ready', [{ uses: 300, ...young }, { uses: 500 }, { uses: 700 }], 30, 4, 60],
    ['counts pods that became unready later', [{ uses: 300, ready: false, startedAgo: 1_000, changedAgo: 100 }, { uses: 500 }, { uses: 700 }], 30, 5, 50],
    ['never counts pods that were never ready', [{ uses: 300, ready: false, startedAgo: 1_000, changedAgo: 990 }, { uses: 500 }, { uses: 700 }], 30, 4, 60],
    ['ignores failed pods and those that are going', [{ uses: 500 }, { uses: 700 }, { phase: 'Failed' }, { uses: 900, deleted: true }], 60, 4, 60],
    ['counts pending pods as idle on the way up', [{ uses: 900 }, { phase: 'Pending' }], 50, 2, 90],
    ['counts pods without figures as idle on the way up', [{ uses: 1000 }, { uses: 1000 }, {}], 50, 4, 100],
    ['counts pods without figures as fully used on the way down', [{ uses: 200 }, { uses: 200 }, {}], 60, 3, 20],
    ['does not turn around because of pods without figures', [{ uses: 500 }, {}], 60, 2, 50],
  ])('%s', (_name, pods, target, replicas, utilization) => {
    expect(replicasForUtilization(question(pods), target)).toMatchObject({ replicas, utilization });
  });

  it.each<[string, Question, string]>([
    ['no pods', question([]), 'no pods returned by selector while calculating replica count'],
    ['no request', question([{ uses: 5, requests: '' }]), 'missing request for cpu in container c of Pod pod-0'],
    ['only unready pods', question([{ uses: 5, ready: false, ...young }]), 'did not receive metrics for targeted pods (pods might be unready)'],
    ['an unknown container', question([{ uses: 5 }], { container: 'other' }), 'container other not found in Pod pod-0'],
  ])('says why there is no answer: %s', (_name, asked, message) => {
    expect(() => replicasForUtilization(asked, 50)).toThrow(new MetricError(message));
  });
});

describe('replicas for an average', () => {
  it.each<[string, Given[], number, number, number]>([
    ['scales up', [{ uses: 300 }, { uses: 500 }], 200, 4, 400],
    ['scales down', [{ uses: 100 }, { uses: 100 }, { uses: 100 }], 200, 2, 100],
    ['takes pods without figures for as used as they should be', [{ uses: 100 }, { uses: 100 }, {}], 200, 2, 100],
  ])('%s', (_name, pods, target, replicas, average) => {
    expect(replicasForAverage(question(pods), target)).toEqual({ replicas, average });
  });

  it('does not look at readiness for memory', () => {
    expect(replicasForAverage(question([{ uses: 400, ready: false, ...young }], { resource: 'memory' }), 100)).toEqual({ replicas: 4, average: 400 });
  });
});
