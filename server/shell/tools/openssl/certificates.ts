/** `openssl x509` and `verify`: shows certificates, signs requests with an authority's key, checks who signed. */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { toPem } from '../../../simulation/pki/der.ts';
import { publicKeyOf, type PrivateKey } from '../../../simulation/pki/private-keys.ts';
import { hasSigned } from '../../../simulation/pki/signatures.ts';
import { resolvePath } from '../../bash/paths.ts';
import type { CommandContext } from '../../types.ts';
import { makeCertificate, randomSerial } from './build.ts';
import { publicPem, readKey } from './keys.ts';
import { shownName } from './names.ts';
import { numberOf, OpensslError, parseOptions, readFile, readInput, usage, writeOutput, type Options, type Tool } from './options.ts';
import { digestOf } from './requests.ts';
import { hex, isExtension, modulus, shownCertificate, shownExtensions, shownTime } from './show.ts';
import { certificateFrom, requestFrom, type ShownCertificate } from './structure.ts';

const DEFAULT_DAYS = 30;
const BASIC_CONSTRAINTS = '2.5.29.19';

const PLAIN = ['noout', 'text', 'subject', 'issuer', 'dates', 'startdate', 'enddate', 'serial', 'fingerprint', 'pubkey', 'modulus', 'req', 'CAcreateserial', 'sha1', 'sha256', 'sha384', 'sha512'];
const VALUED = ['in', 'out', 'checkend', 'ext', 'CA', 'CAkey', 'CAserial', 'set_serial', 'days', 'key', 'signkey', 'copy_extensions'];

const HASHES = { sha256, sha384, sha512 };

function fingerprint({ der }: ShownCertificate, options: Options): string {
  const digest = (['sha256', 'sha384', 'sha512'] as const).find((name) => options.has(name));
  return `${digest ?? 'SHA1'} Fingerprint=${hex(digest ? HASHES[digest](der) : sha1(der), ':').toUpperCase()}\n`;
}

const ITEMS: Record<string, (certificate: ShownCertificate, options: Options) => string> = {
  text: shownCertificate,
  subject: ({ subject }) => `subject=${shownName(subject)}\n`,
  issuer: ({ issuer }) => `issuer=${shownName(issuer)}\n`,
  dates: ({ notBefore, notAfter }) => `notBefore=${shownTime(notBefore)}\nnotAfter=${shownTime(notAfter)}\n`,
  startdate: ({ notBefore }) => `notBefore=${shownTime(notBefore)}\n`,
  enddate: ({ notAfter }) => `notAfter=${shownTime(notAfter)}\n`,
  serial: ({ serial }) => `serial=${hex(serial).replace(/^00(?=..)/, '').toUpperCase()}\n`,
  fingerprint,
  pubkey: ({ publicKey }) => publicPem(publicKey),
  modulus: ({ publicKey }) => modulus(publicKey),
  ext: ({ extensions }, options) => {
    if (extensions.length === 0) return 'No extensions in certificate\n';
    const wanted = (options.value('ext') ?? '').split(',');
    return shownExtensions(extensions.filter((extension) => wanted.some((name) => isExtension(extension, name))), '') || 'No extensions matched\n';
  },
};

async function show(context: CommandContext, options: Options): Promise<number> {
  const certificate = certificateFrom(await readCertificate(context, options), options.value('in') ?? '<stdin>');
  // In the order in which they were asked for.
  let output = options.order.map((name) => ITEMS[name]?.(certificate, options) ?? '').join('');
  const seconds = options.value('checkend');
  const ends = seconds !== undefined && certificate.notAfter < context.host.now() + numberOf('x509', seconds) * 1_000;
  if (seconds !== undefined) output += `Certificate will ${ends ? '' : 'not '}expire\n`;
  if (!options.has('noout')) output += toPem(certificate.der, 'CERTIFICATE');
  writeOutput(context, options.value('out'), output);
  return ends ? 1 : 0;
}

async function readCertificate(context: CommandContext, options: Options): Promise<string> {
  const path = options.value('in');
  return path === undefined ? context.stdin.readAll() : readFile(context, path, 'certificate');
}

/** The next serial number of an authority, from its file, which is made when there is none. */
function serialOf(context: CommandContext, options: Options, authority: string): Uint8Array {
  const given = options.value('set_serial');
  if (given !== undefined) {
    if (!/^(\d{1,40}|0x[0-9a-fA-F]{1,40})$/.test(given)) throw usage('x509', `Bad serial number "${given}"`);
    return bytesOf(BigInt(given));
  }
  if (!options.has('CAcreateserial') && !options.has('CAserial')) return randomSerial();
  const path = options.value('CAserial') ?? `${authority.replace(/\.[^./]*$/, '')}.srl`;
  const kept = context.files.read(resolvePath(context.cwd, path))?.trim();
  if (kept === undefined && !options.has('CAcreateserial')) throw new OpensslError(`Can't open "${path}" for reading, No such file or directory`);
  if (kept !== undefined && !/^[0-9a-fA-F]{1,40}$/.test(kept)) throw new OpensslError(`x509: unable to load serial number from ${path}`);
  const serial = kept === undefined ? randomSerial() : bytesOf(BigInt(`0x${kept}`) + 1n);
  writeOutput(context, path, `${hex(serial).toUpperCase()}\n`);
  return serial;
}

