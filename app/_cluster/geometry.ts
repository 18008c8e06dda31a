'use client';

/** Measures where the stations of the map are, whenever the map may have moved under its cables. */
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { Routes, type Box } from './model/routes.ts';

export interface Geometry {
  routes: Routes;
  width: number;
  height: number;
}

/**
 * @param map element that the boxes are relative to; stations in it carry `data-station`.
 * @param cause changes when stations may have come or gone.
 */
export function useGeometry(map: RefObject<HTMLElement | null>, cause: unknown): Geometry | undefined {
  const [geometry, setGeometry] = useState<Geometry>();
  const last = useRef('');
  const measure = useCallback(() => {
    const element = map.current;
    if (!element) return;
    const origin = element.getBoundingClientRect();
    const stations = new Map<string, Box>();
    for (const station of element.querySelectorAll<HTMLElement>('[data-station]')) {
      const box = station.getBoundingClientRect();
      if (box.width === 0 && box.height === 0) continue;
      stations.set(station.dataset.station as string, { x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height });
    }
    const width = element.scrollWidth;
    const height = element.scrollHeight;
    const print = JSON.stringify([width, height, [...stations]]);
    if (print === last.current) return;
    last.current = print;
    setGeometry({ routes: new Routes(stations), width, height });
  }, [map]);
  useLayoutEffect(measure, [measure, cause]);
  useLayoutEffect(() => {
    const element = map.current;
    if (!element) return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.querySelectorAll('[data-station], [data-testid="node"]')) observer.observe(child);
    return () => observer.disconnect();
  }, [map, measure, cause]);
  return geometry;
}
