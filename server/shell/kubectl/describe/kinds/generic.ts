/** Any kind without a describer of its own: metadata, then every field (`describe.genericDescriber`). */
import { describeEvents } from '../events.ts';
import type { Describer } from '../types.ts';
import { annotations, pairs, Writer } from '../writer.ts';

/** `resourceVersion` → `Resource Version`. */
function title(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/^./, (letter) => letter.toUpperCase());
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
