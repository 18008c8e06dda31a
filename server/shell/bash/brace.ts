/** Brace expansion: `a{b,c}d`, `{1..5}`, `{a..e..2}`. Done before every other expansion. */
import type { Word, WordPart } from './ast.ts';

const MAX_WORDS = 10_000;

/** A character that may have a meaning, or something that stands for itself. */
type Token = string | WordPart;

/** The words that one word stands for. */
export function expandBraces(word: Word): Word[] {
  if (!word.parts.some((part) => part.kind === 'text' && !part.quoted && part.text.includes('{'))) return [word];
  const tokens = word.parts.flatMap((part): Token[] => (part.kind === 'text' && !part.quoted ? [...part.text] : [part]));
  return expand(tokens).map((expanded) => ({ parts: join(expanded), source: word.source }));
}

function expand(tokens: Token[]): Token[][] {
  for (let open = tokens.indexOf('{'); open >= 0; open = tokens.indexOf('{', open + 1)) {
    const close = matching(tokens, open);
    if (close < 0) continue;
    const alternatives = alternativesOf(tokens.slice(open + 1, close));
    if (!alternatives) continue;
    const before = tokens.slice(0, open);
    const tails = expand(tokens.slice(close + 1));
    const results: Token[][] = [];
    for (const alternative of alternatives) {
      for (const middle of expand(alternative)) {
        for (const tail of tails) {
          if (results.length >= MAX_WORDS) return [tokens];
          results.push([...before, ...middle, ...tail]);
        }
      }
    }
    return results;
  }
  return [tokens];
}

function matching(tokens: Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at] === '{') depth++;
    if (tokens[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

function alternativesOf(inner: Token[]): Token[][] | undefined {
  const alternatives: Token[][] = [[]];
  let depth = 0;
  for (const token of inner) {
    if (token === ',' && depth === 0) {
      alternatives.push([]);
      continue;
    }
    if (token === '{') depth++;
    if (token === '}') depth--;
    (alternatives.at(-1) as Token[]).push(token);
  }
  if (alternatives.length > 1) return alternatives;
  return inner.every((token) => typeof token === 'string') ? sequence(inner.join(''))?.map((text) => [...text]) : undefined;
}

function sequence(text: string): string[] | undefined {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(text);
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(text);
  const match = numbers ?? letters;
  if (!match) return undefined;
  const [, first, last, by] = match as unknown as [string, string, string, string | undefined];
  const value = (end: string): number => (numbers ? Number(end) : end.charCodeAt(0));
  const [from, to] = [value(first), value(last)];
  const step = Math.abs(Number(by ?? 1)) || 1;
  if (Math.abs(to - from) / step >= MAX_WORDS) return undefined;
  const padded = [first, last].some((end) => /^-?0\d/.test(end));
  const width = numbers && padded ? Math.max(first.length, last.length) : 0;
  const results: string[] = [];
  for (let at = from; from <= to ? at <= to : at >= to; at += from <= to ? step : -step) {
    const digits = String(Math.abs(at));
    results.push(numbers ? (at < 0 ? '-' : '') + digits.padStart(width - (at < 0 ? 1 : 0), '0') : String.fromCharCode(at));
  }
  return results;
}

function join(tokens: Token[]): WordPart[] {
  const parts: WordPart[] = [];
  for (const token of tokens) {
    const last = parts.at(-1);
    if (typeof token !== 'string') parts.push(token);
    else if (last?.kind === 'text' && !last.quoted) parts[parts.length - 1] = { ...last, text: last.text + token };
    else parts.push({ kind: 'text', text: token, quoted: false });
  }
  return parts;
}