function bytesOf(number: bigint): Uint8Array {
  const digits = number.toString(16);
  return Uint8Array.from((digits.length % 2 === 0 ? digits : `0${digits}`).match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

async function signRequest(context: CommandContext, options: Options): Promise<number> {
  const request = requestFrom(await readInput(context, options));
  const authorityPath = options.value('CA');
  const own = options.value('signkey') ?? options.value('key');
  if (authorityPath === undefined && own === undefined) throw new OpensslError('x509: We need a private key to sign with, use -CA and -CAkey or -key');
  const copying = options.value('copy_extensions') ?? 'none';
  if (!['none', 'copy', 'copyall'].includes(copying)) throw usage('x509', `Invalid extension copy option: "${copying}"`);
  if (!hasSigned(request.publicKey, request.algorithm, request.signed, request.signature)) throw new OpensslError('Certificate request self-signature did not match the contents');
  context.stderr.write(`Certificate request self-signature ok\nsubject=${shownName(request.subject)}\n`);
  let issuer: { name: Uint8Array; key: PrivateKey };
  if (authorityPath === undefined) issuer = { name: request.subject, key: readKey(context, own as string) };
  else {
    const authority = certificateFrom(readFile(context, authorityPath, 'CA certificate'), authorityPath, 'CA certificate');
    issuer = { name: authority.subject, key: readKey(context, options.value('CAkey') ?? authorityPath, 'CA private key') };
    if (hex(publicKeyOf(issuer.key)) !== hex(authority.publicKey)) throw new OpensslError('CA certificate and CA private key do not match');
  }
  const days = options.number('days') ?? DEFAULT_DAYS;
  const extensions = copying === 'none' ? [] : request.extensions.map(({ raw }) => raw);
  const serial = authorityPath === undefined && !options.has('set_serial') ? randomSerial() : serialOf(context, options, authorityPath ?? '');
  const pem = makeCertificate({ subject: request.subject, publicKey: request.publicKey, issuer, digest: digestOf(options), serial, now: context.host.now(), days, extensions });
  writeOutput(context, options.value('out'), pem);
  return 0;
}

export const x509: Tool = {
  name: 'x509',
  async run(context, args) {
    const options = parseOptions('x509', args, PLAIN, VALUED);
    if (options.operands.length > 0) throw usage('x509', `Extra option: "${options.operands[0] as string}"`);
    return options.has('req') ? signRequest(context, options) : show(context, options);
  },
};

/** Why a certificate cannot be trusted: openssl's number and text. */
function problemOf(certificate: ShownCertificate, authorities: readonly ShownCertificate[], now: number): [number, string] | undefined {
  const isAuthority = ({ extensions, version }: ShownCertificate): boolean => version === 0 || extensions.some(({ id, value }) => id === BASIC_CONSTRAINTS && hex(value).includes('0101ff'));
  const same = (a: Uint8Array, b: Uint8Array): boolean => hex(a) === hex(b);
  const trusted = authorities.some(({ der }) => same(der, certificate.der));
  const issuer = authorities.find((authority) => same(authority.subject, certificate.issuer) && isAuthority(authority) && hasSigned(authority.publicKey, certificate.algorithm, certificate.signed, certificate.signature));
  if (!issuer && !trusted) return same(certificate.subject, certificate.issuer) ? [18, 'self-signed certificate'] : [20, 'unable to get local issuer certificate'];
  if (now < certificate.notBefore) return [9, 'certificate is not yet valid'];
  return now > certificate.notAfter ? [10, 'certificate has expired'] : undefined;
}

export const verify: Tool = {
  name: 'verify',
  async run(context, args) {
    const { value, operands } = parseOptions('verify', args, [], ['CAfile']);
    const file = value('CAfile');
    const blocks = file === undefined ? [] : (readFile(context, file, 'certs').match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []);
    const authorities = blocks.map((pem) => certificateFrom(pem, file as string));
    let status = 0;
    for (const path of operands) {
      const certificate = certificateFrom(readFile(context, path, 'certificate'), path);
      const problem = problemOf(certificate, authorities, context.host.now());
      if (!problem) {
        context.stdout.write(`${path}: OK\n`);
        continue;
      }
      status = 2;
      context.stderr.write(`${shownName(certificate.subject)}\nerror ${problem[0]} at 0 depth lookup: ${problem[1]}\nerror ${path}: verification failed\n`);
    }
    return status;
  },
};
