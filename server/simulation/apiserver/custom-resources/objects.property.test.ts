/** What reading an object by a schema promises, whatever the schema and the object. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prune, withSchemaDefaults } from './objects.ts';
import type { Json, JsonSchema } from './types.ts';

const name = fc.constantFrom('a', 'b', 'c', 'constructor', 'toString');
const scalar = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));

const { value } = fc.letrec<{ value: unknown }>((tie) => ({ value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalar, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(name, tie('value'), { maxKeys: 3 })) }));

const { schema } = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ type: fc.constantFrom('string', 'integer', 'boolean'), default: fc.oneof(fc.string(), fc.integer()), nullable: fc.boolean() }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constant('object'), 'x-kubernetes-preserve-unknown-fields': fc.constant(true) }),
    fc.record({ type: fc.constant('object'), properties: fc.dictionary(name, tie('schema'), { maxKeys: 3 }), default: fc.constant({}) }, { requiredKeys: ['type', 'properties'] }),
    fc.record({ type: fc.constant('object'), additionalProperties: tie('schema') }),
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
  ),
}));

const pair = fc.tuple(fc.dictionary(name, schema, { maxKeys: 3 }), fc.dictionary(name, value, { maxKeys: 4 })).map(([properties, object]): [JsonSchema, Json] => [{ type: 'object', properties }, object as Json]);

describe('reading by a schema', () => {
  it('what is pruned has nothing unknown left, and is pruned no further', () => {
    fc.assert(fc.property(pair, ([root, object]) => {
      const unknown: string[] = [];
      const once = prune(root, object, unknown);
      const more: string[] = [];
      expect(prune(root, once, more)).toBe(once);
      expect(more).toEqual([]);
      if (unknown.length === 0) expect(once).toBe(object);
    }));
  });

  it('defaults are the same the second time, and nothing that was said is lost', () => {
    fc.assert(fc.property(pair, ([root, object]) => {
      const once = withSchemaDefaults(object, root) as Json;
      expect(withSchemaDefaults(once, root)).toEqual(once);
      for (const key of Object.keys(object)) if (object[key] !== null) expect(Object.hasOwn(once, key)).toBe(true);
    }));
  });

  it('neither changes the object that it is given', () => {
    fc.assert(fc.property(pair, ([root, object]) => {
      const before = JSON.stringify(object);
      withSchemaDefaults(prune(root, object, []), root);
      expect(JSON.stringify(object)).toBe(before);
    }));
  });
});
