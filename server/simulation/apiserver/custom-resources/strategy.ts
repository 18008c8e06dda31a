/** How custom resources are written (`apiextensions-apiserver/pkg/registry/customresource/{strategy,status_strategy}.go`). */
import type { ServedResource } from '../discovery.ts';
import { methodNotSupported } from '../errors.ts';
import { semanticEqual } from '../registry/equal.ts';
import type { Strategy } from '../registry/types.ts';
import { ApiError, type KubeObject } from '../types.ts';
import { isTrueOf, type CustomKind } from './types.ts';

/** Everything but metadata, in which a change makes a new generation. In which version it is stored is no part of it. */
function content(object: KubeObject): Record<string, unknown> {
  return { ...object, metadata: undefined, apiVersion: undefined };
}

const strategies = new WeakMap<CustomKind, Strategy>();

export function customResourceStrategy(resource: ServedResource, kind: CustomKind): Strategy {
  let strategy = strategies.get(kind);
  if (!strategy) {
    strategy = {
      resource: resource.key,
      unconditionalUpdate: false,
      statusOnCreate: !resource.subresources.includes('status'),
      generation: (draft, existing) => !semanticEqual(content(draft), content(existing)),
      prepareForCreate() {
        if (!isTrueOf(kind.definition, 'Terminating')) return;
        const { status } = methodNotSupported(resource, 'create');
        throw new ApiError({ ...status, message: 'create not allowed while custom resource definition is terminating' });
      },
      // Whoever writes status changes nothing else.
      prepareForStatusUpdate(draft, existing) {
        const { managedFields } = draft.metadata as KubeObject['metadata'] & { managedFields?: unknown };
        const { managedFields: _before, ...metadata } = existing.metadata as KubeObject['metadata'] & { managedFields?: unknown };
        draft.metadata = managedFields === undefined ? metadata : ({ ...metadata, managedFields } as KubeObject['metadata']);
      },
    };
    strategies.set(kind, strategy);
  }
  return strategy;
}
