/** Built-in kinds: fields from the schema table, descriptions from Kubernetes' own. */
import { definitionNamed, type Definition, type Field, type FieldType } from '../../../simulation/apiserver/schema.ts';
import { describe, describeField } from './descriptions.ts';
import type { Explained, ExplainedField } from './types.ts';

function typeName(type: FieldType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'list':
      return `[]${typeName(type.items)}`;
    case 'map':
      return `map[string]${typeName(type.values)}`;
    case 'reference': {
      const special = definitionNamed(type.definition)?.special?.split(':')[0];
      // Types that are strings only are shown as that; those with alternatives, by their names.
      return special === 'string' ? special : (type.definition.split('.').pop() as string);
    }
  }
}

/** The name of the definition that a type leads to through lists and maps. */
function referenceOf(type: FieldType): string | undefined {
  if (type.kind === 'reference') return type.definition;
  if (type.kind === 'list') return referenceOf(type.items);
  return type.kind === 'map' ? referenceOf(type.values) : undefined;
}

const line = (text: string | undefined): string => (text ? `${text}\n` : '');

export function explainedDefinition(definition: Definition): Explained {
  return { id: definition.name, description: line(describe(definition.name).kind), fields: () => [...definition.fields.values()].map((field) => explainedField(definition, field)) };
}

function explainedField(owner: Definition, field: Field): ExplainedField {
  const reference = referenceOf(field.type);
  const inside = reference === undefined ? undefined : definitionNamed(reference);
  const description = describeField(owner.name, field.name);
  return {
    name: field.name,
    type: typeName(field.type),
    required: field.required,
    ...(field.enum ? { enum: field.enum } : {}),
    description,
    whole: line(description) + line(reference === undefined ? undefined : describe(reference).kind),
    inside: inside && explainedDefinition(inside),
  };
}
