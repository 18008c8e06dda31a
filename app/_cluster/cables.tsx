'use client';

/** The cables between the API server and everybody else, drawn under the map. A node that is cut off has a cut cable. */
import { memo } from 'react';
import type { Tables } from '../../server/rooms/projection/types.ts';
import { classes } from '../_ui/classes.ts';
import styles from './cables.module.css';
import type { Geometry } from './geometry.ts';
import { HUB, NODE_STATION, pathOf, type Point } from './model/routes.ts';

interface CablesProps {
  geometry: Geometry;
  /** `name power` of each node, a line each: the same text as long as no cable changes. */
  nodes: string;
  programs: Tables['programs'];
}

export const Cables = memo(function Cables({ geometry, nodes, programs }: CablesProps) {
  const { routes, width, height } = geometry;
  const rows = [...programs.values()];
  const hubDown = rows.length > 0 && !rows.some(({ program, state }) => program === HUB && state === 'running');
  const lines: { name: string; points: Point[]; state: 'whole' | 'dead' | 'cut' }[] = [];
  const add = (name: string, dead: boolean, cut = false): void => {
    const points = routes.fromHub(name);
    if (points) lines.push({ name, points, state: cut ? 'cut' : dead || hubDown ? 'dead' : 'whole' });
  };
  add('kubectl', false);
  for (const name of ['etcd', 'kube-scheduler', 'kube-controller-manager']) add(name, programs.get(name)?.state === 'stopped');
  for (const [key = '', power] of nodes.split('\n').map((line) => line.split(' '))) add(`${NODE_STATION}${key}`, power === 'crashed' || power === 'kubelet-stopped', power === 'partitioned');
  // Broken ones last, so that they lie on top where cables share a way.
  lines.sort((x, y) => Number(x.state !== 'whole') - Number(y.state !== 'whole'));
  return (
    <svg className={styles.cables} width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {lines.map(({ name, points, state }) => (
        <Cable key={name} points={points} state={state} thick={name === 'etcd'} own={name.startsWith(NODE_STATION) && !hubDown} />
      ))}
    </svg>
  );
});

/** Cables of nodes share their way but for the last stretch, which alone shows how the node is. */
function Cable({ points, state, thick, own }: { points: Point[]; state: 'whole' | 'dead' | 'cut'; thick: boolean; own: boolean }) {
  if (state === 'whole' || !own) return <path d={pathOf(points)} className={classes(styles.cable, thick && styles.thick, styles[state])} />;
  const end = points.at(-1) as Point;
  const shared = points.slice(0, -1);
  return (
    <g>
      <path d={pathOf(shared)} className={styles.cable} />
      <path d={`M${end.x} ${(shared.at(-1) as Point).y}V${end.y}`} className={classes(styles.cable, styles.dead)} />
      {state === 'cut' && (
        <g transform={`translate(${end.x} ${end.y - 5})`} className={styles.scissors}>
          <circle r="7" />
          <path d="M-3 -3 3 3M3 -3 -3 3" />
        </g>
      )}
    </g>
  );
}
