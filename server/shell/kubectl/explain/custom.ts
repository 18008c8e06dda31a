/** Kinds of CustomResourceDefinitions: fields and descriptions from the OpenAPI document of their group version. */
import type { JsonSchema } from '../../../simulation/apiserver/custom-resources/types.ts';
import { definitionNamed } from '../../../simulation/apiserver/schema.ts';
import { explainedDefinition } from './built-in.ts';
import { describeField } from './descriptions.ts';
import type { Explained, ExplainedField } from './types.ts';

type Schema = JsonSchema & { $ref?: string };

/** Where the fields that every object has are described. */
const ANY_OBJECT = 'io.k8s.api.core.v1.ConfigMap';
const COMMON = new Set(['apiVersion', 'kind', 'metadata']);

/** A document of /openapi/v3, as far as it is read here. */
export interface OpenApiDocument {
  components?: { schemas?: Record<string, Schema & { 'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[] }> };
}

/** The kind in a document; undefined when it is not there. */
export function explainedKind(document: OpenApiDocument, group: string, version: string, kind: string): Explained | undefined {
  const schema = Object.values(document.components?.schemas ?? {}).find((candidate) => candidate['x-kubernetes-group-version-kind']?.some((gvk) => gvk.group === group && gvk.version === version && gvk.kind === kind));
  return schema && explainedSchema(schema, true);
}

function referenced({ $ref, allOf }: Schema): string | undefined {
  const reference = $ref ?? (allOf?.length === 1 ? (allOf[0] as Schema).$ref : undefined);
  return reference?.split('/').pop();
}

function typeName(schema: Schema): string {
  if (schema.items) return `[]${typeName(schema.items)}`;
  if (typeof schema.additionalProperties === 'object') return `map[string]${typeName(schema.additionalProperties)}`;
  const reference = referenced(schema);
  if (reference !== undefined) return reference.split('.').pop() as string;
  return schema.type === undefined || schema.type === 'object' ? 'Object' : schema.type;
}

/** What a schema says of itself, and of what it holds. */
function wholeDescription(schema: Schema): string {
  const inner = schema.items ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);
  return `${schema.description ? `${schema.description}\n` : ''}${inner ? wholeDescription(inner) : ''}`;
}

function explainedSchema(schema: Schema, root = false): Explained {
  return {
    id: schema,
    description: wholeDescription(schema),
    fields: () => Object.entries(schema.properties ?? {}).map(([name, property]) => explainedField(name, property, schema, root)),
  };
}

function inner(schema: Schema): Explained | undefined {
  const reference = referenced(schema);
  const definition = reference === undefined ? undefined : definitionNamed(reference);
  if (definition) return explainedDefinition(definition);
  if (schema.items) return inner(schema.items);
  if (typeof schema.additionalProperties === 'object') return inner(schema.additionalProperties);
  return schema.properties ? explainedSchema(schema) : undefined;
}

function explainedField(name: string, property: Schema, owner: Schema, root: boolean): ExplainedField {
  const common = root && COMMON.has(name) ? describeField(ANY_OBJECT, name) : undefined;
  const description = property.description ?? common;
  return {
    name,
    type: typeName(property),
    required: owner.required?.includes(name) ?? false,
    ...(property.enum ? { enum: property.enum.map(String) } : {}),
    description,
    whole: wholeDescription(property) || (common ? `${common}\n` : ''),
    inside: inner(property),
  };
}
