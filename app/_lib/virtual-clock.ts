'use client';

/** The cluster's clock on a screen: between two messages of the server it runs on by itself at the room's rate. */
import { useEffect, useReducer, useRef } from 'react';
import type { MetaRow } from '../../server/rooms/projection/types.ts';

/** A screen never shows more than this beyond the server's last word, ms of wall clock: then the server has stopped talking. */
const MAX_AHEAD_MS = 3_000;
const TICK_MS = 250;

/** @returns virtual time now, ms. Renders again four times a second while time passes. */
export function useVirtualNow(meta: MetaRow | undefined): number | undefined {
  const arrival = useRef({ meta, at: 0 });
  const [, tick] = useReducer((count: number) => count + 1, 0);
  if (arrival.current.meta !== meta || arrival.current.at === 0) arrival.current = { meta, at: performance.now() };
  const runs = meta !== undefined && !meta.paused && typeof meta.rate === 'number';
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [runs]);
  if (!meta) return undefined;
  if (!runs) return meta.now;
  return meta.now + Math.min(performance.now() - arrival.current.at, MAX_AHEAD_MS) * (meta.rate as number);
}
