import { age } from './duration.ts';
import { NONE } from './format.ts';
import type { Printer } from './types.ts';

export const ingressClass = {
  kind: 'IngressClass',
  group: 'networking.k8s.io',
  cells: ({ metadata, spec = {} }, now) => {
    const parameters: { kind: string; apiGroup?: string; name: string } | undefined = spec.parameters;
    const text = parameters ? `${parameters.kind}${parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`}/${parameters.name}` : NONE;
    return [metadata.name, spec.controller ?? '', text, age(metadata.creationTimestamp, now)];
  },
} satisfies Printer;
