/** `-o`: picks a printer for objects, and says what is wrong with a format that none understands. */
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { shownName, type ServedResource } from '../framework/client.ts';
import type { Kubectl } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';
import { parseColumns, printColumns } from './custom-columns.ts';
import { executeTemplate, parseGoTemplate } from './go-template.ts';
import { inFieldOrder, sortedKeys, toJson, toMadeJson } from './json.ts';
import { toKyaml } from './kyaml.ts';
import { evaluate, JsonPathError, parseTemplate, runTemplate } from '../../../simulation/json-path.ts';
import { toYaml } from './yaml.ts';

export interface Printable {
  resource: ServedResource;
  object: KubeObject;
}

/** Prints one object, or a list as one. */
export interface ObjectPrinter {
  one(item: Printable): string;
  list(items: readonly Printable[], list: Record<string, unknown>): string;
}

const TEMPLATES = new Set(['custom-columns', 'custom-columns-file', 'go-template', 'go-template-file', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file', 'template', 'templatefile']);
const GET_FORMATS = 'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml';
const FORMATS = 'go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml';

/** Takes out what only servers care for. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _fields, ...metadata } = (object.metadata ?? {}) as KubeObject['metadata'] & { managedFields?: unknown };
  return { ...object, metadata };
}

/** `jsonpath={.a}` → the format and its argument; `--template` may give the argument instead. */
function splitFormat(kubectl: Kubectl): { format: string; argument: string | undefined } {
  let format = kubectl.flags.string('output');
  const template = kubectl.flags.has('template') ? kubectl.flags.optional('template') : undefined;
  let argument: string | undefined;
  const equals = format.indexOf('=');
  if (equals > 0 && TEMPLATES.has(format.slice(0, equals))) {
    argument = format.slice(equals + 1);
    format = format.slice(0, equals);
  }
  if (format === '' && template !== undefined) format = 'go-template';
  return { format, argument: argument ?? template };
}

/**
 * The printer that -o asks for; undefined for tables.
 * @param made of an object that kubectl makes itself: JSON has the fields in their own order, and not by name.
 * @throws KubectlError for formats that do not exist or miss their template.
 */
export function printerFor(kubectl: Kubectl, forGet = false, made = false): ObjectPrinter | undefined {
  const { format, argument } = splitFormat(kubectl);
  const clean = (object: KubeObject): KubeObject => (kubectl.flags.has('show-managed-fields') && kubectl.flags.bool('show-managed-fields') ? object : withoutManagedFields(object));
  const allowMissing = !kubectl.flags.has('allow-missing-template-keys') || kubectl.flags.bool('allow-missing-template-keys');
  const fromFile = (name: string, what = '--template'): string => {
    const text = kubectl.context.files.read(kubectl.absolute(name));
    if (text === undefined) throw new KubectlError(`error reading ${what} ${name}, open ${name}: no such file or directory`);
    return text;
  };
  const whole = (print: (value: unknown) => string): ObjectPrinter => ({
    one: ({ object }) => print(clean(object)),
    list: (items, list) => print({ ...list, items: items.map(({ object }) => clean(object)) }),
  });
  switch (format) {
    case '':
      return undefined;
    case 'wide':
      if (forGet) return undefined;
      break;
    case 'json':
      return whole(made ? toMadeJson : toJson);
    case 'yaml':
    case 'kyaml': {
      if (format === 'kyaml') return whole((value) => toKyaml(made ? inFieldOrder(value) : sortedKeys(value)));
      // Several objects printed one by one are documents of one stream.
      let count = 0;
      const printer = whole(toYaml);
      return { one: (item) => (count++ > 0 ? '---\n' : '') + printer.one(item), list: printer.list };
    }
    case 'name': {
      const line = ({ resource, object }: Printable): string => `${shownName(resource, object.metadata.name)}\n`;
      return { one: line, list: (items) => items.map(line).join('') };
    }
    case 'jsonpath':
    case 'jsonpath-file': {
      if (argument === undefined) throw new KubectlError('template format specified but no template given');
      const text = format === 'jsonpath-file' ? fromFile(argument) : argument;
      return whole((value) => {
        try {
          return runTemplate(parseTemplate(/[{]/.test(text) ? text : `{${text}}`), value, { allowMissing });
        } catch (error) {
          if (!(error instanceof JsonPathError)) throw error;
          throw new KubectlError(/is not found|out of bounds|not array/.test(error.message) ? `error executing jsonpath "${text.replaceAll('"', '\\"')}": Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\tobject given to jsonpath engine was:\n\t\t${goValue(value)}\n\n` : `error parsing jsonpath ${text}, ${error.message}`);
        }
      });
    }
    case 'jsonpath-as-json': {
      if (argument === undefined) throw new KubectlError('template format specified but no template given');
      const nodes = parseTemplate(argument);
      return whole((value) => `${JSON.stringify(nodes.flatMap((node) => (node.kind === 'path' ? evaluate(node.steps, value, value, { allowMissing }) : [])).map(sortedKeys), null, 4)}\n`);
    }
    case 'go-template':
    case 'go-template-file':
    case 'template':
    case 'templatefile': {
      if (argument === undefined) throw new KubectlError('template format specified but no template given');
      const template = parseGoTemplate(format.endsWith('file') ? fromFile(argument) : argument);
      return whole((value) => executeTemplate(template, value));
    }
    case 'custom-columns':
    case 'custom-columns-file': {
      if (!forGet) break;
      if (!argument) throw new KubectlError('custom-columns format specified but no custom columns given');
      let spec = argument;
      if (format === 'custom-columns-file') {
        const [titles = '', paths = ''] = fromFile(argument, 'template').split('\n');
        const cells = paths.trim().split(/\s+/);
        spec = titles.trim().split(/\s+/).map((title, i) => `${title}:${cells[i] ?? ''}`).join(',');
      }
      const columns = parseColumns(spec);
      const headers = !kubectl.flags.bool('no-headers');
      let first = true;
      return {
        one: (item) => {
          const text = printColumns(columns, [item.object], headers && first);
          first = false;
          return text;
        },
        list: (items) => printColumns(columns, items.map((item) => item.object), headers),
      };
    }
  }
  throw new KubectlError(`unable to match a printer suitable for the output format "${format}", allowed formats are: ${forGet ? GET_FORMATS : FORMATS}`);
}

/** A value as Go's %#v prints decoded JSON. */
function goValue(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goValue).join(', ')}}`;
  if (typeof value === 'object') return `map[string]interface {}{${Object.keys(value).sort().map((key) => `"${key}":${goValue((value as Record<string, unknown>)[key])}`).join(', ')}}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
