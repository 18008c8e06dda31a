/**
 * Copies that get further fields. `{ ...object, added: 1 }` makes a hidden class of its own for every such object in V8 11 (Node 20),
 * about a microsecond each, and whoever reads these objects afterwards finds no two alike. Fields that the object already has may be
 * replaced with a spread, which is the fastest way.
 */

/** A copy with more fields, in the order of `object` and then of `fields`. Objects that are made alike stay alike. */
export function extended<T extends object, F extends object>(object: T, fields: F): T & F {
  return Object.assign({}, object, fields);
}

/** A copy to which fields will be assigned one by one. */
export function extensible<T extends object>(object: T): T {
  return Object.assign({}, object);
}
