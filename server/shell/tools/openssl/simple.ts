/** `openssl rand`, `base64` and `version`. */
import { fromBase64, toBase64 } from 'lib0/buffer';
import { hex } from './show.ts';
import { numberOf, OpensslError, parseOptions, readInput, usage, writeOutput, type Tool } from './options.ts';

const LINE = 64;
const LARGEST_BYTES = 1_048_576;
/** The generator gives no more at once. */
const LARGEST_DRAW = 65_536;

function lines(base64: string): string {
  return (base64.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []).map((line) => `${line}\n`).join('');
}

const rand: Tool = {
  name: 'rand',
  async run(context, args) {
    const options = parseOptions('rand', args, ['hex', 'base64'], ['out']);
    const [count] = options.operands;
    if (options.operands.length !== 1 || count === undefined) throw usage('rand', 'Extra arguments given, or none.');
    const number = numberOf('rand', count);
    if (number > LARGEST_BYTES) throw new OpensslError(`rand: more than ${LARGEST_BYTES} bytes at once are not made here`);
    const bytes = new Uint8Array(number);
    for (let at = 0; at < number; at += LARGEST_DRAW) crypto.getRandomValues(bytes.subarray(at, at + LARGEST_DRAW));
    if (!options.has('hex') && !options.has('base64')) throw new OpensslError('rand: this terminal has no use for bytes that are no text: give -hex or -base64');
    writeOutput(context, options.value('out'), options.has('hex') ? `${hex(bytes)}\n` : lines(toBase64(bytes)));
    return 0;
  },
};

const base64: Tool = {
  name: 'base64',
  async run(context, args) {
    const options = parseOptions('base64', args, ['d', 'e', 'A', 'a'], ['in', 'out']);
    const text = await readInput(context, options);
    if (options.has('d')) {
      const packed = text.replace(/\s+/g, '');
      // What is no base64 decodes to nothing, as the tool does it.
      writeOutput(context, options.value('out'), /^[A-Za-z0-9+/]*={0,2}$/.test(packed) && packed.length % 4 === 0 ? new TextDecoder().decode(fromBase64(packed)) : '');
      return 0;
    }
    const encoded = toBase64(new TextEncoder().encode(text));
    writeOutput(context, options.value('out'), options.has('A') ? encoded : lines(encoded));
    return 0;
  },
};

/** The release whose output these commands print. */
const RELEASE = 'OpenSSL 3.0.19 27 Jan 2026';

const version: Tool = {
  name: 'version',
  async run(context, args) {
    parseOptions('version', args, ['v'], []);
    context.stdout.write(`${RELEASE} (Library: ${RELEASE})\n`);
    return 0;
  },
};

export const simpleTools: readonly Tool[] = [rand, base64, version];
