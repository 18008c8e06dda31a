/** The status of a newly created object: empty, with the fields that Kubernetes always writes out. */
import { groupVersion, type ServedResource } from '../discovery.ts';
import schema from '../facts/schema.json' with { type: 'json' };

type Definition = Record<string, unknown>;
const definitions = schema as unknown as Record<string, Definition>;
const cache = new WeakMap<ServedResource, Record<string, unknown> | undefined>();

/** Definitions by `apiVersion/kind`. */
const byKind = new Map<string, Definition>();
for (const definition of Object.values(definitions)) {
  const kinds = definition.$gvk;
  if (Array.isArray(kinds)) for (const kind of kinds as string[]) byKind.set(kind, definition);
}

/** Zero values of a definition's fields that are written even when empty (marked `~` in the facts). */
function zeroOf(definition: Definition | undefined): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(definition ?? {})) {
    if (field.startsWith('$')) continue;
    const type = Array.isArray(value) ? value[0] : value;
    if (typeof type !== 'string' || !type.endsWith('~')) continue;
    const bare = type.replace(/[!~]+$/, '');
    if (bare.startsWith('@')) result[field] = zeroOf(definitions[bare.slice(1)]);
    else if (bare.startsWith('[]')) result[field] = null;
    else if (bare.startsWith('integer')) result[field] = 0;
    else if (bare === 'boolean') result[field] = false;
    else if (bare === 'string') result[field] = '';
  }
  return result;
}

/**
 * The status that a new object of a resource is stored with.
 * @returns a shared object, or undefined when the kind has no status or an optional one.
 */
export function emptyStatus(resource: ServedResource): Record<string, unknown> | undefined {
  if (cache.has(resource)) return cache.get(resource);
  const status = byKind.get(`${groupVersion(resource.group, resource.version)}/${resource.kind}`)?.status;
  const type = Array.isArray(status) ? (status[0] as string) : (status as string | undefined);
  const empty = type?.startsWith('@') && type.endsWith('~') ? zeroOf(definitions[type.slice(1).replace(/[!~]+$/, '')]) : undefined;
  cache.set(resource, empty);
  return empty;
}
