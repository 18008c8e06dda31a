/** X.509: reading certificate signing requests and certificates, and signing them (RFC 2986, RFC 5280), with ECDSA on P-256. Deterministic. */
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from 'js-sha256';
import { bitString, DerError, element, fromPem, integer, objectId, objectIdText, readAll, readOne, sequence, TAG, text, timeOf, toPem, utcTime, type Element } from './der.ts';
import { ED25519, hasSigned, hasSignedEcdsa } from './signatures.ts';

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const P256 = '1.2.840.10045.3.1.7';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALTERNATIVE_NAMES = '2.5.29.17';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
/** Certificates are good from a little before they are made (`cfssl`'s backdate). */
const BACKDATE_MS = 300_000;

const EXTENDED_USAGES: Record<string, string> = { 'client auth': '1.3.6.1.5.5.7.3.2', 'server auth': '1.3.6.1.5.5.7.3.1' };
const ANY_USAGE = '2.5.29.37.0';
/** Bits of keyUsage, the first one highest. */
const KEY_USAGES = { 'digital signature': 0x80, signing: 0x80, 'key encipherment': 0x20, 'data encipherment': 0x10, 'cert sign': 0x04 };
const AUTHORITY_YEARS = 10;

export interface SigningRequest {
  commonName: string;
  organizations: string[];
  subject: Uint8Array;
  publicKey: Uint8Array;
  /** The extension of that name as it was asked for, if it was. */
  alternativeNames: Uint8Array | undefined;
  signed: SignedPart;
}

/** What somebody has signed, and how. */
export interface SignedPart {
  bytes: Uint8Array;
  /** Object identifier. */
  algorithm: string;
  signature: Uint8Array;
}

export interface Certificate {
  /** SubjectPublicKeyInfo. */
  publicKey: Uint8Array;
  commonName: string;
  organizations: string[];
  /** Distinguished name of who signed it. */
  issuer: Uint8Array;
  /** ms since the Unix epoch, both inclusive. */
  notBefore: number;
  notAfter: number;
  /** Object identifiers; undefined when the certificate is for everything. */
  extendedUsages: string[] | undefined;
  signed: SignedPart;
  /** All of it. */
  der: Uint8Array;
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
    for (const extension of readAll(readOne(values.content, TAG.sequence).content)) if (same(readAll(extension.content)[0]?.raw ?? extension.content, objectId(SUBJECT_ALTERNATIVE_NAMES))) return extension.raw;
  }
  return undefined;
}

/** @param pem `-----BEGIN CERTIFICATE REQUEST-----`. @throws DerError */
export function parseSigningRequest(pem: string): SigningRequest {
  const [info, algorithm, signature] = readAll(readOne(fromPem(pem, 'CERTIFICATE REQUEST'), TAG.sequence).content);
  const [version, subject, publicKey, attributes] = info ? readAll(info.content) : [];
  if (version?.tag !== TAG.integer || subject?.tag !== TAG.sequence || publicKey?.tag !== TAG.sequence || !info) throw new DerError('asn1: structure error: tags don\'t match');
  return { commonName: attribute(subject.raw, COMMON_NAME)[0] ?? '', organizations: attribute(subject.raw, ORGANIZATION), subject: subject.raw, publicKey: publicKey.raw, alternativeNames: alternativeNames(attributes?.content), signed: signedPart(info, algorithm, signature) };
}

function signedPart(info: Element, algorithm: Element | undefined, signature: Element | undefined): SignedPart {
  if (algorithm?.tag !== TAG.sequence || signature?.tag !== TAG.bitString) throw new DerError('asn1: structure error: tags don\'t match');
  return { bytes: info.raw, algorithm: objectIdText(readOne(algorithm.content, TAG.objectId).content), signature: signature.content.subarray(1) };
}

/** Why a request does not show that who made it has the private key of the public key in it (Go's `CertificateRequest.CheckSignature`). @throws DerError */
export function signatureProblem({ signed, publicKey }: SigningRequest): string | undefined {
  if (hasSigned(publicKey, signed.algorithm, signed.bytes, signed.signature)) return undefined;
  if (signed.algorithm.startsWith('1.2.840.113549.1.1.')) return 'crypto/rsa: verification error';
  if (signed.algorithm.startsWith('1.2.840.10045.4.')) return 'x509: ECDSA verification failure';
  return signed.algorithm === ED25519 ? 'x509: Ed25519 verification failure' : 'x509: cannot verify signature: algorithm unimplemented';
}

/** @param pem `-----BEGIN CERTIFICATE-----`; of several the first. @throws DerError */
export function parseCertificate(pem: string): Certificate {
  const der = fromPem(pem, 'CERTIFICATE');
  const [info, algorithm, signature] = readAll(readOne(der, TAG.sequence).content);
  if (info?.tag !== TAG.sequence) throw new DerError('x509: malformed tbs certificate');
  const fields = readAll(info.content);
  // The version is absent of version 1.
  const [, , issuer, validity, subject, publicKey, ...rest] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  const [from, until] = validity ? readAll(validity.content) : [];
  if (issuer?.tag !== TAG.sequence || subject?.tag !== TAG.sequence || publicKey?.tag !== TAG.sequence || !from || !until) throw new DerError('x509: malformed tbs certificate');
  return {
    publicKey: publicKey.raw,
    commonName: attribute(subject.raw, COMMON_NAME)[0] ?? '',
    organizations: attribute(subject.raw, ORGANIZATION),
    issuer: issuer.raw,
    notBefore: timeOf(from),
    notAfter: timeOf(until),
    extendedUsages: extendedUsages(rest.find(({ tag }) => tag === 0xa3)?.content),
    signed: signedPart(info, algorithm, signature),
    der,
  };
}

