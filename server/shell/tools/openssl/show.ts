/** What `-text` prints of requests and certificates. */
import { objectIdText, readAll, readOne, TAG } from '../../../simulation/pki/der.ts';
import { shownName } from './names.ts';
import type { Extension, ShownCertificate, Signed } from './structure.ts';

const KEY_BYTES_A_LINE = 15;
const SIGNATURE_BYTES_A_LINE = 18;

const ALGORITHMS: Record<string, string> = {
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.3.101.112': 'ED25519',
};
const CURVES: Record<string, { bits: number; name: string; nist: string }> = {
  '1.2.840.10045.3.1.7': { bits: 256, name: 'prime256v1', nist: 'P-256' },
  '1.3.132.0.34': { bits: 384, name: 'secp384r1', nist: 'P-384' },
  '1.3.132.0.35': { bits: 521, name: 'secp521r1', nist: 'P-521' },
};
const EXTENSIONS: Record<string, { name: string; short: string }> = {
  '2.5.29.14': { name: 'X509v3 Subject Key Identifier', short: 'subjectKeyIdentifier' },
  '2.5.29.15': { name: 'X509v3 Key Usage', short: 'keyUsage' },
  '2.5.29.17': { name: 'X509v3 Subject Alternative Name', short: 'subjectAltName' },
  '2.5.29.19': { name: 'X509v3 Basic Constraints', short: 'basicConstraints' },
  '2.5.29.35': { name: 'X509v3 Authority Key Identifier', short: 'authorityKeyIdentifier' },
  '2.5.29.37': { name: 'X509v3 Extended Key Usage', short: 'extendedKeyUsage' },
};
/** From the highest bit. */
const KEY_USAGES = ['Digital Signature', 'Non Repudiation', 'Key Encipherment', 'Data Encipherment', 'Key Agreement', 'Certificate Sign', 'CRL Sign', 'Encipher Only', 'Decipher Only'];
const EXTENDED_USAGES: Record<string, string> = {
  '1.3.6.1.5.5.7.3.1': 'TLS Web Server Authentication',
  '1.3.6.1.5.5.7.3.2': 'TLS Web Client Authentication',
  '1.3.6.1.5.5.7.3.3': 'Code Signing',
  '1.3.6.1.5.5.7.3.4': 'E-mail Protection',
  '1.3.6.1.5.5.7.3.8': 'Time Stamping',
  '1.3.6.1.5.5.7.3.9': 'OCSP Signing',
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Dec  6 03:13:02 2026 GMT`. */
export function shownTime(time: number): string {
  const date = new Date(time);
  return `${MONTHS[date.getUTCMonth()] as string} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()} GMT`;
}

export function hex(bytes: Uint8Array, separator = ''): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(separator);
}

function hexLines(bytes: Uint8Array, aLine: number, indent: string): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += aLine) text += `${indent}${hex(bytes.subarray(at, at + aLine), ':')}${at + aLine < bytes.length ? ':' : ''}\n`;
  return text;
}

function shownKey(publicKey: Uint8Array): string {
  const [kind, bits] = readAll(readOne(publicKey, TAG.sequence).content);
  const [type, parameter] = kind ? readAll(kind.content) : [];
  const id = type ? objectIdText(type.content) : '';
  const key = bits?.content.subarray(1) ?? new Uint8Array();
  const title = (name: string): string => `        Subject Public Key Info:\n            Public Key Algorithm: ${name}\n`;
  const lines = (bytes: Uint8Array): string => hexLines(bytes, KEY_BYTES_A_LINE, ' '.repeat(20));
  if (id === '1.2.840.113549.1.1.1') {
    const [modulus, exponent] = readAll(readOne(key, TAG.sequence).content);
    const number = BigInt(`0x${hex(modulus?.content ?? Uint8Array.of(0))}`);
    const power = BigInt(`0x${hex(exponent?.content ?? Uint8Array.of(0))}`);
    return `${title('rsaEncryption')}                Public-Key: (${number.toString(2).length} bit)\n                Modulus:\n${lines(modulus?.content ?? new Uint8Array())}                Exponent: ${power} (0x${power.toString(16)})\n`;
  }
  const curve = id === '1.2.840.10045.2.1' && parameter ? CURVES[objectIdText(parameter.content)] : undefined;
  if (curve) return `${title('id-ecPublicKey')}                Public-Key: (${curve.bits} bit)\n                pub:\n${lines(key)}                ASN1 OID: ${curve.name}\n                NIST CURVE: ${curve.nist}\n`;
  if (id === '1.3.101.112') return `${title('ED25519')}                ED25519 Public-Key:\n                pub:\n${lines(key)}`;
  return `${title(id)}                Unable to load Public Key\n`;
}

function alternativeName({ tag, content }: { tag: number; content: Uint8Array }): string {
  const text = new TextDecoder().decode(content);
  switch (tag) {
    case 0x81:
      return `email:${text}`;
    case 0x82:
      return `DNS:${text}`;
    case 0x86:
      return `URI:${text}`;
    case 0x87:
      return `IP Address:${content.length === 4 ? [...content].join('.') : Array.from({ length: 8 }, (_, i) => (((content[2 * i] ?? 0) << 8) | (content[2 * i + 1] ?? 0)).toString(16).toUpperCase()).join(':')}`;
    default:
      return 'othername:<unsupported>';
  }
}

function shownExtensionValue({ id, value }: Extension): string {
  const [content] = readAll(value);
  const inner = content?.content ?? new Uint8Array();
  switch (EXTENSIONS[id]?.short) {
    case 'subjectKeyIdentifier':
      return hex(inner, ':').toUpperCase();
    case 'authorityKeyIdentifier':
      return hex(readAll(inner).find(({ tag }) => tag === 0x80)?.content ?? new Uint8Array(), ':').toUpperCase();
    case 'basicConstraints': {
      const [authority, length] = readAll(inner);
      return `CA:${authority?.tag === TAG.boolean && authority.content[0] !== 0 ? 'TRUE' : 'FALSE'}${length ? `, pathlen:${length.content[0] ?? 0}` : ''}`;
    }
    case 'keyUsage':
      return KEY_USAGES.filter((_, bit) => ((inner[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0).join(', ');
    case 'extendedKeyUsage':
      return readAll(inner).map((usage) => EXTENDED_USAGES[objectIdText(usage.content)] ?? objectIdText(usage.content)).join(', ');
    case 'subjectAltName':
      return readAll(inner).map(alternativeName).join(', ');
    default:
      return hex(value, ':').toUpperCase();
  }
}

export function shownExtensions(extensions: readonly Extension[], indent: string): string {
  return extensions.map((extension) => `${indent}${EXTENSIONS[extension.id]?.name ?? extension.id}: ${extension.critical ? 'critical' : ''}\n${indent}    ${shownExtensionValue(extension)}\n`).join('');
}

/** Whether an extension is called that on a command line. */
export function isExtension({ id }: Extension, name: string): boolean {
  return id === name || EXTENSIONS[id]?.short === name;
}

function shownSignature({ algorithm, signature }: Signed): string {
  return `    Signature Algorithm: ${ALGORITHMS[algorithm] ?? algorithm}\n    Signature Value:\n${hexLines(signature, SIGNATURE_BYTES_A_LINE, '        ')}`;
}

export function shownRequest(request: Signed): string {
  const { version, subject, publicKey, extensions } = request;
  const attributes = `        Attributes:\n${extensions.length === 0 ? '            (none)\n' : ''}            Requested Extensions:\n${shownExtensions(extensions, ' '.repeat(16))}`;
  return `Certificate Request:\n    Data:\n        Version: ${version + 1} (0x${version.toString(16)})\n        Subject: ${shownName(subject)}\n${shownKey(publicKey)}${attributes}${shownSignature(request)}`;
}

function shownSerial(serial: Uint8Array): string {
  const digits = serial[0] === 0 && serial.length > 1 ? serial.subarray(1) : serial;
  if (digits.length > 8) return `        Serial Number:\n            ${hex(digits, ':')}\n`;
  const number = BigInt(`0x${hex(digits) || '0'}`);
  return digits.length === 8 && (digits[0] as number) >= 0x80 ? `        Serial Number:\n            ${hex(digits, ':')}\n` : `        Serial Number: ${number} (0x${number.toString(16)})\n`;
}

export function shownCertificate(certificate: ShownCertificate): string {
  const { version, serial, algorithm, issuer, notBefore, notAfter, subject, publicKey, extensions } = certificate;
  return (
    `Certificate:\n    Data:\n        Version: ${version + 1} (0x${version.toString(16)})\n${shownSerial(serial)}        Signature Algorithm: ${ALGORITHMS[algorithm] ?? algorithm}\n        Issuer: ${shownName(issuer)}\n` +
    `        Validity\n            Not Before: ${shownTime(notBefore)}\n            Not After : ${shownTime(notAfter)}\n        Subject: ${shownName(subject)}\n${shownKey(publicKey)}` +
    `${extensions.length > 0 ? `        X509v3 extensions:\n${shownExtensions(extensions, ' '.repeat(12))}` : ''}${shownSignature(certificate)}`
  );
}

/** `Modulus=…`, as keys are compared by eye. */
export function modulus(publicKey: Uint8Array): string {
  const [kind, bits] = readAll(readOne(publicKey, TAG.sequence).content);
  const [type] = kind ? readAll(kind.content) : [];
  if (!type || !bits || objectIdText(type.content) !== '1.2.840.113549.1.1.1') return 'Modulus=No modulus for this public key type\n';
  const [number] = readAll(readOne(bits.content.subarray(1), TAG.sequence).content);
  return `Modulus=${hex(number?.content ?? new Uint8Array()).replace(/^00/, '').toUpperCase()}\n`;
}
