/** The pages of `kubectl explain` (kubectl/pkg/explain/v2, template plaintext). */
import { definitionNamed, type Definition, type Field, type FieldType } from '../../../simulation/apiserver/schema.ts';
import { describe, describeField } from './descriptions.ts';

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
  field: { owner: Definition; field: Field } | undefined;
  /** What it holds. */
  definition: Definition | undefined;
}

export function typeName(type: FieldType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'list':
      return `[]${typeName(type.items)}`;
    case 'map':
      return `map[string]${typeName(type.values)}`;
    case 'reference': {
      const special = definitionNamed(type.definition)?.special?.split(':')[0];
      // Types that are strings only are shown as that; those with alternatives, by their names.
      return special === 'string' ? special : (type.definition.split('.').pop() as string);
    }
  }
}

/** The definition that a type leads to through lists and maps. */
export function definitionOf(type: FieldType): Definition | undefined {
  if (type.kind === 'reference') return definitionNamed(type.definition);
  if (type.kind === 'list') return definitionOf(type.items);
  return type.kind === 'map' ? definitionOf(type.values) : undefined;
}

/** The name of the definition that a type leads to, whether or not it has fields. */
function referenceOf(type: FieldType): string | undefined {
  if (type.kind === 'reference') return type.definition;
  if (type.kind === 'list') return referenceOf(type.items);
  return type.kind === 'map' ? referenceOf(type.values) : undefined;
}

export function page({ group, version, kind, field, definition }: Subject, recursive: boolean): string {
  let text = `${group ? `GROUP:      ${group}\n` : ''}KIND:       ${kind}\nVERSION:    ${version}\n\n`;
  if (field) text += `FIELD: ${field.field.name} <${typeName(field.field.type)}>\n${field.field.enum ? `ENUM:${field.field.enum.map((value) => `\n    ${shownValue(value)}`).join('')}` : ''}\n\n`;
  text += `DESCRIPTION:\n${indent(4, wrap(DESCRIPTION_WIDTH, descriptionOf(field, definition) || '<empty>'))}\n`;
  if (definition && definition.fields.size > 0) text += `FIELDS:\n${recursive ? fieldTree(definition, 1, [definition.name]) : sorted(definition).map((each) => fieldEntry(definition, each)).join('')}`;
  return `${text}\n`;
}

function descriptionOf(field: Subject['field'], definition: Definition | undefined): string {
  const own = field ? describeField(field.owner.name, field.field.name) : undefined;
  const reference = field ? referenceOf(field.field.type) : definition?.name;
  const held = reference ? describe(reference).kind : undefined;
  return [own, held].map((text) => (text ? `${text}\n` : '')).join('');
}

function shownValue(value: string): string {
  return value === '' ? '""' : value;
}

function sorted(definition: Definition): Field[] {
  return [...definition.fields.values()].sort((x, y) => (x.name < y.name ? -1 : 1));
}

function fieldHead(field: Field, level: number): string {
  const values = field.enum?.slice(0, SHOWN_VALUES).map(shownValue).join(', ');
  const more = (field.enum?.length ?? 0) > SHOWN_VALUES ? ', ....' : '';
  return `${'  '.repeat(level)}${field.name}\t<${typeName(field.type)}>${field.required ? ' -required-' : ''}${values === undefined ? '' : `\n${'  '.repeat(level)}enum: ${values}${more}`}\n`;
}

function fieldEntry(owner: Definition, field: Field): string {
  return `${fieldHead(field, 1)}${indent(4, wrap(FIELD_WIDTH - 2, describeField(owner.name, field.name) ?? '<no description>'))}\n\n`;
}

function fieldTree(definition: Definition, level: number, seen: readonly string[]): string {
  return sorted(definition)
    .map((field) => {
      const inner = definitionOf(field.type);
      return fieldHead(field, level) + (inner && inner.fields.size > 0 && !seen.includes(inner.name) ? fieldTree(inner, level + 1, [...seen, inner.name]) : '');
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
      for (const word of line.split(/(?<=\S) +/)) {
        if (current !== '' && current.length + 1 + word.length > width) {
          lines.push(current);
          current = word;
        } else current = current === '' ? word : `${current} ${word}`;
      }
      lines.push(current);
      return lines.join('\n');
    })
    .join('\n');
}
