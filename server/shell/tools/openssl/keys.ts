/** `openssl genrsa`, `ecparam`, `genpkey`, `pkey`, `rsa`, `ec`: makes and converts private keys. */
import { DerError, fromPem, objectId, toPem } from '../../../simulation/pki/der.ts';
import { CURVES, fromPkcs8, parsePrivateKey, privatePem, publicKeyOf, traditionalPem, type CurveName, type PrivateKey } from '../../../simulation/pki/private-keys.ts';
import { publicKeyType } from '../../../simulation/pki/signatures.ts';
import { realWork } from '../../real-work.ts';
import type { CommandContext } from '../../types.ts';
import { numberOf, OpensslError, parseOptions, readFile, readInput, usage, writeOutput, type Tool } from './options.ts';

const DEFAULT_BITS = 2_048;
const SMALLEST_BITS = 512;
/** Larger ones take the server longer than a class waits. */
const LARGEST_BITS = 4_096;

const KINDS = { rsa: '1.2.840.113549.1.1.1', ec: '1.2.840.10045.2.1' };
const OTHER_NAMES: Record<string, CurveName> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1', secp256r1: 'prime256v1' };

async function rsaKey(bits: number): Promise<PrivateKey> {
  if (bits < SMALLEST_BITS) throw new OpensslError('Error setting RSA length');
  if (bits > LARGEST_BITS) throw new OpensslError(`Keys of more than ${LARGEST_BITS} bits are not made here`);
  const make = async (): Promise<PrivateKey> => {
    const { privateKey } = await crypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', modulusLength: bits, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' }, true, ['sign', 'verify']);
    return fromPkcs8(new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)));
  };
  return realWork(make());
}

function curveNamed(name: string): CurveName {
  const curve = OTHER_NAMES[name] ?? name;
  if (!Object.hasOwn(CURVES, curve)) throw new OpensslError(`unable to generate key: the curve ${name} is unknown, or not supported here yet`);
  return curve as CurveName;
}

function ecKey(name: string): PrivateKey {
  const curve = curveNamed(name);
  return { kind: 'ec', curve, secret: CURVES[curve].curve.utils.randomSecretKey() };
}

/** What `-newkey` and `-algorithm` name, with `-pkeyopt`. @throws OpensslError */
export async function newKey(tool: string, algorithm: string, settings: readonly string[]): Promise<PrivateKey> {
  const setting = (name: string): string | undefined => settings.find((each) => each.startsWith(`${name}:`))?.slice(name.length + 1);
  const unknown = settings.find((each) => !/^(rsa_keygen_bits|ec_paramgen_curve|ec_param_enc):/.test(each));
  if (unknown) throw new OpensslError(`${tool}: Error setting ${unknown} parameter`);
  const [kind = '', size] = algorithm.split(':');
  switch (kind.toLowerCase()) {
    case 'rsa':
      return rsaKey(numberOf(tool, size ?? setting('rsa_keygen_bits') ?? String(DEFAULT_BITS)));
    case 'ec': {
      const curve = setting('ec_paramgen_curve');
      if (curve === undefined) throw new OpensslError(`${tool}: Error generating EC key: no parameters set`);
      return ecKey(curve);
    }
    case 'ed25519':
      return { kind: 'ed25519', secret: crypto.getRandomValues(new Uint8Array(32)) };
    default:
      throw new OpensslError(`Error initializing ${algorithm} context: the algorithm is unknown, or not supported here yet`);
  }
}

/** @throws OpensslError */
export function keyFrom(text: string, path: string, what = 'private key'): PrivateKey {
  try {
    return parsePrivateKey(text);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new OpensslError(`Could not read ${what} from ${path}`);
  }
}

/** @throws OpensslError */
export function readKey(context: CommandContext, path: string, what = 'private key'): PrivateKey {
  return keyFrom(readFile(context, path, what), path, what);
}

/** @param publicKey SubjectPublicKeyInfo. */
export function publicPem(publicKey: Uint8Array): string {
  return toPem(publicKey, 'PUBLIC KEY');
}

const genrsa: Tool = {
  name: 'genrsa',
  async run(context, args) {
    const options = parseOptions('genrsa', args, ['traditional', 'verbose', 'quiet'], ['out']);
    if (options.operands.length > 1) throw usage('genrsa', 'Extra arguments given.');
    const key = await rsaKey(numberOf('genrsa', options.operands[0] ?? String(DEFAULT_BITS)));
    writeOutput(context, options.value('out'), options.has('traditional') ? traditionalPem(key) : privatePem(key));
    return 0;
  },
};

const ecparam: Tool = {
  name: 'ecparam',
  async run(context, args) {
    const options = parseOptions('ecparam', args, ['genkey', 'noout', 'list_curves'], ['name', 'out']);
    if (options.has('list_curves')) {
      context.stdout.write('  secp384r1 : NIST/SECG curve over a 384 bit prime field\n  secp521r1 : NIST/SECG curve over a 521 bit prime field\n  prime256v1: X9.62/SECG curve over a 256 bit prime field\n');
      return 0;
    }
    const name = options.value('name');
    if (name === undefined) throw new OpensslError('ecparam: reading parameters is not supported here yet; give -name CURVE');
    const { id } = CURVES[curveNamed(name)];
    const parameters = options.has('noout') ? '' : toPem(objectId(id), 'EC PARAMETERS');
    const key = options.has('genkey') ? traditionalPem(ecKey(name)) : '';
    writeOutput(context, options.value('out'), parameters + key);
    return 0;
  },
};

const genpkey: Tool = {
  name: 'genpkey',
  async run(context, args) {
    const options = parseOptions('genpkey', args, ['quiet'], ['algorithm', 'pkeyopt', 'out']);
    const algorithm = options.value('algorithm');
    if (algorithm === undefined) throw usage('genpkey', 'Option -algorithm is needed');
    writeOutput(context, options.value('out'), privatePem(await newKey('genpkey', algorithm, options.values('pkeyopt'))));
    return 0;
  },
};

function publicKeyFrom(text: string, path: string): Uint8Array {
  try {
    const publicKey = fromPem(text, 'PUBLIC KEY');
    publicKeyType(publicKey);
    return publicKey;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new OpensslError(`Could not read public key from ${path}`);
  }
}

/** `pkey`, and what it was called for one kind of key. */
function converter(name: string, kind: keyof typeof KINDS | undefined): Tool {
  return {
    name,
    async run(context, args) {
      const options = parseOptions(name, args, ['pubout', 'pubin', 'noout', 'check', 'traditional'], ['in', 'out']);
      const path = options.value('in') ?? '<stdin>';
      const text = await readInput(context, options);
      const key = options.has('pubin') ? undefined : keyFrom(text, path);
      const publicKey = key ? publicKeyOf(key) : publicKeyFrom(text, path);
      if (kind && publicKeyType(publicKey) !== KINDS[kind]) throw new OpensslError(`Not an ${kind.toUpperCase()} key`);
      if (options.has('check')) context.stdout.write(name === 'rsa' ? 'RSA key ok\n' : 'Key is valid\n');
      if (options.has('noout')) return 0;
      if (kind) context.stderr.write(`writing ${kind.toUpperCase()} key\n`);
      const shown = !key || options.has('pubout') ? publicPem(publicKey) : name === 'ec' || options.has('traditional') ? traditionalPem(key) : privatePem(key);
      writeOutput(context, options.value('out'), shown);
      return 0;
    },
  };
}

export const keyTools: readonly Tool[] = [genrsa, ecparam, genpkey, converter('pkey', undefined), converter('rsa', 'rsa'), converter('ec', 'ec')];
