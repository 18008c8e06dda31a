/**
 * The first entry of a Map that is used as a queue: entries leave at the front and come at the end. A Map keeps the places of entries
 * that left until it is rebuilt, so that looking from its beginning each time costs more the more have left. An iterator stays
 * where it is while the Map changes. It is no part of anybody's state: another Map, as after a restore, gets another one.
 */
const iterators = new WeakMap<ReadonlyMap<unknown, unknown>, IterableIterator<unknown>>();

/** Removes the first entry and returns it; undefined when the Map is empty. All entries must leave through here or by their key. */
export function takeFirst<K, V>(queue: Map<K, V>): [K, V] | undefined {
  if (queue.size === 0) return undefined;
  let keys = iterators.get(queue) as IterableIterator<K> | undefined;
  let next = keys?.next();
  if (!next || next.done) {
    // A finished iterator does not see what came afterwards.
    keys = queue.keys();
    iterators.set(queue, keys);
    next = keys.next();
  }
  const key = next.value as K;
  const value = queue.get(key) as V;
  queue.delete(key);
  return [key, value];
}
