/** Command-line flags in the manner of spf13/pflag, as kubectl uses it: long and short, values after `=` or a space. */

export type FlagType = 'string' | 'bool' | 'int' | 'list' | 'array' | 'duration';

export interface FlagSpec {
  name: string;
  short?: string;
  /** `list`: comma-separated and repeatable; `array`: repeatable, commas kept. */
  type: FlagType;
  default?: string | boolean | number;
  /** Value when the flag is given without one (`NoOptDefVal`). */
  bare?: string;
  required?: boolean;
}

/** The command line does not fit the flags. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** Parsed flags. Reading a flag that the command does not have is a mistake of the program, and throws. */
export class Flags {
  readonly #specs: Map<string, FlagSpec>;
  readonly #values = new Map<string, string[]>();

  constructor(specs: readonly FlagSpec[]) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
  }

  add(name: string, value: string): void {
    const list = this.#values.get(name);
    if (list) list.push(value);
    else this.#values.set(name, [value]);
  }

  /** Whether the flag was given on the command line. */
  given(name: string): boolean {
    return this.#values.has(name);
  }

  string(name: string): string {
    const values = this.#values.get(name);
    return values ? (values[values.length - 1] as string) : String(this.#spec(name).default ?? '');
  }

  optional(name: string): string | undefined {
    return this.given(name) ? this.string(name) : undefined;
  }

  bool(name: string): boolean {
    const values = this.#values.get(name);
    return values ? values[values.length - 1] === 'true' : this.#spec(name).default === true;
  }

  int(name: string): number {
    return Number(this.string(name) || 0);
  }

  list(name: string): string[] {
    const values = this.#values.get(name) ?? [];
    return this.#spec(name).type === 'list' ? values.flatMap((value) => value.split(',')) : values;
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseDuration(this.string(name)) ?? 0;
  }

  /** `--name=value` of all that were given. */
  shown(): string[] {
    return [...this.#values].flatMap(([name, values]) => values.map((value) => `--${name}=${value}`));
  }

  has(name: string): boolean {
    return this.#specs.has(name);
  }

  #spec(name: string): FlagSpec {
    const spec = this.#specs.get(name);
    if (!spec) throw new Error(`the command has no flag --${name}`);
    return spec;
  }
}

const UNITS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `1h5m`, `30s`, `500ms`; a plain 0 too. Undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text === '0' || text === '') return 0;
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '');
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0;
  for (const [, amount, unit] of body.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) total += Number(amount) * (UNITS[unit as string] as number);
  return sign * Math.round(total);
}

function checked(spec: FlagSpec, value: string, shown: string): string {
  const fail = (problem: string): never => {
    throw new FlagError(`invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${problem}`);
  };
  switch (spec.type) {
    case 'bool': {
      const lower = value.toLowerCase();
      if (['true', 't', '1'].includes(lower)) return 'true';
      if (['false', 'f', '0'].includes(lower)) return 'false';
      return fail(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
    }
    case 'int':
      return /^[+-]?\d+$/.test(value) ? value : fail(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
    case 'duration':
      return parseDuration(value) === undefined ? fail(`time: ${/\d$/.test(value) ? 'missing unit in' : 'invalid'} duration ${JSON.stringify(value)}`) : value;
    default:
      return value;
  }
}

export interface Parsed {
  flags: Flags;
  args: string[];
  /** Arguments after `--`, or undefined when there was none. */
  dash: string[] | undefined;
}

/** @throws FlagError */
export function parseFlags(specs: readonly FlagSpec[], words: readonly string[]): Parsed {
  const flags = new Flags(specs);
  const long = new Map(specs.map((spec) => [spec.name, spec]));
  const short = new Map(specs.flatMap((spec) => (spec.short ? [[spec.short, spec] as const] : [])));
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--') return { flags, args, dash: words.slice(i + 1) as string[] };
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const spec = long.get(name);
      if (!spec) throw new FlagError(`unknown flag: --${name}`);
      const shown = spec.short ? `-${spec.short}, --${name}` : `--${name}`;
      if (equals >= 0) flags.add(name, checked(spec, word.slice(equals + 1), shown));
      else if (spec.type === 'bool') flags.add(name, 'true');
      else if (spec.bare !== undefined) flags.add(name, spec.bare);
      else {
        const value = words[++i];
        if (value === undefined) throw new FlagError(`flag needs an argument: --${name}`);
        flags.add(name, checked(spec, value, shown));
      }
    } else if (word.startsWith('-') && word !== '-') {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at] as string;
        const spec = short.get(letter);
        if (!spec) throw new FlagError(`unknown shorthand flag: '${letter}' in ${word}`);
        const shown = `-${letter}, --${spec.name}`;
        const rest = word.slice(at + 1);
        if (rest.startsWith('=')) {
          flags.add(spec.name, checked(spec, rest.slice(1), shown));
          break;
        }
        if (spec.type === 'bool') {
          flags.add(spec.name, 'true');
          continue;
        }
        if (spec.bare !== undefined && rest === '') flags.add(spec.name, spec.bare);
        else if (rest !== '') flags.add(spec.name, checked(spec, rest, shown));
        else {
          const value = words[++i];
          if (value === undefined) throw new FlagError(`flag needs an argument: '${letter}' in ${word}`);
          flags.add(spec.name, checked(spec, value, shown));
        }
        break;
      }
    } else args.push(word);
  }
  return { flags, args, dash: undefined };
}
