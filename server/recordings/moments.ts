/** Lists in order of their moments (wall clock, ms). No Node APIs here. */

/** How many lie at or before a moment. */
export function countUntil(list: readonly { wall: number }[], at: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as { wall: number }).wall <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
