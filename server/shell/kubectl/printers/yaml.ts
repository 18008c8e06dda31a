/**
 * YAML as sigs.k8s.io/yaml writes it: keys in order, lists not indented, strings quoted where they would be read as
 * something else.
 */

/** Plain scalars that YAML 1.1 would read as something other than a string. */
const RESERVED = /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N|\.nan|\.NaN|\.NAN|[-+]?\.(?:inf|Inf|INF)|<<|=)$/;
const NUMBER = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|(?:[0-9][0-9_]*)?\.?[0-9_]+(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*\.?|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].*)?$/;

/** Lines are broken at the first space beyond this column (`yaml_emitter_set_width`). */
const BEST_WIDTH = 80;

/** @param column where the scalar begins. */
function scalar(value: unknown, indent: string, column: number): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'string') return String(value);
  return folded(text(value, indent), `${indent}  `, column);
}

/** A long plain or single-quoted scalar goes on in further lines (`yaml_emitter_write_plain_scalar`). */
function folded(written: string, indent: string, column: number): string {
  if (column + written.length <= BEST_WIDTH || written.startsWith('"') || written.startsWith('|')) return written;
  const quoted = written.startsWith("'");
  let result = '';
  let at = column;
  let spaces = false;
  for (let index = 0; index < written.length; index++) {
    const character = written[index] as string;
    const space = character === ' ';
    // Quotes are kept with what is next to them.
    const inside = !quoted || (index > 1 && index < written.length - 2);
    if (space && !spaces && at > BEST_WIDTH && inside && written[index + 1] !== ' ') {
      result += `\n${indent}`;
      at = indent.length;
    } else {
      result += character;
      at++;
    }
    spaces = space;
  }
  return result;
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
    .map((key) => {
      const name = `${indent}${text(key, indent)}:`;
      return `${name}${field(object[key], indent, name.length + 1)}`;
    })
    .join('\n');
}

function field(value: unknown, indent: string, column: number): string {
  if (isScalar(value)) return ` ${value !== null && typeof value === 'object' ? empty(value) : scalar(value, indent, column)}`;
  return `\n${Array.isArray(value) ? list(value, indent) : write(value, `${indent}  `)}`;
}

function list(items: unknown[], indent: string): string {
  return items
    .map((item) => {
      if (isScalar(item)) return `${indent}- ${item !== null && typeof item === 'object' ? empty(item) : scalar(item, indent, indent.length + 2)}`;
      return `${indent}- ${write(item, `${indent}  `).slice(indent.length + 2)}`;
    })
    .join('\n');
}

/** @returns text with a newline at its end. */
export function toYaml(value: unknown): string {
  if (isScalar(value)) return `${value !== null && typeof value === 'object' ? empty(value) : scalar(value, '', 0)}\n`;
  return `${write(value, '')}\n`;
}
