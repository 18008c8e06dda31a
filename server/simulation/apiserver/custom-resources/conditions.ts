/** The status of CustomResourceDefinitions: which names are theirs, and whether they are served (`apiextensions-apiserver/pkg/{apihelpers,controller/status}`). */
import { semanticEqual } from '../registry/equal.ts';
import type { KubeObject } from '../types.ts';
import { conditionOf, isTrueOf, specOf, type Condition, type DefinedNames, type DefinitionStatus } from './types.ts';

/** The finalizer that a definition has until its objects are gone. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

type NewCondition = Omit<Condition, 'lastTransitionTime'>;

/** A definition's status with conditions set. Those that change their status get a new time. */
export function conditionsWith(definition: KubeObject, now: string, ...set: NewCondition[]): DefinitionStatus {
  const status = definition.status as DefinitionStatus;
  const conditions = [...(status.conditions ?? [])];
  for (const condition of set) {
    const at = conditions.findIndex(({ type }) => type === condition.type);
    const known = conditions[at];
    const { type, ...rest } = condition;
    const next: Condition = { lastTransitionTime: known?.status === condition.status ? (known.lastTransitionTime ?? now) : now, message: rest.message, reason: rest.reason, status: rest.status, type };
    if (at < 0) conditions.push(next);
    else conditions[at] = next;
  }
  return { ...status, conditions };
}

/** The names that a definition asks for, all of them written out. */
function requested(definition: KubeObject): DefinedNames {
  const { names } = specOf(definition);
  return { ...names, singular: names.singular || names.kind.toLowerCase(), listKind: names.listKind || `${names.kind}List` };
}

/** Names that the definitions of a group hold. */
function taken(definitions: readonly KubeObject[], group: string): { resources: Set<string>; kinds: Set<string> } {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const definition of definitions) {
    if (specOf(definition).group !== group) continue;
    const names = (definition.status as DefinitionStatus | undefined)?.acceptedNames;
    if (!names) continue;
    for (const name of [names.plural, names.singular ?? '', ...(names.shortNames ?? [])]) resources.add(name);
    for (const kind of [names.kind, names.listKind ?? '']) kinds.add(kind);
  }
  return { resources, kinds };
}

/**
 * The status with the names that a definition can have, beside those of its group (`NamingConditionController`).
 * @returns undefined when nothing changes.
 */
export function withNames(definition: KubeObject, all: readonly KubeObject[], now: string): DefinitionStatus | undefined {
  const wanted = requested(definition);
  const { acceptedNames: accepted } = definition.status as DefinitionStatus;
  if (semanticEqual(wanted, accepted)) return undefined;
  const { resources, kinds } = taken(all, specOf(definition).group);
  let names: DefinedNames = { ...accepted };
  let conflict: { reason: string; message: string } | undefined;
  const inUse = (name: string): string => `${JSON.stringify(name)} is already in use`;
  const claim = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string>): void => {
    const name = wanted[field] as string;
    if (name !== accepted[field] && used.has(name)) conflict = { reason: `${field[0]?.toUpperCase()}${field.slice(1)}Conflict`, message: inUse(name) };
    else names = { ...names, [field]: name };
  };
  claim('plural', resources);
  claim('singular', resources);
  const refused = (wanted.shortNames ?? []).filter((name) => !accepted.shortNames?.includes(name) && name !== accepted.plural && name !== accepted.singular && resources.has(name));
  if (refused.length > 0) conflict = { reason: 'ShortNamesConflict', message: refused.length === 1 ? inUse(refused[0] as string) : `[${refused.map(inUse).join(', ')}]` };
  else names = withList(names, 'shortNames', wanted.shortNames);
  claim('kind', kinds);
  claim('listKind', kinds);
  names = withList(names, 'categories', wanted.categories);

  const naming: NewCondition = conflict ? { type: 'NamesAccepted', status: 'False', ...conflict } : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  const known = conditionOf(definition, 'NamesAccepted');
  if (semanticEqual(names, accepted) && known?.status === naming.status && known.reason === naming.reason && known.message === naming.message) return undefined;
  const before = conditionOf(definition, 'Established');
  const established: NewCondition[] = isTrueOf(definition, 'Established')
    ? []
    : [conflict ? (before ?? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }) : { type: 'Established', status: 'False', reason: 'Installing', message: 'the initial names have been accepted' }];
  return { ...conditionsWith(definition, now, naming, ...established), acceptedNames: names };
}

function withList(names: DefinedNames, field: 'shortNames' | 'categories', list: string[] | undefined): DefinedNames {
  const { [field]: _before, ...rest } = names;
  return list?.length ? { ...rest, [field]: list } : rest;
}

/** The status of a definition whose names are accepted and that is served from now on (`EstablishingController`). */
export function withEstablished(definition: KubeObject, now: string): DefinitionStatus | undefined {
  if (!isTrueOf(definition, 'NamesAccepted') || isTrueOf(definition, 'Established')) return undefined;
  return conditionsWith(definition, now, { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' });
}
