/** Times of a recording, as texts and back. */

/** `1:04:09`, hours always: a time since the beginning. @param elapsed ms, 0 or more. */
export function reviewTime(elapsed: number): string {
  const seconds = Math.max(0, Math.floor(elapsed / 1_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** For links: seconds since the beginning, to the tenth. */
export function linkTime(elapsed: number): string {
  return String(Math.max(0, Math.floor(elapsed / 100) / 10));
}

/**
 * Reads the time of a link: seconds (`75`, `75.5`), or as a clock (`1:15`, `0:01:15`).
 * @returns ms since the beginning, or undefined when it is neither.
 */
export function readLinkTime(text: string | null): number | undefined {
  if (text === null || !/^\d{1,7}(:\d{1,2}){0,2}(\.\d{1,3})?$/.test(text)) return undefined;
  const seconds = text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round(seconds * 1_000);
}

/** How a duration is said: its whole hours, minutes and seconds. @param duration ms */
export function durationParts(duration: number): { hours: number; minutes: number; seconds: number } {
  const seconds = Math.max(0, Math.round(duration / 1_000));
  return { hours: Math.floor(seconds / 3_600), minutes: Math.floor(seconds / 60) % 60, seconds: seconds % 60 };
}
