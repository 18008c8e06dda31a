/** Cron schedules of CronJobs: the standard five fields, descriptors such as `@hourly`, and `@every 90s` (robfig/cron). */
import { Cron } from 'croner';

export interface Schedule {
  /** The first time after `time`, ms; undefined when there will never be one. */
  next(time: number): number | undefined;
}

const EVERY = /^@every (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** @throws Error that says what is wrong with the schedule. */
export function parseSchedule(text: string, timeZone = 'Etc/UTC'): Schedule {
  const every = EVERY.exec(text);
  if (every) {
    const [hours, minutes, seconds] = every.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
    const period = Math.max(1, hours * 3_600 + minutes * 60 + seconds) * 1_000;
    return { next: (time) => Math.floor(time / 1_000) * 1_000 + period };
  }
  if (!text.startsWith('@')) {
    const fields = text.trim().split(/\s+/);
    if (fields.length !== 5) throw new Error(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  const cron = new Cron(text, { timezone: timeZone, paused: true });
  return { next: (time) => cron.nextRun(new Date(time))?.getTime() };
}
