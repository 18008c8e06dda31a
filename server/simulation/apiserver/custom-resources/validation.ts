/** Validation of custom resources (`apiextensions-apiserver/pkg/registry/customresource/{strategy,validator}.go`). */
import { invalid, type FieldError } from '../validation/errors.ts';
import { checkSubdomain, metadataErrors } from '../validation/names.ts';
import type { KubeObject } from '../types.ts';
import { ruleErrors } from './expressions.ts';
import { listErrors } from './lists.ts';
import { simplePath, valueAt, type CustomKind } from './types.ts';
import { schemaErrors } from './values.ts';

/** What keeps rules from being looked at: they may count on the schema. */
const BLOCKING: ReadonlySet<FieldError['type']> = new Set(['NotSupported', 'Required', 'TooLong', 'TooMany', 'TypeInvalid']);
const UNCHECKED = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
const MAX_INT32 = 2_147_483_647;

/**
 * Everything that is wrong with an object.
 * @param old the object before an update.
 * @param part `status` when only that is written.
 */
export function customResourceErrors(kind: CustomKind, object: KubeObject, namespaced: boolean, old?: KubeObject, part?: 'status'): FieldError[] {
  const { schema } = kind;
  const errors = [...metadataErrors(object.metadata, checkSubdomain, namespaced), ...schemaErrors(schema, object, old), ...scaleErrors(kind, object, part)];
  if (!old || listErrors(schema, old).length === 0) errors.push(...listErrors(schema, object));
  if (errors.some(({ type }) => BLOCKING.has(type))) return hasRules(kind) ? [...errors, invalid('<nil>', null, UNCHECKED)] : errors;
  return [...errors, ...ruleErrors(schema, object, old)];
}

const withRules = new WeakMap<object, boolean>();

/** Whether a schema has a rule anywhere. */
function hasRules({ schema }: CustomKind): boolean {
  let known = withRules.get(schema);
  if (known === undefined) withRules.set(schema, (known = JSON.stringify(schema).includes('"x-kubernetes-validations":[{')));
  return known;
}

/** The numbers of replicas that the scale subresource reads. */
function scaleErrors({ version }: CustomKind, object: KubeObject, part: 'status' | undefined): FieldError[] {
  const scale = version.subresources?.scale;
  if (!scale) return [];
  const count = (path: string): FieldError[] => {
    const value = valueAt(object, simplePath(path));
    if (value === undefined) return [];
    if (typeof value !== 'number' || !Number.isInteger(value)) return [invalid(path, 0, `${path} accessor error: ${JSON.stringify(value)} is of the type ${typeof value}, expected int64`)];
    if (value < 0) return [invalid(path, value, 'should be a non-negative integer')];
    return value > MAX_INT32 ? [invalid(path, value, `should be less than or equal to ${MAX_INT32}`)] : [];
  };
  return [...(part === 'status' ? [] : count(scale.specReplicasPath)), ...count(scale.statusReplicasPath)];
}
