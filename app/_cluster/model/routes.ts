/**
 * Where the cables run: from the API server, in the middle of everything, to each program and node. Pure geometry on boxes in CSS pixels,
 * the same for the cables that are drawn and for what travels on them.
 */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** The name of the station that all cables start from. */
export const HUB = 'kube-apiserver';
/** Prefix of the stations of nodes. */
export const NODE_STATION = 'node:';

/** How far above a row of nodes its shared cable runs. */
const BUS_ABOVE = 11;
/** The cable to the second and later rows goes down here, from the left edge. */
const LEFT_SHAFT = 7;
const CORNER = 8;

export class Routes {
  readonly #stations: ReadonlyMap<string, Box>;
  /** Top edge of the first row of nodes that lies below the API server. */
  readonly #firstRow: number;

  constructor(stations: ReadonlyMap<string, Box>) {
    this.#stations = stations;
    const hub = stations.get(HUB);
    let first = Infinity;
    for (const [name, box] of stations) if (hub && name.startsWith(NODE_STATION) && box.y >= hub.y + hub.height) first = Math.min(first, box.y);
    this.#firstRow = first;
  }

  has(station: string): boolean {
    return station === HUB || this.#stations.has(station);
  }

  box(station: string): Box | undefined {
    return this.#stations.get(station);
  }

  /** The way from the API server to a station; undefined when either is not on the screen. */
  fromHub(station: string): Point[] | undefined {
    const hub = this.#stations.get(HUB);
    const box = this.#stations.get(station);
    if (!hub || !box || station === HUB) return undefined;
    const center = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const bottom = hub.y + hub.height;
    if (station.startsWith(NODE_STATION) && box.y >= bottom) {
      const start = hub.x + hub.width / 2;
      const bus = box.y - BUS_ABOVE;
      if (box.y <= this.#firstRow + 1) return [{ x: start, y: bottom }, { x: start, y: bus }, { x: center.x, y: bus }, { x: center.x, y: box.y }];
      const firstBus = this.#firstRow - BUS_ABOVE;
      return [{ x: start, y: bottom }, { x: start, y: firstBus }, { x: LEFT_SHAFT, y: firstBus }, { x: LEFT_SHAFT, y: bus }, { x: center.x, y: bus }, { x: center.x, y: box.y }];
    }
    if (box.x + box.width <= hub.x || box.x >= hub.x + hub.width) {
      const left = box.x + box.width <= hub.x;
      const from = left ? hub.x : hub.x + hub.width;
      const to = left ? box.x + box.width : box.x;
      const height = Math.min(Math.max(center.y, hub.y + 6), bottom - 6);
      if (Math.abs(height - center.y) < 1) return [{ x: from, y: height }, { x: to, y: height }];
      const middle = (from + to) / 2;
      return [{ x: from, y: height }, { x: middle, y: height }, { x: middle, y: center.y }, { x: to, y: center.y }];
    }
    const across = Math.min(Math.max(center.x, hub.x + 6), hub.x + hub.width - 6);
    return center.y > hub.y ? [{ x: across, y: bottom }, { x: across, y: box.y }] : [{ x: across, y: hub.y }, { x: across, y: box.y + box.height }];
  }

  toHub(station: string): Point[] | undefined {
    return this.fromHub(station)?.reverse();
  }
}

/** An SVG path through points, with round corners. */
export function pathOf(points: readonly Point[]): string {
  const kept = points.filter((point, index) => index === 0 || Math.hypot(point.x - (points[index - 1] as Point).x, point.y - (points[index - 1] as Point).y) > 0.5);
  const [first, ...rest] = kept;
  if (!first) return '';
  let path = `M${round(first.x)} ${round(first.y)}`;
  rest.forEach((point, index) => {
    const before = kept[index] as Point;
    const after = rest[index + 1];
    if (!after) {
      path += `L${round(point.x)} ${round(point.y)}`;
      return;
    }
    const into = Math.hypot(point.x - before.x, point.y - before.y);
    const out = Math.hypot(after.x - point.x, after.y - point.y);
    const radius = Math.min(CORNER, into / 2, out / 2);
    const start = toward(point, before, radius / into);
    const end = toward(point, after, radius / out);
    path += `L${round(start.x)} ${round(start.y)}Q${round(point.x)} ${round(point.y)} ${round(end.x)} ${round(end.y)}`;
  });
  return path;
}

export function lengthOf(points: readonly Point[]): number {
  let length = 0;
  for (let index = 1; index < points.length; index++) length += Math.hypot((points[index] as Point).x - (points[index - 1] as Point).x, (points[index] as Point).y - (points[index - 1] as Point).y);
  return length;
}

function toward(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
