/** grep, line by line as the input comes. */
import { compileBasic, compileExtended, compilePerl, type CompiledExpression } from '../bash/regular-expression.ts';
import { ExpansionError } from '../bash/errors.ts';
import { lineReader } from '../bash/io.ts';
import { resolvePath } from '../bash/paths.ts';
import type { LineReader } from '../bash/streams.ts';
import type { Command, CommandContext } from '../types.ts';
import { checkSignal, openInput, parseOptions, UsageError, type Options } from './common.ts';

const PLAIN = ['E', 'F', 'G', 'P', 'i', 'y', 'v', 'c', 'l', 'L', 'n', 'H', 'h', 'o', 'q', 's', 'w', 'x', 'r', 'R', 'a', 'z'];
const LONG_PLAIN: Record<string, string> = {
  'extended-regexp': 'E', 'fixed-strings': 'F', 'basic-regexp': 'G', 'perl-regexp': 'P', 'ignore-case': 'i', 'invert-match': 'v', count: 'c', 'files-with-matches': 'l', 'files-without-match': 'L',
  'line-number': 'n', 'with-filename': 'H', 'no-filename': 'h', 'only-matching': 'o', quiet: 'q', silent: 'q', 'no-messages': 's', 'word-regexp': 'w', 'line-regexp': 'x', recursive: 'r', text: 'a', 'line-buffered': '',
};
const VALUED = ['e', 'f', 'm', 'A', 'B', 'C'];
const LONG_VALUED: Record<string, string> = { regexp: 'e', file: 'f', 'max-count': 'm', 'after-context': 'A', 'before-context': 'B', context: 'C', color: '', colour: '', include: 'include', exclude: 'exclude' };

interface Settings {
  expressions: CompiledExpression[];
  has(letter: string): boolean;
  limit: number;
  before: number;
  after: number;
  colour: boolean;
}

function settings(name: string, options: Options, context: CommandContext): { settings: Settings; files: string[] } {
  const letters = new Map<string, string | true>();
  const patterns: string[] = [];
  for (const [flag, value] of options.all) {
    const letter = LONG_PLAIN[flag] ?? LONG_VALUED[flag] ?? flag;
    letters.set(letter, value);
    if (letter === 'e') patterns.push(...String(value).split('\n'));
    if (letter === 'f') {
      const text = context.files.read(resolvePath(context.cwd, String(value)));
      if (text === undefined) throw new UsageError(`${String(value)}: No such file or directory`);
      patterns.push(...text.replace(/\n$/, '').split('\n'));
    }
  }
  const files = [...options.operands];
  if (!letters.has('e') && !letters.has('f')) {
    const pattern = files.shift();
    if (pattern === undefined) throw new UsageError('');
    patterns.push(...pattern.split('\n'));
  }
  const has = (letter: string): boolean => letters.has(letter);
  const fixed = has('F') || name === 'fgrep';
  const extended = has('E') || name === 'egrep';
  const ignoreCase = has('i') || has('y');
  const expressions = patterns.map((pattern) => {
    try {
      const source = fixed ? pattern.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&') : pattern;
      const compile = has('P') || fixed ? compilePerl : extended ? compileExtended : compileBasic;
      if (has('x')) return wrap(compile(source, { ignoreCase }), (text, match) => match.start === 0 && match.end === text.length);
      if (has('w')) return wrap(compile(source, { ignoreCase }), isWholeWord);
      return compile(source, { ignoreCase });
    } catch (error) {
      if (error instanceof ExpansionError) throw new UsageError(error.message);
      throw error;
    }
  });
  const number = (letter: string, otherwise: number): number => {
    const value = letters.get(letter);
    if (value === undefined) return otherwise;
    if (!/^\d+$/.test(String(value))) throw new UsageError(letter === 'm' ? 'invalid max count' : `${String(value)}: invalid context length argument`);
    return Number(value);
  };
  const around = number('C', 0);
  const when = options.flags.get('color') ?? options.flags.get('colour');
  const colour = when === 'always' || (context.stdout.isTerminal && when !== 'never');
  return { settings: { expressions, has, limit: number('m', Infinity), before: number('B', around), after: number('A', around), colour }, files };
}

type Match = { start: number; end: number; groups: (string | undefined)[] };

/** Only matches that `accept` takes; longer and later ones are tried. */
function wrap(expression: CompiledExpression, accept: (text: string, match: Match) => boolean): CompiledExpression {
  return {
    find(text, from) {
      for (let at = from; at <= text.length; ) {
        const match = expression.find(text, at);
        if (!match) return undefined;
        if (accept(text, match)) return match;
        at = match.start + 1;
      }
      return undefined;
    },
  };
}

function isWholeWord(text: string, { start, end }: Match): boolean {
  return !/\w/.test(text[start - 1] ?? '') && !/\w/.test(text[end] ?? '');
}

