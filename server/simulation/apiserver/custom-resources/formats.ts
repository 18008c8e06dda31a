/** The string formats that are checked (`kube-openapi/pkg/validation/strfmt`); others say nothing. */
import { parseAddress, parseCidr } from '../cidr.ts';

const UUID = (version: string): RegExp => new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${version === '[45]' ? '[89ab]' : '[0-9a-f]'}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');

/** RFC 3339, with the fraction and the offset that Go accepts. */
const DATE_TIME = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})?$/;

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const FORMATS: Record<string, (text: string) => boolean> = {
  'date-time': (text) => DATE_TIME.test(text),
  datetime: (text) => DATE_TIME.test(text),
  date: isDate,
  duration: (text) => /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$|^0$/.test(text),
  email: (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text),
  hostname: (text) => text.length <= 255 && /^([a-zA-Z0-9]([a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?)*$/.test(text),
  ipv4: (text) => parseAddress(text)?.width === 32,
  ipv6: (text) => parseAddress(text)?.width === 128,
  cidr: (text) => parseCidr(text) !== undefined,
  mac: (text) => /^([0-9a-f]{2}[:-]){5}([0-9a-f]{2})$/i.test(text),
  uri: (text) => /^[a-zA-Z][a-zA-Z0-9+.-]*:\S*$|^\/\S*$/.test(text),
  uuid: (text) => UUID('[0-9a-f]').test(text),
  uuid3: (text) => UUID('3').test(text),
  uuid4: (text) => UUID('4').test(text),
  uuid5: (text) => UUID('5').test(text),
  byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  hexcolor: (text) => /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text),
  password: () => true,
};

/** Formats that kube-apiserver knows and that mean nothing for strings, or are not checked here. */
const OTHERS = new Set(['int32', 'int64', 'float', 'double', 'bsonobjectid', 'isbn', 'isbn10', 'isbn13', 'creditcard', 'ssn', 'rgbcolor', 'quantity', 'k8s-short-name', 'k8s-long-name']);

/** The formats in a schema that nobody knows. */
export function unrecognizedFormats(schema: unknown): string[] {
  if (schema === null || typeof schema !== 'object') return [];
  if (Array.isArray(schema)) return schema.flatMap(unrecognizedFormats);
  return Object.entries(schema).flatMap(([name, value]) => {
    if (name === 'format' && typeof value === 'string') return Object.hasOwn(FORMATS, value) || OTHERS.has(value) ? [] : [value];
    return ['default', 'example', 'enum'].includes(name) ? [] : unrecognizedFormats(value);
  });
}

/** Whether a text has a format. */
export function hasFormat(format: string, text: string): boolean {
  return !Object.hasOwn(FORMATS, format) || (FORMATS[format] as (text: string) => boolean)(text);
}
