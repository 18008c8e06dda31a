/** Arrays that every scheduling cycle uses anew: with hundreds of nodes they are most of what a cycle would allocate. */
export class Room {
  #arrays = [new Int32Array(0), new Int32Array(0), new Int32Array(0)];

  #ofSize(which: 0 | 1 | 2, length: number): Int32Array {
    const array = this.#arrays[which] as Int32Array;
    return array.length >= length ? array : (this.#arrays[which] = new Int32Array(length));
  }

  indexes(length: number): Int32Array {
    return this.#ofSize(0, length);
  }

  totals(length: number): Int32Array {
    return this.#ofSize(1, length);
  }

  scores(length: number): Int32Array {
    return this.#ofSize(2, length).subarray(0, length);
  }
}
