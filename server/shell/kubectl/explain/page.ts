/** The pages of `kubectl explain` (kubectl/pkg/explain/v2, template plaintext). */
import type { Explained, ExplainedField } from './types.ts';

/** Widths of wrapped text: of the description of what is explained, and of a field in the list. */
const DESCRIPTION_WIDTH = 76;
const FIELD_WIDTH = 78;
/** Allowed values that the list of fields shows. */
const SHOWN_VALUES = 4;

export interface Subject {
  group: string;
  version: string;
  kind: string;
  /** The field that is explained; undefined for the kind itself. */
  field: ExplainedField | undefined;
  /** What it holds. */
  inside: Explained | undefined;
}

/** How every page begins. */
export function head({ group, version, kind }: Pick<Subject, 'group' | 'version' | 'kind'>): string {
  return `${group ? `GROUP:      ${group}\n` : ''}KIND:       ${kind}\nVERSION:    ${version}\n\n`;
}

export function page({ group, version, kind, field, inside }: Subject, recursive: boolean): string {
  let text = head({ group, version, kind });
  if (field) text += `FIELD: ${field.name} <${field.type}>\n${field.enum ? `ENUM:${field.enum.map((value) => `\n    ${shownValue(value)}`).join('')}` : ''}\n\n`;
  text += `DESCRIPTION:\n${indent(4, wrap(DESCRIPTION_WIDTH, (field ? field.whole : inside?.description) || '<empty>'))}\n`;
  const fields = inside ? sorted(inside) : [];
  if (inside && fields.length > 0) text += `FIELDS:\n${recursive ? fieldTree(inside, 1, [inside.id]) : fields.map(fieldEntry).join('')}`;
  return `${text}\n`;
}

function shownValue(value: string): string {
  return value === '' ? '""' : value;
}

function sorted(explained: Explained): ExplainedField[] {
  return explained.fields().sort((x, y) => (x.name < y.name ? -1 : 1));
}

function fieldHead(field: ExplainedField, level: number): string {
  const values = field.enum?.slice(0, SHOWN_VALUES).map(shownValue).join(', ');
  const more = (field.enum?.length ?? 0) > SHOWN_VALUES ? ', ....' : '';
  return `${'  '.repeat(level)}${field.name}\t<${field.type}>${field.required ? ' -required-' : ''}${values === undefined ? '' : `\n${'  '.repeat(level)}enum: ${values}${more}`}\n`;
}

function fieldEntry(field: ExplainedField): string {
  return `${fieldHead(field, 1)}${indent(4, wrap(FIELD_WIDTH - 2, field.description ?? '<no description>'))}\n\n`;
}

function fieldTree(explained: Explained, level: number, seen: readonly (object | string)[]): string {
  return sorted(explained)
    .map((field) => {
      const { inside } = field;
      return fieldHead(field, level) + (inside && !seen.includes(inside.id) ? fieldTree(inside, level + 1, [...seen, inside.id]) : '');
    })
    .join('');
}

function indent(amount: number, text: string): string {
  const pad = ' '.repeat(amount);
  return pad + text.replaceAll('\n', `\n${pad}`);
}

/** Wraps lines at blanks. Words that are longer than a line stand alone. */
function wrap(width: number, text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const lines: string[] = [];
      let current = '';
      // Spaces between words stay as many as they are, unless the line ends there.
      for (const [, spaces = '', word = ''] of line.matchAll(/(\s*)(\S+|$)/g)) {
        if (word === '') continue;
        if (current.trim() !== '' && current.length + spaces.length + word.length > width) {
          lines.push(current);
          current = word;
        } else current += spaces + word;
      }
      lines.push(current);
      return lines.join('\n');
    })
    .join('\n');
}
