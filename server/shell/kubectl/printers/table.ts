/** Server-side tables as text (`cli-runtime/pkg/printers.TablePrinter`). */
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { layOut } from '../describe/tabwriter.ts';
import type { Table } from '../framework/client.ts';

export interface TableOptions {
  wide: boolean;
  noHeaders: boolean;
  withNamespace: boolean;
  showLabels: boolean;
  /** -L: labels as columns. */
  labelColumns: readonly string[];
  /** Put before every name: `deployment.apps/`. */
  namePrefix: string;
  /** First column of --output-watch-events. */
  event?: string | undefined;
}

/** As `printers.GetNewTabWriter`. */
export const TABLE_TABS = { minWidth: 6, padding: 3 };

/** Header cells of a table. */
export function headerCells(table: Pick<Table, 'columnDefinitions'>, options: TableOptions): string[] {
  const cells = options.event === undefined ? [] : ['EVENT'];
  if (options.withNamespace) cells.push('NAMESPACE');
  for (const column of table.columnDefinitions) if (options.wide || column.priority === 0) cells.push(column.name.toUpperCase());
  for (const label of options.labelColumns) cells.push((label.split('/').pop() as string).toUpperCase());
  if (options.showLabels) cells.push('LABELS');
  return cells;
}

export function rowCells(table: Pick<Table, 'columnDefinitions'>, row: Table['rows'][number], options: TableOptions): string[] {
  const cells = options.event === undefined ? [] : [options.event];
  const metadata = (row.object?.metadata ?? {}) as Partial<KubeObject['metadata']>;
  if (options.withNamespace) cells.push(metadata.namespace ?? '');
  table.columnDefinitions.forEach((column, i) => {
    if (!options.wide && column.priority !== 0) return;
    const value = row.cells[i];
    let text = value === null || value === undefined ? '<none>' : String(value);
    // A line break would tear the table.
    const newline = text.indexOf('\n');
    if (newline >= 0) text = `${text.slice(0, newline)}...`;
    cells.push(i === 0 && options.namePrefix ? options.namePrefix + text : text);
  });
  for (const label of options.labelColumns) cells.push(metadata.labels?.[label] ?? '');
  if (options.showLabels) {
    const labels = Object.keys(metadata.labels ?? {}).sort().map((key) => `${key}=${metadata.labels?.[key]}`);
    cells.push(labels.join(',') || '<none>');
  }
  return cells;
}

/** Lays lines of cells out. The last cell of a line is not padded… but for the blank that Go leaves behind empty last cells. */
export function layOutCells(lines: readonly string[][]): string {
  return layOut(lines.map((cells) => `${cells.join('\t')}\n`).join(''), TABLE_TABS);
}
