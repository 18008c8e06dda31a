/** Kubernetes' dialect of JSONPath (`k8s.io/client-go/util/jsonpath`): kubectl's output and the columns of custom resources. */
import { goJson, sortedKeys } from './apiserver/validation/internal-form.ts';

/** The template is malformed, or does not fit the object. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

type Node =
  | { kind: 'text'; text: string }
  | { kind: 'path'; steps: Step[] }
  | { kind: 'range'; path: Step[]; body: Node[] };

export type Step =
  | { kind: 'field'; name: string }
  | { kind: 'wildcard' }
  | { kind: 'recursive' }
  | { kind: 'current' }
  | { kind: 'root' }
  | { kind: 'index'; from?: number; to?: number; step?: number; single: boolean }
  | { kind: 'union'; parts: Step[][] }
  | { kind: 'filter'; left: Step[] | Literal; operator?: string; right?: Step[] | Literal }
  | { kind: 'literal'; value: unknown };

interface Literal {
  literal: unknown;
}

/** Parses a whole template with text outside braces. */
export function parseTemplate(source: string): Node[] {
  const stack: { nodes: Node[]; path: Step[] }[] = [{ nodes: [], path: [] }];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('{', at);
    const text = source.slice(at, open < 0 ? undefined : open);
    const top = stack[stack.length - 1] as { nodes: Node[] };
    if (text) top.nodes.push({ kind: 'text', text });
    if (open < 0) break;
    const close = closing(source, open);
    const inside = source.slice(open + 1, close).trim();
    at = close + 1;
    if (inside === 'end') {
      const range = stack.pop();
      const outer = stack[stack.length - 1];
      if (!range || !outer) throw new JsonPathError('not in range, nothing to end');
      outer.nodes.push({ kind: 'range', path: range.path, body: range.nodes });
    } else if (/^range\b/.test(inside)) stack.push({ nodes: [], path: parsePath(inside.slice(5).trim()) });
    else for (const node of parseAction(inside)) top.nodes.push(node);
  }
  if (stack.length > 1) throw new JsonPathError('unexpected end: range is not closed with {end}');
  return (stack[0] as { nodes: Node[] }).nodes;
}

