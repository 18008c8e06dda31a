import type { KubeObject } from '../types.ts';
import type { Printer } from './types.ts';

function established(object: KubeObject): boolean {
  return ((object.status?.conditions ?? []) as { type: string; status: string }[]).some((condition) => condition.type === 'Established' && condition.status === 'True');
}

export const customResourceDefinition = {
  kind: 'CustomResourceDefinition',
  group: 'apiextensions.k8s.io',
  cells: (object) => [
    object.metadata.name,
    object.spec?.scope ?? '',
    ((object.spec?.versions ?? []) as { name: string }[]).map((version) => version.name).join(','),
    object.metadata.creationTimestamp,
    object.spec?.group ?? '',
    object.spec?.names?.kind ?? '',
    (object.spec?.names?.shortNames ?? []).join(','),
    established(object),
  ],
} satisfies Printer;
