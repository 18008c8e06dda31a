/** Requests and certificates taken apart for printing. */
import { DerError, fromPem, objectIdText, readAll, readOne, TAG, timeOf, type Element } from '../../../simulation/pki/der.ts';
import { OpensslError } from './options.ts';

export interface Extension {
  /** Object identifier. */
  id: string;
  critical: boolean;
  value: Uint8Array;
  raw: Uint8Array;
}

export interface Signed {
  der: Uint8Array;
  version: number;
  subject: Uint8Array;
  publicKey: Uint8Array;
  /** Object identifier. */
  algorithm: string;
  signature: Uint8Array;
  /** What the signature is of. */
  signed: Uint8Array;
  extensions: Extension[];
}

export interface ShownCertificate extends Signed {
  serial: Uint8Array;
  issuer: Uint8Array;
  notBefore: number;
  notAfter: number;
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

function need(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new DerError('asn1: structure error');
  return element;
}

function outer(der: Uint8Array): { fields: Element[]; algorithm: string; signature: Uint8Array; signed: Uint8Array } {
  const [info, algorithm, signature] = readAll(readOne(der, TAG.sequence).content);
  return { fields: readAll(need(info, TAG.sequence).content), algorithm: objectIdText(readOne(need(algorithm, TAG.sequence).content, TAG.objectId).content), signature: need(signature, TAG.bitString).content.subarray(1), signed: need(info, TAG.sequence).raw };
}

function extensionsOf(list: Element): Extension[] {
  return readAll(list.content).map(({ content, raw }) => {
    const [id, ...rest] = readAll(content);
    return { id: objectIdText(need(id, TAG.objectId).content), critical: rest[0]?.tag === TAG.boolean && rest[0].content[0] !== 0, value: need(rest.at(-1), TAG.octetString).content, raw };
  });
}

function orElse<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new OpensslError(message);
    throw error;
  }
}

/** @throws OpensslError */
export function requestFrom(pem: string): Signed {
  return orElse(() => {
    const der = fromPem(pem, '(?:NEW )?CERTIFICATE REQUEST');
    const { fields, ...proof } = outer(der);
    const [version, subject, publicKey, attributes] = fields;
    const extensions: Extension[] = [];
    for (const attribute of attributes ? readAll(attributes.content) : []) {
      const [type, values] = readAll(attribute.content);
      if (type && values && objectIdText(type.content) === EXTENSION_REQUEST) extensions.push(...extensionsOf(readOne(values.content, TAG.sequence)));
    }
    return { der, version: need(version, TAG.integer).content.at(-1) as number, subject: need(subject, TAG.sequence).raw, publicKey: need(publicKey, TAG.sequence).raw, ...proof, extensions };
  }, 'Unable to load X509 request');
}

/** @throws OpensslError */
export function certificateFrom(pem: string, path: string, what = 'certificate'): ShownCertificate {
  return orElse(() => {
    const der = fromPem(pem, 'CERTIFICATE');
    const { fields, ...proof } = outer(der);
    const versioned = fields[0]?.tag === 0xa0;
    const [serial, , issuer, validity, subject, publicKey, ...rest] = versioned ? fields.slice(1) : fields;
    const [from, until] = readAll(need(validity, TAG.sequence).content);
    if (!from || !until) throw new DerError('asn1: structure error');
    const extensions = rest.find(({ tag }) => tag === 0xa3);
    return {
      der,
      version: versioned ? (readOne((fields[0] as Element).content, TAG.integer).content.at(-1) as number) : 0,
      serial: need(serial, TAG.integer).content,
      issuer: need(issuer, TAG.sequence).raw,
      notBefore: timeOf(from),
      notAfter: timeOf(until),
      subject: need(subject, TAG.sequence).raw,
      publicKey: need(publicKey, TAG.sequence).raw,
      ...proof,
      extensions: extensions ? extensionsOf(readOne(extensions.content, TAG.sequence)) : [],
    };
  }, `Could not read ${what} from ${path}\nUnable to load certificate`);
}
