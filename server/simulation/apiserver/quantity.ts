/**
 * Resource quantities (`k8s.io/apimachinery/pkg/api/resource.Quantity`): a decimal number with a suffix, kept exactly as an
 * integer and a power of ten, and written in the canonical form of its format.
 */

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** The text does not follow the grammar of quantities. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const GRAMMAR = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const DECIMAL_BY_EXPONENT = new Map(Object.entries(DECIMAL).map(([suffix, exponent]) => [exponent, suffix]));
/** Nothing smaller than a billionth is kept; smaller parts are rounded up. */
const NANO = 1_000_000_000n;
const MAX_TEXT_LENGTH = 64;

/** An amount. Immutable. */
export class Quantity {
  constructor(
    /** The amount in billionths. */
    readonly nanos: bigint,
    readonly format: QuantityFormat,
  ) {}

  /** Whole units, rounded up. Beyond 2^53 the result is approximate. */
  value(): number {
    return Number(divideUp(this.nanos, NANO));
  }

  /** Thousandths, rounded up. */
  milliValue(): number {
    return Number(divideUp(this.nanos, 1_000_000n));
  }

  /** Keeps this quantity's format, or takes the other's when this is zero. */
  add(other: Quantity): Quantity {
    return new Quantity(this.nanos + other.nanos, this.nanos === 0n ? other.format : this.format);
  }

  subtract(other: Quantity): Quantity {
    return new Quantity(this.nanos - other.nanos, this.nanos === 0n ? other.format : this.format);
  }

  /** Negative, zero or positive, as this is less than, equal to or greater than the other. */
  compare(other: Quantity): number {
    return this.nanos < other.nanos ? -1 : this.nanos > other.nanos ? 1 : 0;
  }

  isZero(): boolean {
    return this.nanos === 0n;
  }

  /** Canonical form: `1500m`, `64Mi`, `1k`. */
  toString(): string {
    if (this.nanos === 0n) return '0';
    const negative = this.nanos < 0n;
    const amount = negative ? -this.nanos : this.nanos;
    const sign = negative ? '-' : '';
    if (this.format === 'BinarySI' && amount % NANO === 0n) {
      let whole = amount / NANO;
      let power = 0;
      while (whole % 1024n === 0n && power < BINARY.length - 1) {
        whole /= 1024n;
        power++;
      }
      return `${sign}${whole}${BINARY[power]}`;
    }
    let digits = amount;
    let exponent = -9;
    while (digits % 1000n === 0n && exponent < 18) {
      digits /= 1000n;
      exponent += 3;
    }
    if (this.format === 'DecimalExponent') return `${sign}${digits}${exponent === 0 ? '' : `e${exponent}`}`;
    return `${sign}${digits}${DECIMAL_BY_EXPONENT.get(exponent) ?? ''}`;
  }
}

function divideUp(amount: bigint, by: bigint): bigint {
  const quotient = amount / by;
  return amount > 0n && amount % by !== 0n ? quotient + 1n : quotient;
}

/** Quantities repeat endlessly in pods; parsed ones are kept. */
const cache = new Map<string, Quantity>();
const CACHE_LIMIT = 2_000;

/** @throws QuantityError when the text is no quantity. */
export function parseQuantity(text: string | number): Quantity {
  const source = String(text);
  const known = cache.get(source);
  if (known) return known;
  const parsed = parse(source);
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(source, parsed);
  return parsed;
}

function parse(text: string): Quantity {
  const match = text.length > MAX_TEXT_LENGTH ? null : GRAMMAR.exec(text);
  if (!match) {
    throw new QuantityError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
  const [, sign, number, binary, decimal, exponentText] = match as unknown as [string, string, string, string | undefined, string | undefined, string | undefined];
  const [whole = '', fraction = ''] = number.split('.');
  let nanos: bigint;
  let format: QuantityFormat = 'DecimalSI';
  if (binary) {
    format = 'BinarySI';
    const factor = 1024n ** BigInt(BINARY.indexOf(binary));
    nanos = scaleUp(BigInt(whole + fraction || '0') * factor * NANO, fraction.length);
  } else {
    const exponent = exponentText === undefined ? (DECIMAL[decimal ?? ''] as number) : Number(exponentText);
    if (exponentText !== undefined) format = 'DecimalExponent';
    if (exponent > 100 || exponent < -100) throw new QuantityError('unable to parse quantity\'s suffix');
    const scaled = BigInt(whole + fraction || '0') * NANO;
    nanos = exponent >= 0 ? scaleUp(scaled * 10n ** BigInt(exponent), fraction.length) : scaleUp(scaled, fraction.length - exponent);
  }
  return new Quantity(sign === '-' ? -nanos : nanos, format);
}

/** Divides by 10^places, rounding up, as parts below a billionth are. */
function scaleUp(amount: bigint, places: number): bigint {
  return places <= 0 ? amount : divideUp(amount, 10n ** BigInt(places));
}

/** Canonical form of a text. @throws QuantityError */
export function canonicalQuantity(text: string | number): string {
  return parseQuantity(text).toString();
}
