/** Private keys: read from and written to PEM (PKCS #1, SEC 1, PKCS #8), and what they make: public keys and signatures. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { bitString, DerError, element, fromPem, integer, objectId, objectIdText, readAll, readOne, sequence, TAG, toPem } from './der.ts';
import { ALGORITHMS, digestInfo, EC, ED25519, numberOf, padded, power, RSA } from './signatures.ts';

export const CURVES = {
  prime256v1: { id: '1.2.840.10045.3.1.7', curve: p256 },
  secp384r1: { id: '1.3.132.0.34', curve: p384 },
  secp521r1: { id: '1.3.132.0.35', curve: p521 },
} as const;
export type CurveName = keyof typeof CURVES;

export type PrivateKey =
  /** RSAPrivateKey (RFC 8017), DER. */
  | { kind: 'rsa'; content: Uint8Array }
  | { kind: 'ec'; curve: CurveName; secret: Uint8Array }
  | { kind: 'ed25519'; secret: Uint8Array };

export const NULL = element(0x05);
/** A key of 8192 bits; larger ones would hold up everybody. */
const LARGEST_RSA_BYTES = 4_800;
const ED25519_BYTES = 32;
const LABELS = { rsa: 'RSA PRIVATE KEY', ec: 'EC PRIVATE KEY', ed25519: 'PRIVATE KEY' } as const;

function curveOf(parameter: { content: Uint8Array } | undefined): CurveName {
  const id = parameter ? objectIdText(parameter.content) : '';
  const found = (Object.keys(CURVES) as CurveName[]).find((name) => CURVES[name].id === id);
  if (!found) throw new DerError('unknown elliptic curve');
  return found;
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new DerError('asn1: structure error: too few elements');
  return value;
}

/** ECPrivateKey (RFC 5915). */
function ecKey(der: Uint8Array, named?: CurveName): PrivateKey {
  const [, secret, ...rest] = readAll(readOne(der, TAG.sequence).content);
  const parameters = rest.find(({ tag }) => tag === 0xa0);
  const curve = named ?? curveOf(parameters && readAll(parameters.content)[0]);
  const { content } = need(secret);
  if (!CURVES[curve].curve.utils.isValidSecretKey(content)) throw new DerError('x509: invalid elliptic curve private key value');
  return { kind: 'ec', curve, secret: content };
}

function rsaKey(der: Uint8Array): PrivateKey {
  if (der.length > LARGEST_RSA_BYTES) throw new DerError('crypto/rsa: key too large');
  const numbers = readAll(readOne(der, TAG.sequence).content);
  if (numbers.length < 9) throw new DerError('asn1: structure error: too few elements');
  if (numbers.slice(1, 9).some(({ tag, content }) => tag !== TAG.integer || numberOf(content) <= 1n)) throw new DerError('crypto/rsa: invalid prime or exponent');
  return { kind: 'rsa', content: der };
}

function ed25519Key(secret: Uint8Array): PrivateKey {
  if (secret.length !== ED25519_BYTES) throw new DerError(`x509: invalid Ed25519 private key length: ${secret.length}`);
  return { kind: 'ed25519', secret };
}

/** @param text with one private key in it, not encrypted. @throws DerError */
export function parsePrivateKey(text: string): PrivateKey {
  if (text.includes('-----BEGIN RSA PRIVATE KEY-----')) return rsaKey(fromPem(text, 'RSA PRIVATE KEY'));
  if (text.includes('-----BEGIN EC PRIVATE KEY-----')) return ecKey(fromPem(text, 'EC PRIVATE KEY'));
  return fromPkcs8(fromPem(text, 'PRIVATE KEY'));
}

/** @throws DerError */
export function fromPkcs8(der: Uint8Array): PrivateKey {
  const [, algorithm, octets] = readAll(readOne(der, TAG.sequence).content);
  const [type, parameter] = readAll(need(algorithm).content);
  const content = need(octets).content;
  switch (objectIdText(need(type).content)) {
    case RSA:
      return rsaKey(content);
    case EC:
      return ecKey(content, curveOf(parameter));
    case ED25519:
      return ed25519Key(readOne(content, TAG.octetString).content);
    default:
      throw new DerError('x509: unknown private key algorithm');
  }
}

/** SubjectPublicKeyInfo, DER. */
export function publicKeyOf(key: PrivateKey): Uint8Array {
  switch (key.kind) {
    case 'rsa': {
      const [, modulus, exponent] = readAll(readOne(key.content, TAG.sequence).content);
      return sequence(sequence(objectId(RSA), NULL), bitString(sequence(need(modulus).raw, need(exponent).raw)));
    }
    case 'ec':
      return sequence(sequence(objectId(EC), objectId(CURVES[key.curve].id)), bitString(CURVES[key.curve].curve.getPublicKey(key.secret, false)));
    case 'ed25519':
      return sequence(sequence(objectId(ED25519)), bitString(ed25519.getPublicKey(key.secret)));
  }
}

function ecPrivateKey({ curve, secret }: { curve: CurveName; secret: Uint8Array }, named: boolean): Uint8Array {
  const { id, curve: arithmetic } = CURVES[curve];
  return sequence(integer(Uint8Array.of(1)), element(TAG.octetString, secret), ...(named ? [element(0xa0, objectId(id))] : []), element(0xa1, bitString(arithmetic.getPublicKey(secret, false))));
}

/** PKCS #8, PEM. */
export function privatePem(key: PrivateKey): string {
  const parts: [Uint8Array, Uint8Array] =
    key.kind === 'rsa' ? [sequence(objectId(RSA), NULL), key.content] : key.kind === 'ec' ? [sequence(objectId(EC), objectId(CURVES[key.curve].id)), ecPrivateKey(key, false)] : [sequence(objectId(ED25519)), element(TAG.octetString, key.secret)];
  return toPem(sequence(integer(Uint8Array.of(0)), parts[0], element(TAG.octetString, parts[1])), 'PRIVATE KEY');
}

/** The format that a kind of key had before PKCS #8, PEM. */
export function traditionalPem(key: PrivateKey): string {
  if (key.kind === 'ed25519') return privatePem(key);
  return toPem(key.kind === 'rsa' ? key.content : ecPrivateKey(key, true), LABELS[key.kind]);
}

/** @param algorithm object identifier of a signature algorithm for this kind of key. @throws DerError for others */
export function signWith(key: PrivateKey, algorithm: string, bytes: Uint8Array): Uint8Array {
  if (key.kind === 'ed25519') return ed25519.sign(bytes, key.secret);
  const { hash, key: kind, name } = need(ALGORITHMS[algorithm]);
  if (kind !== (key.kind === 'rsa' ? RSA : EC)) throw new DerError('x509: requested SignatureAlgorithm does not match private key type');
  if (key.kind === 'ec') return CURVES[key.curve].curve.sign(hash(bytes), key.secret, { format: 'der', lowS: false, prehash: false });
  const numbers = readAll(readOne(key.content, TAG.sequence).content).map(({ content }) => numberOf(content));
  const [, n, , , p, q, dp, dq, inverse] = numbers as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  const length = Math.ceil(n.toString(16).length / 2);
  const block = padded(digestInfo(name, hash(bytes)), length);
  if (!block) throw new DerError('digest too big for rsa key');
  const message = numberOf(block);
  // The Chinese remainder theorem makes of one large power two small ones.
  const low = power(message, dq, q);
  const difference = (((power(message, dp, p) - low) * inverse) % p + p) % p;
  const digits = (low + difference * q).toString(16).padStart(2 * length, '0');
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
