/** What a script consists of, as text becomes instructions. */

export type Word = Part[];

export type Part =
  | { t: 'text'; v: string; q: boolean }
  /** `op`: what follows the name in `${…}`. */
  | { t: 'var'; name: string; q: boolean; op?: string; arg?: Word }
  /** Output of the program captured in a slot before the word is expanded. */
  | { t: 'slot'; slot: number; q: boolean }
  | { t: 'arith'; e: Word; q: boolean };

export interface Redirect {
  fd: number;
  op: '>' | '>>' | '<' | '<<' | '>&' | '<&' | '&>';
  target: Word;
}

export interface SimpleCommand {
  assigns: { name: string; value: Word }[];
  words: Word[];
  redirects: Redirect[];
}

export type Stage = { kind: 'simple'; command: SimpleCommand; captures: Capture[]; text: string } | { kind: 'script'; text: string };

export interface Capture {
  slot: number;
  text: string;
}

export type Instruction =
  | { op: 'command'; command: SimpleCommand }
  | { op: 'capture'; slot: number; text: string }
  | { op: 'pipeline'; stages: Stage[] }
  | { op: 'subshell'; text: string; redirects: Redirect[] }
  | { op: 'background'; text: string }
  | { op: 'jump'; to: number }
  | { op: 'jump-if'; ok: boolean; to: number }
  | { op: 'not' }
  | { op: 'status'; code: number }
  | { op: 'for'; name: string; words: Word[] | null }
  | { op: 'next'; name: string; end: number }
  | { op: 'case'; word: Word; arms: { patterns: Word[]; to: number }[]; end: number }
  | { op: 'function'; name: string; text: string }
  | { op: 'redirect'; redirects: Redirect[] }
  | { op: 'unredirect' }
  | { op: 'loop'; end: number; again: number }
  | { op: 'end-loop' };

export interface Script {
  code: Instruction[];
}

/** The text is no complete program. `incomplete`: more lines could make it one. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  constructor(
    message: string,
    readonly incomplete: boolean,
  ) {
    super(message);
  }
}
