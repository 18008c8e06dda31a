/** Puts certificate requests and certificates together and signs them with a private key (RFC 2986, RFC 5280). */
import { sha1 } from '@noble/hashes/legacy.js';
import { bitString, element, integer, objectId, readAll, readOne, sequence, TAG, toPem, utcTime } from '../../../simulation/pki/der.ts';
import { NULL, publicKeyOf, signWith, type PrivateKey } from '../../../simulation/pki/private-keys.ts';
import { ED25519 } from '../../../simulation/pki/signatures.ts';
import { OpensslError } from './options.ts';

export type Digest = 'sha256' | 'sha384' | 'sha512';

const DAY_MS = 86_400_000;
/** RFC 5280 has another kind of time from 2050 on. */
const LAST_UTC_TIME = Date.UTC(2050, 0, 1) - 1;
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const ALTERNATIVE_NAMES = '2.5.29.17';

const ALGORITHMS: Record<'rsa' | 'ec', Record<Digest, string>> = {
  rsa: { sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13' },
  ec: { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' },
};

function algorithmOf({ kind }: PrivateKey, digest: Digest): string {
  return kind === 'ed25519' ? ED25519 : ALGORITHMS[kind][digest];
}

/** AlgorithmIdentifier. */
function identifierOf(key: PrivateKey, digest: Digest): Uint8Array {
  return sequence(objectId(algorithmOf(key, digest)), ...(key.kind === 'rsa' ? [NULL] : []));
}

function signed(content: Uint8Array, key: PrivateKey, digest: Digest): Uint8Array {
  return sequence(content, identifierOf(key, digest), bitString(signWith(key, algorithmOf(key, digest), content)));
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectId(id), ...(critical ? [element(TAG.boolean, Uint8Array.of(0xff))] : []), element(TAG.octetString, value));
}

/** `subjectAltName=DNS:a,IP:10.0.0.1`. @throws OpensslError for other extensions */
export function requestedExtension(tool: string, text: string): Uint8Array {
  const match = /^subjectAltName *= *(critical *, *)?(.+)$/.exec(text);
  if (!match) throw new OpensslError(`${tool}: the extension ${text.split('=')[0] as string} is unknown, or not supported here yet`);
  const names = (match[2] as string).split(',').map((each) => {
    const [, kind = '', value = ''] = /^\s*([A-Za-z]+):(.*?)\s*$/.exec(each) ?? [];
    const bytes = new TextEncoder().encode(value);
    switch (kind) {
      case 'DNS':
        return element(0x82, bytes);
      case 'email':
        return element(0x81, bytes);
      case 'URI':
        return element(0x86, bytes);
      case 'IP': {
        const numbers = value.split('.').map(Number);
        if (numbers.length !== 4 || numbers.some((number) => !Number.isInteger(number) || number < 0 || number > 255)) throw new OpensslError(`${tool}: bad ip address: value=${value}`);
        return element(0x87, Uint8Array.from(numbers));
      }
      default:
        throw new OpensslError(`${tool}: the kind of name in "${each.trim()}" is unknown, or not supported here yet`);
    }
  });
  return extension(ALTERNATIVE_NAMES, match[1] !== undefined, sequence(...names));
}

/** PEM of a request. */
export function makeRequest(subject: Uint8Array, key: PrivateKey, digest: Digest, extensions: readonly Uint8Array[]): string {
  const attributes = extensions.length === 0 ? [] : [sequence(objectId(EXTENSION_REQUEST), element(TAG.set, sequence(...extensions)))];
  return toPem(signed(sequence(integer(Uint8Array.of(0)), subject, publicKeyOf(key), element(0xa0, ...attributes)), key, digest), 'CERTIFICATE REQUEST');
}

export interface CertificateParts {
  subject: Uint8Array;
  /** SubjectPublicKeyInfo. */
  publicKey: Uint8Array;
  issuer: { name: Uint8Array; key: PrivateKey };
  digest: Digest;
  serial: Uint8Array;
  /** Virtual time, ms. */
  now: number;
  days: number;
  extensions: readonly Uint8Array[];
}

/** PEM of a certificate; of version 1 when it has no extensions. @throws OpensslError */
export function makeCertificate({ subject, publicKey, issuer, digest, serial, now, days, extensions }: CertificateParts): string {
  const until = now + days * DAY_MS;
  if (until > LAST_UTC_TIME) throw new OpensslError('Certificates that end after 2049 are not supported here yet');
  const content = sequence(
    ...(extensions.length > 0 ? [element(0xa0, integer(Uint8Array.of(2)))] : []),
    integer(serial),
    identifierOf(issuer.key, digest),
    issuer.name,
    sequence(utcTime(now), utcTime(until)),
    subject,
    publicKey,
    ...(extensions.length > 0 ? [element(0xa3, sequence(...extensions))] : []),
  );
  return toPem(signed(content, issuer.key, digest), 'CERTIFICATE');
}

/** What a certificate that signs itself has, as `req -x509` makes it. */
export function authorityExtensions(publicKey: Uint8Array): Uint8Array[] {
  const [, bits] = readAll(readOne(publicKey, TAG.sequence).content);
  const identifier = sha1(bits?.content.subarray(1) ?? publicKey);
  return [
    extension('2.5.29.14', false, element(TAG.octetString, identifier)),
    extension('2.5.29.35', false, sequence(element(0x80, identifier))),
    extension('2.5.29.19', true, sequence(element(TAG.boolean, Uint8Array.of(0xff)))),
  ];
}

export function randomSerial(): Uint8Array {
  const serial = crypto.getRandomValues(new Uint8Array(20));
  serial[0] = ((serial[0] as number) & 0x7f) | 0x01;
  return serial;
}
