/**
 * The server's own certificate. kubectl sends tokens over TLS only, and a class on a laptop has no certificate of an authority: this
 * one signs itself, and the kubeconfigs that we hand out name it as the authority to trust.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The name in the certificate. Kubeconfigs say to expect it (`tls-server-name`), whatever address the server has today. */
export const TLS_SERVER_NAME = 'quorum';

export interface Certificate {
  /** PEM. */
  key: string;
  /** PEM. */
  cert: string;
}

const FILE = 'kubernetes-api.pem';
const YEARS = 10;
/** It is made anew when it ends within this time, ms. */
const RENEW_BEFORE_MS = 30 * 24 * 3_600_000;

// ---- DER (X.690), as much as a certificate needs ----

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length;
  const size = length < 0x80 ? Buffer.from([length]) : length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), size, content]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const octets = (content: Buffer): Buffer => der(0x04, content);
const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);
const TRUE = Buffer.from([0x01, 0x01, 0xff]);

function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return der(0x06, Buffer.from(bytes));
}

function time(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

function extension(identifier: string, critical: boolean, content: Buffer): Buffer {
  return sequence(objectIdentifier(identifier), ...(critical ? [TRUE] : []), octets(content));
}

/** A new key and a certificate for it. @param now ms since the Unix epoch. */
export function makeCertificate(now: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
  const name = sequence(der(0x31, sequence(objectIdentifier('2.5.4.3'), der(0x0c, Buffer.from(TLS_SERVER_NAME)))));
  const from = new Date(now - 24 * 3_600_000);
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  const dnsName = (text: string): Buffer => der(0x82, Buffer.from(text));
  const extensions = sequence(
    extension('2.5.29.19', true, sequence(TRUE)),
    extension('2.5.29.17', false, sequence(dnsName(TLS_SERVER_NAME), dnsName('localhost'), der(0x87, Buffer.from([127, 0, 0, 1])), der(0x87, Buffer.from([...Array<number>(15).fill(0), 1])))),
  );
  const serial = randomBytes(16);
  serial[0] = ((serial[0] as number) & 0x7f) | 0x01;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const certificate = sequence(body, algorithm, bits(sign('sha256', body, privateKey)));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n` };
}

/** The certificate kept in a folder, so that kubeconfigs outlive a restart; a new one when there is none or it is about to end. */
export function keptCertificate(folder: string, now: number): Certificate {
  const file = path.join(folder, FILE);
  const kept = read(file);
  if (kept && Date.parse(new X509Certificate(kept.cert).validTo) - now > RENEW_BEFORE_MS) return kept;
  const made = makeCertificate(now);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${made.key}${made.cert}`, { mode: 0o600 });
  return made;
}

/** Undefined when the file is missing or is no key with its certificate. */
function read(file: string): Certificate | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    const start = text.indexOf('-----BEGIN CERTIFICATE-----');
    const kept = { key: text.slice(0, start), cert: text.slice(start) };
    return new X509Certificate(kept.cert).checkPrivateKey(createPrivateKey(kept.key)) ? kept : undefined;
  } catch {
    return undefined;
  }
}
