/** `openssl req`: makes requests for certificates, and certificates that sign themselves; shows requests. */
import { toPem } from '../../../simulation/pki/der.ts';
import { privatePem, publicKeyOf, type PrivateKey } from '../../../simulation/pki/private-keys.ts';
import { hasSigned } from '../../../simulation/pki/signatures.ts';
import type { CommandContext } from '../../types.ts';
import { authorityExtensions, makeCertificate, makeRequest, randomSerial, requestedExtension, type Digest } from './build.ts';
import { newKey, publicPem, readKey } from './keys.ts';
import { parseSubject, shownName } from './names.ts';
import { OpensslError, parseOptions, readInput, writeOutput, type Options, type Tool } from './options.ts';
import { modulus, shownRequest } from './show.ts';
import { requestFrom } from './structure.ts';

const DEFAULT_DAYS = 30;
const DEFAULT_KEY_FILE = 'privkey.pem';

const PLAIN = ['new', 'noout', 'text', 'subject', 'pubkey', 'modulus', 'verify', 'x509', 'nodes', 'noenc', 'batch', 'utf8', 'sha256', 'sha384', 'sha512'];
const VALUED = ['key', 'newkey', 'keyout', 'pkeyopt', 'in', 'out', 'subj', 'days', 'addext'];

export function digestOf(options: Options): Digest {
  return (['sha384', 'sha512'] as const).find((name) => options.has(name)) ?? 'sha256';
}

async function keyOf(context: CommandContext, options: Options): Promise<PrivateKey> {
  const path = options.value('key');
  if (path !== undefined) return readKey(context, path);
  if (!options.has('nodes') && !options.has('noenc')) throw new OpensslError('req: keys with a passphrase are not supported here yet: give -nodes');
  const key = await newKey('req', options.value('newkey') ?? 'rsa', options.values('pkeyopt'));
  writeOutput(context, options.value('keyout') ?? DEFAULT_KEY_FILE, privatePem(key));
  context.stderr.write('-----\n');
  return key;
}

async function make(context: CommandContext, options: Options): Promise<number> {
  const text = options.value('subj');
  if (text === undefined) throw new OpensslError('req: the questions about a subject are not asked here: give -subj, such as -subj "/CN=jane/O=developers"');
  const subject = parseSubject('req', text, (message) => context.stderr.write(`req warning: ${message}\n`));
  const extensions = options.values('addext').map((each) => requestedExtension('req', each));
  const key = await keyOf(context, options);
  const digest = digestOf(options);
  if (options.has('x509')) {
    const publicKey = publicKeyOf(key);
    const days = options.number('days') ?? DEFAULT_DAYS;
    const pem = makeCertificate({ subject, publicKey, issuer: { name: subject, key }, digest, serial: randomSerial(), now: context.host.now(), days, extensions: [...authorityExtensions(publicKey), ...extensions] });
    writeOutput(context, options.value('out'), pem);
    return 0;
  }
  return print(context, options, makeRequest(subject, key, digest, extensions));
}

function print(context: CommandContext, options: Options, pem: string): number {
  const request = requestFrom(pem);
  let output = '';
  if (options.has('verify')) {
    const good = hasSigned(request.publicKey, request.algorithm, request.signed, request.signature);
    context.stderr.write(`Certificate request self-signature verify ${good ? 'OK' : 'failure'}\n`);
    if (!good) return 1;
  }
  if (options.has('pubkey')) output += publicPem(request.publicKey);
  if (options.has('text')) output += shownRequest(request);
  if (options.has('subject')) output += `subject=${shownName(request.subject)}\n`;
  if (options.has('modulus')) output += modulus(request.publicKey);
  if (!options.has('noout')) output += toPem(request.der, 'CERTIFICATE REQUEST');
  writeOutput(context, options.value('out'), output);
  return 0;
}

export const req: Tool = {
  name: 'req',
  async run(context, args) {
    const options = parseOptions('req', args, PLAIN, VALUED);
    if (options.operands.length > 0) throw new OpensslError(`req: Extra option: "${options.operands[0] as string}"\nreq: Use -help for summary.`);
    if (options.has('new') || options.has('newkey') || (options.has('x509') && !options.has('in'))) return make(context, options);
    if (options.has('x509')) throw new OpensslError('req: certificates of requests that are read are not supported here yet: use openssl x509 -req');
    return print(context, options, await readInput(context, options));
  },
};
