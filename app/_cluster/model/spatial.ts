/** Which of several boxes lies next in the direction of an arrow key. */
import type { Box } from './routes.ts';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

export function isDirection(key: string): key is Direction {
  return key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown';
}

/** Being aside costs more than being far, so that one walks along rows and columns. */
const ASIDE = 3;

/** @returns index of the best candidate, or undefined when there is nothing in that direction. */
export function nearest(from: Box, candidates: readonly Box[], direction: Direction): number | undefined {
  let best: number | undefined;
  let bestCost = Infinity;
  const vertical = direction === 'ArrowUp' || direction === 'ArrowDown';
  const sign = direction === 'ArrowRight' || direction === 'ArrowDown' ? 1 : -1;
  const start = centerOf(from);
  candidates.forEach((box, index) => {
    const center = centerOf(box);
    const ahead = sign * (vertical ? center.y - start.y : center.x - start.x);
    if (ahead <= 1) return;
    // Boxes that overlap across the direction are in line, wherever their centres are.
    const overlaps = vertical ? box.x < from.x + from.width && from.x < box.x + box.width : box.y < from.y + from.height && from.y < box.y + box.height;
    const aside = overlaps ? Math.abs(vertical ? center.x - start.x : center.y - start.y) * 0.2 : Math.abs(vertical ? center.x - start.x : center.y - start.y);
    const cost = ahead + aside * ASIDE;
    if (cost < bestCost) {
      bestCost = cost;
      best = index;
    }
  });
  return best;
}

function centerOf(box: Box): { x: number; y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
