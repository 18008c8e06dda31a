/** Exponential back-off by key (client-go `flowcontrol.Backoff`). Plain data. */

export interface BackOffEntry {
  delayMs: number;
  updatedAt: number;
}

export type BackOff = Map<string, BackOffEntry>;

/** First delay and longest delay of container restarts and of image pulls. */
const BACKOFF_BASE_MS = 10_000;
const BACKOFF_MAX_MS = 300_000;

function expired(entry: BackOffEntry, eventTime: number): boolean {
  return eventTime - entry.updatedAt > 2 * BACKOFF_MAX_MS;
}

/** Whether an event of `eventTime` is still too fresh to try again. */
export function inBackOffSince(backoff: BackOff, key: string, eventTime: number, now: number): boolean {
  const entry = backoff.get(key);
  if (!entry || expired(entry, eventTime)) return false;
  // Times are whole milliseconds here: an interval that is exactly the delay may have been a little shorter.
  return now - eventTime <= entry.delayMs;
}

/** The same, counted from the last failure. */
export function inBackOffSinceUpdate(backoff: BackOff, key: string, now: number): boolean {
  const entry = backoff.get(key);
  if (!entry || expired(entry, now)) return false;
  return now - entry.updatedAt < entry.delayMs;
}

/** Notes a failure: the delay doubles. */
export function nextBackOff(backoff: BackOff, key: string, eventTime: number, now: number): void {
  const entry = backoff.get(key);
  if (!entry || expired(entry, eventTime)) backoff.set(key, { delayMs: BACKOFF_BASE_MS, updatedAt: now });
  else backoff.set(key, { delayMs: Math.min(entry.delayMs * 2, BACKOFF_MAX_MS), updatedAt: now });
}
