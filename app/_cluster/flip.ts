'use client';

/** When one of a list goes, the others glide to their new places instead of jumping. */
import { useLayoutEffect, useRef, type RefObject } from 'react';

/** Lists longer than this jump: too much to measure at each change. */
const MAX_ITEMS = 60;
const DURATION_MS = 260;

/** @param list element whose children carry `data-flip`, a name that stays theirs. @param items changes whenever the children do. */
export function useFlip(list: RefObject<HTMLElement | null>, items: readonly unknown[]): void {
  const places = useRef(new Map<string, { x: number; y: number }>());
  useLayoutEffect(() => {
    const element = list.current;
    if (!element || items.length > MAX_ITEMS) {
      places.current = new Map();
      return;
    }
    const now = new Map<string, { x: number; y: number }>();
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const child of element.children as HTMLCollectionOf<HTMLElement>) {
      const name = child.dataset.flip;
      if (name === undefined) continue;
      const place = { x: child.offsetLeft, y: child.offsetTop };
      const before = places.current.get(name);
      if (before && !still && (before.x !== place.x || before.y !== place.y)) {
        child.animate([{ transform: `translate(${before.x - place.x}px, ${before.y - place.y}px)` }, { transform: 'none' }], { duration: DURATION_MS, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' });
      }
      now.set(name, place);
    }
    places.current = now;
  }, [list, items]);
}
