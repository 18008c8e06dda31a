/**
 * The state hash: 64 bits over a canonical walk of plain data, the same in Node and in every browser.
 * Key order counts, because state that iterates differently is different state. It is a check against divergence,
 * not against an adversary.
 */

/** A running 64-bit hash kept as two 32-bit lanes (integer arithmetic only). */
export class Hasher {
  #a = 0x9e3779b1 | 0;
  #b = 0x85ebca6b | 0;

  number(value: number): void {
    if (Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff) this.#mix(value | 0);
    else this.string(String(value));
  }

  string(value: string): void {
    this.#mix(value.length);
    for (let i = 0; i < value.length; i++) this.#mix(value.charCodeAt(i));
  }

  tag(value: number): void {
    this.#mix(value);
  }

  #mix(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x9e3779b1);
    this.#a ^= this.#a >>> 15;
    this.#b = Math.imul(this.#b ^ value, 0x5f356495);
    this.#b ^= this.#b >>> 13;
    this.#b = (this.#b + this.#a) | 0;
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return (this.#a >>> 0).toString(16).padStart(8, '0') + (this.#b >>> 0).toString(16).padStart(8, '0');
  }
}

/** Hashes of immutable API objects, which are asked for again at every keyframe. */
const sharedHashes = new WeakMap<object, string>();

/** Feeds one plain value into a hasher. */
export function hashPlain(hasher: Hasher, value: unknown): void {
  if (value === null || value === undefined) return hasher.tag(1);
  switch (typeof value) {
    case 'string':
      hasher.tag(2);
      return hasher.string(value);
    case 'number':
      hasher.tag(3);
      return hasher.number(value);
    case 'boolean':
      return hasher.tag(value ? 4 : 5);
    case 'object':
      break;
    default:
      throw new TypeError(`cannot hash a ${typeof value}`);
  }
  const metadata = (value as { metadata?: { uid?: unknown } }).metadata;
  if (metadata && typeof metadata.uid === 'string') {
    let digest = sharedHashes.get(value);
    if (digest === undefined) {
      const own = new Hasher();
      hashObject(own, value);
      digest = own.digest();
      sharedHashes.set(value, digest);
    }
    hasher.tag(6);
    return hasher.string(digest);
  }
  hashObject(hasher, value);
}

function hashObject(hasher: Hasher, value: object): void {
  if (Array.isArray(value)) {
    hasher.tag(7);
    hasher.number(value.length);
    for (const item of value) hashPlain(hasher, item);
  } else if (value instanceof Map) {
    hasher.tag(8);
    hasher.number(value.size);
    for (const [key, item] of value) {
      hashPlain(hasher, key);
      hashPlain(hasher, item);
    }
  } else if (value instanceof Set) {
    hasher.tag(9);
    hasher.number(value.size);
    for (const item of value) hashPlain(hasher, item);
  } else {
    hasher.tag(10);
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key];
      if (item === undefined) continue;
      hasher.string(key);
      hashPlain(hasher, item);
    }
    hasher.tag(11);
  }
}

/** 32-bit FNV-1a over UTF-16 code units, the family of hash that Kubernetes uses for pod templates. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
