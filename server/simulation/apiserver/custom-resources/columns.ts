/** Tables of custom resources, by their `additionalPrinterColumns` (`customresource/tableconvertor`). */
import { evaluate, JsonPathError, parseFieldPath, show, type Step } from '../../json-path.ts';
import { age } from '../tables/duration.ts';
import type { Cell, Column, Printer } from '../tables/types.ts';
import type { CustomKind, PrinterColumn } from './types.ts';

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const NAME: Column = ['Name', 'string', 'name', 0];

export interface CustomTable {
  columns: readonly Column[];
  printer: Pick<Printer, 'cells' | 'conditions'>;
}

const tables = new WeakMap<CustomKind, CustomTable>();

export function customTable(kind: CustomKind): CustomTable {
  let table = tables.get(kind);
  if (!table) {
    const columns = kind.version.additionalPrinterColumns?.length ? kind.version.additionalPrinterColumns : [AGE];
    const paths = columns.map(({ jsonPath }) => pathOf(jsonPath));
    table = {
      columns: [NAME, ...columns.map(({ name, type, format = '', priority = 0 }): Column => [name, type, format, priority])],
      printer: { cells: (object, now) => [object.metadata.name, ...columns.map(({ type }, index) => cell(type, paths[index], object, now))] },
    };
    tables.set(kind, table);
  }
  return table;
}

/** A path that cannot be read shows nothing. */
function pathOf(text: string): Step[] | undefined {
  try {
    return parseFieldPath(text);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    return undefined;
  }
}

function cell(type: string, path: Step[] | undefined, object: object, now: number): Cell {
  const value = path && first(path, object);
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return show(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return Number.isNaN(Date.parse(value)) ? '<invalid>' : age(value, now);
    default:
      return null;
  }
}

function first(path: Step[], object: object): unknown {
  try {
    return evaluate(path, object, object, { allowMissing: true })[0];
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    return undefined;
  }
}
