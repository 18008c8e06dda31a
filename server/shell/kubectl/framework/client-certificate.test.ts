/** A client certificate of a kubeconfig is shown only with the key that belongs to it. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CertificateAuthority, parseSigningRequest } from '../../../simulation/pki/certificates.ts';
import { parsePrivateKey, traditionalPem } from '../../../simulation/pki/private-keys.ts';
import { makeRequest } from '../../tools/openssl/build.ts';
import { parseSubject } from '../../tools/openssl/names.ts';
import { PlainError } from './errors.ts';
import { checkPair, clientCertificate, type AuthInfo } from './client-certificate.ts';

const pem = ({ privateKey }: { privateKey: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer } }): string => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const KEYS = {
  rsa: pem(generateKeyPairSync('rsa', { modulusLength: 2_048 })),
  'another rsa': pem(generateKeyPairSync('rsa', { modulusLength: 2_048 })),
  'P-256': pem(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  'P-521': pem(generateKeyPairSync('ec', { namedCurve: 'P-521' })),
  ed25519: pem(generateKeyPairSync('ed25519')),
};

function certificateOf(key: keyof typeof KEYS): string {
  const request = makeRequest(parseSubject('req', '/CN=jane', () => {}), parsePrivateKey(KEYS[key]), 'sha256', []);
  return new CertificateAuthority('any', 'secret').sign(parseSigningRequest(request), ['client auth'], Uint8Array.of(1), Date.UTC(2026, 10, 24), 1_000);
}

const CERTIFICATES = Object.fromEntries(Object.keys(KEYS).map((name) => [name, certificateOf(name as keyof typeof KEYS)])) as Record<keyof typeof KEYS, string>;

it.each(['rsa', 'P-256', 'P-521', 'ed25519'] as const)('a key of kind %s belongs to its certificate, in either format', (kind) => {
  expect(() => checkPair(CERTIFICATES[kind], KEYS[kind])).not.toThrow();
  expect(() => checkPair(CERTIFICATES[kind], traditionalPem(parsePrivateKey(KEYS[kind])))).not.toThrow();
});

it.each<[what: string, certificate: string, key: string, message: string]>([
  ['another key of its kind', CERTIFICATES.rsa, KEYS['another rsa'], 'tls: private key does not match public key'],
  ['a key of another curve', CERTIFICATES['P-256'], KEYS['P-521'], 'tls: private key does not match public key'],
  ['a key of another kind', CERTIFICATES.rsa, KEYS['P-256'], 'tls: private key type does not match public key type'],
  ['nothing', CERTIFICATES.rsa, '', 'tls: failed to find any PEM data in key input'],
  ['a certificate for a key', CERTIFICATES.rsa, CERTIFICATES.rsa, 'tls: found a certificate rather than a key in the PEM for the private key'],
  ['its places changed', KEYS.rsa, CERTIFICATES.rsa, 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'],
  ['no certificate', 'x', KEYS.rsa, 'tls: failed to find any PEM data in certificate input'],
  ['a broken key', CERTIFICATES.rsa, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'tls: failed to parse private key'],
  ['a broken certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', KEYS.rsa, 'x509: malformed certificate'],
])('with %s it is refused', (_what, certificate, key, message) => {
  expect(() => checkPair(certificate, key)).toThrow(message);
});

describe('an entry of users', () => {
  const files: Record<string, string> = { 'jane.crt': CERTIFICATES.rsa, 'jane.key': KEYS.rsa };
  const read = (path: string): string | undefined => files[path];
  it.each<[what: string, user: AuthInfo]>([
    ['paths', { 'client-certificate': 'jane.crt', 'client-key': 'jane.key' }],
    ['data', { 'client-certificate-data': btoa(CERTIFICATES.rsa), 'client-key-data': btoa(KEYS.rsa) }],
    ['one of each', { 'client-certificate': 'jane.crt', 'client-key-data': btoa(KEYS.rsa) }],
  ])('may have %s', (_what, user) => {
    expect(clientCertificate('jane', user, read)).toBe(CERTIFICATES.rsa);
  });

  it.each<[what: string, user: AuthInfo, message: string]>([
    ['no key', { 'client-certificate': 'jane.crt' }, 'Error in configuration: client-key-data or client-key must be specified for jane to use the clientCert authentication method.\n'],
    ['a key that is not there', { 'client-certificate': 'jane.crt', 'client-key': 'gone.key' }, 'Error in configuration: unable to read client-key gone.key for jane due to open gone.key: no such file or directory\n'],
    ['neither file', { 'client-certificate': 'a', 'client-key': 'b' }, 'Error in configuration: \n* unable to read client-cert a for jane due to open a: no such file or directory\n* unable to read client-key b for jane due to open b: no such file or directory\n'],
  ])('with %s is an error in the configuration', (_what, user, message) => {
    expect(() => clientCertificate('jane', user, read)).toThrow(new PlainError(message));
  });
});
