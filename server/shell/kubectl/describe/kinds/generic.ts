/** Any kind without a describer of its own: metadata, then every field (`describe.genericDescriber`). */
import { describeEvents } from '../events.ts';
import type { Describer } from '../types.ts';
import { annotations, pairs, Writer } from '../writer.ts';

const ACRONYMS: ReadonlySet<string> = new Set(['API', 'URL', 'UID', 'GUID']);

/** `resourceVersion` → `Resource Version`, `uid` → `UID` (`describe.smartLabelFor`); a key with other characters than letters and dashes stays as it is. */
function title(key: string): string {
  if (!/^[\p{L}-]*$/u.test(key)) return key;
  // Words begin at capitals; several in a row are one word with what follows, up to the last of them.
  const words = key.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+/g) ?? [];
  const merged: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const next = words[i + 1];
    if (word.length >= 2 && /^[A-Z]+$/.test(word) && next !== undefined && /^[A-Z]/.test(next)) {
      merged.push(word + next);
      i++;
    } else merged.push(word);
  }
  return merged.map((word) => (ACRONYMS.has(word.toUpperCase()) ? word.toUpperCase() : word === word.toLowerCase() ? word.replace(/^./, (letter) => letter.toUpperCase()) : word)).join(' ');
}

function fields(writer: Writer, level: number, value: Record<string, unknown>, skip: Set<string>, path: string): void {
  for (const key of Object.keys(value).sort()) {
    const here = `${path}.${key}`;
    if (skip.has(here)) continue;
    const item = value[key];
    if (Array.isArray(item)) {
      writer.line(level, `${title(key)}:`);
      for (const element of item) {
        if (element !== null && typeof element === 'object' && !Array.isArray(element)) fields(writer, level + 1, element as Record<string, unknown>, skip, here);
        else writer.line(level + 1, String(element));
      }
    } else if (item !== null && typeof item === 'object') {
      writer.line(level, `${title(key)}:`);
      fields(writer, level + 1, item as Record<string, unknown>, skip, here);
    } else writer.line(level, `${title(key)}:\t${item === null ? '<nil>' : String(item)}`);
  }
}

const SHOWN_ABOVE = new Set(['.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations', '.metadata.managedFields']);

export const describeGeneric: Describer = async (object, { events, now }) => {
  const writer = new Writer();
  writer.line(0, `Name:\t${object.metadata.name}`);
  writer.line(0, `Namespace:\t${object.metadata.namespace ?? ''}`);
  pairs(writer, 'Labels', object.metadata.labels);
  annotations(writer, object.metadata.annotations);
  fields(writer, 0, object, SHOWN_ABOVE, '');
  describeEvents(writer, events, now);
  return writer.toString();
};
