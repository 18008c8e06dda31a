/** What a CustomResourceDefinition says of its objects, in the form that everything that handles them reads. */
import type { KubeObject } from '../types.ts';

export type Json = Record<string, unknown>;

/** `apiextensions/v1.JSONSchemaProps`, as far as structural schemas have it. */
export interface JsonSchema {
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  default?: unknown;
  nullable?: boolean;
  enum?: unknown[];
  maximum?: number;
  exclusiveMaximum?: boolean;
  minimum?: number;
  exclusiveMinimum?: boolean;
  multipleOf?: number;
  maxLength?: number;
  minLength?: number;
  pattern?: string;
  maxItems?: number;
  minItems?: number;
  uniqueItems?: boolean;
  maxProperties?: number;
  minProperties?: number;
  required?: string[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  not?: JsonSchema;
  externalDocs?: unknown;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: string;
  'x-kubernetes-validations'?: ValidationRule[];
}

/** A rule in CEL. */
export interface ValidationRule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

export interface ScalePaths {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

export interface DefinedVersion {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: JsonSchema };
  subresources?: { status?: object; scale?: ScalePaths };
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath: string }[];
}

export interface DefinedNames {
  plural: string;
  kind: string;
  singular?: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
}

export interface DefinitionSpec {
  group: string;
  names: DefinedNames;
  scope: string;
  versions: DefinedVersion[];
  conversion?: { strategy: string; webhook?: { clientConfig?: object; conversionReviewVersions?: string[] } };
  preserveUnknownFields?: boolean;
}

export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastTransitionTime?: string;
}

export interface DefinitionStatus {
  acceptedNames: DefinedNames;
  conditions: Condition[] | null;
  storedVersions: string[];
}

/** One served version of a defined kind. */
export interface CustomKind {
  definition: KubeObject;
  listKind: string;
  version: DefinedVersion;
  /** Of the version's objects; without one everything is kept. */
  schema: JsonSchema;
  /** `group/version` in which objects are stored. */
  storedAs: string;
}

export const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

export const specOf = (definition: KubeObject): DefinitionSpec => definition.spec as DefinitionSpec;

export function conditionOf(definition: KubeObject, type: string): Condition | undefined {
  return ((definition.status?.conditions ?? []) as Condition[]).find((condition) => condition.type === type);
}

export function isTrueOf(definition: KubeObject, type: string): boolean {
  return conditionOf(definition, type)?.status === 'True';
}

export function isObject(value: unknown): value is Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** An own entry of a map that clients fill: `constructor` is a name like any other. */
export function own<T>(map: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return map && Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The schema that a field has, if it is described: as a property, or as a value of a map. */
export function fieldSchema(schema: JsonSchema | undefined, name: string): JsonSchema | undefined {
  return own(schema?.properties, name) ?? (typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined);
}

/** The parts of a path such as `.spec.replicas`. */
export function simplePath(path: string): string[] {
  return path.replace(/^\./, '').split('.');
}

export function valueAt(object: unknown, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const name of path) value = isObject(value) ? own(value, name) : undefined;
  return value;
}

/** The object with another value at a path; what is on the way is made. */
export function withValueAt(object: Json, [name, ...rest]: readonly string[], value: unknown): Json {
  if (name === undefined) return object;
  const inner = own(object, name);
  return { ...object, [name]: rest.length === 0 ? value : withValueAt(isObject(inner) ? inner : {}, rest, value) };
}