/** Index of the brace that closes an action. */
function closing(source: string, open: number): number {
  let quote = '';
  let depth = 0;
  for (let i = open + 1; i < source.length; i++) {
    const character = source[i] as string;
    if (quote) {
      if (character === '\\') i++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{') depth++;
    else if (character === '}') {
      if (depth === 0) return i;
      depth--;
    }
  }
  throw new JsonPathError('unclosed action');
}

/** One action may hold several values one after the other: `.a "\t" .b`. */
function parseAction(inside: string): Node[] {
  const nodes: Node[] = [];
  let rest = inside;
  while (rest !== '') {
    const quoted = /^(["'])((?:\\.|(?!\1).)*)\1\s*/s.exec(rest);
    if (quoted) {
      nodes.push({ kind: 'text', text: unescape(quoted[2] as string) });
      rest = rest.slice(quoted[0].length);
      continue;
    }
    const end = pathEnd(rest);
    nodes.push({ kind: 'path', steps: parsePath(rest.slice(0, end).trim()) });
    rest = rest.slice(end).trim();
  }
  return nodes;
}

/** Where a path ends: at white space or a quote outside brackets. */
function pathEnd(text: string): number {
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (quote) {
      if (character === '\\') i++;
      else if (character === quote) quote = '';
    } else if (depth > 0 && (character === '"' || character === "'")) quote = character;
    else if (character === '[' || character === '(') depth++;
    else if (character === ']' || character === ')') depth--;
    else if (depth === 0 && (/\s/.test(character) || ((character === '"' || character === "'") && i > 0))) return i;
  }
  return text.length;
}

function unescape(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) => {
    if (code[0] === 'u' && code.length === 5) return String.fromCharCode(parseInt(code.slice(1), 16));
    return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[code] ?? code;
  });
}

function parsePath(text: string): Step[] {
  const steps: Step[] = [];
  let at = 0;
  if (text[at] === '$') {
    steps.push({ kind: 'root' });
    at++;
  } else if (text[at] === '@') {
    steps.push({ kind: 'current' });
    at++;
  }
  while (at < text.length) {
    const character = text[at] as string;
    if (character === '.') {
      at++;
      if (text[at] === '.') {
        steps.push({ kind: 'recursive' });
        at++;
      }
      if (text[at] === '[' || at >= text.length) continue;
      if (text[at] === '*') {
        steps.push({ kind: 'wildcard' });
        at++;
        continue;
      }
      let name = '';
      while (at < text.length && !/[.[\]\s]/.test(text[at] as string)) {
        if (text[at] === '\\' && at + 1 < text.length) at++;
        name += text[at++];
      }
      if (name) steps.push({ kind: 'field', name });
    } else if (character === '[') {
      const end = bracketEnd(text, at);
      steps.push(parseBracket(text.slice(at + 1, end).trim()));
      at = end + 1;
    } else if (/\s/.test(character)) at++;
    else if (steps.length === 0 && /[A-Za-z_*]/.test(character)) {
      // A path may leave out its first dot.
      text = `.${text.slice(at)}`;
      at = 0;
    } else if (/^-?\d/.test(text.slice(at))) {
      const number = /^-?\d+(\.\d+)?/.exec(text.slice(at)) as RegExpExecArray;
      steps.push({ kind: 'literal', value: Number(number[0]) });
      at += number[0].length;
    } else throw new JsonPathError(`unrecognized character in action: U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} '${character}'`);
  }
  return steps;
}

function bracketEnd(text: string, open: number): number {
  let depth = 0;
  let quote = '';
  for (let i = open; i < text.length; i++) {
    const character = text[i] as string;
    if (quote) {
      if (character === '\\') i++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '[') depth++;
    else if (character === ']' && --depth === 0) return i;
  }
  throw new JsonPathError('unterminated array');
}

function parseBracket(inside: string): Step {
  const filter = /^\?\((.*)\)$/s.exec(inside);
  if (filter) return parseFilter(filter[1] as string);
  if (inside === '*') return { kind: 'wildcard' };
  const quoted = /^(['"])(.*)\1$/s.exec(inside);
  if (quoted && !(quoted[2] as string).includes(quoted[1] as string)) return { kind: 'field', name: unescape(quoted[2] as string) };
  if (inside.includes(',')) return { kind: 'union', parts: inside.split(',').map((part) => [parseBracket(part.trim())]) };
  const slice = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/.exec(inside);
  if (!slice) throw new JsonPathError(`invalid array index ${inside}`);
  const number = (text: string | undefined): number | undefined => (text ? Number(text) : undefined);
  const from = number(slice[1]);
  const to = number(slice[2]);
  const step = number(slice[3]);
  return { kind: 'index', single: slice[2] === undefined, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), ...(step === undefined ? {} : { step }) };
}

function parseFilter(text: string): Step {
  const operator = /(==|!=|<=|>=|<|>)(?=(?:[^'"]|'[^']*'|"[^"]*")*$)/.exec(text);
  const side = (part: string): Step[] | Literal => {
    const trimmed = part.trim();
    const quoted = /^(['"])(.*)\1$/s.exec(trimmed);
    if (quoted) return { literal: unescape(quoted[2] as string) };
    if (/^-?\d+(\.\d+)?$/.test(trimmed)) return { literal: Number(trimmed) };
    if (trimmed === 'true' || trimmed === 'false') return { literal: trimmed === 'true' };
    return parsePath(trimmed);
  };
  if (!operator) return { kind: 'filter', left: side(text) };
  return { kind: 'filter', left: side(text.slice(0, operator.index)), operator: operator[1] as string, right: side(text.slice(operator.index + (operator[1] as string).length)) };
}

export interface PathOptions {
  allowMissing: boolean;
}

/** Values that a path finds. @throws JsonPathError */
export function evaluate(steps: readonly Step[], root: unknown, current: unknown, options: PathOptions): unknown[] {
  let values: unknown[] = [current];
  let recursive = false;
  for (const step of steps) {
    if (step.kind === 'recursive') {
      values = values.flatMap(descendants);
      recursive = true;
      continue;
    }
    values = apply(step, values, root, { allowMissing: options.allowMissing || recursive });
    recursive = false;
  }
  return values;
}

/** A value and all that it holds, depth first. */
function descendants(value: unknown): unknown[] {
  if (value === null || typeof value !== 'object') return [value];
  const children = Array.isArray(value) ? value : Object.keys(value).sort().map((key) => (value as Record<string, unknown>)[key]);
  return [value, ...children.flatMap((child) => (child !== null && typeof child === 'object' ? descendants(child) : []))];
}

function apply(step: Step, values: unknown[], root: unknown, options: PathOptions): unknown[] {
  switch (step.kind) {
    case 'root':
      return [root];
    case 'current':
    case 'recursive':
      return values;
    case 'literal':
      return [step.value];
    case 'field':
      return values.flatMap((value) => {
        if (value !== null && typeof value === 'object' && !Array.isArray(value) && step.name in value) return [(value as Record<string, unknown>)[step.name]];
        if (options.allowMissing || Array.isArray(value)) return [];
        throw new JsonPathError(`${step.name} is not found`);
      });
    case 'wildcard':
      return values.flatMap((value) => (Array.isArray(value) ? value : value !== null && typeof value === 'object' ? Object.keys(value).sort().map((key) => (value as Record<string, unknown>)[key]) : []));
    case 'index':
      return values.flatMap((value) => pick(step, value, options));
    case 'union':
      return step.parts.flatMap((part) => part.reduce<unknown[]>((found, inner) => apply(inner, found, root, options), values));
    case 'filter':
      return values.flatMap((value) => {
        const items = Array.isArray(value) ? value : value !== null && typeof value === 'object' ? Object.values(value) : [];
        return items.filter((item) => matches(step, root, item));
      });
  }
}

function pick(step: Extract<Step, { kind: 'index' }>, value: unknown, options: PathOptions): unknown[] {
  if (!Array.isArray(value)) {
    if (options.allowMissing) return [];
    throw new JsonPathError(`${JSON.stringify(value)} is not array or slice`);
  }
  const { length } = value;
  const wrap = (index: number): number => (index < 0 ? index + length : index);
  if (step.single) {
    const index = wrap(step.from ?? 0);
    if (index < 0 || index >= length) {
      if (options.allowMissing && length === 0) return [];
      throw new JsonPathError(`array index out of bounds: index ${step.from ?? 0}, length ${length}`);
    }
    return [value[index]];
  }
  const result: unknown[] = [];
  for (let i = wrap(step.from ?? 0); i < Math.min(wrap(step.to ?? length), length); i += step.step ?? 1) result.push(value[i]);
  return result;
}

function matches(step: Extract<Step, { kind: 'filter' }>, root: unknown, item: unknown): boolean {
  const resolve = (side: Step[] | Literal): unknown[] => ('literal' in side ? [side.literal] : evaluate(side, root, item, { allowMissing: true }));
  const left = resolve(step.left);
  if (!step.operator || !step.right) return left.length > 0;
  const right = resolve(step.right);
  if (left.length === 0 || right.length === 0) return false;
  const [x, y] = [left[0], right[0]] as [string | number, string | number];
  switch (step.operator) {
    case '==':
      return x === y;
    case '!=':
      return x !== y;
    case '<':
      return x < y;
    case '>':
      return x > y;
    case '<=':
      return x <= y;
    default:
      return x >= y;
  }
}

/** A result as text (`PrintResults`). */
export function show(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? goJson(sortedKeys(value)) : String(value);
}

/** Runs a template over an object. @throws JsonPathError */
export function runTemplate(nodes: readonly Node[], root: unknown, options: PathOptions, current: unknown = root): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case 'text':
          return node.text;
        case 'path':
          return evaluate(node.steps, root, current, options).map(show).join(' ');
        case 'range':
          return evaluate(node.path, root, current, options)
            .flatMap((value) => (Array.isArray(value) ? value : [value]))
            .map((value) => runTemplate(node.body, root, options, value))
            .join('');
      }
    })
    .join('');
}

/** Reads a path such as `.metadata.name` or `{.metadata.name}`, as --sort-by and custom columns take it. @throws JsonPathError */
export function parseFieldPath(text: string): Step[] {
  const inner = text.replace(/^\{|\}$/g, '');
  return parsePath(inner.startsWith('.') || inner.startsWith('[') || inner.startsWith('$') ? inner : `.${inner}`);
}
