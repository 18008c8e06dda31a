/**
 * The terminal of a session inside a container: keys become lines, with echo, as the line editor of busybox' shell and the kernel's
 * terminal do together. Pure functions over plain data; one line of the screen, without a view of where it wraps.
 */

export interface EditedLine {
  /** What has been typed, by code points, and where the cursor stands. */
  line: string;
  cursor: number;
  /** Lines entered, oldest first, and which of them is shown; at the length of the list, none. */
  history: string[];
  at: number;
}

export type Effect = { kind: 'line'; line: string } | { kind: 'interrupt' } | { kind: 'end' };

/** Lines that a session remembers. */
const MAX_HISTORY = 100;
/** Longest line, in code points. */
const MAX_LINE = 4_096;

/** Escape sequences of keys, and the control characters that do the same. */
const KEYS: Record<string, string> = { '[A': '\u0010', '[B': '\u000e', '[C': '\u0006', '[D': '\u0002', OA: '\u0010', OB: '\u000e', OC: '\u0006', OD: '\u0002', '[H': '\u0001', '[F': '\u0005', OH: '\u0001', OF: '\u0005', '[1~': '\u0001', '[4~': '\u0005' };

export function newEditedLine(): EditedLine {
  return { line: '', cursor: 0, history: [], at: 0 };
}

/**
 * Takes what was typed.
 * @param echo told what appears on the screen, in order with `act`.
 * @param act told what comes of it: a line for who reads, Ctrl-C, the end of input.
 */
export function typeInto(state: EditedLine, data: string, echo: (text: string) => unknown, act: (effect: Effect) => void): void {
  for (const [, sequence, character] of data.matchAll(/\x1b(\[[0-9;?]*[A-Za-z~]|O[A-Za-z])|([\s\S])/gu)) press(state, sequence === undefined ? (character as string) : (KEYS[sequence] ?? ''), echo, act);
}

function press(state: EditedLine, key: string, echo: (text: string) => unknown, act: (effect: Effect) => void): void {
  const points = [...state.line];
  const { cursor } = state;
  const change = (line: string[], to: number): void => {
    echo(redraw(points, cursor, line, to));
    state.line = line.join('');
    state.cursor = to;
  };
  switch (key) {
    case '\r':
    case '\n': {
      echo('\r\n');
      const { line } = state;
      if (line.trim() !== '' && state.history.at(-1) !== line) state.history.push(line);
      if (state.history.length > MAX_HISTORY) state.history.shift();
      reset(state);
      return act({ kind: 'line', line: `${line}\n` });
    }
    case '\u0003':
      echo('^C\r\n');
      reset(state);
      return act({ kind: 'interrupt' });
    case '\u0004':
      return points.length === 0 ? act({ kind: 'end' }) : change(points.toSpliced(cursor, 1), cursor);
    case '\u007f':
    case '\b':
      return cursor === 0 ? undefined : change(points.toSpliced(cursor - 1, 1), cursor - 1);
    case '\u0001':
      return change(points, 0);
    case '\u0002':
      return change(points, Math.max(0, cursor - 1));
    case '\u0005':
      return change(points, points.length);
    case '\u0006':
      return change(points, Math.min(points.length, cursor + 1));
    case '\u000b':
      return change(points.slice(0, cursor), cursor);
    case '\u0015':
      return change(points.slice(cursor), 0);
    case '\u0017': {
      let from = cursor;
      while (from > 0 && points[from - 1] === ' ') from--;
      while (from > 0 && points[from - 1] !== ' ') from--;
      return change(points.toSpliced(from, cursor - from), from);
    }
    case '\u0010':
    case '\u000e': {
      const at = state.at + (key === '\u0010' ? -1 : 1);
      if (at < 0 || at > state.history.length) return;
      const shown = [...(state.history[at] ?? '')];
      change(shown, shown.length);
      state.at = at;
      return;
    }
    default:
      if (key < ' ' && key !== '\t') return;
      if (key !== '' && points.length < MAX_LINE) change(points.toSpliced(cursor, 0, key), cursor + 1);
  }
}

function reset(state: EditedLine): void {
  state.line = '';
  state.cursor = 0;
  state.at = state.history.length;
}

/** What the terminal must be sent so that it shows another line with the cursor elsewhere. */
function redraw(before: readonly string[], from: number, after: readonly string[], to: number): string {
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) same++;
  const start = Math.min(same, from);
  const blank = Math.max(0, width(before.slice(start)) - width(after.slice(start)));
  if (before.length === after.length && same === before.length) return to < from ? '\b'.repeat(width(after.slice(to, from))) : after.slice(from, to).join('');
  return `${'\b'.repeat(width(before.slice(start, from)))}${after.slice(start).join('')}${' '.repeat(blank)}${'\b'.repeat(blank + width(after.slice(to)))}`;
}

/** Columns that characters take: two for those of East Asian scripts and most pictures. */
function width(points: readonly string[]): number {
  return points.reduce((sum, point) => sum + (/\p{M}/u.test(point) ? 0 : isWide(point.codePointAt(0) as number) ? 2 : 1), 0);
}

function isWide(code: number): boolean {
  return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) || (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) || (code >= 0x20000 && code <= 0x3fffd);
}
