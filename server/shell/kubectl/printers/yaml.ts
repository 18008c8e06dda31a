/**
 * YAML as sigs.k8s.io/yaml writes it: keys in order, lists not indented, strings quoted where they would be read as
 * something else.
 */

/** Plain scalars that YAML 1.1 would read as something other than a string. */
const RESERVED = /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N|\.nan|\.NaN|\.NAN|[-+]?\.(?:inf|Inf|INF)|<<|=)$/;
const NUMBER = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|(?:[0-9][0-9_]*)?\.?[0-9_]+(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*\.?|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].*)?$/;

function scalar(value: unknown, indent: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'string') return String(value);
  return text(value, indent);
}

function text(value: string, indent: string): string {
  if (value === '') return '""';
  if (value.includes('\n') && printable(value.replaceAll('\n', '').replaceAll('\t', ''))) return block(value, indent);
  if (!printable(value) || value.includes('\n')) return JSON.stringify(value);
  if (RESERVED.test(value) || NUMBER.test(value) || TIMESTAMP.test(value)) return JSON.stringify(value);
  return plainAllowed(value) ? value : `'${value.replaceAll("'", "''")}'`;
}

function printable(value: string): boolean {
   
  return !/[\u0000-\u0008\u000b-\u001f\u007f\u0085\u2028\u2029\ufeff]/.test(value);
}

function plainAllowed(value: string): boolean {
  if (value !== value.trim()) return false;
  if (/^[,[\]{}#&*!|>'"%@`]/.test(value)) return false;
  if (/^[-?:](?:\s|$)/.test(value) || value === '-' || value === '?' || value === ':') return false;
  if (/^(?:---|\.\.\.)(?:\s|$)/.test(value)) return false;
  return !/: |:$| #|\t/.test(value);
}

/** A literal block; the indicator says how it ends and, where the first line is indented, how deep it is. */
function block(value: string, indent: string): string {
  const lines = value.split('\n');
  const keep = value.endsWith('\n\n') || value === '\n';
  const clip = value.endsWith('\n');
  const deep = /^[ \n]/.test(value) ? '2' : '';
  const body = clip ? lines.slice(0, -1) : lines;
  return `|${deep}${keep ? '+' : clip ? '' : '-'}\n${body.map((line) => (line === '' ? '' : `${indent}  ${line}`)).join('\n')}`;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object' || Object.keys(value).length === 0;
}

function empty(value: unknown): string {
  return Array.isArray(value) ? '[]' : '{}';
}

function write(value: unknown, indent: string): string {
  if (Array.isArray(value)) return list(value, indent);
  const object = value as Record<string, unknown>;
  return Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort()
    .map((key) => `${indent}${text(key, indent)}:${field(object[key], indent)}`)
    .join('\n');
}

function field(value: unknown, indent: string): string {
  if (isScalar(value)) return ` ${value !== null && typeof value === 'object' ? empty(value) : scalar(value, indent)}`;
  return `\n${Array.isArray(value) ? list(value, indent) : write(value, `${indent}  `)}`;
}

function list(items: unknown[], indent: string): string {
  return items
    .map((item) => {
      if (isScalar(item)) return `${indent}- ${item !== null && typeof item === 'object' ? empty(item) : scalar(item, indent)}`;
      return `${indent}- ${write(item, `${indent}  `).slice(indent.length + 2)}`;
    })
    .join('\n');
}

/** @returns text with a newline at its end. */
export function toYaml(value: unknown): string {
  if (isScalar(value)) return `${value !== null && typeof value === 'object' ? empty(value) : scalar(value, '')}\n`;
  return `${write(value, '')}\n`;
}
