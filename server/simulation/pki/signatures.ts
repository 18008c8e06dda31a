/** Checks signatures made with the usual kinds of keys: RSA (PKCS #1 v1.5, RFC 8017), ECDSA on NIST's curves, Ed25519. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { DerError, joined, objectId, objectIdText, readAll, readOne, sequence, element, TAG } from './der.ts';

type Curve = typeof p256;
type Hash = (bytes: Uint8Array) => Uint8Array;

const CURVES: Record<string, Curve> = { '1.2.840.10045.3.1.7': p256, '1.3.132.0.34': p384, '1.3.132.0.35': p521 };
export const RSA = '1.2.840.113549.1.1.1';
export const EC = '1.2.840.10045.2.1';
export const ED25519 = '1.3.101.112';

/** By signature algorithm: the key that it needs, the hash, and the hash's name. */
export const ALGORITHMS: Record<string, { key: string; hash: Hash; name: string }> = {
  '1.2.840.113549.1.1.11': { key: RSA, hash: sha256, name: '2.16.840.1.101.3.4.2.1' },
  '1.2.840.113549.1.1.12': { key: RSA, hash: sha384, name: '2.16.840.1.101.3.4.2.2' },
  '1.2.840.113549.1.1.13': { key: RSA, hash: sha512, name: '2.16.840.1.101.3.4.2.3' },
  '1.2.840.10045.4.3.2': { key: EC, hash: sha256, name: '' },
  '1.2.840.10045.4.3.3': { key: EC, hash: sha384, name: '' },
  '1.2.840.10045.4.3.4': { key: EC, hash: sha512, name: '' },
};
/** Larger keys than any course makes would hold up everybody. */
const LONGEST_MODULUS_BYTES = 1_024;
const LARGEST_EXPONENT = 0xffff_ffffn;

/** Object identifier of the kind of a public key (SubjectPublicKeyInfo). @throws DerError */
export function publicKeyType(publicKey: Uint8Array): string {
  return objectIdText(readOne(readOne(readOne(publicKey, TAG.sequence).content, TAG.sequence).content, TAG.objectId).content);
}

/** Whether the owner of a public key (SubjectPublicKeyInfo) has signed some bytes; false as well for algorithms that are not known. @throws DerError */
export function hasSigned(publicKey: Uint8Array, algorithm: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const [kind, key] = readAll(readOne(publicKey, TAG.sequence).content);
  const [type, parameter] = kind ? readAll(kind.content) : [];
  if (type?.tag !== TAG.objectId || key?.tag !== TAG.bitString) throw new DerError('x509: malformed public key');
  const keyType = objectIdText(type.content);
  const point = key.content.subarray(1);
  if (algorithm === ED25519) return keyType === ED25519 && holds(() => ed25519.verify(signature, bytes, point));
  const known = ALGORITHMS[algorithm];
  if (!known || known.key !== keyType) return false;
  if (keyType === RSA) return hasSignedRsa(point, known.name, known.hash(bytes), signature);
  const curve = parameter?.tag === TAG.objectId ? CURVES[objectIdText(parameter.content)] : undefined;
  return curve !== undefined && hasSignedEcdsa(curve, point, known.hash(bytes), signature, false);
}

/** @param prehash whether the bytes are still to be hashed, with the curve's own hash. */
export function hasSignedEcdsa(curve: Curve, point: Uint8Array, bytes: Uint8Array, signature: Uint8Array, prehash = true): boolean {
  // Others than the libraries of currencies make signatures with a large s too.
  return holds(() => curve.verify(signature, bytes, point, { format: 'der', lowS: false, prehash }));
}

/** What is no point or no signature at all is no proof either. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** RSASSA-PKCS1-v1_5: the signature, raised to the public exponent, is the padded hash. */
function hasSignedRsa(publicKey: Uint8Array, hashName: string, hash: Uint8Array, signature: Uint8Array): boolean {
  const [modulus, exponent] = readAll(readOne(publicKey, TAG.sequence).content);
  if (modulus?.tag !== TAG.integer || exponent?.tag !== TAG.integer) throw new DerError('x509: malformed RSA public key');
  const n = numberOf(modulus.content);
  const e = numberOf(exponent.content);
  const length = Math.ceil(n.toString(16).length / 2);
  if (length > LONGEST_MODULUS_BYTES || e > LARGEST_EXPONENT || signature.length !== length) return false;
  const value = numberOf(signature);
  if (value >= n) return false;
  const expected = padded(digestInfo(hashName, hash), length);
  return expected !== undefined && power(value, e, n) === numberOf(expected);
}

export function digestInfo(hashName: string, hash: Uint8Array): Uint8Array {
  return sequence(sequence(objectId(hashName), element(0x05)), element(TAG.octetString, hash));
}

/** What is signed with RSA; undefined when the key is too short for it. */
export function padded(content: Uint8Array, length: number): Uint8Array | undefined {
  const padding = length - content.length - 3;
  return padding < 8 ? undefined : joined([Uint8Array.of(0, 1), new Uint8Array(padding).fill(0xff), Uint8Array.of(0), content]);
}

export function numberOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
