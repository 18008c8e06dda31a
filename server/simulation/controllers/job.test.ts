import { describe, expect, it } from 'vitest';
import { formatIndexes, parseIndexes } from './job-indexes.ts';
import { matchFailurePolicy, remainingBackoff, type PodFailurePolicy } from './job-policies.ts';
import { Bench, PODS, template } from './testing.ts';
import type { KubeObject } from '../apiserver/types.ts';
import type { JobStatus } from './job-spec.ts';

const JOBS = '/apis/batch/v1/namespaces/default/jobs';

function run(spec: object, seconds: number, command = 'sleep 1; exit 0'): { bench: Bench; status: JobStatus; pods: KubeObject[] } {
  const bench = new Bench();
  bench.create(JOBS, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { template: template({}, command, { restartPolicy: 'Never' }), ...spec } });
  bench.seconds(seconds);
  return { bench, status: bench.get(`${JOBS}/j`).status as JobStatus, pods: bench.list(PODS) };
}

const conditions = (status: JobStatus): string[] => (status.conditions ?? []).map(({ type, status: state, reason }) => `${type}=${state} ${reason}`);

describe('a Job', () => {
  it('is complete when its pod has succeeded, in two steps', () => {
    const { bench, status, pods } = run({}, 12);
    expect(conditions(status)).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached']);
    expect(status).toMatchObject({ succeeded: 1, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
    expect(status.active).toBeUndefined();
    expect(pods.map((pod) => pod.metadata.finalizers)).toEqual([undefined]);
    expect(bench.events('Job')).toEqual(['SuccessfulCreate: Created pod: j-*', 'Completed: Job completed']);
  });

  it('runs so many at a time until enough have succeeded', () => {
    const { status, pods } = run({ completions: 5, parallelism: 2 }, 60);
    expect(pods.length).toBe(5);
    expect(status.succeeded).toBe(5);
  });

  it('fails beyond its back-off limit', () => {
    const { bench, status, pods } = run({ backoffLimit: 1 }, 60, 'exit 3');
    expect(pods.length).toBe(2);
    expect(status.failed).toBe(2);
    expect(conditions(status)).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded']);
    expect(bench.events('Job')).toContain('BackoffLimitExceeded: Job has reached the specified backoff limit');
  });

  it('fails at its deadline and takes its pods along', () => {
    const { bench, status, pods } = run({ activeDeadlineSeconds: 5 }, 60, 'sleep 1000');
    expect(pods).toEqual([]);
    expect(conditions(status)[1]).toBe('Failed=True DeadlineExceeded');
    expect(bench.events('Job').map((event) => event.split(':')[0])).toEqual(['SuccessfulCreate', 'SuccessfulDelete', 'DeadlineExceeded']);
  });

  it('has no pods while it is suspended, and begins anew when it is resumed', () => {
    const { bench, status, pods } = run({ suspend: true }, 5);
    expect(pods).toEqual([]);
    expect(conditions(status)).toEqual(['Suspended=True JobSuspended']);
    bench.request('PATCH', `${JOBS}/j`, { spec: { suspend: false } });
    bench.seconds(12);
    expect(conditions(bench.get(`${JOBS}/j`).status as JobStatus)).toEqual(['Suspended=False JobResumed', 'SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached']);
  });

  it('gives each pod of an Indexed Job its index', () => {
    const { status, pods } = run({ completions: 3, parallelism: 3, completionMode: 'Indexed' }, 30);
    expect(status.completedIndexes).toBe('0-2');
    expect(pods.map((pod) => pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index']).sort()).toEqual(['0', '1', '2']);
    expect(pods.map((pod) => (pod.spec as { hostname: string }).hostname).sort()).toEqual(['j-0', 'j-1', 'j-2']);
  });

  it('gives up single indexes when each has a limit of its own', () => {
    const { status } = run({ completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 1 }, 120, 'exit 1');
    expect(status.failedIndexes).toBe('0,1');
    expect(conditions(status)[1]).toBe('Failed=True FailedIndexes');
  });

  it('succeeds early when its success policy is met', () => {
    const { status } = run({ completions: 4, parallelism: 1, completionMode: 'Indexed', successPolicy: { rules: [{ succeededCount: 2 }] } }, 40);
    expect(conditions(status)[0]).toBe('SuccessCriteriaMet=True SuccessPolicy');
    expect(status.succeeded).toBe(2);
  });

  it('is deleted some time after its end, with its pods', () => {
    const { bench } = run({ ttlSecondsAfterFinished: 5 }, 6);
    bench.seconds(20);
    expect(bench.list(JOBS)).toEqual([]);
    expect(bench.list(PODS)).toEqual([]);
  });

  it('leaves no pod behind that nobody lets go of', () => {
    const { bench } = run({}, 2, 'sleep 1000');
    bench.request('DELETE', `${JOBS}/j`, { propagationPolicy: 'Background' });
    bench.seconds(40);
    expect(bench.list(PODS)).toEqual([]);
  });
});

describe('indexes', () => {
  const cases: [number[], string][] = [[[], ''], [[3], '3'], [[1, 2], '1,2'], [[0, 1, 2, 5], '0-2,5'], [[7, 4, 5, 6, 0], '0,4-7']];
  it.each(cases)('%j is written %s', (indexes, text) => {
    expect(formatIndexes(new Set(indexes))).toBe(text);
    expect([...parseIndexes(text, 10)].sort()).toEqual([...indexes].sort());
  });
});

describe('the back-off of failing pods', () => {
  const cases: [string, number, number, number][] = [
    ['nothing without a failure', 0, 0, 0],
    ['ten seconds after the first', 1, 0, 10_000],
    ['counted from the failure', 1, 4_000, 6_000],
    ['doubling', 3, 0, 40_000],
    ['up to ten minutes', 20, 0, 600_000],
  ];
  it.each(cases)('%s', (_, failures, now, expected) => expect(remainingBackoff(failures, 0, now)).toBe(expected));
});

describe('the pod failure policy', () => {
  const pod = (exitCode: number, condition?: string): KubeObject => ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
    status: { containerStatuses: [{ name: 'main', restartCount: 0, state: { terminated: { exitCode } } }], conditions: condition ? [{ type: condition, status: 'True' }] : [] },
  });
  const policy: PodFailurePolicy = {
    rules: [
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
      { action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [42] } },
      { action: 'FailIndex', onExitCodes: { operator: 'In', values: [7] } },
    ],
  };
  it('ignores what was evicted', () => expect(matchFailurePolicy(policy, pod(42, 'DisruptionTarget'))).toEqual({ counts: false, action: 'Ignore' }));
  it('fails the Job for an exit code', () =>
    expect(matchFailurePolicy(policy, pod(42))).toEqual({ counts: true, action: 'FailJob', failJob: 'Container main for pod default/p failed with exit code 42 matching FailJob rule at index 1' }));
  it('fails the index for another', () => expect(matchFailurePolicy(policy, pod(7))).toEqual({ counts: true, action: 'FailIndex' }));
  it('counts everything else', () => expect(matchFailurePolicy(policy, pod(1))).toEqual({ counts: true }));
});
