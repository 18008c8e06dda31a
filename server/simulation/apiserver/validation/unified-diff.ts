/**
 * Unified differences of texts by lines, as Go's `github.com/pmezard/go-difflib` makes them (itself Python's difflib). Its matching
 * is not the shortest difference, so a general diff library would cut some hunks elsewhere.
 */

interface Block {
  a: number;
  b: number;
  size: number;
}

type Tag = 'equal' | 'replace' | 'delete' | 'insert';

interface Operation {
  tag: Tag;
  a1: number;
  a2: number;
  b1: number;
  b2: number;
}

/** From this many lines on, lines that make up more than a hundredth of the text are no anchors (`autojunk`). */
const POPULAR_FROM_LINES = 200;

/** Where each line of `b` stands, without the lines that are too frequent to say anything. */
function linePositions(b: readonly string[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  b.forEach((line, i) => {
    const known = positions.get(line);
    if (known) known.push(i);
    else positions.set(line, [i]);
  });
  if (b.length >= POPULAR_FROM_LINES) {
    const most = Math.floor(b.length / 100) + 1;
    for (const [line, found] of positions) if (found.length > most) positions.delete(line);
  }
  return positions;
}

function longestMatch(a: readonly string[], b: readonly string[], positions: Map<string, number[]>, aLow: number, aHigh: number, bLow: number, bHigh: number): Block {
  let best: Block = { a: aLow, b: bLow, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = aLow; i < aHigh; i++) {
    const next = new Map<number, number>();
    for (const j of positions.get(a[i] as string) ?? []) {
      if (j < bLow) continue;
      if (j >= bHigh) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  let { a: from, b: to, size } = best;
  while (from > aLow && to > bLow && a[from - 1] === b[to - 1]) {
    from--;
    to--;
    size++;
  }
  while (from + size < aHigh && to + size < bHigh && a[from + size] === b[to + size]) size++;
  return { a: from, b: to, size };
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const positions = linePositions(b);
  const blocks: Block[] = [];
  const match = (aLow: number, aHigh: number, bLow: number, bHigh: number): void => {
    const found = longestMatch(a, b, positions, aLow, aHigh, bLow, bHigh);
    if (found.size === 0) return;
    if (aLow < found.a && bLow < found.b) match(aLow, found.a, bLow, found.b);
    blocks.push(found);
    if (found.a + found.size < aHigh && found.b + found.size < bHigh) match(found.a + found.size, aHigh, found.b + found.size, bHigh);
  };
  match(0, a.length, 0, b.length);
  blocks.push({ a: a.length, b: b.length, size: 0 });
  return blocks;
}

function operations(a: readonly string[], b: readonly string[]): Operation[] {
  const result: Operation[] = [];
  let i = 0;
  let j = 0;
  const equal = (block: Block): void => {
    if (block.size === 0) return;
    const last = result[result.length - 1];
    if (last?.tag === 'equal' && last.a2 === block.a && last.b2 === block.b) {
      last.a2 += block.size;
      last.b2 += block.size;
    } else result.push({ tag: 'equal', a1: block.a, a2: block.a + block.size, b1: block.b, b2: block.b + block.size });
  };
  for (const block of matchingBlocks(a, b)) {
    const tag: Tag | undefined = i < block.a && j < block.b ? 'replace' : i < block.a ? 'delete' : j < block.b ? 'insert' : undefined;
    if (tag) result.push({ tag, a1: i, a2: block.a, b1: j, b2: block.b });
    equal(block);
    i = block.a + block.size;
    j = block.b + block.size;
  }
  return result;
}

/** Operations in hunks, each with some lines of context around it. */
function hunks(all: readonly Operation[], context: number): Operation[][] {
  const list = all.map((operation) => ({ ...operation }));
  const first = list[0];
  if (first?.tag === 'equal') {
    first.a1 = Math.max(first.a1, first.a2 - context);
    first.b1 = Math.max(first.b1, first.b2 - context);
  }
  const last = list[list.length - 1];
  if (last?.tag === 'equal') {
    last.a2 = Math.min(last.a2, last.a1 + context);
    last.b2 = Math.min(last.b2, last.b1 + context);
  }
  const result: Operation[][] = [];
  let group: Operation[] = [];
  for (const operation of list) {
    let { a1, b1 } = operation;
    const { tag, a2, b2 } = operation;
    if (tag === 'equal' && a2 - a1 > 2 * context) {
      group.push({ tag, a1, a2: Math.min(a2, a1 + context), b1, b2: Math.min(b2, b1 + context) });
      result.push(group);
      group = [];
      a1 = Math.max(a1, a2 - context);
      b1 = Math.max(b1, b2 - context);
    }
    group.push({ tag, a1, a2, b1, b2 });
  }
  result.push(group);
  return result.filter((hunk) => hunk.some(({ tag }) => tag !== 'equal'));
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

/**
 * The hunks of a unified difference, without file names; empty when the texts are equal. Every line ends with a line break.
 * @param context lines shown around a change.
 */
export function unifiedDiff(before: string, after: string, context = 3): string {
  const a = before.split('\n');
  const b = after.split('\n');
  let text = '';
  for (const hunk of hunks(operations(a, b), context)) {
    const first = hunk[0] as Operation;
    const last = hunk[hunk.length - 1] as Operation;
    text += `@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@\n`;
    for (const { tag, a1, a2, b1, b2 } of hunk) {
      if (tag === 'equal') for (const line of a.slice(a1, a2)) text += ` ${line}\n`;
      if (tag === 'replace' || tag === 'delete') for (const line of a.slice(a1, a2)) text += `-${line}\n`;
      if (tag === 'replace' || tag === 'insert') for (const line of b.slice(b1, b2)) text += `+${line}\n`;
    }
  }
  return text;
}
