/** Go templates as far as people use them with kubectl: range, if, with, pipelines, variables, and the usual functions. */
import { KubectlError } from '../framework/errors.ts';

type Node =
  | { kind: 'text'; text: string }
  | { kind: 'action'; pipeline: Pipeline; assign?: string; declare?: boolean }
  | { kind: 'if' | 'with'; pipeline: Pipeline; assign?: string; body: Node[]; otherwise: Node[] }
  | { kind: 'range'; pipeline: Pipeline; names: string[]; body: Node[]; otherwise: Node[] };

type Pipeline = Command[];
type Command = Operand[];
type Operand = { kind: 'field'; path: string[] } | { kind: 'variable'; name: string; path: string[] } | { kind: 'value'; value: unknown } | { kind: 'function'; name: string } | { kind: 'group'; pipeline: Pipeline; path: string[] };

export type GoTemplate = Node[];

function fail(source: string, problem: string): never {
  throw new KubectlError(`error parsing template ${source}, template: output:1: ${problem}`);
}

/** @throws KubectlError */
export function parseGoTemplate(source: string): GoTemplate {
  const pieces: { text?: string; action?: string }[] = [];
  let rest = source;
  let trim = false;
  while (rest !== '') {
    const open = rest.indexOf('{{');
    let text = open < 0 ? rest : rest.slice(0, open);
    if (trim) text = text.trimStart();
    trim = false;
    if (open < 0) {
      pieces.push({ text });
      break;
    }
    const close = actionEnd(rest, open + 2);
    if (close < 0) fail(source, 'unclosed action');
    let action = rest.slice(open + 2, close);
    if (action.startsWith('- ')) {
      text = text.trimEnd();
      action = action.slice(1);
    }
    if (action.endsWith(' -')) {
      trim = true;
      action = action.slice(0, -1);
    }
    if (text) pieces.push({ text });
    if (!/^\/\*.*\*\/$/s.test(action.trim())) pieces.push({ action: action.trim() });
    rest = rest.slice(close + 2);
  }
  const cursor = { at: 0 };
  const nodes = block(source, pieces, cursor, false);
  return nodes.body;
}

function actionEnd(text: string, from: number): number {
  let quote = '';
  for (let i = from; i < text.length; i++) {
    const character = text[i] as string;
    if (quote) {
      if (character === '\\' && quote !== '`') i++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === '`' || character === "'") quote = character;
    else if (character === '}' && text[i + 1] === '}') return i;
  }
  return -1;
}

function block(source: string, pieces: { text?: string; action?: string }[], cursor: { at: number }, inner: boolean): { body: Node[]; ended: string } {
  const body: Node[] = [];
  while (cursor.at < pieces.length) {
    const piece = pieces[cursor.at++] as { text?: string; action?: string };
    if (piece.text !== undefined) {
      body.push({ kind: 'text', text: piece.text });
      continue;
    }
    const action = piece.action as string;
    const [word = ''] = action.split(/\s+/);
    if (word === 'end' || word === 'else') {
      if (!inner) fail(source, `unexpected {{${word}}}`);
      return { body, ended: action };
    }
    if (word === 'if' || word === 'with' || word === 'range') body.push(control(source, word, action.slice(word.length).trim(), pieces, cursor));
    else {
      const assignment = /^(\$\w*)\s*(:?=)\s*(.*)$/s.exec(action);
      if (assignment) body.push({ kind: 'action', pipeline: pipelineOf(source, assignment[3] as string), assign: assignment[1] as string, declare: assignment[2] === ':=' });
      else body.push({ kind: 'action', pipeline: pipelineOf(source, action) });
    }
  }
  if (inner) fail(source, 'unexpected EOF');
  return { body, ended: '' };
}

