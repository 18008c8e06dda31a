import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAt, cellGrid, indexAt, nextIndex } from './cells.ts';
import { HUB, pathOf, Routes, type Box } from './routes.ts';
import { nearest } from './spatial.ts';

const HUB_BOX: Box = { x: 300, y: 40, width: 160, height: 100 };

function routes(more: Record<string, Box>): Routes {
  return new Routes(new Map([[HUB, HUB_BOX], ...Object.entries(more)]));
}

describe('cables', () => {
  it('run straight to a program beside the API server', () => {
    expect(routes({ etcd: { x: 500, y: 50, width: 100, height: 30 } }).fromHub('etcd')).toEqual([{ x: 460, y: 65 }, { x: 500, y: 65 }]);
    expect(routes({ kubectl: { x: 0, y: 50, width: 100, height: 30 } }).fromHub('kubectl')).toEqual([{ x: 300, y: 65 }, { x: 100, y: 65 }]);
  });

  it('run down to nodes over a shared way, and down the left edge to later rows', () => {
    const two = routes({ 'node:a': { x: 100, y: 200, width: 0, height: 1 }, 'node:b': { x: 100, y: 400, width: 0, height: 1 } });
    expect(two.fromHub('node:a')).toEqual([{ x: 380, y: 140 }, { x: 380, y: 189 }, { x: 100, y: 189 }, { x: 100, y: 200 }]);
    expect(two.fromHub('node:b')).toEqual([{ x: 380, y: 140 }, { x: 380, y: 189 }, { x: 7, y: 189 }, { x: 7, y: 389 }, { x: 100, y: 389 }, { x: 100, y: 400 }]);
  });

  it('lead back the way they came', () => {
    const one = routes({ 'node:a': { x: 100, y: 200, width: 0, height: 1 } });
    expect(one.toHub('node:a')).toEqual(one.fromHub('node:a')?.reverse());
  });

  it('are none to what is not on the screen', () => {
    expect(routes({}).fromHub('node:x')).toBeUndefined();
    expect(new Routes(new Map()).fromHub('etcd')).toBeUndefined();
  });

  it('have round corners', () => {
    expect(pathOf([{ x: 0, y: 0 }, { x: 0, y: 20 }, { x: 20, y: 20 }])).toBe('M0 0L0 12Q0 20 8 20L20 20');
    expect(pathOf([{ x: 0, y: 0 }, { x: 0, y: 0 }, { x: 0, y: 9 }])).toBe('M0 0L0 9');
    expect(pathOf([])).toBe('');
  });
});

describe('cells of a canvas', () => {
  it('are found where they are drawn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 5, max: 600 }), (count, width) => {
        const grid = cellGrid(count, width);
        for (let index = 0; index < count; index++) {
          const { x, y } = cellAt(grid, index);
          expect(indexAt(grid, count, x + grid.size / 2, y + grid.size / 2)).toBe(index);
          expect(y + grid.size).toBeLessThanOrEqual(grid.height);
        }
        expect(indexAt(grid, count, -1, 0)).toBeUndefined();
        expect(indexAt(grid, count, 0, grid.rows * grid.step)).toBeUndefined();
      }),
    );
  });

  it('are walked by arrow keys to the edge and not around it', () => {
    const grid = cellGrid(8, 46);
    expect(grid.columns).toBe(4);
    expect([nextIndex(grid, 8, 3, 'ArrowRight'), nextIndex(grid, 8, 4, 'ArrowLeft'), nextIndex(grid, 8, 1, 'ArrowDown'), nextIndex(grid, 8, 1, 'ArrowUp'), nextIndex(grid, 8, 5, 'x')]).toEqual([undefined, undefined, 5, undefined, undefined]);
  });
});

describe('arrow keys', () => {
  const box = (x: number, y: number): Box => ({ x, y, width: 10, height: 10 });
  it('go to the nearest in their direction, in line before aside', () => {
    const grid = [box(20, 0), box(40, 0), box(20, 20), box(0, 20)];
    expect(nearest(box(0, 0), grid, 'ArrowRight')).toBe(0);
    expect(nearest(box(0, 0), grid, 'ArrowDown')).toBe(3);
    expect(nearest(box(0, 0), grid, 'ArrowLeft')).toBeUndefined();
    expect(nearest(box(40, 0), grid, 'ArrowLeft')).toBe(0);
  });
});
