/** strftime, in UTC: the terminals' machines have no other zone. */
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** @param time ms since the epoch. */
export function formatDate(format: string, time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour12 = date.getUTCHours() % 12 || 12;
  const dayOfYear = Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  const values: Record<string, () => string> = {
    '%': () => '%', n: () => '\n', t: () => '\t',
    a: () => (DAYS[date.getUTCDay()] as string).slice(0, 3), A: () => DAYS[date.getUTCDay()] as string,
    b: () => (MONTHS[date.getUTCMonth()] as string).slice(0, 3), h: () => (MONTHS[date.getUTCMonth()] as string).slice(0, 3), B: () => MONTHS[date.getUTCMonth()] as string,
    c: () => formatDate('%a %b %e %H:%M:%S %Y', time), C: () => two(Math.floor(date.getUTCFullYear() / 100)), d: () => two(date.getUTCDate()), D: () => formatDate('%m/%d/%y', time),
    e: () => String(date.getUTCDate()).padStart(2), F: () => formatDate('%Y-%m-%d', time), H: () => two(date.getUTCHours()), I: () => two(hour12), j: () => String(dayOfYear).padStart(3, '0'),
    k: () => String(date.getUTCHours()).padStart(2), l: () => String(hour12).padStart(2), m: () => two(date.getUTCMonth() + 1), M: () => two(date.getUTCMinutes()),
    N: () => String(date.getUTCMilliseconds()).padStart(3, '0') + '000000', p: () => (date.getUTCHours() < 12 ? 'AM' : 'PM'), P: () => (date.getUTCHours() < 12 ? 'am' : 'pm'),
    r: () => formatDate('%I:%M:%S %p', time), R: () => formatDate('%H:%M', time), s: () => String(Math.floor(time / 1_000)), S: () => two(date.getUTCSeconds()), T: () => formatDate('%H:%M:%S', time),
    u: () => String(date.getUTCDay() || 7), w: () => String(date.getUTCDay()), x: () => formatDate('%m/%d/%y', time), X: () => formatDate('%H:%M:%S', time), y: () => two(date.getUTCFullYear() % 100), Y: () => String(date.getUTCFullYear()),
    z: () => '+0000', ':z': () => '+00:00', Z: () => 'UTC', '3N': () => String(date.getUTCMilliseconds()).padStart(3, '0'),
  };
  return format.replace(/%(-?)(:z|3N|[A-Za-z%])/g, (all, dash: string, letter: string) => {
    const value = values[letter]?.();
    if (value === undefined) return all;
    return dash ? value.replace(/^[0 ]+(?=\d)/, '') : value;
  });
}
