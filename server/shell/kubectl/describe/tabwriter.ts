/**
 * Go's text/tabwriter: cells end at tabs, and a column is as wide as its widest cell among consecutive lines that have
 * it. The text after the last tab of a line belongs to no column.
 */
export interface TabOptions {
  minWidth: number;
  padding: number;
}

/** What `kubectl describe` uses. */
const DESCRIBE_TABS: TabOptions = { minWidth: 0, padding: 2 };

/** Lays out a text whose cells are separated by tabs. */
export function layOut(text: string, { minWidth, padding }: TabOptions = DESCRIBE_TABS): string {
  const endsWithNewline = text.endsWith('\n');
  const lines = (endsWithNewline ? text.slice(0, -1) : text).split('\n').map((line) => line.split('\t'));
  const widths: number[][] = lines.map(() => []);

  // Columns nest: a block of lines that share column n is split into blocks for column n + 1.
  const format = (from: number, to: number, column: number): void => {
    for (let line = from; line < to; line++) {
      if (column >= (lines[line] as string[]).length - 1) continue;
      let end = line;
      let width = minWidth;
      for (; end < to && column < (lines[end] as string[]).length - 1; end++) {
        width = Math.max(width, length((lines[end] as string[])[column] as string) + padding);
      }
      for (let i = line; i < end; i++) (widths[i] as number[])[column] = width;
      format(line, end, column + 1);
      line = end - 1;
    }
  };
  format(0, lines.length, 0);

  const out = lines.map((cells, line) =>
    cells.map((cell, column) => (column < cells.length - 1 ? cell + ' '.repeat(Math.max(0, ((widths[line] as number[])[column] as number) - length(cell))) : cell)).join(''),
  );
  return out.join('\n') + (endsWithNewline ? '\n' : '');
}

function length(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
