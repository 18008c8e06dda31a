/**
 * Seeded pseudo-random integers (sfc32). The whole state is four 32-bit integers of plain data.
 * Everything in the simulation that is made up (uids, name suffixes, cluster IPs, ties) comes from here.
 */
export interface RandomState {
  a: number;
  b: number;
  c: number;
  d: number;
}

/** Consonants and digits of `k8s.io/apimachinery/pkg/util/rand`: no vowels, so that no words come out. */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const HEX = '0123456789abcdef';
/** Codes of the UUID in the making, its dashes in place. */
const UUID: number[] = Array.from('00000000-0000-0000-0000-000000000000', (character) => character.charCodeAt(0));

export class Random {
  state: RandomState;

  /** @param seed any 32-bit integer; equal seeds give equal streams. */
  constructor(seed: number) {
    this.state = { a: 0x9e3779b9 | 0, b: 0x243f6a88 | 0, c: seed | 0, d: 1 };
    this.#mix();
  }

  /**
   * Does something with a stream of its own that branches off here: whatever it draws, what comes after it stays the same.
   * @param salt tells branches apart that begin at the same place; any 32-bit integer.
   */
  aside(salt: number, action: () => void): void {
    const before = this.state;
    this.state = { ...before, c: before.c ^ Math.imul(salt + 1, 0x9e3779b9) };
    this.#mix();
    try {
      action();
    } finally {
      this.state = before;
    }
  }

  #mix(): void {
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** The next integer in [0, 2^32). */
  uint32(): number {
    const s = this.state;
    const t = (((s.a + s.b) | 0) + s.d) | 0;
    s.d = (s.d + 1) | 0;
    s.a = s.b ^ (s.b >>> 9);
    s.b = (s.c + (s.c << 3)) | 0;
    s.c = (s.c << 21) | (s.c >>> 11);
    s.c = (s.c + t) | 0;
    return t >>> 0;
  }

  /** An integer in [0, limit); limit in [1, 2^32]. */
  below(limit: number): number {
    return this.uint32() % limit;
  }

  /** A suffix such as `x7k2p`, as `generateName` makes it. */
  suffix(length = 5): string {
    let text = '';
    for (let i = 0; i < length; i++) text += NAME_ALPHABET[this.below(NAME_ALPHABET.length)];
    return text;
  }

  // What follows is built as flat strings: every object has one, and joined pieces would each stay in memory.

  hex(length: number): string {
    const codes: number[] = [];
    for (let i = 0; i < length; i += 8) {
      const value = this.uint32();
      for (let shift = 28; shift >= 0; shift -= 4) codes.push(HEX.charCodeAt((value >>> shift) & 15));
    }
    codes.length = length;
    return String.fromCharCode.apply(null, codes);
  }

  /** A version-4 UUID. */
  uuid(): string {
    let at = 0;
    for (let word = 0; word < 4; word++) {
      const value = this.uint32();
      for (let shift = 28; shift >= 0; shift -= 4) {
        if (at === 8 || at === 13 || at === 18 || at === 23) at++;
        const nibble = (value >>> shift) & 15;
        UUID[at] = HEX.charCodeAt(at === 14 ? 4 : at === 19 ? 8 + (nibble & 3) : nibble);
        at++;
      }
    }
    return String.fromCharCode.apply(null, UUID);
  }
}

/** Writes a 32-bit number in the alphabet of made-up names (`rand.SafeEncodeString` of its decimal digits). */
export function safeEncode(value: number): string {
  let text = '';
  for (const character of String(value)) text += NAME_ALPHABET[character.charCodeAt(0) % NAME_ALPHABET.length];
  return text;
}
