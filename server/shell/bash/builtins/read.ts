import { SIGNAL_STATUS } from '../errors.ts';
import { AbortedError } from '../control-flow.ts';
import { stderrOf, stdinOf } from '../io.ts';
import type { LineReader } from '../streams.ts';
import type { Builtin, BuiltinContext } from './types.ts';

interface ReadOptions {
  raw: boolean;
  prompt: string;
  array: string | undefined;
  timeoutMs: number | undefined;
  names: string[];
}

function parse(args: string[]): ReadOptions {
  const options: ReadOptions = { raw: false, prompt: '', array: undefined, timeoutMs: undefined, names: [] };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (!/^-[a-zA-Z]/.test(arg)) {
      options.names = args.slice(at);
      break;
    }
    for (let i = 1; i < arg.length; i++) {
      const flag = arg[i] as string;
      if (flag === 'r') options.raw = true;
      else if ('patdnNui'.includes(flag)) {
        const value = i + 1 < arg.length ? arg.slice(i + 1) : (args[++at] ?? '');
        if (flag === 'p') options.prompt = value;
        if (flag === 'a') options.array = value;
        if (flag === 't') options.timeoutMs = Number(value) * 1_000;
        break;
      }
    }
  }
  return options;
}

/** One line, joined with the next while it ends in a backslash. Undefined at the end of the input. */
async function readLine(input: LineReader, raw: boolean): Promise<{ text: string; complete: boolean } | undefined> {
  let text = '';
  for (;;) {
    const line = await input.line();
    if (line === undefined) return text === '' ? undefined : { text, complete: false };
    const complete = line.endsWith('\n');
    text += complete ? line.slice(0, -1) : line;
    if (raw || !complete || !/(^|[^\\])(\\\\)*\\$/.test(text)) return { text, complete };
    text = text.slice(0, -1);
  }
}

/** Splits into as many fields as there are names; the last takes the rest. */
function fields(text: string, ifs: string, count: number, raw: boolean): string[] {
  const isSpace = (c: string | undefined): boolean => c !== undefined && ifs.includes(c) && ' \t\n'.includes(c);
  const unescape = (field: string): string => (raw ? field : field.replace(/\\(.)/g, '$1'));
  let at = 0;
  while (isSpace(text[at])) at++;
  const result: string[] = [];
  while (at < text.length && result.length < count - 1) {
    let end = at;
    while (end < text.length && !ifs.includes(text[end] as string)) end += !raw && text[end] === '\\' ? 2 : 1;
    result.push(unescape(text.slice(at, end)));
    at = end;
    while (isSpace(text[at])) at++;
    if (at < text.length && ifs.includes(text[at] as string)) at++;
    while (isSpace(text[at])) at++;
  }
  let end = text.length;
  while (end > at && isSpace(text[end - 1])) end--;
  result.push(unescape(text.slice(at, end)));
  return result;
}

async function run({ shell, args, io }: BuiltinContext): Promise<number> {
  const { raw, prompt, array, timeoutMs, names } = parse(args);
  for (const name of names) {
    if (/^[A-Za-z_]\w*$/.test(name)) continue;
    stderrOf(io).write(`bash: read: \`${name}': not a valid identifier\n`);
    return 1;
  }
  const input = stdinOf(io);
  if (prompt !== '' && input.isTerminal) stderrOf(io).write(prompt);
  const interrupted = new Promise<'aborted'>((resolve) => {
    if (io.signal.aborted) resolve('aborted');
    io.signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  const waits: Promise<Awaited<ReturnType<typeof readLine>> | 'aborted' | 'timeout'>[] = [readLine(input, raw), interrupted];
  const timer = new AbortController();
  if (timeoutMs !== undefined) waits.push(shell.host.sleep(timeoutMs, timer.signal).then(() => 'timeout' as const, () => interrupted));
  const line = await Promise.race(waits);
  timer.abort();
  if (line === 'aborted') throw new AbortedError(io.signal);
  if (line === 'timeout') return SIGNAL_STATUS.SIGINT + 12;
  const ifs = shell.variables.get('IFS') ?? ' \t\n';
  if (array !== undefined) shell.variables.set(array, fields(line?.text ?? '', ifs, Infinity, raw).filter((field) => field !== ''));
  else if (names.length === 0) shell.variables.set('REPLY', raw ? (line?.text ?? '') : (line?.text ?? '').replace(/\\(.)/g, '$1'));
  else {
    const values = fields(line?.text ?? '', ifs, names.length, raw);
    names.forEach((name, index) => shell.variables.set(name, values[index] ?? ''));
  }
  return line?.complete ? 0 : 1;
}

export const read: Builtin = { names: ['read'], run };
