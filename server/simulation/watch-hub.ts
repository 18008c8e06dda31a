/** From the store to the components: every write to those that watch it. */
import { isCustom } from './apiserver/discovery.ts';
import type { Store } from './apiserver/store.ts';
import type { WatchEvent } from './apiserver/types.ts';
import { CUSTOM_RESOURCES, type Component, type WatchSpec } from './component.ts';

/** Routes writes to the components that watch them. Holds no state of its own: everything follows from registration. */
export class WatchHub {
  readonly #everything = new Map<string, Component<unknown>[]>();
  readonly #podsByNode = new Map<string, Component<unknown>[]>();
  /** Resource → name → components. */
  readonly #byName = new Map<string, Map<string, Component<unknown>[]>>();

  constructor(store: Store) {
    store.onWrite((event) => this.#route(event));
  }

  add(component: Component<unknown>): void {
    for (const spec of component.watches) {
      const [map, key] = this.#slot(spec);
      const list = map.get(key);
      if (list) list.push(component);
      else map.set(key, [component]);
    }
  }

  remove(component: Component<unknown>): void {
    for (const spec of component.watches) {
      const [map, key] = this.#slot(spec);
      const list = map.get(key);
      if (list) map.set(key, list.filter((other) => other !== component));
    }
  }

  #slot(spec: WatchSpec): [Map<string, Component<unknown>[]>, string] {
    if (spec.node !== undefined) return [this.#podsByNode, spec.node];
    if (spec.name !== undefined) {
      let names = this.#byName.get(spec.resource);
      if (!names) this.#byName.set(spec.resource, (names = new Map<string, Component<unknown>[]>()));
      return [names, spec.name];
    }
    return [this.#everything, spec.resource];
  }

  #route(event: WatchEvent): void {
    const { resource, object } = event;
    deliver(this.#everything.get(resource) ?? (isCustom(resource) ? this.#everything.get(CUSTOM_RESOURCES) : undefined), event);
    if (resource === 'pods') {
      const node = (object.spec as { nodeName?: string }).nodeName;
      if (node) deliver(this.#podsByNode.get(node), event);
    }
    const names = this.#byName.get(resource);
    if (names) deliver(names.get(object.metadata.name), event);
  }
}

function deliver(components: Component<unknown>[] | undefined, event: WatchEvent): void {
  if (components) for (const component of components) component.deliver(event);
}
