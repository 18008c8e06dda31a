/** The grid of cells that stands for a node's pods where there are too many for elements of their own. All in CSS pixels. */

export interface CellGrid {
  columns: number;
  rows: number;
  /** Side of a cell. */
  size: number;
  /** From one cell's edge to the next one's. */
  step: number;
  width: number;
  height: number;
}

const SIZE = 10;
const GAP = 2;

export function cellGrid(count: number, width: number): CellGrid {
  const step = SIZE + GAP;
  const columns = Math.max(1, Math.floor((width + GAP) / step));
  const rows = Math.max(1, Math.ceil(count / columns));
  return { columns, rows, size: SIZE, step, width: columns * step - GAP, height: rows * step - GAP };
}

export function cellAt(grid: CellGrid, index: number): { x: number; y: number } {
  return { x: (index % grid.columns) * grid.step, y: Math.floor(index / grid.columns) * grid.step };
}

/** @returns index of the cell at a point, or undefined beside the last one. A gap belongs to the cell before it. */
export function indexAt(grid: CellGrid, count: number, x: number, y: number): number | undefined {
  const column = Math.floor(x / grid.step);
  const row = Math.floor(y / grid.step);
  if (column < 0 || row < 0 || column >= grid.columns) return undefined;
  const index = row * grid.columns + column;
  return index < count ? index : undefined;
}

/** Where an arrow key leads. @returns undefined when it leads out of the grid. */
export function nextIndex(grid: CellGrid, count: number, index: number, key: string): number | undefined {
  const next = { ArrowRight: index + 1, ArrowLeft: index - 1, ArrowDown: index + grid.columns, ArrowUp: index - grid.columns }[key];
  if (next === undefined || next < 0 || next >= count) return undefined;
  if (key === 'ArrowRight' && next % grid.columns === 0) return undefined;
  if (key === 'ArrowLeft' && index % grid.columns === 0) return undefined;
  return next;
}
