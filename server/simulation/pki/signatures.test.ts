/** Signatures of another implementation (Node's) are told from others. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, it } from 'vitest';
import { hasSigned } from './signatures.ts';

const MESSAGE = new TextEncoder().encode('a request');

it.each([
  ['RSA of 2048 bits with SHA-256', generateKeyPairSync('rsa', { modulusLength: 2_048 }), 'sha256', '1.2.840.113549.1.1.11'],
  ['RSA of 1032 bits with SHA-384', generateKeyPairSync('rsa', { modulusLength: 1_032 }), 'sha384', '1.2.840.113549.1.1.12'],
  ['RSA with SHA-512', generateKeyPairSync('rsa', { modulusLength: 2_048 }), 'sha512', '1.2.840.113549.1.1.13'],
  ['ECDSA on P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256', '1.2.840.10045.4.3.2'],
  ['ECDSA on P-384 with the hash of another curve', generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sha256', '1.2.840.10045.4.3.2'],
  ['ECDSA on P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sha384', '1.2.840.10045.4.3.3'],
  ['ECDSA on P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }), 'sha512', '1.2.840.10045.4.3.4'],
  ['Ed25519', generateKeyPairSync('ed25519'), null, '1.3.101.112'],
])('%s', (_what, { publicKey, privateKey }, hash, algorithm) => {
  const key = Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }));
  const signature = Uint8Array.from(sign(hash, MESSAGE, privateKey));
  expect(hasSigned(key, algorithm, MESSAGE, signature)).toBe(true);
  expect(hasSigned(key, algorithm, MESSAGE.slice(1), signature)).toBe(false);
  const bent = signature.slice();
  bent[bent.length - 1] = (bent.at(-1) as number) ^ 1;
  expect(hasSigned(key, algorithm, MESSAGE, bent)).toBe(false);
  expect(hasSigned(key, algorithm, MESSAGE, Uint8Array.of())).toBe(false);
  expect(hasSigned(key, '1.2.3.4', MESSAGE, signature)).toBe(false);
});
