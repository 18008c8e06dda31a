/** Validation of CustomResourceDefinitions (`apiextensions-apiserver/pkg/apis/apiextensions/validation`). */
import { duplicate, forbidden, invalid, notSupported, required, tooMany, type FieldError } from '../validation/errors.ts';
import { checkLabel1035, checkSubdomain, type NameCheck } from '../validation/names.ts';
import { immutable } from '../validation/updates.ts';
import { semanticEqual } from '../registry/equal.ts';
import { evaluate, JsonPathError, parseFieldPath } from '../../json-path.ts';
import type { KubeObject } from '../types.ts';
import { approvalErrors } from './approval.ts';
import { defaultErrors, schemaRuleErrors } from './schema-rules.ts';
import { structuralErrors } from './structural.ts';
import { isTrueOf, own, simplePath, specOf, type DefinedNames, type DefinedVersion, type DefinitionSpec, type JsonSchema, type PrinterColumn, type ScalePaths } from './types.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const MAX_SELECTABLE_FIELDS = 8;
/** With a status subresource, what the root of a schema may have, by the names of the Go struct. */
const ROOT_FIELDS: Record<string, string> = {
  description: 'Description', type: 'Type', format: 'Format', title: 'Title', maximum: 'Maximum', exclusiveMaximum: 'ExclusiveMaximum', minimum: 'Minimum', exclusiveMinimum: 'ExclusiveMinimum',
  maxLength: 'MaxLength', minLength: 'MinLength', pattern: 'Pattern', maxItems: 'MaxItems', minItems: 'MinItems', uniqueItems: 'UniqueItems', multipleOf: 'MultipleOf', required: 'Required', items: 'Items',
  properties: 'Properties', externalDocs: 'ExternalDocs', example: 'Example', 'x-kubernetes-preserve-unknown-fields': 'XPreserveUnknownFields', 'x-kubernetes-validations': 'XValidations',
};

const joined = (problems: readonly string[]): string => problems.join(',');

/** How the name of a definition is checked: it follows from what it says. */
export function nameCheckOf(definition: KubeObject): NameCheck {
  const { names, group = '' } = specOf(definition) ?? {};
  return (name) => [...checkSubdomain(name), ...(name === `${names?.plural ?? ''}.${group}` ? [] : ['must be spec.names.plural+"."+spec.group'])];
}

/** What is wrong with a new definition, apart from its metadata. */
export function definitionErrors(definition: KubeObject): FieldError[] {
  const spec = specOf(definition) ?? ({} as DefinitionSpec);
  return [...specErrors(spec), ...approvalErrors(spec.group, definition), ...preserveErrors(spec)];
}

/** What is wrong with a change. */
export function definitionUpdateErrors(definition: KubeObject, old: KubeObject): FieldError[] {
  const changed = (path: string[]): FieldError[] => immutable(definition, old, ['spec', ...path]);
  return [
    ...specErrors(specOf(definition)),
    ...(isTrueOf(old, 'Established') ? [...changed(['scope']), ...changed(['names', 'kind'])] : []),
    ...changed(['group']),
    ...changed(['names', 'plural']),
    ...storedVersionErrors(definition),
    ...approvalErrors(specOf(definition).group, definition, old),
    ...preserveErrors(specOf(definition)),
  ];
}

