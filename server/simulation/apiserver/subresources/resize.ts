import type { Subresource } from './types.ts';

interface Container {
  name: string;
  resources?: object;
  resizePolicy?: object[];
}

/** `pods/NAME/resize`: changes the resources of a running pod's containers in place. */
export const resize = {
  name: 'resize',
  resources: ['pods'],
  read: (info, { registry }) => registry.mustGet(info.resource, info.namespace, info.name),
  write(info, object, { registry }, options) {
    const existing = registry.mustGet(info.resource, info.namespace, info.name);
    const wanted = new Map<string, Container>(((object.spec?.containers ?? []) as Container[]).map((container) => [container.name, container]));
    const containers = ((existing.spec.containers ?? []) as Container[]).map((container) => {
      const change = wanted.get(container.name);
      return change ? { ...container, resources: change.resources ?? {} } : container;
    });
    return registry.updateObject(info.resource, { ...existing, spec: { ...existing.spec, containers } }, { ...options, trusted: true });
  },
} satisfies Subresource;
