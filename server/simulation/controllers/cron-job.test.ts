import { describe, expect, it } from 'vitest';
import { parseSchedule } from './schedule.ts';
import { Bench, template } from './testing.ts';

const CRON_JOBS = '/apis/batch/v1/namespaces/default/cronjobs';
const JOBS = '/apis/batch/v1/namespaces/default/jobs';

/** At 00:30:22 or so; the next full minute is some 36 s away. */
function start(spec: object, command = 'sleep 1; exit 0'): Bench {
  const bench = new Bench();
  bench.create(CRON_JOBS, { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick' }, spec: { schedule: '* * * * *', jobTemplate: { spec: { template: template({}, command, { restartPolicy: 'Never' }) } }, ...spec } });
  return bench;
}

const reasons = (bench: Bench): string[] => bench.events('CronJob').map((event) => event.split(':')[0] as string);

describe('a CronJob', () => {
  it('makes a Job each minute, named by the minute, and forgets the oldest', () => {
    const bench = start({ successfulJobsHistoryLimit: 2 });
    bench.seconds(60 * 5);
    const jobs = bench.list(JOBS);
    expect(jobs.map((job) => job.metadata.name)).toEqual(['tick-29924674', 'tick-29924675']);
    expect(jobs[0]?.metadata.annotations).toEqual({ 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-11-24T00:34:00Z' });
    expect(bench.get(`${CRON_JOBS}/tick`).status).toMatchObject({ lastScheduleTime: '2026-11-24T00:35:00Z' });
    expect(reasons(bench)).toEqual(expect.arrayContaining(['SuccessfulCreate', 'SawCompletedJob', 'SuccessfulDelete']));
  });

  it('does not begin while another runs, when concurrency is forbidden', () => {
    const bench = start({ concurrencyPolicy: 'Forbid' }, 'sleep 1000');
    bench.seconds(170);
    expect(bench.list(JOBS).length).toBe(1);
    expect(reasons(bench)).toContain('JobAlreadyActive');
  });

  it('replaces a Job that still runs', () => {
    const bench = start({ concurrencyPolicy: 'Replace' }, 'sleep 1000');
    bench.seconds(110);
    expect(bench.list(JOBS).filter((job) => !job.metadata.deletionTimestamp).map((job) => job.metadata.name)).toEqual(['tick-29924672']);
    expect((bench.get(`${CRON_JOBS}/tick`).status as { active: { name: string }[] }).active.map((reference) => reference.name)).toEqual(['tick-29924672']);
  });

  it('does nothing while it is suspended', () => {
    const bench = start({ suspend: true });
    bench.seconds(130);
    expect(bench.list(JOBS)).toEqual([]);
  });
});

describe('schedules', () => {
  const from = Date.UTC(2026, 10, 24, 0, 30, 22);
  const cases: [string, string][] = [
    ['*/5 * * * *', '2026-11-24T00:35:00.000Z'],
    ['0 9 * * 1-5', '2026-11-24T09:00:00.000Z'],
    ['30 3 1 * *', '2026-12-01T03:30:00.000Z'],
    ['0 0 13 * 5', '2026-11-27T00:00:00.000Z'],
    ['@hourly', '2026-11-24T01:00:00.000Z'],
    ['@every 90s', '2026-11-24T00:31:52.000Z'],
  ];
  it.each(cases)('%s comes next at %s', (text, expected) => expect(new Date(parseSchedule(text).next(from) ?? 0).toISOString()).toBe(expected));
  it('of another time zone are that zone’s', () => expect(new Date(parseSchedule('0 9 * * *', 'Asia/Taipei').next(from) ?? 0).toISOString()).toBe('2026-11-24T01:00:00.000Z'));
  it('have five fields', () => expect(() => parseSchedule('* * *')).toThrow('expected exactly 5 fields, found 3: [* * *]'));
});
