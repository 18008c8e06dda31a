import type { KubeObject, OwnerReference } from '../types.ts';
import { age } from './duration.ts';
import { NONE } from './format.ts';
import type { Printer } from './types.ts';

function controller(object: KubeObject): string {
  const owner: OwnerReference | undefined = object.metadata.ownerReferences?.find((reference) => reference.controller);
  if (!owner) return NONE;
  const group = owner.apiVersion.includes('/') ? (owner.apiVersion.split('/')[0] ?? '') : '';
  return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
}

export const controllerRevision = {
  kind: 'ControllerRevision',
  group: 'apps',
  cells: (object, now) => [object.metadata.name, controller(object), object.revision ?? 0, age(object.metadata.creationTimestamp, now)],
} satisfies Printer;
