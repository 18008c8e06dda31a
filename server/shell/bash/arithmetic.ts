/** Shell arithmetic: 64-bit integers, C's operators and precedence. */
import { ExpansionError } from './errors.ts';

export interface Variables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** Variables may hold expressions that name variables; deeper than this is a loop. */
const MAX_DEPTH = 64;
const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '|=', '^=']);
const TOKEN = /\s*(?:(\d+#[0-9a-zA-Z@_]+|0[xX][0-9a-fA-F]+|\d+)|([A-Za-z_]\w*(?:\[[^\]]*\])?)|(<<=|>>=|\*\*|\+\+|--|<=|>=|==|!=|&&|\|\||<<|>>|[-+*/%&|^]=|[-+*/%<>=!~&|^?:(),]))/y;
const BINARY: Record<string, number> = {
  ',': 1, '||': 4, '&&': 5, '|': 6, '^': 7, '&': 8, '==': 9, '!=': 9, '<': 10, '>': 10, '<=': 10, '>=': 10, '<<': 11, '>>': 11, '+': 12, '-': 12, '*': 13, '/': 13, '%': 13, '**': 14,
};

/** The value of an expression. @throws ExpansionError */
export function evaluateArithmetic(expression: string, variables: Variables, depth = 0): bigint {
  if (depth > MAX_DEPTH) throw new ExpansionError(`${expression}: expression recursion level exceeded`);
  if (expression.trim() === '') return 0n;
  return new Evaluator(expression, variables, depth).run();
}

class Evaluator {
  #tokens: { text: string; type: 'number' | 'name' | 'operator' }[] = [];
  #at = 0;
  /** Above 0 inside the branch that is not taken: nothing is assigned or divided. */
  #skipping = 0;

  constructor(
    private readonly source: string,
    private readonly variables: Variables,
    private readonly depth: number,
  ) {
    TOKEN.lastIndex = 0;
    let end = 0;
    while (end < source.trimEnd().length) {
      TOKEN.lastIndex = end;
      const match = TOKEN.exec(source);
      if (!match) throw this.#error('syntax error: invalid arithmetic operator', source.slice(end).trim());
      end = TOKEN.lastIndex;
      if (match[1] !== undefined) this.#tokens.push({ text: match[1], type: 'number' });
      else if (match[2] !== undefined) this.#tokens.push({ text: match[2], type: 'name' });
      else this.#tokens.push({ text: match[3] as string, type: 'operator' });
    }
  }

  run(): bigint {
    const value = this.#binary(1);
    if (this.#at < this.#tokens.length) throw this.#error('syntax error in expression', this.#rest());
    return value;
  }

  #rest(): string {
    return this.#tokens.slice(this.#at).map((token) => token.text).join(' ');
  }

  #error(message: string, token: string): ExpansionError {
    return new ExpansionError(`${this.source}: ${message} (error token is "${token}")`);
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at]?.text;
  }

  #binary(minimum: number): bigint {
    let left = minimum <= 3 ? this.#ternary() : this.#unary();
    for (;;) {
      const token = this.#tokens[this.#at];
      const operator = token?.type === 'operator' ? token.text : undefined;
      const precedence = operator === undefined ? undefined : BINARY[operator];
      if (operator === undefined || precedence === undefined || precedence < minimum) return left;
      this.#at++;
      if (operator === '&&' || operator === '||') {
        const decided = operator === '&&' ? left === 0n : left !== 0n;
        if (decided) this.#skipping++;
        const right = this.#binary(precedence + 1);
        if (decided) this.#skipping--;
        left = decided ? (operator === '&&' ? 0n : 1n) : right !== 0n ? 1n : 0n;
      } else left = this.#apply(operator, left, this.#binary(operator === '**' ? precedence : precedence + 1));
    }
  }

  #ternary(): bigint {
    const condition = this.#binary(4);
    if (this.#peek() !== '?') return condition;
    this.#at++;
    const branch = (taken: boolean): bigint => {
      if (!taken) this.#skipping++;
      const value = this.#ternary();
      if (!taken) this.#skipping--;
      return value;
    };
    const yes = branch(condition !== 0n);
    if (this.#peek() !== ':') throw this.#error("`:' expected for conditional expression", this.#rest());
    this.#at++;
    const no = branch(condition === 0n);
    return condition !== 0n ? yes : no;
  }

  #unary(): bigint {
    const token = this.#tokens[this.#at++];
    if (!token) throw this.#error('syntax error: operand expected', this.source.trim().slice(-1));
    if (token.type === 'number') return number(token.text, () => this.#error('value too great for base', token.text));
    if (token.type === 'name') return this.#name(token.text);
    switch (token.text) {
      case '(': {
        const value = this.#binary(1);
        if (this.#peek() !== ')') throw this.#error("missing `)'", this.#rest());
        this.#at++;
        return value;
      }
      case '-':
        return wrap(-this.#unary());
      case '+':
        return this.#unary();
      case '!':
        return this.#unary() === 0n ? 1n : 0n;
      case '~':
        return ~this.#unary();
      case '++':
      case '--': {
        const name = this.#tokens[this.#at];
        if (name?.type !== 'name') return token.text === '--' ? this.#unary() : this.#unary();
        this.#at++;
        return this.#assign(name.text, wrap(this.#read(name.text) + (token.text === '++' ? 1n : -1n)));
      }
      default:
        this.#at--;
        throw this.#error('syntax error: operand expected', this.#rest());
    }
  }

  #name(name: string): bigint {
    const operator = this.#tokens[this.#at]?.text;
    if (operator === '++' || operator === '--') {
      this.#at++;
      const value = this.#read(name);
      this.#assign(name, wrap(value + (operator === '++' ? 1n : -1n)));
      return value;
    }
    if (operator === undefined || !ASSIGNMENTS.has(operator)) return this.#read(name);
    this.#at++;
    const right = this.#ternary();
    return this.#assign(name, operator === '=' ? right : this.#apply(operator.slice(0, -1), this.#read(name), right));
  }

  #read(name: string): bigint {
    const text = this.variables.get(name) ?? '';
    if (text === '') return 0n;
    return /^-?\d+$/.test(text) && !/^-?0\d/.test(text) ? wrap(BigInt(text)) : evaluateArithmetic(text, this.variables, this.depth + 1);
  }

  #assign(name: string, value: bigint): bigint {
    if (this.#skipping === 0) this.variables.set(name, String(value));
    return value;
  }

  #apply(operator: string, left: bigint, right: bigint): bigint {
    switch (operator) {
      case ',':
        return right;
      case '|':
        return left | right;
      case '^':
        return left ^ right;
      case '&':
        return left & right;
      case '==':
        return left === right ? 1n : 0n;
      case '!=':
        return left !== right ? 1n : 0n;
      case '<':
        return left < right ? 1n : 0n;
      case '>':
        return left > right ? 1n : 0n;
      case '<=':
        return left <= right ? 1n : 0n;
      case '>=':
        return left >= right ? 1n : 0n;
      case '<<':
        return wrap(left << (right & 63n));
      case '>>':
        return left >> (right & 63n);
      case '+':
        return wrap(left + right);
      case '-':
        return wrap(left - right);
      case '*':
        return wrap(left * right);
      case '**':
        if (right < 0n) throw this.#error('exponent less than 0', String(right));
        return power(left, right);
      default: {
        if (right === 0n) {
          if (this.#skipping > 0) return 0n;
          throw this.#error('division by 0', String(right));
        }
        return operator === '/' ? wrap(left / right) : left % right;
      }
    }
  }
}

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = base, left = exponent; left > 0n; left >>= 1n, factor = wrap(factor * factor)) if (left & 1n) result = wrap(result * factor);
  return result;
}

function number(text: string, tooGreat: () => Error): bigint {
  if (/^0[xX]/.test(text)) return wrap(BigInt(text));
  const [base, digits] = text.includes('#') ? (text.split('#') as [string, string]) : text.length > 1 && text.startsWith('0') ? ['8', text.slice(1)] : ['10', text];
  const radix = BigInt(base);
  let value = 0n;
  for (const c of digits) {
    const digit = /\d/.test(c) ? BigInt(c) : BigInt(c.toLowerCase().charCodeAt(0) - 87);
    if (digit >= radix) throw tooGreat();
    value = wrap(value * radix + digit);
  }
  return value;
}
