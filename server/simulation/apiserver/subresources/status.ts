import type { Subresource } from './types.ts';

/** `…/status` of every kind that has it: writes status and nothing of spec. */
export const status = {
  name: 'status',
  read: (info, { registry }) => registry.mustGet(info.resource, info.namespace, info.name),
  write: (info, object, { registry }, options) => registry.updateObjectStatus(info.resource, object, options),
} satisfies Subresource;
