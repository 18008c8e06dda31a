/** What Tab offers: commands, variables, files, and what a command itself knows. */
import { baseName, resolvePath } from '../bash/paths.ts';
import type { Shell } from '../bash/shell.ts';
import type { Completion } from './editor.ts';
import { graphemes } from './width.ts';

/** Commands that run the rest of the line. */
const TRANSPARENT: Record<string, (words: string[]) => number> = {
  sudo: () => 1,
  watch: (words) => skipOptions(words, 1),
  timeout: (words) => skipOptions(words, 1) + 1,
  xargs: (words) => skipOptions(words, 1),
  time: () => 1,
  nohup: () => 1,
  command: () => 1,
  exec: () => 1,
};

function skipOptions(words: string[], from: number): number {
  let at = from;
  while (words[at]?.startsWith('-')) at += /^-[nIPdLsk]$/.test(words[at] as string) ? 2 : 1;
  return at;
}

interface Parsed {
  /** Words of the command that the cursor is in; the last is what is completed, perhaps empty. Without quotes. */
  words: string[];
  /** The last word as typed. */
  typed: string;
  /** The quote that is open in the last word. */
  quote: string;
  /** The last word is the target of a redirection. */
  isTarget: boolean;
}

/** Words up to the cursor, since the last operator that begins a command. */
function parse(before: string): Parsed {
  let words: string[] = [];
  let word = '';
  let typed = '';
  let started = false;
  let quote = '';
  let isTarget = false;
  const end = (): void => {
    if (started) words.push(word);
    if (started) isTarget = false;
    word = '';
    typed = '';
    started = false;
  };
  for (let at = 0; at < before.length; at++) {
    const c = before[at] as string;
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"' && '"\\$`'.includes(before[at + 1] ?? '')) word += before[++at] ?? '';
      else word += c;
      typed += c;
      continue;
    }
    if (c === ' ' || c === '\t') end();
    else if ('|;&\n('.includes(c)) {
      end();
      words = [];
      isTarget = false;
    } else if (c === '<' || c === '>') {
      end();
      isTarget = true;
    } else if (c === '$' && before[at + 1] === '(') {
      words = [];
      word = '';
      typed = '';
      started = false;
      at++;
    } else {
      started = true;
      typed += c;
      if (c === "'" || c === '"') quote = c;
      else if (c === '\\') {
        word += before[at + 1] ?? '';
        typed += before[at + 1] ?? '';
        at++;
      } else word += c;
    }
  }
  return { words: [...words, word], typed, quote, isTarget };
}

/** Variables before a command, and commands that run others, are not what is completed. */
function effective(words: string[]): string[] {
  let rest = words;
  for (;;) {
    while (rest.length > 1 && /^[A-Za-z_]\w*=/.test(rest[0] as string)) rest = rest.slice(1);
    while (rest.length > 1 && ['if', 'then', 'else', 'elif', 'while', 'until', 'do', '!', '{'].includes(rest[0] as string)) rest = rest.slice(1);
    const skip = TRANSPARENT[rest[0] as string];
    const count = skip && rest.length > 1 ? skip(rest) : 0;
    if (count === 0 || count >= rest.length) return rest;
    rest = rest.slice(count);
  }
}

/** @param before the line up to the cursor. */
export async function complete(shell: Shell, before: string): Promise<Completion | undefined> {
  const { words, typed, quote, isTarget } = parse(before);
  const last = words.at(-1) as string;
  const variable = /\$\{?([A-Za-z_]\w*)?$/.exec(typed);
  if (variable && quote !== "'") {
    const name = variable[1] ?? '';
    const names = shell.variables.names().filter((candidate) => candidate.startsWith(name));
    return answer(names, name, name.length, (candidate) => candidate, () => (typed.includes('${') ? '}' : ' '));
  }
  const rest = effective(expandAlias(words, shell));
  const candidates = isTarget ? undefined : rest.length === 1 && !last.includes('/') ? commandNames(shell) : await fromCommand(rest, shell);
  const matching = (candidates ?? []).filter((candidate) => candidate.startsWith(last));
  const quoted = (candidate: string): string => (quote === '' ? escape(candidate, last, typed) : typed.slice(0, typed.length - last.length) + candidate);
  const replaces = graphemes(typed).length;
  if (matching.length > 0) return answer(unique(matching), last, replaces, quoted, (candidate) => (/[/=:,]$/.test(candidate) ? '' : `${quote} `));
  if (rest.length === 1 && !isTarget && !last.includes('/')) return undefined;
  const files = fileNames(last, shell);
  return answer(files, last, replaces, quoted, (candidate) => (candidate.endsWith('/') ? '' : `${quote} `), (candidate) => (candidate.endsWith('/') ? `${baseName(candidate)}/` : baseName(candidate)));
}

function answer(candidates: string[], word: string, replaces: number, quoted: (candidate: string) => string, after: (candidate: string) => string, shown = (candidate: string): string => candidate): Completion | undefined {
  const [first] = candidates;
  if (first === undefined) return undefined;
  if (candidates.length === 1) return { insert: quoted(first) + after(first), replaces, candidates: [] };
  const common = candidates.reduce((prefix, candidate) => {
    let at = 0;
    while (at < prefix.length && prefix[at] === candidate[at]) at++;
    return prefix.slice(0, at);
  });
  return { insert: common.length > word.length ? quoted(common) : quoted(word), replaces, candidates: candidates.map(shown) };
}

/** The typed word goes on as it was begun; what is added is escaped. */
function escape(candidate: string, word: string, typed: string): string {
  return typed + candidate.slice(word.length).replace(/[ \t'"\\$`&|;<>()*?[\]{}!#]/g, '\\$&');
}

function expandAlias(words: string[], shell: Shell): string[] {
  const value = words.length > 1 ? shell.aliases.get(words[0] as string) : undefined;
  return value === undefined ? words : [...value.trim().split(/\s+/), ...words.slice(1)];
}

function commandNames(shell: Shell): string[] {
  return unique([...shell.environment.commands.keys(), ...shell.functions.keys(), ...shell.aliases.keys(), ...shell.interpreter.builtinNames()]);
}

async function fromCommand(words: string[], shell: Shell): Promise<string[] | undefined> {
  const command = shell.environment.commands.get(baseName(words[0] as string));
  if (!command?.complete) return undefined;
  try {
    return await command.complete(words, { host: shell.host, files: shell.files, cwd: shell.cwd, session: shell.environment.session });
  } catch {
    // Without an API server there is nothing to offer; that is no reason to break off the line.
    return undefined;
  }
}

function fileNames(word: string, shell: Shell): string[] {
  const slash = word.lastIndexOf('/');
  const folder = word.slice(0, slash + 1);
  const start = word.slice(slash + 1);
  const path = resolvePath(shell.cwd, folder.replace(/^~(?=\/|$)/, shell.variables.get('HOME') ?? '~') || '.');
  return (shell.files.list(path) ?? [])
    .filter((name) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
    .map((name) => folder + name + (shell.files.isDirectory(resolvePath(path, name)) ? '/' : ''));
}

function unique(items: string[]): string[] {
  return [...new Set(items)].sort();
}
