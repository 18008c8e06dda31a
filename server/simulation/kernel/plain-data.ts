/**
 * Plain data: what the state of a simulation part may consist of, and how it becomes a snapshot.
 *
 * Allowed: null, booleans, strings, integers, arrays, object literals, Map and Set, nested freely, without cycles.
 * API objects (anything with `metadata.uid`) are immutable and shared between the store, watch channels and caches;
 * the encoder keeps that sharing, so that a snapshot is no larger than the cluster and a restored cluster no
 * larger than the original.
 */

/** The JSON form of encoded plain data. Maps, Sets and shared objects are written as tagged arrays. */
export type Encoded = null | boolean | number | string | Encoded[] | { [key: string]: Encoded };

const MAP = '\u0000m';
const SET = '\u0000s';
const SHARED = '\u0000o';
/** A literal array whose first element happens to begin with the tag character is escaped with this. */
const ESCAPED = '\u0000a';

function isSharedObject(value: object): boolean {
  const metadata = (value as { metadata?: { uid?: unknown } }).metadata;
  return metadata !== undefined && metadata !== null && typeof metadata.uid === 'string';
}

/** Collects shared objects while several states are encoded into one snapshot. */
export class Encoder {
  readonly #indexes = new Map<object, number>();
  readonly shared: Encoded[] = [];

  encode(value: unknown): Encoded {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw new TypeError(`state holds the number ${value}, which has no plain form`);
      return value;
    }
    if (typeof value !== 'object') throw new TypeError(`state holds a ${typeof value}, which is not plain data`);
    if (isSharedObject(value)) {
      let index = this.#indexes.get(value);
      if (index === undefined) {
        // Reserved before descending so that the numbering is that of first meeting.
        index = this.shared.length;
        this.#indexes.set(value, index);
        this.shared.push(null);
        this.shared[index] = this.#encodeObject(value);
      }
      return [SHARED, index];
    }
    return this.#encodeObject(value);
  }

  #encodeObject(value: object): Encoded {
    if (Array.isArray(value)) {
      const items = value.map((item) => this.encode(item === undefined ? null : item));
      return typeof items[0] === 'string' && items[0].startsWith('\u0000') ? [ESCAPED, items] : items;
    }
    if (value instanceof Map) {
      const entries: Encoded[] = [];
      for (const [key, item] of value) entries.push(this.encode(key), this.encode(item));
      return [MAP, entries];
    }
    if (value instanceof Set) return [SET, [...value].map((item) => this.encode(item))];
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new TypeError(`state holds a ${value.constructor.name}, which is not plain data`);
    }
    const result: { [key: string]: Encoded } = {};
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key];
      if (item !== undefined) result[key] = this.encode(item);
    }
    return result;
  }
}

/** Turns encoded data back into state; shared objects come back shared. */
export class Decoder {
  readonly #shared: Encoded[];
  readonly #decoded: unknown[] = [];

  constructor(shared: Encoded[]) {
    this.#shared = shared;
  }

  decode(value: Encoded): unknown {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      switch (value[0]) {
        case MAP: {
          const entries = value[1] as Encoded[];
          const map = new Map<unknown, unknown>();
          for (let i = 0; i < entries.length; i += 2) {
            map.set(this.decode(entries[i] as Encoded), this.decode(entries[i + 1] as Encoded));
          }
          return map;
        }
        case SET:
          return new Set((value[1] as Encoded[]).map((item) => this.decode(item)));
        case SHARED: {
          const index = value[1] as number;
          return (this.#decoded[index] ??= this.#decodeObject(this.#shared[index] as { [key: string]: Encoded }));
        }
        case ESCAPED:
          return (value[1] as Encoded[]).map((item) => this.decode(item));
        default:
          return value.map((item) => this.decode(item));
      }
    }
    return this.#decodeObject(value);
  }

  #decodeObject(value: { [key: string]: Encoded }): unknown {
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(value)) result[key] = this.decode(value[key] as Encoded);
    return result;
  }
}
