/** Client certificates of a kubeconfig (`clientcmd.validateAuthInfo`, Go's `tls.X509KeyPair`): found, read, and seen to have their key. */
import { fromBase64 } from 'lib0/buffer';
import { parseCertificate } from '../../../simulation/pki/certificates.ts';
import { DerError } from '../../../simulation/pki/der.ts';
import { parsePrivateKey, publicKeyOf } from '../../../simulation/pki/private-keys.ts';
import { publicKeyType } from '../../../simulation/pki/signatures.ts';
import { PlainError, KubectlError } from './errors.ts';

/** An entry of `users`. */
export type AuthInfo = Readonly<Record<string, string>>;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

export function hasClientCertificate(user: AuthInfo): boolean {
  return Boolean(user['client-certificate'] || user['client-certificate-data']);
}

/**
 * The certificate that a user shows, PEM.
 * @param read the text of a file. @throws KubectlError
 */
export function clientCertificate(name: string, user: AuthInfo, read: (path: string) => string | undefined): string {
  const problems: string[] = [];
  const both = (file: string, data: string): void => void (user[file] && user[data] && problems.push(`${data.replace('certificate', 'cert')} and ${file} are both specified for ${name}. ${data.replace('certificate', 'cert')} will override.`));
  both('client-certificate', 'client-certificate-data');
  both('client-key', 'client-key-data');
  const load = (field: string, what: string): string => {
    const data = user[`${field}-data`];
    if (data) return atobOrNothing(data);
    const path = user[field];
    if (!path) return '';
    const text = read(path);
    if (text === undefined) problems.push(`unable to read ${what} ${path} for ${name} due to open ${path}: no such file or directory`);
    return text ?? '';
  };
  if (!user['client-key'] && !user['client-key-data']) problems.push(`client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`);
  const certificate = load('client-certificate', 'client-cert');
  const key = load('client-key', 'client-key');
  if (problems.length > 0) throw new PlainError(`Error in configuration: ${problems.length === 1 ? `${problems[0] as string}\n` : `\n${problems.map((each) => `* ${each}\n`).join('')}`}`);
  checkPair(certificate, key);
  return certificate;
}

function atobOrNothing(data: string): string {
  try {
    return new TextDecoder().decode(fromBase64(data));
  } catch {
    return '';
  }
}

/** @throws KubectlError unless a private key is that of a certificate. */
export function checkPair(certificate: string, key: string): void {
  const certificateBlocks = [...certificate.matchAll(BLOCK)];
  const certificateBlock = certificateBlocks.find(([, type]) => type === 'CERTIFICATE');
  const types = (blocks: RegExpMatchArray[]): string => blocks.map(([, type]) => type).join(' ');
  if (!certificateBlock) {
    if (certificateBlocks.length === 0) throw new KubectlError('tls: failed to find any PEM data in certificate input');
    if (certificateBlocks.length === 1 && certificateBlocks[0]?.[1]?.endsWith('PRIVATE KEY')) throw new KubectlError('tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched');
    throw new KubectlError(`tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${types(certificateBlocks)}]`);
  }
  const keyBlocks = [...key.matchAll(BLOCK)];
  const keyBlock = keyBlocks.find(([, type]) => type === 'PRIVATE KEY' || type?.endsWith(' PRIVATE KEY'));
  if (!keyBlock) {
    if (keyBlocks.length === 0) throw new KubectlError('tls: failed to find any PEM data in key input');
    if (keyBlocks.length === 1 && keyBlocks[0]?.[1] === 'CERTIFICATE') throw new KubectlError('tls: found a certificate rather than a key in the PEM for the private key');
    throw new KubectlError(`tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${types(keyBlocks)}]`);
  }
  const { publicKey } = orElse(() => parseCertificate(certificateBlock[0]), 'x509: malformed certificate');
  const own = orElse(() => publicKeyOf(parsePrivateKey(keyBlock[0])), 'tls: failed to parse private key');
  if (publicKeyType(publicKey) !== publicKeyType(own)) throw new KubectlError('tls: private key type does not match public key type');
  if (publicKey.length !== own.length || publicKey.some((byte, at) => byte !== own[at])) throw new KubectlError('tls: private key does not match public key');
}

function orElse<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new KubectlError(message);
    throw error;
  }
}