/** All matches in a line, leftmost first and longest of those that begin together. */
function matchesIn(line: string, expressions: CompiledExpression[]): Match[] {
  const matches: Match[] = [];
  for (let at = 0; at <= line.length; ) {
    const found = expressions.map((expression) => expression.find(line, at)).filter((match) => match !== undefined);
    const best = found.sort((a, b) => a.start - b.start || b.end - a.end)[0];
    if (!best) break;
    matches.push(best);
    at = best.end > best.start ? best.end : best.end + 1;
  }
  return matches;
}

async function search(input: LineReader, label: string | undefined, options: Settings, context: CommandContext): Promise<number> {
  const { has, expressions, limit, before, after, colour } = options;
  const silent = has('q') || has('l') || has('L') || has('c');
  const paint = (code: string, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const prefix = (number: number, separator: string): string =>
    (label === undefined ? '' : paint('35', label) + paint('36', separator)) + (has('n') ? paint('32', String(number)) + paint('36', separator) : '');
  const kept: string[] = [];
  let selected = 0;
  let number = 0;
  let trailing = 0;
  let lastPrinted = 0;
  for (let raw = await input.line(); raw !== undefined; raw = await input.line()) {
    if (number % 1_000 === 0) checkSignal(context);
    number++;
    const line = raw.replace(/\n$/, '');
    const matched = expressions.some((expression) => expression.find(line, 0) !== undefined) !== has('v');
    if (matched) {
      selected++;
      if (has('q') || has('l')) return selected;
      if (!silent && has('o')) {
        if (!has('v')) for (const { start, end } of matchesIn(line, expressions)) if (end > start) context.stdout.write(`${prefix(number, ':')}${paint('01;31', line.slice(start, end))}\n`);
      } else if (!silent) {
        if ((before > 0 || after > 0) && lastPrinted > 0 && number - kept.length > lastPrinted + 1) context.stdout.write(`${paint('36', '--')}\n`);
        kept.forEach((text, index) => context.stdout.write(`${prefix(number - kept.length + index, '-')}${text}\n`));
        kept.length = 0;
        context.stdout.write(`${prefix(number, ':')}${colour && !has('v') ? highlight(line, expressions, paint) : line}\n`);
        lastPrinted = number;
        trailing = after;
      }
      if (selected >= limit) break;
    } else if (!silent && !has('o')) {
      if (trailing > 0) {
        trailing--;
        context.stdout.write(`${prefix(number, '-')}${line}\n`);
        lastPrinted = number;
      } else if (before > 0) {
        kept.push(line);
        if (kept.length > before) kept.shift();
      }
    }
  }
  return selected;
}

function highlight(line: string, expressions: CompiledExpression[], paint: (code: string, text: string) => string): string {
  let result = '';
  let at = 0;
  for (const { start, end } of matchesIn(line, expressions)) {
    if (end === start) continue;
    result += line.slice(at, start) + paint('01;31', line.slice(start, end));
    at = end;
  }
  return result + line.slice(at);
}

function filesBelow(files: string[], context: CommandContext): string[] {
  return files.flatMap((file) => {
    const path = resolvePath(context.cwd, file);
    const children = context.files.list(path);
    return children ? filesBelow(children.map((child) => `${file.replace(/\/$/, '')}/${child}`), context) : [file];
  });
}

function grep(name: string): Command {
  return {
    name,
    summary: 'print the lines that match',
    async run(context) {
      let parsed: { settings: Settings; files: string[] };
      try {
        parsed = settings(name, parseOptions(numbered(context.args), [...PLAIN, ...Object.keys(LONG_PLAIN), 'color', 'colour'], [...VALUED, ...Object.keys(LONG_VALUED).filter((long) => !long.startsWith('colo'))]), context);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        context.stderr.write(error.message === '' ? `Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n` : `${name}: ${error.message}\n`);
        return 2;
      }
      const { settings: options, files: operands } = parsed;
      const { has } = options;
      const recursive = has('r') || has('R');
      const files = recursive ? filesBelow(operands.length > 0 ? operands : ['.'], context) : operands.length > 0 ? operands : ['-'];
      const labelled = has('H') || ((files.length > 1 || recursive) && !has('h'));
      let any = false;
      let failed = false;
      for (const file of files) {
        const input = file === '-' ? lineReader(context.stdin) : openInput(name, file, has('s') ? { ...context, stderr: { isTerminal: false, write: () => {} } } : context);
        if (!input) {
          failed = true;
          continue;
        }
        const label = file === '-' ? '(standard input)' : file;
        const selected = await search(input, labelled ? label : undefined, options, context);
        if (has('L') ? selected === 0 : selected > 0) any = true;
        if (has('q')) {
          if (any) return 0;
        } else if (has('c')) context.stdout.write(`${labelled ? `${label}:` : ''}${selected}\n`);
        else if ((has('l') && selected > 0) || (has('L') && selected === 0)) context.stdout.write(`${label}\n`);
      }
      return failed ? 2 : any ? 0 : 1;
    },
  };
}

/** `-3` as `-C 3`; `--color=auto` has its value inside the word, `--color` has none. */
function numbered(args: string[]): string[] {
  return args.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-C', arg.slice(1)] : /^--colou?r=/.test(arg) ? [] : [arg]));
}

export const grepTools: Command[] = [grep('grep'), grep('egrep'), grep('fgrep')];
