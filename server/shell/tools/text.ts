/** cat, head, tail, tee: they pass on what comes as it comes. */
import { AbortedError } from '../bash/control-flow.ts';
import { fileErrorMessage, lineReader } from '../bash/io.ts';
import { resolvePath } from '../bash/paths.ts';
import { ready, type LineReader } from '../bash/streams.ts';
import { giveWay } from '../real-work.ts';
import type { Command, CommandContext } from '../types.ts';
import { checkSignal, openInput, parseOptions, UsageError, withUsage, type Options } from './common.ts';

/** `tail -f` of a file looks this often, ms of virtual time. */
const FOLLOW_INTERVAL_MS = 1_000;

const cat: Command = {
  name: 'cat',
  summary: 'print files or standard input',
  run: (context) =>
    withUsage('cat', context, async () => {
      const { flags, operands } = parseOptions(context.args, ['n', 'b', 's', 'A', 'E', 'T', 'v', 'e', 't', 'u', 'number', 'show-all', 'show-ends', 'show-tabs', 'squeeze-blank'], []);
      const has = (...names: string[]): boolean => names.some((name) => flags.has(name));
      const numbers = has('n', 'number');
      const nonBlank = has('b');
      const ends = has('E', 'A', 'e', 'show-ends', 'show-all');
      const tabs = has('T', 'A', 't', 'show-tabs', 'show-all');
      const squeeze = has('s', 'squeeze-blank');
      const plain = !numbers && !nonBlank && !ends && !tabs && !squeeze;
      let status = 0;
      let number = 1;
      let blankBefore = false;
      for (const file of operands.length > 0 ? operands : ['-']) {
        const input = openInput('cat', file, context);
        if (!input) {
          status = 1;
          continue;
        }
        if (plain) {
          for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read()) {
            checkSignal(context);
            context.stdout.write(chunk);
            await ready(context.stdout);
          }
          continue;
        }
        for (let line = await input.line(); line !== undefined; line = await input.line()) {
          const blank = line === '\n';
          if (squeeze && blank && blankBefore) continue;
          blankBefore = blank;
          let text = tabs ? line.replaceAll('\t', '^I') : line;
          if (ends) text = text.replace(/\n$/, '$\n');
          context.stdout.write(nonBlank ? (blank ? text : `${String(number++).padStart(6)}\t${text}`) : numbers ? `${String(number++).padStart(6)}\t${text}` : text);
        }
      }
      return status;
    }),
};

/** `-5` as `-n 5`. */
function oldStyle(args: string[]): string[] {
  return args.flatMap((arg, index) => (index === 0 && /^-\d+$/.test(arg) ? ['-n', arg.slice(1)] : [arg]));
}

function count(name: string, text: string, what: string): { value: number; sign: string } {
  const match = /^([-+]?)(\d+)([kKMb]?)$/.exec(text);
  if (!match) throw new UsageError(`invalid number of ${what}: '${text}'`);
  return { value: Number(match[2]) * ({ k: 1_024, K: 1_024, M: 1_048_576, b: 512 }[match[3] as string] ?? 1), sign: match[1] as string };
}

/** How much of a file `head` and `tail` print: `-n 5`, `-c 1k`, with the sign that turns their meaning round. */
interface Amount {
  value: number;
  sign: string;
  /** In bytes, not in lines. */
  bytes: boolean;
}

/** Prints a part of each file, with titles where there are several. @param part prints what is wanted of one. @returns the status */
async function parts(name: string, context: CommandContext, { flags, operands }: Options, part: (input: LineReader, amount: Amount) => Promise<void>): Promise<number> {
  const bytes = flags.get('c') ?? flags.get('bytes');
  const amount = { ...count(name, String(bytes ?? flags.get('n') ?? flags.get('lines') ?? '10'), bytes === undefined ? 'lines' : 'bytes'), bytes: bytes !== undefined };
  const files = operands.length > 0 ? operands : ['-'];
  const titles = (files.length > 1 || flags.has('v') || flags.has('verbose')) && !flags.has('q') && !flags.has('quiet') && !flags.has('silent');
  let status = 0;
  for (const [index, file] of files.entries()) {
    const input = openInput(name, file, context);
    if (!input) {
      status = 1;
      continue;
    }
    if (titles) context.stdout.write(`${index > 0 ? '\n' : ''}==> ${file === '-' ? 'standard input' : file} <==\n`);
    await part(input, amount);
  }
  return status;
}