function preserveErrors({ preserveUnknownFields }: DefinitionSpec): FieldError[] {
  return preserveUnknownFields ? [invalid('spec.preserveUnknownFields', true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead')] : [];
}

function storedVersionErrors(definition: KubeObject): FieldError[] {
  const stored = (definition.status?.storedVersions ?? []) as string[];
  if (stored.length === 0) return [invalid('status.storedVersions', stored, 'must have at least one stored version')];
  const names = specOf(definition).versions.map(({ name }) => name);
  return stored.flatMap((version, index) =>
    names.includes(version) ? [] : [invalid(`status.storedVersions[${index}]`, version, `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`)],
  );
}

/** Whether all versions say the same, which errors then tell once, at the top. */
function identical(versions: readonly DefinedVersion[], field: keyof DefinedVersion): boolean {
  return versions.every((version) => semanticEqual(version[field], versions[0]?.[field]));
}

function specErrors(spec: DefinitionSpec): FieldError[] {
  const { group = '', scope = '', versions = [], names = { plural: '', kind: '' } } = spec;
  const errors: FieldError[] = [];
  const groupProblems = checkSubdomain(group);
  if (group === '') errors.push(required('spec.group'));
  else if (groupProblems.length > 0) errors.push(invalid('spec.group', group, joined(groupProblems)));
  else if (!group.includes('.')) errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
  if (scope === '') errors.push(required('spec.scope'));
  else if (scope !== 'Cluster' && scope !== 'Namespaced') errors.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  const shared = { schema: identical(versions, 'schema'), subresources: identical(versions, 'subresources'), additionalPrinterColumns: identical(versions, 'additionalPrinterColumns'), selectableFields: identical(versions, 'selectableFields') };
  for (const [index, version] of versions.entries()) if (!version.schema?.openAPIV3Schema && !(shared.schema && versions[0]?.schema?.openAPIV3Schema)) errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required'));
  for (const [index, version] of versions.entries()) {
    const path = `spec.versions[${index}]`;
    const problems = checkLabel1035(version.name ?? '');
    if (problems.length > 0) errors.push(invalid(`${path}.name`, version.name ?? '', joined(problems)));
    errors.push(...deprecationErrors(version, path));
    if (!shared.schema) errors.push(...validationErrors(version.schema?.openAPIV3Schema, version.subresources?.status !== undefined, `${path}.schema.openAPIV3Schema`));
    if (!shared.subresources) errors.push(...scaleErrors(version.subresources?.scale, `${path}.subresources`));
    if (!shared.additionalPrinterColumns) errors.push(...columnErrors(version.additionalPrinterColumns, path));
    if (!shared.schema || !shared.selectableFields) errors.push(...selectableErrors(version, `${path}.selectableFields`));
  }
  const stored = versions.filter(({ storage }) => storage).length;
  if (new Set(versions.map(({ name }) => name)).size < versions.length) errors.push(invalid('spec.versions', internalVersions(versions, shared), 'must contain unique version names'));
  if (stored !== 1) errors.push(invalid('spec.versions', internalVersions(versions, shared), 'must have exactly one version marked as storage version'));
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) if (!names[field]) errors.push(required(`spec.names.${field}`));
  errors.push(...nameErrors(names, 'spec.names'));
  const [first] = versions;
  if (first && shared.schema) errors.push(...validationErrors(first.schema?.openAPIV3Schema, versions.some(({ subresources }) => subresources?.status !== undefined), 'spec.validation.openAPIV3Schema'));
  if (first && shared.subresources) errors.push(...scaleErrors(first.subresources?.scale, 'spec.subresources'));
  if (first && shared.additionalPrinterColumns) errors.push(...columnErrors(first.additionalPrinterColumns, 'spec'));
  if (first && shared.schema && shared.selectableFields) errors.push(...selectableErrors(first, 'spec.selectableFields'));
  return [...errors, ...conversionErrors(spec)];
}

/** The versions in the internal form, which has what they share elsewhere. */
function internalVersions(versions: readonly DefinedVersion[], shared: Record<string, boolean>): object[] {
  const part = (value: unknown, field: string): unknown => (shared[field] ? null : (value ?? null));
  return versions.map((version) => ({
    Name: version.name, Served: version.served, Storage: version.storage, Deprecated: version.deprecated ?? false, DeprecationWarning: version.deprecationWarning ?? null, Schema: part(version.schema, 'schema'),
    Subresources: part(version.subresources, 'subresources'), AdditionalPrinterColumns: part(version.additionalPrinterColumns, 'additionalPrinterColumns'), SelectableFields: part(version.selectableFields, 'selectableFields'),
  }));
}

function deprecationErrors({ deprecated, deprecationWarning }: DefinedVersion, path: string): FieldError[] {
  if (deprecationWarning === undefined) return [];
  const refuse = (rule: string): FieldError[] => [invalid(`${path}.deprecationWarning`, deprecationWarning, rule)];
  if (!deprecated) return refuse('can only be set for deprecated versions');
  if (deprecationWarning.length > 256) return refuse('must be <= 256 characters long');
  return deprecationWarning === '' ? refuse('must not be an empty string') : [];
}

export function nameErrors(names: DefinedNames, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const check = (field: string, value: string, prefix = ''): void => {
    const problems = value === '' && prefix === '' && /plural|singular/.test(field) ? [] : checkLabel1035(value);
    if (problems.length > 0) errors.push(invalid(`${path}.${field}`, value, `${prefix}${joined(problems)}`));
  };
  const mixed = (field: string, value: string): void => {
    const problems = checkLabel1035(value.toLowerCase());
    if (value !== '' && problems.length > 0) errors.push(invalid(`${path}.${field}`, value, `may have mixed case, but should otherwise match: ${joined(problems)}`));
  };
  check('plural', names.plural ?? '');
  check('singular', names.singular ?? '');
  mixed('kind', names.kind ?? '');
  mixed('listKind', names.listKind ?? '');
  for (const [index, name] of (names.shortNames ?? []).entries()) check(`shortNames[${index}]`, name);
  if (names.kind && names.kind === names.listKind) errors.push(invalid(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'));
  for (const [index, name] of (names.categories ?? []).entries()) check(`categories[${index}]`, name);
  return errors;
}

function validationErrors(schema: JsonSchema | undefined, hasStatus: boolean, path: string): FieldError[] {
  if (!schema) return [];
  const errors: FieldError[] = [];
  if (hasStatus) {
    if (schema.type !== undefined && schema.type !== 'object') errors.push(invalid(`${path}.type`, schema.type, 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'));
    else if (Object.keys(schema).some((field) => !own(ROOT_FIELDS, field))) errors.push(invalid(path, schema, `only [${Object.values(ROOT_FIELDS).join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`));
  }
  if (schema.nullable) errors.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'));
  const structure = structuralErrors(schema, path);
  const defaults = structure.length > 0 ? [] : defaultErrors(schema, path);
  return [...errors, ...structure, ...defaults, ...schemaRuleErrors(schema, path, structure.length === 0 && defaults.length === 0)];
}

function pathErrors(value: string, field: string): FieldError[] {
  if (!value.startsWith('.')) return [invalid(field, value, 'must be a simple json path starting with .')];
  return [];
}

function scaleErrors(scale: ScalePaths | undefined, path: string): FieldError[] {
  if (!scale) return [];
  const check = (name: keyof ScalePaths, roots: readonly string[], rule: string, optional = false): FieldError[] => {
    const value = scale[name] ?? '';
    const field = `${path}.scale.${name}`;
    if (value === '') return optional ? [] : [required(field)];
    const problems = pathErrors(value, field);
    if (problems.length > 0) return problems;
    return roots.some((root) => value.startsWith(root)) ? [] : [invalid(field, value, `should be a json path under ${rule}`)];
  };
  return [...check('specReplicasPath', ['.spec.'], '.spec'), ...check('statusReplicasPath', ['.status.'], '.status'), ...check('labelSelectorPath', ['.spec.', '.status.'], 'either .spec or .status', true)];
}

function columnErrors(columns: readonly PrinterColumn[] | undefined, path: string): FieldError[] {
  return (columns ?? []).flatMap((column, index) => {
    const place = `${path}.additionalPrinterColumns[${index}]`;
    const errors: FieldError[] = [];
    if (!column.name) errors.push(required(`${place}.name`));
    const types = `must be one of ${COLUMN_TYPES.join(',')}`;
    if (!column.type) errors.push(required(`${place}.type`, types));
    else if (!COLUMN_TYPES.includes(column.type)) errors.push(invalid(`${place}.type`, column.type, types));
    if (column.format && !COLUMN_FORMATS.includes(column.format)) errors.push(invalid(`${place}.format`, column.format, `must be one of ${COLUMN_FORMATS.join(',')}`));
    if (!column.jsonPath) errors.push(required(`${place}.JSONPath`));
    else errors.push(...pathErrors(column.jsonPath, `${place}.JSONPath`), ...unreadable(column.jsonPath, `${place}.JSONPath`));
    return errors;
  });
}

/** A path that the columns could not be made from later. */
function unreadable(path: string, field: string): FieldError[] {
  try {
    evaluate(parseFieldPath(path), {}, {}, { allowMissing: true });
    return [];
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    return [invalid(field, path, error.message)];
  }
}

function selectableErrors({ selectableFields = [], schema }: DefinedVersion, path: string): FieldError[] {
  const seen = new Set<string>();
  const errors = selectableFields.flatMap(({ jsonPath = '' }, index): FieldError[] => {
    const field = `${path}[${index}].jsonPath`;
    if (jsonPath === '') return [required(field)];
    if (!jsonPath.startsWith('.')) return [invalid(field, jsonPath, `is an invalid path: expected [ or . but got: ${jsonPath.split(/[.[]/)[0] ?? ''}`)];
    if (jsonPath.includes('[')) return [invalid(field, jsonPath, 'is an invalid path: array notation is not allowed')];
    const parts = simplePath(jsonPath);
    let found: JsonSchema | undefined = schema?.openAPIV3Schema;
    for (const part of parts) found = own(found?.properties, part);
    if (parts[0] === 'metadata') return [invalid(field, jsonPath, 'must not point to fields in metadata')];
    if (!found) return [invalid(field, jsonPath, 'is an invalid path: does not refer to a valid field')];
    if (!['string', 'boolean', 'integer'].includes(found.type ?? '')) return [invalid(field, jsonPath, 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.')];
    if (seen.has(jsonPath)) return [duplicate(field, jsonPath)];
    seen.add(jsonPath);
    return [];
  });
  return seen.size > MAX_SELECTABLE_FIELDS ? [...errors, tooMany(path, seen.size, MAX_SELECTABLE_FIELDS)] : errors;
}

function conversionErrors({ conversion }: DefinitionSpec): FieldError[] {
  if (!conversion) return [];
  const { strategy = '', webhook } = conversion;
  const path = 'spec.conversion';
  if (strategy === '') return [required(`${path}.strategy`)];
  if (strategy !== 'None' && strategy !== 'Webhook') return [notSupported(`${path}.strategy`, strategy, ['None', 'Webhook'])];
  if (strategy === 'Webhook') return [forbidden(`${path}.strategy`, 'conversion by webhooks is not supported yet in Quorum')];
  return webhook?.clientConfig ? [forbidden(`${path}.webhookClientConfig`, 'should not be set when strategy is not set to Webhook')] : [];
}
