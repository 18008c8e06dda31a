/** Lines with levels of indentation, as kubectl's describers write them (`describe.PrefixWriter`). */
import { layOut } from './tabwriter.ts';

export class Writer {
  #text = '';

  /** One line (or several) at a level; two spaces a level. Cells are separated by tabs. */
  line(level: number, text: string): void {
    this.#text += `${'  '.repeat(level)}${text}\n`;
  }

  raw(text: string): void {
    this.#text += text;
  }

  toString(): string {
    return layOut(this.#text);
  }

  /** The text with its tabs, for `rollout history --revision`. */
  unaligned(): string {
    return this.#text;
  }
}

/** `Labels:\ta=b\n\tc=d`: sorted pairs, one a line. */
export function pairs(writer: Writer, title: string, map: Record<string, string> | undefined, level = 0, separator = '='): void {
  const indent = '  '.repeat(level);
  const keys = Object.keys(map ?? {}).sort();
  if (keys.length === 0) return writer.raw(`${indent}${title}:\t<none>\n`);
  keys.forEach((key, i) => writer.raw(`${i === 0 ? `${indent}${title}:` : ''}\t${key}${separator}${(map as Record<string, string>)[key]}\n`));
}

/** Annotations that kubectl does not show. */
const HIDDEN_ANNOTATIONS = new Set(['kubectl.kubernetes.io/last-applied-configuration']);
const MAX_ANNOTATION_LENGTH = 140;

/** `Annotations:`, with long values on lines of their own, cut at 140 characters. */
export function annotations(writer: Writer, map: Record<string, string> | undefined, level = 0, title = 'Annotations'): void {
  const indent = '  '.repeat(level);
  const keys = Object.keys(map ?? {}).filter((key) => !HIDDEN_ANNOTATIONS.has(key)).sort();
  if (keys.length === 0) return writer.raw(`${indent}${title}:\t<none>\n`);
  keys.forEach((key, i) => {
    const value = ((map as Record<string, string>)[key] as string).replace(/\n$/, '');
    const head = i === 0 ? `${indent}${title}:` : '';
    if (value.length < MAX_ANNOTATION_LENGTH && !value.includes('\n') && key.length + value.length < MAX_ANNOTATION_LENGTH) writer.raw(`${head}\t${key}: ${value}\n`);
    else {
      writer.raw(`${head}\t${key}:\n`);
      for (const line of value.split('\n')) writer.raw(`\t  ${shorten(line)}\n`);
    }
  });
}

function shorten(text: string): string {
  return text.length > MAX_ANNOTATION_LENGTH ? `${text.slice(0, MAX_ANNOTATION_LENGTH)}...` : text;
}

/** `Tue, 24 Nov 2026 00:30:14 +0000`. */
export function date(time: string | undefined | null): string {
  if (!time) return '<unset>';
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return '<unset>';
  return at.toUTCString().replace('GMT', '+0000');
}
