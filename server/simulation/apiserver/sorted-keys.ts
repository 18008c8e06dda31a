/**
 * The keys of a map of objects in order, kept between lists, so that a list costs what it returns. New keys are gathered and
 * merged in at the next list; removed ones are passed over until there are many.
 */
export class SortedKeys {
  #sorted: string[];
  #added: string[] = [];
  #removed = 0;

  constructor(private readonly objects: ReadonlyMap<string, unknown>) {
    this.#sorted = [...objects.keys()].sort();
  }

  /** To be called after a key has come into the map. */
  added(key: string): void {
    this.#added.push(key);
  }

  /** To be called after a key has gone from the map. */
  removed(): void {
    this.#removed++;
  }

  /** All keys that begin with a prefix, in order. A key of the result may be gone from the map, never the other way round. */
  *startingWith(prefix: string): Iterable<string> {
    const sorted = this.#upToDate();
    for (let index = firstAtLeast(sorted, prefix); index < sorted.length; index++) {
      const key = sorted[index] as string;
      if (!key.startsWith(prefix)) return;
      yield key;
    }
  }

  #upToDate(): string[] {
    if (this.#added.length > 0) {
      this.#sorted = merge(this.#sorted, this.#added.sort());
      this.#added = [];
    }
    if (this.#removed > this.#sorted.length / 4) {
      this.#sorted = this.#sorted.filter((key) => this.objects.has(key));
      this.#removed = 0;
    }
    return this.#sorted;
  }
}

/** Both lists in one; a key that was removed and came back is in both and is kept once. */
function merge(x: readonly string[], y: readonly string[]): string[] {
  const merged: string[] = [];
  let [i, j] = [0, 0];
  while (i < x.length || j < y.length) {
    const left = x[i];
    const right = y[j];
    const takeLeft = right === undefined || (left !== undefined && left <= right);
    const key = (takeLeft ? left : right) as string;
    if (takeLeft) i++;
    else j++;
    if (merged.at(-1) !== key) merged.push(key);
  }
  return merged;
}

function firstAtLeast(sorted: readonly string[], wanted: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