function extendedUsages(extensions: Uint8Array | undefined): string[] | undefined {
  if (!extensions) return undefined;
  for (const extension of readAll(readOne(extensions, TAG.sequence).content)) {
    const [type, ...rest] = readAll(extension.content);
    const value = rest.at(-1);
    if (type && value && same(type.raw, objectId(EXTENDED_KEY_USAGE))) return readAll(readOne(value.content, TAG.sequence).content).map(({ content }) => objectIdText(content));
  }
  return undefined;
}

/** Whether a certificate may be shown by a client. */
export function isForClients({ extendedUsages: usages }: Certificate): boolean {
  return usages === undefined || usages.includes(EXTENDED_USAGES['client auth'] as string) || usages.includes(ANY_USAGE);
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

  get #name(): Uint8Array {
    return sequence(element(TAG.set, sequence(objectId(COMMON_NAME), text(this.commonName))));
  }

  /** Whether it has signed a certificate. */
  hasSigned({ issuer, signed }: Certificate): boolean {
    return same(issuer, this.#name) && signed.algorithm === ECDSA_WITH_SHA256 && hasSignedEcdsa(p256, this.publicKey, signed.bytes, signed.signature);
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
  sign(request: Pick<SigningRequest, 'subject' | 'publicKey' | 'alternativeNames'>, usages: readonly string[], serial: Uint8Array, now: number, lifetimeMs: number): string {
    const keyUsage = usages.reduce((bits, usage) => bits | (KEY_USAGES[usage as keyof typeof KEY_USAGES] ?? 0), 0);
    const extended = usages.flatMap((usage) => (EXTENDED_USAGES[usage] ? [objectId(EXTENDED_USAGES[usage])] : []));
    const extensions = [
      ...(keyUsage ? [extension(KEY_USAGE, true, keyUsageBits(keyUsage))] : []),
      ...(extended.length > 0 ? [extension(EXTENDED_KEY_USAGE, false, sequence(...extended))] : []),
      extension(BASIC_CONSTRAINTS, true, sequence()),
      extension(AUTHORITY_KEY_IDENTIFIER, false, sequence(element(0x80, this.#keyIdentifier))),
      ...(request.alternativeNames ? [request.alternativeNames] : []),
    ];
    return this.#issue(serial, [now - BACKDATE_MS, now + lifetimeMs], request, extensions);
  }

  /** Its own certificate, by which others know it, PEM; as kubeadm makes it. @param from virtual time, ms */
  certificate(from: number): string {
    const usages = KEY_USAGES['digital signature'] | KEY_USAGES['key encipherment'] | KEY_USAGES['cert sign'];
    const publicKey = sequence(sequence(objectId(EC_PUBLIC_KEY), objectId(P256)), bitString(this.publicKey));
    const until = new Date(from);
    until.setUTCFullYear(until.getUTCFullYear() + AUTHORITY_YEARS);
    return this.#issue(this.#keyIdentifier.subarray(0, 8), [from - BACKDATE_MS, until.getTime()], { subject: this.#name, publicKey }, [
      extension(KEY_USAGE, true, keyUsageBits(usages)),
      extension(BASIC_CONSTRAINTS, true, sequence(element(TAG.boolean, Uint8Array.of(0xff)))),
      extension(SUBJECT_KEY_IDENTIFIER, false, element(TAG.octetString, this.#keyIdentifier)),
      extension(SUBJECT_ALTERNATIVE_NAMES, false, sequence(element(0x82, new TextEncoder().encode(this.commonName)))),
    ]);
  }

  get #keyIdentifier(): Uint8Array {
    return Uint8Array.from(sha256.array(this.publicKey).slice(0, 20));
  }

  #issue(serial: Uint8Array, [from, until]: [number, number], { subject, publicKey }: Pick<SigningRequest, 'subject' | 'publicKey'>, extensions: readonly Uint8Array[]): string {
    const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
    const toBeSigned = sequence(
      element(0xa0, integer(Uint8Array.of(2))),
      integer(serial),
      algorithm,
      this.#name,
      sequence(utcTime(from), utcTime(until)),
      subject,
      publicKey,
      element(0xa3, sequence(...extensions)),
    );
    const signature = p256.sign(toBeSigned, this.#key, { format: 'der' });
    return toPem(sequence(toBeSigned, algorithm, bitString(signature)), 'CERTIFICATE');
  }
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectId(id), ...(critical ? [element(TAG.boolean, Uint8Array.of(0xff))] : []), element(TAG.octetString, value));
}

function keyUsageBits(bits: number): Uint8Array {
  return element(TAG.bitString, Uint8Array.of(trailingZeros(bits), bits));
}

function trailingZeros(byte: number): number {
  let count = 0;
  while (count < 8 && (byte & (1 << count)) === 0) count++;
  return count;
}