const head: Command = {
  name: 'head',
  summary: 'print the first lines',
  run: (context) =>
    withUsage('head', context, () => {
      const options = parseOptions(oldStyle(context.args), ['q', 'v', 'quiet', 'silent', 'verbose'], ['n', 'c', 'lines', 'bytes']);
      return parts('head', context, options, async (input, { value, sign, bytes }) => {
        if (bytes) {
          const buffer = Buffer.from(await input.readAll());
          context.stdout.write(buffer.subarray(0, sign === '-' ? Math.max(0, buffer.length - value) : value).toString());
        } else if (sign === '-') {
          const lines = (await input.readAll()).match(/[^\n]*\n|[^\n]+/g) ?? [];
          context.stdout.write(lines.slice(0, Math.max(0, lines.length - value)).join(''));
        } else {
          for (let left = value; left > 0; left--) {
            const line = await input.line();
            if (line === undefined) break;
            context.stdout.write(line);
          }
        }
      });
    }),
};

const tail: Command = {
  name: 'tail',
  summary: 'print the last lines, or follow a file',
  run: (context) =>
    withUsage('tail', context, async () => {
      const options = parseOptions(oldStyle(context.args), ['q', 'v', 'f', 'F', 'quiet', 'silent', 'verbose', 'follow'], ['n', 'c', 'lines', 'bytes', 's']);
      const status = await parts('tail', context, options, async (input, { value, sign, bytes }) => {
        if (bytes) {
          const buffer = Buffer.from(await input.readAll());
          context.stdout.write(buffer.subarray(sign === '+' ? Math.max(0, value - 1) : Math.max(0, buffer.length - value)).toString());
          return;
        }
        if (sign === '+') {
          for (let skip = value - 1; skip > 0 && (await input.line()) !== undefined; skip--) checkSignal(context);
          for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read()) context.stdout.write(chunk);
          return;
        }
        const kept: string[] = [];
        for (let line = await input.line(); line !== undefined; line = await input.line()) {
          kept.push(line);
          if (kept.length > value) kept.shift();
        }
        context.stdout.write(kept.join(''));
      });
      const { flags, operands } = options;
      const followed = operands.filter((file) => file !== '-');
      if ((flags.has('f') || flags.has('F') || flags.has('follow')) && followed.length > 0) await follow(followed, context);
      return status;
    }),
};

/** Prints what is added to files until a signal comes. */
async function follow(files: string[], context: CommandContext): Promise<never> {
  const paths = files.map((file) => resolvePath(context.cwd, file));
  const lengths = paths.map((path) => (context.files.read(path) ?? '').length);
  for (;;) {
    await context.host.sleep(FOLLOW_INTERVAL_MS, context.signal);
    paths.forEach((path, index) => {
      const text = context.files.read(path) ?? '';
      const shown = lengths[index] as number;
      if (text.length < shown) context.stderr.write(`tail: ${files[index]}: file truncated\n`);
      context.stdout.write(text.slice(text.length < shown ? 0 : shown));
      lengths[index] = text.length;
    });
  }
}

const tee: Command = {
  name: 'tee',
  summary: 'copy standard input to files and standard output',
  run: (context) =>
    withUsage('tee', context, async () => {
      const { flags, operands } = parseOptions(context.args, ['a', 'i', 'append'], []);
      let status = 0;
      const append = flags.has('a') || flags.has('append');
      const paths: string[] = [];
      const writing = (file: string, action: () => void): boolean => {
        try {
          action();
          return true;
        } catch (error) {
          context.stderr.write(`tee: ${fileErrorMessage(file, error)}\n`);
          status = 1;
          return false;
        }
      };
      for (const file of operands) {
        const path = resolvePath(context.cwd, file);
        if (context.files.isDirectory(path)) {
          context.stderr.write(`tee: ${file}: Is a directory\n`);
          status = 1;
        } else if (path === '/dev/null' || writing(file, () => context.files.write(path, append ? (context.files.read(path) ?? '') : ''))) paths.push(path);
      }
      const input = lineReader(context.stdin);
      for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read()) {
        checkSignal(context);
        context.stdout.write(chunk);
        for (const path of paths) if (path !== '/dev/null') writing(path, () => context.files.write(path, (context.files.read(path) ?? '') + chunk));
      }
      return status;
    }),
};

const yes: Command = {
  name: 'yes',
  summary: 'repeat a line until it is stopped',
  async run(context) {
    const line = `${context.args.length > 0 ? context.args.join(' ') : 'y'}\n`;
    for (;;) {
      if (context.signal.aborted) throw new AbortedError(context.signal);
      context.stdout.write(line.repeat(100));
      await ready(context.stdout);
      await giveWay();
    }
  },
};

/** A pager without keys: what a terminal scrolls back to needs none. */
function pager(name: string): Command {
  return { name, summary: 'print a file', run: (context) => cat.run({ ...context, args: context.args.filter((arg) => !arg.startsWith('-')) }) };
}

export const textTools: Command[] = [cat, head, tail, tee, yes, pager('less'), pager('more')];
