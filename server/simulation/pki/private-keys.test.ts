/** Keys of another implementation (Node's) are read, written as they were, and sign what it verifies; broken ones are refused. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import { element, integer, objectId, sequence, TAG, toPem } from './der.ts';
import { NULL, parsePrivateKey, privatePem, publicKeyOf, signWith, traditionalPem } from './private-keys.ts';

const MESSAGE = new TextEncoder().encode('a request');
const PEM = { type: 'pkcs8', format: 'pem' } as const;

it.each([
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2_048 }), 'sha256', '1.2.840.113549.1.1.11', 'pkcs1'],
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256', '1.2.840.10045.4.3.2', 'sec1'],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sha384', '1.2.840.10045.4.3.3', 'sec1'],
  ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }), 'sha512', '1.2.840.10045.4.3.4', 'sec1'],
  ['Ed25519', generateKeyPairSync('ed25519'), null, '1.3.101.112', 'pkcs8'],
] as const)('%s', (_kind, { privateKey }, hash, algorithm, traditional) => {
  const pem = privateKey.export(PEM).toString();
  const old = privateKey.export({ type: traditional, format: 'pem' } as typeof PEM).toString();
  const key = parsePrivateKey(pem);
  expect([privatePem(key), traditionalPem(key), privatePem(parsePrivateKey(old))]).toEqual([pem, old, pem]);
  const publicKey = createPublicKey(privateKey);
  expect(Buffer.from(publicKeyOf(key))).toEqual(publicKey.export({ type: 'spki', format: 'der' }));
  expect(verify(hash, MESSAGE, publicKey, signWith(key, algorithm, MESSAGE))).toBe(true);
});

const pkcs8 = (algorithm: Uint8Array, content: Uint8Array): string => toPem(sequence(integer(Uint8Array.of(0)), algorithm, element(TAG.octetString, content)), 'PRIVATE KEY');
const rsa = sequence(objectId('1.2.840.113549.1.1.1'), NULL);
const numbers = (count: number, bytes: Uint8Array): Uint8Array => sequence(integer(Uint8Array.of(0)), ...Array.from({ length: count }, () => integer(bytes)));

it.each<[what: string, pem: string, message: string]>([
  ['an elliptic key of nothing', pkcs8(sequence(objectId('1.2.840.10045.2.1'), objectId('1.2.840.10045.3.1.7')), sequence(integer(Uint8Array.of(1)), element(TAG.octetString, new Uint8Array(32)))), 'x509: invalid elliptic curve private key value'],
  ['an RSA key with zeros for primes', pkcs8(rsa, numbers(8, Uint8Array.of(0))), 'crypto/rsa: invalid prime or exponent'],
  ['an RSA key of too few numbers', pkcs8(rsa, numbers(2, Uint8Array.of(3))), 'asn1: structure error: too few elements'],
  ['an RSA key that would take for ever', pkcs8(rsa, numbers(8, new Uint8Array(4_000).fill(0x55))), 'crypto/rsa: key too large'],
  ['a short Ed25519 key', pkcs8(sequence(objectId('1.3.101.112')), element(TAG.octetString, Uint8Array.of(1))), 'x509: invalid Ed25519 private key length: 1'],
  ['a key of a kind that is not known', pkcs8(sequence(objectId('1.2.3')), Uint8Array.of()), 'x509: unknown private key algorithm'],
  ['nothing', '', 'PEM block type must be PRIVATE KEY'],
])('refuses %s', (_what, pem, message) => {
  expect(() => parsePrivateKey(pem)).toThrow(message);
});
