/** Which objects of a resource a list or watch wants: namespace, name, labels and fields. */
import { badRequest } from '../errors.ts';
import { checkFieldSelector, fieldSelectorMatches, matchesLabels, parseFieldSelector, parseLabelSelector, SelectorError } from '../selectors.ts';
import { objectKey, type Store } from '../store.ts';
import type { KubeObject } from '../types.ts';
import type { ResourceRequest } from './request-info.ts';

export class Selection {
  readonly #namespace: string | undefined;
  readonly #name: string | undefined;
  readonly #labels: ReturnType<typeof parseLabelSelector>;
  readonly #fields: ReturnType<typeof parseFieldSelector>;

  /** @throws ApiError 400 when a selector cannot be understood. */
  constructor(readonly info: ResourceRequest) {
    this.#namespace = info.namespace;
    try {
      this.#labels = parseLabelSelector(info.query.labelSelector ?? '');
      this.#fields = parseFieldSelector(info.query.fieldSelector ?? '');
      checkFieldSelector(info.resource.key, this.#fields, info.resource.definedBy?.version.selectableFields?.map(({ jsonPath }) => jsonPath.slice(1)));
    } catch (error) {
      if (error instanceof SelectorError) throw badRequest(error.message);
      throw error;
    }
    this.#name = info.name ?? this.#fields.find((requirement) => requirement.field === 'metadata.name' && requirement.operator !== '!=')?.value;
  }

  /** Whether there is any selector besides the namespace. */
  get selective(): boolean {
    return this.#labels.length > 0 || this.#fields.length > 0 || this.#name !== undefined;
  }

  matches(object: KubeObject): boolean {
    if (this.#namespace !== undefined && object.metadata.namespace !== this.#namespace) return false;
    if (this.#name !== undefined && object.metadata.name !== this.#name) return false;
    if (this.#labels.length > 0 && !matchesLabels(this.#labels, object.metadata.labels)) return false;
    return this.#fields.length === 0 || fieldSelectorMatches(this.#fields, object);
  }

  /**
   * The matching objects at an earlier revision, in key order.
   * @returns undefined when that instant is no longer kept.
   */
  listAt(store: Store, revision: number): KubeObject[] | undefined {
    if (revision === store.revision) return this.list(store);
    return store.listAt(revision, this.info.resource.key, this.#namespace)?.filter((object) => this.matches(object));
  }

  /** The matching objects in key order. */
  list(store: Store): KubeObject[] {
    const { key, namespaced } = this.info.resource;
    if (this.#name !== undefined && (this.#namespace !== undefined || !namespaced)) {
      const object = store.get(key, objectKey(namespaced ? this.#namespace : undefined, this.#name));
      return object && this.matches(object) ? [object] : [];
    }
    const all = store.list(key, this.#namespace);
    return this.selective ? all.filter((object) => this.matches(object)) : all;
  }
}