function control(source: string, kind: 'if' | 'with' | 'range', head: string, pieces: { text?: string; action?: string }[], cursor: { at: number }): Node {
  const names: string[] = [];
  const assignment = /^((?:\$\w+)(?:\s*,\s*\$\w+)?)\s*:?=\s*(.*)$/s.exec(head);
  if (assignment) names.push(...(assignment[1] as string).split(',').map((name) => name.trim()));
  const pipeline = pipelineOf(source, assignment ? (assignment[2] as string) : head);
  const first = block(source, pieces, cursor, true);
  let otherwise: Node[] = [];
  if (first.ended !== 'end') {
    const chained = /^else\s+(if|with)\s+(.*)$/s.exec(first.ended);
    otherwise = chained ? [control(source, chained[1] as 'if', chained[2] as string, pieces, cursor)] : block(source, pieces, cursor, true).body;
  }
  if (kind === 'range') return { kind, pipeline, names, body: first.body, otherwise };
  return { kind, pipeline, body: first.body, otherwise, ...(names[0] ? { assign: names[0] } : {}) };
}

function pipelineOf(source: string, text: string): Pipeline {
  const tokens = text.match(/"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|\(|\)(?:\.[\w.]+)?|\||[^\s()|"`]+/g) ?? [];
  const cursor = { at: 0 };
  const pipeline = readPipeline(source, tokens, cursor);
  if (cursor.at < tokens.length) fail(source, `unexpected ${JSON.stringify(tokens[cursor.at])} in operand`);
  if (pipeline.length === 0 || pipeline.some((command) => command.length === 0)) fail(source, 'missing value for command');
  return pipeline;
}

function readPipeline(source: string, tokens: string[], cursor: { at: number }): Pipeline {
  const commands: Pipeline = [[]];
  while (cursor.at < tokens.length) {
    const token = tokens[cursor.at] as string;
    if (token.startsWith(')')) return commands;
    cursor.at++;
    if (token === '|') commands.push([]);
    else if (token === '(') {
      const pipeline = readPipeline(source, tokens, cursor);
      const close = tokens[cursor.at++];
      if (!close) fail(source, 'unclosed left paren');
      (commands[commands.length - 1] as Command).push({ kind: 'group', pipeline, path: close.slice(1).split('.').filter(Boolean) });
    } else (commands[commands.length - 1] as Command).push(operand(source, token));
  }
  return commands;
}

const FUNCTIONS = new Set(['printf', 'print', 'println', 'len', 'index', 'slice', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or', 'not', 'html', 'js', 'urlquery', 'base64decode', 'exists']);

function operand(source: string, token: string): Operand {
  if (token.startsWith('"')) return { kind: 'value', value: JSON.parse(token) as string };
  if (token.startsWith('`')) return { kind: 'value', value: token.slice(1, -1) };
  if (/^-?\d+(\.\d+)?$/.test(token)) return { kind: 'value', value: Number(token) };
  if (token === 'true' || token === 'false') return { kind: 'value', value: token === 'true' };
  if (token === 'nil') return { kind: 'value', value: null };
  if (token === '.') return { kind: 'field', path: [] };
  if (token.startsWith('.')) return { kind: 'field', path: token.slice(1).split('.') };
  if (token.startsWith('$')) {
    const [name, ...path] = token.split('.') as [string, ...string[]];
    return { kind: 'variable', name, path };
  }
  if (FUNCTIONS.has(token)) return { kind: 'function', name: token };
  return fail(source, `function "${token}" not defined`);
}

interface Scope {
  dot: unknown;
  variables: Map<string, unknown>[];
}

/** @throws KubectlError when the template does not fit the object. */
export function executeTemplate(template: GoTemplate, root: unknown): string {
  return render(template, { dot: root, variables: [new Map([['$', root]])] });
}

function render(nodes: readonly Node[], scope: Scope): string {
  let text = '';
  for (const node of nodes) {
    switch (node.kind) {
      case 'text':
        text += node.text;
        break;
      case 'action': {
        const value = evaluate(node.pipeline, scope);
        if (node.assign === undefined) text += show(value);
        else if (node.declare) (scope.variables[scope.variables.length - 1] as Map<string, unknown>).set(node.assign, value);
        else [...scope.variables].reverse().find((variables) => variables.has(node.assign as string))?.set(node.assign, value);
        break;
      }
      case 'if':
      case 'with': {
        const value = evaluate(node.pipeline, scope);
        const inner: Scope = { dot: node.kind === 'with' && truth(value) ? value : scope.dot, variables: [...scope.variables, new Map(node.assign ? [[node.assign, value]] : [])] };
        text += render(truth(value) ? node.body : node.otherwise, inner);
        break;
      }
      case 'range': {
        const value = evaluate(node.pipeline, scope);
        const entries: [unknown, unknown][] = Array.isArray(value)
          ? value.map((item, i) => [i, item])
          : value !== null && typeof value === 'object'
            ? Object.keys(value).sort().map((key) => [key, (value as Record<string, unknown>)[key]])
            : [];
        if (entries.length === 0) text += render(node.otherwise, scope);
        for (const [key, item] of entries) {
          const variables = new Map<string, unknown>();
          if (node.names.length === 1) variables.set(node.names[0] as string, item);
          else if (node.names.length === 2) variables.set(node.names[0] as string, key).set(node.names[1] as string, item);
          text += render(node.body, { dot: item, variables: [...scope.variables, variables] });
        }
        break;
      }
    }
  }
  return text;
}

function walk(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (current === null || current === undefined) return undefined;
    if (typeof current !== 'object' || Array.isArray(current)) throw new KubectlError(`error executing template: template: output: executing "output" at <.${key}>: can't evaluate field ${key} in type ${Array.isArray(current) ? '[]interface {}' : 'interface {}'}`);
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

function resolve(part: Operand, scope: Scope): unknown {
  switch (part.kind) {
    case 'value':
      return part.value;
    case 'field':
      return walk(scope.dot, part.path);
    case 'variable': {
      const holder = [...scope.variables].reverse().find((variables) => variables.has(part.name));
      return walk(holder?.get(part.name), part.path);
    }
    case 'group':
      return walk(evaluate(part.pipeline, scope), part.path);
    case 'function':
      return call(part.name, []);
  }
}

function evaluate(pipeline: Pipeline, scope: Scope): unknown {
  let previous: unknown[] = [];
  for (const command of pipeline) {
    const [head, ...rest] = command as [Operand, ...Operand[]];
    const value = head.kind === 'function' ? call(head.name, [...rest.map((part) => resolve(part, scope)), ...previous]) : resolve(head, scope);
    previous = [value];
  }
  return previous[0];
}

function truth(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value !== null && typeof value === 'object') return Object.keys(value).length > 0;
  return Boolean(value);
}

function show(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  if (typeof value === 'object') return `map[${Object.keys(value).sort().map((key) => `${key}:${show((value as Record<string, unknown>)[key])}`).join(' ')}]`;
  return String(value);
}

function format(pattern: string, values: unknown[]): string {
  let next = 0;
  return pattern.replace(/%(-?\d*)(?:\.\d+)?([a-zA-Z%])/g, (_, width: string, verb: string) => {
    if (verb === '%') return '%';
    const value = values[next++];
    const text = verb === 'q' ? JSON.stringify(String(value)) : verb === 'T' ? typeof value : show(value);
    const size = Math.abs(Number(width || 0));
    return width.startsWith('-') ? text.padEnd(size) : text.padStart(size);
  });
}

function call(name: string, args: unknown[]): unknown {
  const [first, second] = args as [never, never];
  switch (name) {
    case 'print':
      return args.map(show).join(' ');
    case 'println':
      return `${args.map(show).join(' ')}\n`;
    case 'printf':
      return format(String(first), args.slice(1));
    case 'len':
      return first === null || first === undefined ? 0 : typeof first === 'object' ? Object.keys(first).length : String(first).length;
    case 'index':
      return args.slice(1).reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[String(key)], first);
    case 'slice':
      return (first as unknown as { slice(from?: number, to?: number): unknown }).slice(args[1] as number, args[2] as number);
    case 'eq':
      return args.slice(1).some((value) => value === first);
    case 'ne':
      return first !== second;
    case 'lt':
      return first < second;
    case 'le':
      return first <= second;
    case 'gt':
      return first > second;
    case 'ge':
      return first >= second;
    case 'and':
      return args.find((value) => !truth(value)) ?? args[args.length - 1];
    case 'or':
      return args.find(truth) ?? args[args.length - 1];
    case 'not':
      return !truth(first);
    case 'base64decode':
      return new TextDecoder().decode(Uint8Array.from(atob(String(first)), (character) => character.charCodeAt(0)));
    case 'exists':
      return args.slice(1).reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[String(key)], first) !== undefined;
    case 'html':
      return String(first).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    default:
      return encodeURIComponent(String(first));
  }
}
