'use client';

/** Lines from a Service to the pods behind it (and from an Ingress to its Services), over shelf and map, while it is pointed out or open. */
import { useLayoutEffect, useState, type RefObject } from 'react';
import type { ObjectRef } from '../../server/rooms/service.ts';
import type { Tables } from '../../server/rooms/projection/types.ts';
import { classes } from '../_ui/classes.ts';
import styles from './links.module.css';
import { INGRESSES } from './model/object-ref.ts';
import type { Related } from './model/relations.ts';

/** With more endpoints than this, a line leads to each node instead of each pod. */
const MAX_LINES = 40;

interface Line {
  name: string;
  path: string;
  kind: 'ready' | 'notReady' | 'rule';
  /** Where it ends, for the dot. */
  x: number;
  y: number;
}

interface LinksProps {
  body: RefObject<HTMLElement | null>;
  about: ObjectRef | null;
  related: Related;
  tables: Tables;
  /** Changes when things on the map may have moved. */
  cause: unknown;
}

export function Links({ body, about, related, tables, cause }: LinksProps) {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const needed = related.services.size > 0;
  useLayoutEffect(() => {
    const element = body.current;
    if (!element || !needed) {
      setLines((before) => (before.length === 0 ? before : []));
      return;
    }
    let frame = 0;
    const draw = (): void => setLines(measure(element, about, related, tables));
    const later = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    };
    draw();
    // Scrolling inside does not bubble, but it is captured.
    element.addEventListener('scroll', later, { capture: true, passive: true });
    const observer = new ResizeObserver(later);
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener('scroll', later, { capture: true });
      observer.disconnect();
    };
  }, [body, about, related, tables, cause, needed]);
  if (lines.length === 0) return null;
  return (
    <svg className={styles.links} aria-hidden="true">
      {lines.map(({ name, path, kind, x, y }) => (
        <g key={name} className={classes(styles.link, styles[kind])}>
          <path d={path} />
          <circle cx={x} cy={y} r="3.5" />
        </g>
      ))}
    </svg>
  );
}

function measure(body: HTMLElement, about: ObjectRef | null, related: Related, tables: Tables): Line[] {
  const origin = body.getBoundingClientRect();
  const boxOf = (selector: string): DOMRect | undefined => {
    const box = body.querySelector(selector)?.getBoundingClientRect();
    return box && box.width > 0 ? box : undefined;
  };
  const lines: Line[] = [];
  const add = (name: string, from: DOMRect, to: DOMRect, kind: Line['kind']): void => {
    const beside = to.left >= from.right - 4;
    const start = beside ? { x: from.right, y: from.top + from.height / 2 } : { x: from.left + from.width / 2, y: from.bottom };
    const end = beside ? { x: to.left, y: to.top + to.height / 2 } : { x: to.left + to.width / 2, y: to.top };
    const [x1, y1, x2, y2] = [start.x - origin.left, start.y - origin.top, end.x - origin.left, end.y - origin.top];
    const reach = beside ? Math.max(30, (x2 - x1) * 0.45) : Math.max(24, (y2 - y1) * 0.45);
    const path = beside ? `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}` : `M${x1} ${y1}C${x1} ${y1 + reach} ${x2} ${y2 - reach} ${x2} ${y2}`;
    lines.push({ name, path, kind, x: x2, y: y2 });
  };
  const ingress = about?.resource === INGRESSES ? boxOf(`[data-testid="ingress"][data-key="${CSS.escape(about.key)}"]`) : undefined;
  for (const [key, endpoints] of related.services) {
    const service = boxOf(`[data-testid="service"][data-key="${CSS.escape(key)}"]`);
    if (!service) continue;
    if (ingress) addRule(lines, key, ingress, service, origin);
    const pods = endpoints.length <= MAX_LINES ? endpoints.map(({ pod, ready }) => ({ name: pod, ready, box: boxOf(`[data-testid="pod"][data-key="${CSS.escape(pod)}"]`) })) : [];
    if (pods.some(({ box }) => box)) {
      for (const { name, ready, box } of pods) if (box) add(`${key} ${name}`, service, box, ready ? 'ready' : 'notReady');
      continue;
    }
    // Too many, or drawn without elements: by node.
    const nodes = new Map<string, boolean>();
    for (const { pod, ready } of endpoints) {
      const node = tables.pods.get(pod)?.node;
      if (node) nodes.set(node, (nodes.get(node) ?? false) || ready);
    }
    for (const [node, ready] of nodes) {
      const box = boxOf(`[data-testid="node"][data-key="${CSS.escape(node)}"]`);
      if (box) add(`${key} ${node}`, service, box, ready ? 'ready' : 'notReady');
    }
  }
  return lines;
}

/** Both are in the shelf, one above the other: the line runs around their right edges. */
function addRule(lines: Line[], key: string, ingress: DOMRect, service: DOMRect, origin: DOMRect): void {
  const [x1, y1] = [ingress.right - origin.left, ingress.top + ingress.height / 2 - origin.top];
  const [x2, y2] = [service.right - origin.left, service.top + service.height / 2 - origin.top];
  lines.push({ name: `rule ${key}`, path: `M${x1} ${y1}C${x1 + 26} ${y1} ${x2 + 26} ${y2} ${x2} ${y2}`, kind: 'rule', x: x2, y: y2 });
}
