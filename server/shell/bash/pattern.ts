/** Shell patterns: `*`, `?`, `[…]`. Matching takes time in proportion to pattern times text, whatever the pattern. */

/** A pattern where some characters are quoted and stand for themselves. */
export interface PatternPiece {
  text: string;
  quoted: boolean;
}

type Element = { kind: 'any' } | { kind: 'one' } | { kind: 'char'; char: string } | { kind: 'set'; negated: boolean; test: (char: string) => boolean };

const CLASSES: Record<string, RegExp> = {
  alnum: /[A-Za-z0-9]/, alpha: /[A-Za-z]/, digit: /[0-9]/, lower: /[a-z]/, upper: /[A-Z]/, space: /\s/, punct: /[!-/:-@[-`{-~]/, xdigit: /[0-9A-Fa-f]/, blank: /[ \t]/, cntrl: /[\x00-\x1f\x7f]/, print: /[\x20-\x7e]/, graph: /[\x21-\x7e]/,
};

export class Pattern {
  readonly #elements: Element[];

  constructor(pieces: PatternPiece[]) {
    this.#elements = compile(pieces);
  }

  static of(text: string): Pattern {
    return new Pattern([{ text, quoted: false }]);
  }

  /** Whether the whole text matches. */
  matches(text: string): boolean {
    return this.#ends([...text], 0).has([...text].length);
  }

  /** Length of the shortest or longest match at the beginning of the text, in UTF-16 units; undefined when none. */
  prefix(text: string, longest: boolean): number | undefined {
    const characters = [...text];
    const ends = [...this.#ends(characters, 0)].sort((a, b) => a - b);
    const end = longest ? ends.at(-1) : ends[0];
    return end === undefined ? undefined : characters.slice(0, end).join('').length;
  }

  /** Start of the shortest or longest match that reaches the end of the text. */
  suffix(text: string, longest: boolean): number | undefined {
    const starts: number[] = [];
    for (let at = 0; at <= text.length; at++) if (this.matches(text.slice(at))) starts.push(at);
    return longest ? starts[0] : starts.at(-1);
  }

  /** All positions where a match that begins at `from` can end. */
  #ends(text: string[], from: number): Set<number> {
    let positions = new Set([from]);
    for (const element of this.#elements) {
      const next = new Set<number>();
      if (element.kind === 'any') {
        const first = Math.min(...positions);
        if (Number.isFinite(first)) for (let at = first; at <= text.length; at++) next.add(at);
      } else {
        for (const at of positions) {
          const char = text[at];
          if (char !== undefined && matchesOne(element, char)) next.add(at + 1);
        }
      }
      positions = next;
      if (positions.size === 0) break;
    }
    return positions;
  }
}

/** Whether a text holds a character that makes it a pattern. */
export function hasPattern(pieces: PatternPiece[]): boolean {
  return pieces.some((piece) => !piece.quoted && /[*?]|\[.*\]/s.test(piece.text));
}

function matchesOne(element: Element, char: string): boolean {
  switch (element.kind) {
    case 'one':
      return true;
    case 'char':
      return element.char === char;
    case 'set':
      return element.test(char) !== element.negated;
    case 'any':
      return false;
  }
}

function compile(pieces: PatternPiece[]): Element[] {
  const characters = pieces.flatMap((piece) => [...piece.text].map((char) => ({ char, quoted: piece.quoted })));
  const elements: Element[] = [];
  for (let at = 0; at < characters.length; at++) {
    const { char, quoted } = characters[at] as { char: string; quoted: boolean };
    if (quoted) elements.push({ kind: 'char', char });
    else if (char === '*') {
      if (elements.at(-1)?.kind !== 'any') elements.push({ kind: 'any' });
    } else if (char === '?') elements.push({ kind: 'one' });
    else if (char === '\\' && at + 1 < characters.length) elements.push({ kind: 'char', char: (characters[++at] as { char: string }).char });
    else if (char === '[') {
      const set = compileSet(characters.slice(at));
      if (set) {
        elements.push(set.element);
        at += set.length - 1;
      } else elements.push({ kind: 'char', char });
    } else elements.push({ kind: 'char', char });
  }
  return elements;
}

function compileSet(characters: { char: string; quoted: boolean }[]): { element: Element; length: number } | undefined {
  let at = 1;
  const negated = characters[at]?.char === '!' || characters[at]?.char === '^';
  if (negated) at++;
  const tests: ((char: string) => boolean)[] = [];
  for (let first = true; ; first = false) {
    const entry = characters[at];
    if (!entry) return undefined;
    if (entry.char === ']' && !entry.quoted && !first) break;
    const named = /^\[:([a-z]+):\]/.exec(characters.slice(at, at + 12).map((c) => c.char).join(''));
    const set = named ? CLASSES[named[1] as string] : undefined;
    if (named && set) {
      tests.push((char) => set.test(char));
      at += named[0].length;
      continue;
    }
    const high = characters[at + 2];
    if (characters[at + 1]?.char === '-' && high && high.char !== ']') {
      const low = entry.char;
      tests.push((char) => char >= low && char <= high.char);
      at += 3;
    } else {
      tests.push((char) => char === entry.char);
      at++;
    }
  }
  return { element: { kind: 'set', negated, test: (char) => tests.some((test) => test(char)) }, length: at + 1 };
}
