/**
 * OpenAPI documents of the API server with what Kubernetes says about its kinds and fields: for `kubectl explain` of a real kubectl, which
 * prints what these documents have. The simulation has no prose of its own.
 */
import { describe, describeField } from './shell/kubectl/explain/descriptions.ts';

type Json = Record<string, unknown>;

/** Documents are made once and kept; so are these. */
const described = new WeakMap<object, unknown>();

function describedProperty(definition: string, name: string, property: Json): Json {
  const description = describeField(definition, name);
  if (description === undefined || property.description !== undefined) return property;
  // A reference may have nothing beside it.
  return '$ref' in property ? { allOf: [property], description } : { ...property, description };
}

function describedSchema(name: string, schema: Json): Json {
  const { kind } = describe(name);
  const properties = schema.properties as Record<string, Json> | undefined;
  return {
    ...(kind === undefined || schema.description !== undefined ? {} : { description: kind }),
    ...schema,
    ...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([field, property]) => [field, describedProperty(name, field, property)])) } : {}),
  };
}

/** A document of `/openapi/v3/…` with descriptions; anything else as it is. */
export function withDescriptions(document: unknown): unknown {
  const components = (document as { components?: { schemas?: Record<string, Json> } } | null)?.components;
  if (typeof document !== 'object' || document === null || !components?.schemas) return document;
  let found = described.get(document);
  if (found === undefined) {
    const schemas = Object.fromEntries(Object.entries(components.schemas).map(([name, schema]) => [name, describedSchema(name, schema)]));
    described.set(document, (found = { ...document, components: { ...components, schemas } }));
  }
  return found;
}
