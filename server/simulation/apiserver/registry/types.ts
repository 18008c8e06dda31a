import type { Kernel } from '../../kernel/kernel.ts';
import type { WriteContext } from '../client.ts';
import type { ManagedFieldsEntry } from '../managed-fields/managers.ts';
import type { Store } from '../store.ts';
import type { KubeObject } from '../types.ts';

/** What strategies and admission plugins may look at. */
export interface RegistryContext {
  readonly kernel: Kernel;
  readonly store: Store;
}

/** One write on its way through the registry. */
export interface WriteOptions {
  context: WriteContext;
  /** From a component of the simulation: not decoded, not validated. */
  trusted: boolean;
  /** Everything but storing. */
  dryRun?: boolean;
  /** Collects `Warning:` headers. */
  warnings?: string[];
  /** Who will manage the fields that this write changes. Absent for components, which are known by their user. */
  fields?: { manager: string; apiVersion: string; subresource?: string };
  /** What server-side apply has found out about the managers of fields. */
  managedFields?: ManagedFieldsEntry[];
}

/**
 * What is special about one kind when it is written (`registry/…/strategy.go`). The fields of a draft, of its metadata and
 * of its spec may be assigned; everything below is shared and must be replaced, never changed in place.
 */
export interface Strategy {
  /** Resource key. */
  resource: string;
  /**
   * How metadata.generation counts: `spec` when spec changes; `content` when anything outside metadata and status, or a
   * label, changes; or a rule of its own. Absent: the kind has no generation.
   */
  generation?: 'spec' | 'content' | ((draft: KubeObject, existing: KubeObject) => boolean);
  /** Whether an update without resourceVersion is accepted. Default true. */
  unconditionalUpdate?: boolean;
  /** Whether a PUT may create the object. Default false. */
  createOnUpdate?: boolean;
  /** Whether clients may set status on create. Default false. */
  statusOnCreate?: boolean;
  /** Completes a new object. Runs after defaulting and admission. */
  prepareForCreate?(draft: KubeObject, registry: RegistryContext, options: WriteOptions): void;
  /** Last step before a valid new object is stored: allocations that must not happen for an invalid one. @throws ApiError */
  beginCreate?(draft: KubeObject, registry: RegistryContext, options: WriteOptions): void;
  prepareForUpdate?(draft: KubeObject, existing: KubeObject, registry: RegistryContext, options: WriteOptions): void;
  /** As beginCreate, for updates. @throws ApiError */
  beginUpdate?(draft: KubeObject, existing: KubeObject, registry: RegistryContext, options: WriteOptions): void;
  prepareForStatusUpdate?(draft: KubeObject, existing: KubeObject, registry: RegistryContext): void;
  /** Seconds of grace for a deletion (`CheckGracefulDelete`). Absent: the kind is deleted at once. */
  gracePeriod?(object: KubeObject, requested: number | undefined): number;
  /** A deletion that begins in its own way; returns the new object, or undefined for the usual one. */
  beginDelete?(existing: KubeObject, registry: RegistryContext): KubeObject | undefined;
  /** After the object is gone: releases what beginCreate took. */
  afterDelete?(object: KubeObject, registry: RegistryContext, options: WriteOptions): void;
  /** Whether something else than finalizers still holds an object that is being deleted. */
  held?(object: KubeObject): boolean;
}
