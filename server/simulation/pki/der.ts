/** DER, as far as certificates need it (X.690): reading elements, and putting them together. */

export class DerError extends Error {
  override readonly name = 'DerError';
}

export const TAG = { integer: 0x02, bitString: 0x03, octetString: 0x04, objectId: 0x06, utf8: 0x0c, sequence: 0x30, set: 0x31, utcTime: 0x17, generalizedTime: 0x18, boolean: 0x01 } as const;

export interface Element {
  tag: number;
  /** The element with its header. */
  raw: Uint8Array;
  content: Uint8Array;
}

/** The elements that a content holds, one after the other. @throws DerError */
export function readAll(bytes: Uint8Array): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    let length = bytes[at + 1];
    let start = at + 2;
    if (length === undefined) throw new DerError('asn1: syntax error: truncated tag or length');
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 3) throw new DerError('asn1: structure error: length too large');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + i] ?? NaN);
      start += count;
    }
    const end = start + length;
    if (!(end <= bytes.length)) throw new DerError('asn1: syntax error: data truncated');
    elements.push({ tag, raw: bytes.subarray(at, end), content: bytes.subarray(start, end) });
    at = end;
  }
  return elements;
}

/** The one element that bytes begin with, of a tag. @throws DerError */
export function readOne(bytes: Uint8Array, tag: number): Element {
  const [first] = readAll(bytes);
  if (first?.tag !== tag) throw new DerError('asn1: structure error: tags don\'t match');
  return first;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function element(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const content = joined(parts);
  const { length } = content;
  const header = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return joined([Uint8Array.from(header), content]);
}

export const sequence = (...parts: Uint8Array[]): Uint8Array => element(TAG.sequence, ...parts);

/** `2.5.4.3`. */
export function objectId(text: string): Uint8Array {
  const [first, second, ...rest] = text.split('.').map(Number) as [number, number, ...number[]];
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return element(TAG.objectId, Uint8Array.from(bytes));
}

/** The dotted text of an object identifier's content. */
export function objectIdText(content: Uint8Array): string {
  const [first = 0, ...rest] = content;
  const parts = [Math.floor(first / 40), first % 40];
  let part = 0;
  for (const byte of rest) {
    part = part * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(part);
      part = 0;
    }
  }
  return parts.join('.');
}

/** A positive integer of any size, most significant byte first. */
export function integer(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const rest = bytes.subarray(start);
  return element(TAG.integer, (rest[0] as number) >= 0x80 ? joined([Uint8Array.of(0), rest]) : rest);
}

export const bitString = (bytes: Uint8Array): Uint8Array => element(TAG.bitString, Uint8Array.of(0), bytes);

const utf8 = new TextEncoder();
export const text = (value: string): Uint8Array => element(TAG.utf8, utf8.encode(value));

/** `YYMMDDHHMMSSZ`. @param time ms since the Unix epoch, before 2050 */
export function utcTime(time: number): Uint8Array {
  const digits = new Date(time).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return element(TAG.utcTime, utf8.encode(`${digits}Z`));
}

/** ms since the Unix epoch. @throws DerError */
export function timeOf({ tag, content }: Element): number {
  const digits = new TextDecoder().decode(content);
  // Years of two digits are those of 1950 to 2049.
  const whole = tag === TAG.utcTime ? `${Number(digits.slice(0, 2)) >= 50 ? '19' : '20'}${digits}` : digits;
  const match = tag === TAG.utcTime || tag === TAG.generalizedTime ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(whole) : null;
  if (!match) throw new DerError('x509: malformed validity');
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** @throws DerError */
export function fromPem(pem: string, label: string): Uint8Array {
  const match = new RegExp(`-----BEGIN ${label}-----([\\sA-Za-z0-9+/=]+)-----END ${label}-----`).exec(pem);
  if (!match) throw new DerError(`PEM block type must be ${label}`);
  try {
    return Uint8Array.from(atob((match[1] as string).replace(/\s+/g, '')), (character) => character.charCodeAt(0));
  } catch {
    throw new DerError(`PEM block type must be ${label}`);
  }
}

export function toPem(der: Uint8Array, label: string): string {
  const base64 = btoa(String.fromCharCode(...der));
  return `-----BEGIN ${label}-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
}
