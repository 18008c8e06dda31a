/** `-o custom-columns=NAME:.metadata.name,…`. */
import { KubectlError } from '../framework/errors.ts';
import { evaluate, parseFieldPath } from './jsonpath.ts';
import { layOut } from '../describe/tabwriter.ts';
import { compactJson } from './json.ts';

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
      return values.length === 0 ? '<none>' : values.map((value) => (value === null || value === undefined ? '<nil>' : typeof value === 'object' ? (Array.isArray(value) ? `[${value.join(' ')}]` : goMap(value)) : String(value))).join(',');
    }),
  );
  const lines = [...(headers ? [columns.map((column) => column.title)] : []), ...rows];
  return layOut(lines.map((line) => `${line.join('\t')}\n`).join(''), { minWidth: 6, padding: 3 });
}

function goMap(value: unknown): string {
  return value !== null && typeof value === 'object' ? `map[${Object.keys(value).sort().map((key) => `${key}:${goMap((value as Record<string, unknown>)[key])}`).join(' ')}]` : typeof value === 'string' ? value : compactJson(value);
}
