/** Names, labels and annotations (`k8s.io/apimachinery/pkg/util/validation`, `pkg/api/validation`). */
import { forbidden, invalid, required, tooLong, type FieldError } from './errors.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const whole = (expression: string): RegExp => new RegExp(`^(?:${expression})$`);
const patterns = { label: whole(LABEL), subdomain: whole(SUBDOMAIN), label1035: whole(LABEL_1035), qualified: whole(QUALIFIED), value: whole(VALUE), configKey: whole(CONFIG_KEY) };

function regexHint(format: string, examples: string[]): string {
  return `(${examples.length > 0 ? `e.g. ${examples.map((example) => `'${example}'`).join(',  or ')}, ` : ''}regex used for validation is '${format}')`;
}

/** What is wrong with a lowercase RFC 1123 label; empty when nothing is. Used by kubectl too. */
export function checkLabel(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push('must be no more than 63 bytes');
  if (!patterns.label.test(value)) problems.push(`a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${regexHint(LABEL, ['my-name', '123-abc'])}`);
  return problems;
}

export function checkSubdomain(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 253) problems.push('must be no more than 253 bytes');
  if (!patterns.subdomain.test(value)) problems.push(`a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${regexHint(SUBDOMAIN, ['example.com'])}`);
  return problems;
}

export function checkLabel1035(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push('must be no more than 63 bytes');
  if (!patterns.label1035.test(value)) problems.push(`a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${regexHint(LABEL_1035, ['my-name', 'abc-123'])}`);
  return problems;
}

/** `prefix/name`, as keys of labels, annotations, taints and finalizers. */
export function checkQualifiedName(value: string): string[] {
  const problems: string[] = [];
  const parts = value.split('/');
  let name = parts[0] as string;
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    name = parts[1] as string;
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...checkSubdomain(prefix).map((problem) => `prefix part ${problem}`));
  } else if (parts.length > 2) {
    return [`a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${regexHint(QUALIFIED, ['MyName', 'my.name', '123-abc'])} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push('name part must be no more than 63 bytes');
  if (!patterns.qualified.test(name)) problems.push(`name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${regexHint(QUALIFIED, ['MyName', 'my.name', '123-abc'])}`);
  return problems;
}

export function checkLabelValue(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push('must be no more than 63 bytes');
  if (!patterns.value.test(value)) problems.push(`a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${regexHint(VALUE, ['MyValue', 'my_value', '12345'])}`);
  return problems;
}

/** Keys of ConfigMaps and Secrets. */
export function checkConfigKey(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 253) problems.push('must be no more than 253 bytes');
  if (!patterns.configKey.test(value)) problems.push(`a valid config key must consist of alphanumeric characters, '-', '_' or '.' ${regexHint(CONFIG_KEY, ['key.name', 'KEY_NAME', 'key-name'])}`);
  if (value === '.') problems.push("must not be '.'");
  else if (value === '..') problems.push("must not be '..'");
  else if (value.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

export function checkEnvName(value: string): string[] {
  return /^[^\x00-\x1f\x7f-\uffff=]+$/.test(value) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

export function checkPortName(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(value)) problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)');
  if (value.includes('--')) problems.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

export type NameCheck = (value: string) => string[];

const MAX_ANNOTATIONS_BYTES = 256 * 1024;

interface Metadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export function labelErrors(labels: Record<string, string> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(labels ?? {}).sort()) {
    for (const problem of checkQualifiedName(key)) errors.push(invalid(field, key, problem));
    for (const problem of checkLabelValue((labels as Record<string, string>)[key] as string)) errors.push(invalid(field, (labels as Record<string, string>)[key], problem));
  }
  return errors;
}

/** Errors of an object's metadata (`ValidateObjectMeta`). */
export function metadataErrors(metadata: Metadata, check: NameCheck, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (!metadata.name) errors.push(required('metadata.name', metadata.generateName === undefined ? 'name or generateName is required' : ''));
  else for (const problem of check(metadata.name)) errors.push(invalid('metadata.name', metadata.name, problem));
  if (namespaced) {
    if (!metadata.namespace) errors.push(required('metadata.namespace'));
    else for (const problem of checkLabel(metadata.namespace)) errors.push(invalid('metadata.namespace', metadata.namespace, problem));
  } else if (metadata.namespace) errors.push(forbidden('metadata.namespace', 'not allowed on this type'));
  errors.push(...labelErrors(metadata.labels, 'metadata.labels'));
  let size = 0;
  for (const key of Object.keys(metadata.annotations ?? {}).sort()) {
    for (const problem of checkQualifiedName(key.toLowerCase())) errors.push(invalid('metadata.annotations', key, problem));
    size += key.length + ((metadata.annotations as Record<string, string>)[key] as string).length;
  }
  if (size > MAX_ANNOTATIONS_BYTES) errors.push(tooLong('metadata.annotations', MAX_ANNOTATIONS_BYTES));
  return errors;
}
