'use client';

/**
 * Arrow keys walk the view as the eye does; the Tab key goes from one part of it to the next. In each part (`data-navgroup`) one stop
 * (`data-nav`) is in the tab order: the one that was there last.
 */
import { useEffect, type KeyboardEvent } from 'react';
import { isDirection, nearest } from './model/spatial.ts';

const GROUP = '[data-navgroup]';
const STOP = '[data-nav]';

export function useArrowKeys(): (event: KeyboardEvent<HTMLElement>) => void {
  // After every drawing: stops come and go, and each part needs one in the tab order.
  useEffect(() => {
    for (const group of document.querySelectorAll<HTMLElement>(GROUP)) {
      if (group.querySelector(`${STOP}[tabindex="0"]`)) continue;
      group.querySelector<HTMLElement>(STOP)?.setAttribute('tabindex', '0');
    }
  });
  useEffect(() => {
    const moved = (event: FocusEvent): void => {
      const stop = event.target instanceof Element ? event.target.closest<HTMLElement>(STOP) : null;
      const group = stop?.closest(GROUP);
      if (!stop || !group) return;
      for (const other of group.querySelectorAll<HTMLElement>(`${STOP}[tabindex="0"]`)) if (other !== stop) other.tabIndex = -1;
      stop.tabIndex = 0;
    };
    document.addEventListener('focusin', moved);
    return () => document.removeEventListener('focusin', moved);
  }, []);
  return walk;
}

function walk(event: KeyboardEvent<HTMLElement>): void {
  const { key } = event;
  if (event.altKey || event.ctrlKey || event.metaKey || (!isDirection(key) && key !== 'Home' && key !== 'End')) return;
  const here = event.target instanceof Element ? event.target.closest<HTMLElement>(STOP) : null;
  const group = here?.closest<HTMLElement>(GROUP);
  if (!here || !group) return;
  const stops = [...group.querySelectorAll<HTMLElement>(STOP)].filter((stop) => stop !== here && stop.getClientRects().length > 0);
  let next: HTMLElement | undefined;
  if (key === 'Home') next = stops[0];
  else if (key === 'End') next = stops.at(-1);
  else if (isDirection(key)) {
    const index = nearest(here.getBoundingClientRect(), stops.map((stop) => stop.getBoundingClientRect()), key);
    next = index === undefined ? undefined : stops[index];
  }
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
