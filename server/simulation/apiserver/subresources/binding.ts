import { badRequest } from '../errors.ts';
import type { Subresource } from './types.ts';

/** `pods/NAME/binding` (`registry/core/pod/storage.BindingREST`). */
export const binding = {
  name: 'binding',
  resources: ['pods'],
  create(info, body, { registry }, options) {
    const target: { kind?: string; name?: string } = body.target ?? {};
    if (!target.name) throw badRequest('target.name: Required value');
    if (target.kind && target.kind !== 'Node') throw badRequest(`target.kind: Unsupported value: "${target.kind}": supported values: "Node", "<empty>"`);
    registry.bindPod(info.namespace ?? 'default', info.name, target.name, body.metadata?.annotations, options);
    return { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
  },
} satisfies Subresource;
