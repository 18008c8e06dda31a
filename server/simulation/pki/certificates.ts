/** X.509: reading certificate signing requests and signing them (RFC 2986, RFC 5280), with ECDSA on P-256. Deterministic. */
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from 'js-sha256';
import { bitString, DerError, element, fromPem, integer, objectId, readAll, readOne, sequence, TAG, text, toPem, utcTime } from './der.ts';

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALTERNATIVE_NAMES = '2.5.29.17';
/** Certificates are good from a little before they are made (`cfssl`'s backdate). */
const BACKDATE_MS = 300_000;

const EXTENDED_USAGES: Record<string, string> = { 'client auth': '1.3.6.1.5.5.7.3.2', 'server auth': '1.3.6.1.5.5.7.3.1' };
/** Bits of keyUsage, the first one highest. */
const KEY_USAGES: Record<string, number> = { 'digital signature': 0x80, signing: 0x80, 'key encipherment': 0x20, 'data encipherment': 0x10 };

export interface SigningRequest {
  commonName: string;
  organizations: string[];
  subject: Uint8Array;
  publicKey: Uint8Array;
  /** The extension of that name as it was asked for, if it was. */
  alternativeNames: Uint8Array | undefined;
}

function same(x: Uint8Array, y: Uint8Array): boolean {
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
}

/** Values of an attribute of a distinguished name. */
function attribute(subject: Uint8Array, id: string): string[] {
  const wanted = objectId(id);
  const values: string[] = [];
  for (const set of readAll(readOne(subject, TAG.sequence).content)) {
    for (const pair of readAll(set.content)) {
      const [type, value] = readAll(pair.content);
      if (type && value && same(type.raw, wanted)) values.push(new TextDecoder().decode(value.content));
    }
  }
  return values;
}

function alternativeNames(attributes: Uint8Array | undefined): Uint8Array | undefined {
  if (!attributes) return undefined;
  for (const each of readAll(attributes)) {
    const [type, values] = readAll(each.content);
    if (!type || !values || !same(type.raw, objectId(EXTENSION_REQUEST))) continue;
    for (const extension of readAll(readOne(values.content, TAG.sequence).content)) if (same((readAll(extension.content)[0] as { raw: Uint8Array }).raw, objectId(SUBJECT_ALTERNATIVE_NAMES))) return extension.raw;
  }
  return undefined;
}

/** @param pem `-----BEGIN CERTIFICATE REQUEST-----`. @throws DerError */
export function parseSigningRequest(pem: string): SigningRequest {
  const [info] = readAll(readOne(fromPem(pem, 'CERTIFICATE REQUEST'), TAG.sequence).content);
  const [version, subject, publicKey, attributes] = info ? readAll(info.content) : [];
  if (version?.tag !== TAG.integer || subject?.tag !== TAG.sequence || publicKey?.tag !== TAG.sequence) throw new DerError('asn1: structure error: tags don\'t match');
  return { commonName: attribute(subject.raw, COMMON_NAME)[0] ?? '', organizations: attribute(subject.raw, ORGANIZATION), subject: subject.raw, publicKey: publicKey.raw, alternativeNames: alternativeNames(attributes?.content) };
}

/** A certificate authority whose key follows from a secret. */
export class CertificateAuthority {
  readonly #key: Uint8Array;

  constructor(
    readonly commonName: string,
    secret: string,
  ) {
    this.#key = Uint8Array.from(sha256.array(secret));
  }

  /** A point of P-256, not compressed. */
  get publicKey(): Uint8Array {
    return p256.getPublicKey(this.#key, false);
  }

  /**
   * @param usages as a CertificateSigningRequest lists them.
   * @param serial random, 16 bytes at most.
   * @returns the certificate, PEM.
   */
  sign(request: SigningRequest, usages: readonly string[], serial: Uint8Array, now: number, lifetimeMs: number): string {
    const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
    const issuer = sequence(element(TAG.set, sequence(objectId(COMMON_NAME), text(this.commonName))));
    const keyUsage = usages.reduce((bits, usage) => bits | (KEY_USAGES[usage] ?? 0), 0);
    const extended = usages.flatMap((usage) => (EXTENDED_USAGES[usage] ? [objectId(EXTENDED_USAGES[usage])] : []));
    const extension = (id: string, critical: boolean, value: Uint8Array): Uint8Array => sequence(objectId(id), ...(critical ? [element(TAG.boolean, Uint8Array.of(0xff))] : []), element(TAG.octetString, value));
    const authorityKey = Uint8Array.from(sha256.array(this.publicKey).slice(0, 20));
    const extensions = [
      ...(keyUsage ? [extension('2.5.29.15', true, element(TAG.bitString, Uint8Array.of(trailingZeros(keyUsage), keyUsage)))] : []),
      ...(extended.length > 0 ? [extension('2.5.29.37', false, sequence(...extended))] : []),
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.35', false, sequence(element(0x80, authorityKey))),
      ...(request.alternativeNames ? [request.alternativeNames] : []),
    ];
    const toBeSigned = sequence(
      element(0xa0, integer(Uint8Array.of(2))),
      integer(serial),
      algorithm,
      issuer,
      sequence(utcTime(now - BACKDATE_MS), utcTime(now + lifetimeMs)),
      request.subject,
      request.publicKey,
      element(0xa3, sequence(...extensions)),
    );
    const signature = p256.sign(toBeSigned, this.#key, { format: 'der' });
    return toPem(sequence(toBeSigned, algorithm, bitString(signature)), 'CERTIFICATE');
  }
}

function trailingZeros(byte: number): number {
  let count = 0;
  while (count < 8 && (byte & (1 << count)) === 0) count++;
  return count;
}
