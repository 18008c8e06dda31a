/** Times of the cluster as people read them. */

/** `14:03:27`, UTC. @param time ms since the epoch */
export function clockTime(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

/** `+1:04:09` or `+4:09` since a beginning. @param elapsed ms */
export function elapsedTime(elapsed: number): string {
  const seconds = Math.max(0, Math.floor(elapsed / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0/, '');
}
