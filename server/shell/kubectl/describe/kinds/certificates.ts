/** Description of a CertificateSigningRequest, with what the request in it (PKCS #10) asks for. */
import { requestCondition } from '../../../../simulation/apiserver/tables/certificate-signing-request.ts';
import { humanDuration } from '../../../../simulation/apiserver/tables/duration.ts';
import { formatLabels } from '../../../../simulation/apiserver/tables/format.ts';
import { KubectlError } from '../../framework/errors.ts';
import { describeEvents } from '../events.ts';
import type { Describer } from '../types.ts';
import { date, Writer } from '../writer.ts';

/** A value of DER (X.690): the tag and where its content is. */
interface Value {
  tag: number;
  bytes: Uint8Array;
}

const SEQUENCE = 0x30;
const BOOLEAN = 0x01;
/** Attributes of a request: `[0]`. */
const ATTRIBUTES = 0xa0;
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** Parts of a subject, in the order in which they are listed below its common name and serial number. */
const SUBJECT: readonly [string, string][] = [
  ['Organization', '2.5.4.10'],
  ['Organizational Unit', '2.5.4.11'],
  ['Country', '2.5.4.6'],
  ['Locality', '2.5.4.7'],
  ['Province', '2.5.4.8'],
  ['StreetAddress', '2.5.4.9'],
  ['PostalCode', '2.5.4.17'],
];
const COMMON_NAME = '2.5.4.3';
const SERIAL_NUMBER = '2.5.4.5';
/** Alternative names by their context tag, in the order in which they are listed. */
const ALTERNATIVES: readonly [string, number][] = [
  ['DNS Names', 0x82],
  ['Email Addresses', 0x81],
  ['URIs', 0x86],
  ['IP Addresses', 0x87],
];

/** The values that stand one after the other. @throws RangeError when the bytes are cut short. */
function values(bytes: Uint8Array): Value[] {
  const found: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at++] as number;
    let length = bytes[at++] ?? -1;
    if (length > 0x80) {
      const size = length & 0x7f;
      length = 0;
      for (let i = 0; i < size; i++) length = length * 256 + (bytes[at++] ?? NaN);
    }
    if (!(length >= 0 && at + length <= bytes.length)) throw new RangeError('truncated');
    found.push({ tag, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}

function identifier({ bytes }: Value): string {
  const [first = 0] = bytes;
  const parts = [Math.floor(first / 40), first % 40];
  let part = 0;
  for (const byte of bytes.subarray(1)) {
    part = part * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(part);
      part = 0;
    }
  }
  return parts.join('.');
}

const text = ({ bytes }: Value): string => new TextDecoder().decode(bytes);

function address({ bytes }: Value): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16));
  // URLs write addresses in their shortest form.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

interface CertificateRequest {
  /** By object identifier. */
  subject: Map<string, string[]>;
  /** By context tag. */
  alternatives: Map<number, string[]>;
}

function add<K>(map: Map<K, string[]>, key: K, value: string): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}

/** @param request PEM in base64, as the object has it. @throws KubectlError */
function parseRequest(request: string): CertificateRequest {
  const pem = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]*?)-----END (?:NEW )?CERTIFICATE REQUEST-----/.exec(atob(request));
  if (!pem) throw new KubectlError('Error parsing CSR: PEM block type must be CERTIFICATE REQUEST');
  const subject: CertificateRequest['subject'] = new Map();
  const alternatives: CertificateRequest['alternatives'] = new Map();
  try {
    const der = Uint8Array.from(atob((pem[1] as string).replace(/\s/g, '')), (character) => character.charCodeAt(0));
    const [whole] = values(der) as [Value];
    const [info] = values(whole.bytes) as [Value];
    const [, name, , ...rest] = values(info.bytes) as [Value, Value, Value, ...Value[]];
    for (const set of values(name.bytes)) {
      for (const pair of values(set.bytes)) {
        const [type, value] = values(pair.bytes) as [Value, Value];
        add(subject, identifier(type), text(value));
      }
    }
    for (const attribute of rest.filter(({ tag }) => tag === ATTRIBUTES).flatMap(({ bytes }) => values(bytes))) {
      const [type, set] = values(attribute.bytes) as [Value, Value];
      if (identifier(type) !== EXTENSION_REQUEST) continue;
      for (const extension of values(set.bytes).flatMap(({ bytes }) => values(bytes))) {
        const [id, ...content] = values(extension.bytes) as [Value, ...Value[]];
        if (identifier(id) !== SUBJECT_ALTERNATIVE_NAME) continue;
        const octets = content.find(({ tag }) => tag !== BOOLEAN) as Value;
        for (const list of values(octets.bytes)) if (list.tag === SEQUENCE) for (const each of values(list.bytes)) add(alternatives, each.tag, each.tag === 0x87 ? address(each) : text(each));
      }
    }
  } catch {
    throw new KubectlError('Error parsing CSR: asn1: syntax error');
  }
  return { subject, alternatives };
}

function listed(writer: Writer, title: string, items: string[] | undefined): void {
  if (items?.length) writer.raw(`\t${title}:\t${items.join('\n\t\t')}\n`);
}

export const describeCertificateSigningRequest: Describer = async (request, { events, now }) => {
  const spec = request.spec as { request: string; signerName?: string; expirationSeconds?: number; username?: string };
  const { subject, alternatives } = parseRequest(spec.request);
  const writer = new Writer();
  writer.line(0, `Name:\t${request.metadata.name}`);
  writer.line(0, `Labels:\t${formatLabels(request.metadata.labels)}`);
  writer.line(0, `Annotations:\t${formatLabels(request.metadata.annotations)}`);
  writer.line(0, `CreationTimestamp:\t${date(request.metadata.creationTimestamp)}`);
  writer.line(0, `Requesting User:\t${spec.username ?? ''}`);
  if (spec.signerName) writer.line(0, `Signer:\t${spec.signerName}`);
  if (spec.expirationSeconds !== undefined) writer.line(0, `Requested Duration:\t${humanDuration(spec.expirationSeconds * 1_000)}`);
  writer.line(0, `Status:\t${requestCondition(request)}`);
  writer.line(0, 'Subject:');
  writer.raw(`\tCommon Name:\t${subject.get(COMMON_NAME)?.at(-1) ?? ''}\n`);
  writer.raw(`\tSerial Number:\t${subject.get(SERIAL_NUMBER)?.at(-1) ?? ''}\n`);
  for (const [title, id] of SUBJECT) listed(writer, title, subject.get(id));
  if (ALTERNATIVES.some(([, tag]) => alternatives.has(tag))) {
    writer.line(0, 'Subject Alternative Names:');
    for (const [title, tag] of ALTERNATIVES) listed(writer, title, alternatives.get(tag));
  }
  describeEvents(writer, events, now);
  return writer.toString();
};
