'use client';

/**
 * A node's pods as cells of a canvas, for clusters of many pods. One canvas a node: a change redraws the node it is on and nothing else.
 * The canvas is one stop of the keyboard; arrow keys walk its cells, and what a cell is is read out.
 */
import { memo, useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { NodeRow, PodRow } from '../../server/rooms/projection/types.ts';
import { useSelection } from '../_lib/selection.tsx';
import { usePointed } from './pointed.tsx';
import { cellAt, cellGrid, indexAt, nextIndex } from './model/cells.ts';
import { podTone, type Tone } from './model/pod-state.ts';
import { useCanvasColors, type CanvasColors } from './canvas-colors.ts';
import styles from './pod-canvas.module.css';

interface PodCanvasProps {
  /** Its name. */
  node: string;
  nodeReady: NodeRow['ready'];
  pods: readonly PodRow[];
  hues: readonly number[];
  lit: ReadonlySet<string> | undefined;
  selectedPod: string | undefined;
}

export const PodCanvas = memo(function PodCanvas({ node, nodeReady, pods, hues, lit, selectedPod }: PodCanvasProps) {
  const t = useTranslations('cluster');
  const wrap = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(wrap);
  const colors = useCanvasColors();
  const { select } = useSelection();
  const { point } = usePointed();
  const [cursor, setCursor] = useState<string>();
  const grid = cellGrid(pods.length, width);
  const cursorIndex = pods.findIndex(({ key }) => key === cursor);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(grid.width * ratio);
    element.height = Math.round(grid.height * ratio);
    element.style.height = `${grid.height}px`;
    element.style.width = `${grid.width}px`;
    context.scale(ratio, ratio);
    for (const [index, pod] of pods.entries()) {
      const { x, y } = cellAt(grid, index);
      context.globalAlpha = lit === undefined || lit.has(pod.key) ? 1 : 0.18;
      drawCell(context, x, y, grid.size, podTone(pod, { ready: nodeReady }), hues[index] as number, colors);
      context.globalAlpha = 1;
      if (pod.key === selectedPod || pod.key === cursor) {
        context.strokeStyle = colors.accent;
        context.lineWidth = 2;
        context.strokeRect(x, y, grid.size, grid.size);
      }
    }
    // The grid follows from pods.length and width.
  }, [pods, hues, nodeReady, lit, selectedPod, cursor, width, colors]);

  const podAt = (event: React.PointerEvent | React.MouseEvent): PodRow | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    const index = indexAt(grid, pods.length, event.clientX - box.left, event.clientY - box.top);
    return index === undefined ? undefined : pods[index];
  };
  const current = pods[cursorIndex];

  return (
    <div className={styles.wrap} ref={wrap}>
      {pods.length > 0 && <canvas
        ref={canvas}
        className={styles.canvas}
        tabIndex={-1}
        data-nav=""
        role="img"
        aria-label={current ? t('pod.label', { name: current.name, status: current.status, node }) : t('node.canvas', { name: node, count: pods.length, ready: pods.filter((pod) => podTone(pod, { ready: nodeReady }) === 'ready').length })}
        onPointerMove={(event) => {
          event.stopPropagation();
          const pod = podAt(event);
          const box = event.currentTarget.getBoundingClientRect();
          const place = pod && cellAt(grid, pods.indexOf(pod));
          point(pod && place ? { ref: { resource: 'pods', key: pod.key }, box: new DOMRect(box.left + place.x, box.top + place.y, grid.size, grid.size) } : null);
        }}
        onPointerLeave={() => point(null)}
        onClick={(event) => {
          const pod = podAt(event);
          if (!pod) return;
          event.stopPropagation();
          select({ resource: 'pods', key: pod.key });
        }}
        onFocus={() => setCursor((before) => (pods.some(({ key }) => key === before) ? before : pods[0]?.key))}
        onBlur={() => setCursor(undefined)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && current) {
            event.preventDefault();
            event.stopPropagation();
            select({ resource: 'pods', key: current.key });
            return;
          }
          const next = nextIndex(grid, pods.length, Math.max(0, cursorIndex), event.key);
          if (next === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          setCursor(pods[next]?.key);
        }}
      />}
      <span className="visually-hidden" role="status">
        {current ? t('pod.label', { name: current.name, status: current.status, node }) : ''}
      </span>
    </div>
  );
});

/** A ready pod is a cell of its workload's colour. Any other state has its own colour and shape. */
function drawCell(context: CanvasRenderingContext2D, x: number, y: number, size: number, tone: Tone, hue: number, colors: CanvasColors): void {
  const color = colors.tones[tone];
  context.beginPath();
  switch (tone) {
    case 'ready':
      context.fillStyle = colors.dark ? `oklch(0.62 0.11 ${hue})` : `oklch(0.66 0.13 ${hue})`;
      context.roundRect(x, y, size, size, 2.5);
      context.fill();
      return;
    case 'failing':
      context.fillStyle = color;
      context.moveTo(x + size / 2, y);
      context.lineTo(x + size, y + size);
      context.lineTo(x, y + size);
      context.fill();
      return;
    case 'pending':
      context.strokeStyle = color;
      context.lineWidth = 1.5;
      context.roundRect(x + 0.75, y + 0.75, size - 1.5, size - 1.5, 2);
      context.stroke();
      context.fillStyle = color;
      context.fillRect(x + size / 2, y + 1, size / 2 - 1, size - 2);
      return;
    case 'leaving':
      context.fillStyle = color;
      context.fillRect(x, y + size / 2 - 1.5, size, 3);
      return;
    case 'unknown':
      context.strokeStyle = color;
      context.lineWidth = 1.5;
      context.moveTo(x + size / 2, y + 1);
      context.lineTo(x + size - 1, y + size / 2);
      context.lineTo(x + size / 2, y + size - 1);
      context.lineTo(x + 1, y + size / 2);
      context.closePath();
      context.stroke();
      return;
    case 'done':
      context.strokeStyle = color;
      context.lineWidth = 1.5;
      context.moveTo(x + 1, y + size / 2);
      context.lineTo(x + size / 2 - 1, y + size - 2);
      context.lineTo(x + size - 1, y + 1);
      context.stroke();
  }
}

/** Width that the cells may take, followed as it changes. */
function useWidth(wrap: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!wrap.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(wrap.current);
    return () => observer.disconnect();
  }, [wrap]);
  return width;
}
