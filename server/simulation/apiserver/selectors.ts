/**
 * Label and field selectors: parsing with the error texts of `k8s.io/apimachinery/pkg/labels` and `fields`, and matching.
 */
import type { KubeObject } from './types.ts';

export interface LabelSelectorRequirement {
  key: string;
  operator: string;
  values?: string[];
}

/** `metav1.LabelSelector`, as specs hold it. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: LabelSelectorRequirement[];
}

/** One condition of a selector written as text. */
export interface Requirement {
  key: string;
  operator: '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  values: string[];
}

export type Labels = Record<string, string> | undefined;

/** The selector cannot be understood; the message is the API server's. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

type Token = { kind: 'word' | 'symbol' | 'end'; text: string };

/** Splits a selector into words and the symbols `! = == != ( ) , < >`. */
function tokens(text: string): Token[] {
  const result: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest);
    if (space) {
      at += space[0].length;
      continue;
    }
    const symbol = /^(==|!=|=|!|\(|\)|,|<|>)/.exec(rest);
    if (symbol) {
      result.push({ kind: 'symbol', text: symbol[0] });
      at += symbol[0].length;
      continue;
    }
    const word = /^[^\s=!(),<>]+/.exec(rest) as RegExpExecArray;
    result.push({ kind: 'word', text: word[0] });
    at += word[0].length;
  }
  result.push({ kind: 'end', text: '' });
  return result;
}

/**
 * Parses `app=web,tier in (a,b),!env`.
 * @throws SelectorError with the text that the API server answers with.
 */
export function parseLabelSelector(text: string): Requirement[] {
  const list = tokens(text);
  const requirements: Requirement[] = [];
  let at = 0;
  const peek = (): Token => list[at] as Token;
  const next = (): Token => list[at++] as Token;
  const fail = (message: string): never => {
    throw new SelectorError(`unable to parse requirement: ${message}`);
  };
  const isKey = (token: Token): boolean => token.kind === 'word';

  const values = (): string[] => {
    if (next().text !== '(') fail(`found '${(list[at - 1] as Token).text}' expected: '('`);
    const found: string[] = [];
    if (peek().text === ')') {
      next();
      return [''];
    }
    for (;;) {
      const token = next();
      if (token.kind === 'word') found.push(token.text);
      else if (token.text === ',' || token.text === ')') {
        if (token.text === ')') {
          if ((list[at - 2] as Token).text === ',') found.push('');
          return found;
        }
        if ((list[at - 2] as Token).text === '(' || (list[at - 2] as Token).text === ',') found.push('');
        continue;
      } else fail(`found '${token.text}', expected: ',', or ')'`);
    }
  };

  if (peek().kind === 'end') return [];
  for (;;) {
    let negated = false;
    if (peek().text === '!') {
      next();
      negated = true;
    }
    const key = next();
    if (!isKey(key)) throw new SelectorError(`unable to parse requirement: found '${key.text}', expected: identifier`);
    checkKey(key.text);
    const operator = peek();
    if (negated || operator.kind === 'end' || operator.text === ',') {
      requirements.push({ key: key.text, operator: negated ? '!' : 'exists', values: [] });
    } else {
      next();
      switch (operator.text) {
        case '=':
        case '==':
        case '!=': {
          const value = peek().kind === 'word' ? next().text : '';
          requirements.push({ key: key.text, operator: operator.text, values: [value] });
          break;
        }
        case 'in':
        case 'notin':
          requirements.push({ key: key.text, operator: operator.text, values: values() });
          break;
        case '<':
        case '>': {
          const value = next().text;
          if (!/^-?\d+$/.test(value)) throw new SelectorError(`values[0][${key.text}]: Invalid value: "${value}": for 'Gt', 'Lt' operators, the value must be an integer`);
          requirements.push({ key: key.text, operator: operator.text === '>' ? 'gt' : 'lt', values: [value] });
          break;
        }
        default:
          fail(`found '${operator.text}', expected: in, notin, =, ==, !=, gt, lt`);
      }
      for (const value of (requirements[requirements.length - 1] as Requirement).values) checkValue(key.text, value);
    }
    const separator = next();
    if (separator.kind === 'end') return requirements;
    if (separator.text !== ',') throw new SelectorError(`found '${separator.text}', expected: ',' or 'end of string'`);
    const after = peek();
    if (after.kind !== 'word' && after.text !== '!') throw new SelectorError(`found '${after.text}', expected: identifier after ','`);
  }
}

function checkKey(key: string): void {
  const slash = key.indexOf('/');
  const name = slash < 0 ? key : key.slice(slash + 1);
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  if (prefix !== undefined && !SUBDOMAIN.test(prefix)) {
    throw new SelectorError(`unable to parse requirement: key: Invalid value: "${key}": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`);
  }
  if (!NAME.test(name) || name.length > 63) {
    throw new SelectorError(`unable to parse requirement: key: Invalid value: "${key}": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`);
  }
}

