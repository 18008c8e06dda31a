/** Why a text is no JSON, in the words of Go's `encoding/json`, which people know from API servers. */

class SyntaxProblem extends Error {}

const LITERALS: Record<string, string> = { t: 'true', f: 'false', n: 'null' };

/** The character as Go quotes it. */
function quoted(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  return `'${JSON.stringify(character).slice(1, -1)}'`;
}

class Scanner {
  #at = 0;

  constructor(private readonly text: string) {}

  #peek(): string {
    while (/[ \t\r\n]/.test(this.text[this.#at] ?? '')) this.#at++;
    return this.text[this.#at] ?? this.#end();
  }

  #end(): never {
    throw new SyntaxProblem('unexpected end of JSON input');
  }

  #fail(context: string): never {
    const character = this.text[this.#at];
    if (character === undefined) return this.#end();
    throw new SyntaxProblem(`invalid character ${quoted(character)} ${context}`);
  }

  document(): void {
    this.#values();
    while (/[ \t\r\n]/.test(this.text[this.#at] ?? '')) this.#at++;
    if (this.#at < this.text.length) this.#fail('after top-level value');
  }

  /** One value with everything in it, without recursion: the text may be nested as deep as it is long. */
  #values(): void {
    const open: ('{' | '[')[] = [];
    for (;;) {
      const character = this.#peek();
      if (character === '{' || character === '[') {
        this.#at++;
        if (this.#peek() !== (character === '{' ? '}' : ']')) {
          open.push(character);
          if (character === '{') this.#key('looking for beginning of object key string');
          continue;
        }
        this.#at++;
      } else this.#scalar(character);
      for (;;) {
        const inside = open.at(-1);
        if (inside === undefined) return;
        const next = this.#peek();
        if (next === (inside === '{' ? '}' : ']')) {
          this.#at++;
          open.pop();
          continue;
        }
        if (next !== ',') this.#fail(inside === '{' ? 'after object key:value pair' : 'after array element');
        this.#at++;
        if (inside === '{') this.#key('looking for beginning of object key string');
        break;
      }
    }
  }

  #key(context: string): void {
    if (this.#peek() !== '"') this.#fail(context);
    this.#string();
    if (this.#peek() !== ':') this.#fail('after object key');
    this.#at++;
  }

  #scalar(first: string): void {
    if (first === '"') return this.#string();
    const literal = LITERALS[first];
    if (literal !== undefined) {
      for (const character of literal) {
        if (this.text[this.#at] !== character) this.#fail(`in literal ${literal} (expecting '${character}')`);
        this.#at++;
      }
      return;
    }
    if (!/[-0-9]/.test(first)) this.#fail('looking for beginning of value');
    const match = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
    match.lastIndex = this.#at;
    const number = match.exec(this.text);
    if (!number) {
      this.#at++;
      this.#fail('in numeric literal');
    } else this.#at += number[0].length;
  }

  #string(): void {
    this.#at++;
    for (;;) {
      const character = this.text[this.#at];
      if (character === undefined) this.#end();
      else if (character === '"') return void this.#at++;
      else if (character < ' ') this.#fail('in string literal');
      else if (character === '\\') {
        this.#at++;
        const escape = this.text[this.#at];
        if (escape === undefined) this.#end();
        if (!/["\\/bfnrtu]/.test(escape as string)) this.#fail('in string escape code');
        if (escape === 'u') {
          for (let digit = 0; digit < 4; digit++) {
            this.#at++;
            if (!/[0-9a-fA-F]/.test(this.text[this.#at] ?? '')) this.#fail('in \\u hexadecimal character escape');
          }
        }
      }
      this.#at++;
    }
  }
}

/** What is wrong with a text that `JSON.parse` refused. */
export function jsonProblem(text: string): string {
  try {
    new Scanner(text).document();
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message;
    throw error;
  }
  return 'invalid JSON';
}
