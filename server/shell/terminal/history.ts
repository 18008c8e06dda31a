/** History expansion: `!!`, `!$`, `!12`, `!-2`, `!word`, as bash does it before a line is parsed. */

export interface ExpandedLine {
  line: string;
  /** What was asked for and is not in the history; then nothing is to be run. */
  missing?: string;
}

/** @param history lines entered, oldest first. */
export function expandHistory(line: string, history: readonly string[]): ExpandedLine {
  if (!line.includes('!')) return { line };
  let result = '';
  let single = false;
  for (let at = 0; at < line.length; at++) {
    const c = line[at] as string;
    if (c === '\\' && !single) {
      result += c + (line[at + 1] ?? '');
      at++;
      continue;
    }
    if (c === "'") single = !single;
    const event = c === '!' && !single ? /^!(!|\$|-?\d+|[A-Za-z][^\s!;|&"')]*)/.exec(line.slice(at)) : null;
    // `${!name}` and `[!a]` are not history.
    if (!event || line[at - 1] === '{' || line[at - 1] === '[') {
      result += c;
      continue;
    }
    const [text, name = ''] = event;
    const found = eventNamed(name, history);
    if (found === undefined) return { line, missing: text };
    result += found;
    at += text.length - 1;
  }
  return { line: result };
}

function eventNamed(name: string, history: readonly string[]): string | undefined {
  if (name === '!') return history.at(-1);
  if (name === '$') return /(\S+)\s*$/.exec(history.at(-1) ?? '')?.[1];
  if (/^-?\d+$/.test(name)) return Number(name) < 0 ? history.at(Number(name)) : history[Number(name) - 1];
  return history.findLast((line) => line.startsWith(name));
}
