/** What a parsed command line is made of. Names follow the bash manual. */

/** A piece of a word before expansion. `quoted` pieces are neither split nor globbed. */
export type WordPart =
  | { kind: 'text'; text: string; quoted: boolean }
  | { kind: 'parameter'; expansion: ParameterExpansion; quoted: boolean }
  /** `$(…)` and backticks. */
  | { kind: 'command'; script: Script; quoted: boolean }
  /** `$((…))`; the expression may itself hold expansions. */
  | { kind: 'arithmetic'; expression: Word; quoted: boolean }
  /** `<(…)`: expands to the name of a file that holds the command's output. */
  | { kind: 'process'; script: Script };

export interface Word {
  parts: WordPart[];
  /** As written, for error messages and job lists. */
  source: string;
}

export interface ParameterExpansion {
  name: string;
  /** `${name[subscript]}`; `@` and `*` mean all elements. */
  subscript?: Word | '@' | '*';
  /** `${#name}` */
  length?: boolean;
  /** `${!name}` */
  indirect?: boolean;
  /** `:-`, `-`, `:=`, `=`, `:?`, `?`, `:+`, `+`, `#`, `##`, `%`, `%%`, `/`, `//`, `/#`, `/%`, `:`, `^`, `^^`, `,`, `,,` */
  operator?: string;
  operand?: Word;
  /** Replacement of `/`, length of `:`. */
  second?: Word;
}

export interface Assignment {
  name: string;
  subscript?: Word;
  append: boolean;
  value: Word | Word[];
}

export type RedirectOperator = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<<' | '<<';

export interface Redirect {
  operator: RedirectOperator;
  /** Undefined: the operator's own default. */
  fd: number | undefined;
  /** Target, or the text of a here-document. */
  target: Word;
}

export type Command =
  | { kind: 'simple'; assignments: Assignment[]; words: Word[]; redirects: Redirect[]; line: number }
  | { kind: 'subshell'; body: Script; redirects: Redirect[] }
  | { kind: 'group'; body: Script; redirects: Redirect[] }
  | { kind: 'if'; branches: { condition: Script; body: Script }[]; otherwise?: Script; redirects: Redirect[] }
  | { kind: 'for'; name: string; words: Word[] | undefined; body: Script; redirects: Redirect[] }
  | { kind: 'arithmetic-for'; start: Word; condition: Word; step: Word; body: Script; redirects: Redirect[] }
  | { kind: 'while'; until: boolean; condition: Script; body: Script; redirects: Redirect[] }
  | { kind: 'case'; word: Word; clauses: CaseClause[]; redirects: Redirect[] }
  | { kind: 'function'; name: string; body: Command; source: string }
  | { kind: 'arithmetic'; expression: Word; redirects: Redirect[] }
  | { kind: 'conditional'; expression: Conditional; redirects: Redirect[] };

export interface CaseClause {
  patterns: Word[];
  body: Script;
  /** `;;`, `;&` (fall through) or `;;&` (go on testing). */
  end: ';;' | ';&' | ';;&';
}

/** The inside of `[[ … ]]`. */
export type Conditional =
  | { kind: 'not'; operand: Conditional }
  | { kind: 'and' | 'or'; left: Conditional; right: Conditional }
  | { kind: 'unary'; operator: string; operand: Word }
  | { kind: 'binary'; operator: string; left: Word; right: Word };

export interface Pipeline {
  negated: boolean;
  timed: boolean;
  commands: Command[];
  /** Per `|`: whether it was `|&`. */
  withErrors: boolean[];
}

export interface AndOr {
  first: Pipeline;
  rest: { operator: '&&' | '||'; pipeline: Pipeline }[];
  background: boolean;
  source: string;
}

export type Script = AndOr[];