function checkValue(key: string, value: string): void {
  if (VALUE.test(value) && value.length <= 63) return;
  throw new SelectorError(`unable to parse requirement: values[0][${key}]: Invalid value: "${value}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`);
}

/** Whether labels satisfy every requirement. */
export function matchesLabels(requirements: readonly Requirement[], labels: Labels): boolean {
  for (const requirement of requirements) if (!matchesRequirement(requirement, labels)) return false;
  return true;
}

function matchesRequirement({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels !== undefined && Object.prototype.hasOwnProperty.call(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
    case 'lt': {
      if (value === undefined || !/^-?\d+$/.test(value)) return false;
      return operator === 'gt' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
    }
  }
}

/** Whether labels satisfy a `metav1.LabelSelector`. An empty selector selects everything, an absent one nothing. */
export function labelSelectorMatches(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  for (const key in selector.matchLabels) if (labels?.[key] !== selector.matchLabels[key]) return false;
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const value = labels?.[key];
    const satisfied =
      operator === 'In' ? value !== undefined && values.includes(value) : operator === 'NotIn' ? value === undefined || !values.includes(value) : operator === 'Exists' ? value !== undefined : value === undefined;
    if (!satisfied) return false;
  }
  return true;
}

/** `a=b,c in (d,e),!f`, keys in order (`metav1.FormatLabelSelector`); `<none>` for an empty selector. */
export function formatLabelSelector(selector: LabelSelector): string {
  const parts: [string, string][] = Object.keys(selector.matchLabels ?? {}).map((key) => [key, `${key}=${selector.matchLabels?.[key]}`]);
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const list = [...values].sort().join(',');
    parts.push([key, operator === 'In' ? `${key} in (${list})` : operator === 'NotIn' ? `${key} notin (${list})` : operator === 'Exists' ? key : `!${key}`]);
  }
  parts.sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0));
  return parts.map(([, text]) => text).join(',') || '<none>';
}

// ---- fields ----

export interface FieldRequirement {
  field: string;
  operator: '=' | '!=';
  value: string;
}

/** Fields besides metadata.name and metadata.namespace that a resource can be selected by. */
const SELECTABLE: Record<string, string[]> = {
  pods: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName'],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  replicationcontrollers: ['status.replicas'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
  'certificatesigningrequests.certificates.k8s.io': ['spec.signerName'],
  events: [
    'involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion',
    'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type',
  ],
};

/** Parses `a=b,c!=d`. @throws SelectorError */
export function parseFieldSelector(text: string): FieldRequirement[] {
  const requirements: FieldRequirement[] = [];
  for (const part of text.split(/(?<!\\),/)) {
    if (part === '') continue;
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(part);
    if (!match) throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    requirements.push({ field: (match[1] as string).trim(), operator: match[2] === '!=' ? '!=' : '=', value: (match[3] as string).replace(/\\([\\,=])/g, '$1') });
  }
  return requirements;
}

/**
 * @param defined what a CustomResourceDefinition lets its objects be selected by.
 * @throws SelectorError when a resource cannot be selected by one of the fields.
 */
export function checkFieldSelector(resource: string, requirements: readonly FieldRequirement[], defined?: readonly string[]): void {
  const selectable = defined ?? SELECTABLE[resource === 'events.events.k8s.io' ? 'events' : resource] ?? [];
  for (const { field } of requirements) {
    if (field === 'metadata.name' || field === 'metadata.namespace' || selectable.includes(field)) continue;
    throw new SelectorError(defined || selectable.length > 0 ? `field label not supported: ${field}` : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
  }
}

export function fieldSelectorMatches(requirements: readonly FieldRequirement[], object: KubeObject): boolean {
  for (const { field, operator, value } of requirements) {
    if ((fieldValue(object, field) === value) !== (operator === '=')) return false;
  }
  return true;
}

function fieldValue(object: KubeObject, field: string): string {
  if (field === 'source') return (object.source as { component?: string } | undefined)?.component ?? (object.reportingComponent as string | undefined) ?? '';
  if (field === 'status.successful') return String((object.status as { succeeded?: number } | undefined)?.succeeded ?? 0);
  if (field === 'spec.unschedulable' || field === 'spec.hostNetwork') return String(Boolean((object.spec as Record<string, unknown> | undefined)?.[field.slice(5)]));
  let value: unknown = object;
  for (const key of field.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  if (Array.isArray(value)) return value.map((entry) => String((entry as { ip?: string }).ip ?? '')).join(',');
  return value === undefined || value === null ? (field === 'status.replicas' ? '0' : '') : String(value);
}
