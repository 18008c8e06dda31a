/** `-o custom-columns=NAME:.metadata.name,…`. */
import { KubectlError } from '../framework/errors.ts';
import { evaluate, parseFieldPath } from '../../../simulation/json-path.ts';
import { layOut } from '../describe/tabwriter.ts';
import { TABLE_TABS } from './table.ts';

export interface Column {
  title: string;
  path: ReturnType<typeof parseFieldPath>;
}

/** @throws KubectlError */
export function parseColumns(spec: string): Column[] {
  if (spec === '') throw new KubectlError('custom-columns format specified but no custom columns given');
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0 || part.slice(colon + 1) === '') throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { title: part.slice(0, colon), path: parseFieldPath(part.slice(colon + 1)) };
  });
}

export function printColumns(columns: readonly Column[], objects: readonly unknown[], headers: boolean): string {
  const rows = objects.map((object) =>
    columns.map(({ path }) => {
      const values = evaluate(path, object, object, { allowMissing: true });
      return values.length === 0 ? '<none>' : values.map(goText).join(',');
    }),
  );
  const lines = [...(headers ? [columns.map((column) => column.title)] : []), ...rows];
  return layOut(lines.map((line) => `${line.join('\t')}\n`).join(''), TABLE_TABS);
}

/** As Go prints a decoded JSON value with %v. */
function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'object') return `map[${Object.keys(value).sort().map((key) => `${key}:${goText((value as Record<string, unknown>)[key])}`).join(' ')}]`;
  return String(value);
}
