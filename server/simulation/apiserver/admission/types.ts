import type { GroupResource } from '../errors.ts';
import type { RegistryContext, WriteOptions } from '../registry/types.ts';
import type { KubeObject } from '../types.ts';

export interface AdmissionRequest {
  resource: GroupResource & { key: string; namespaced: boolean; kind: string; version: string };
  options: WriteOptions;
}

/**
 * An admission plugin: changes or refuses what is about to be written. The fields of a draft, of its metadata and of its
 * spec may be assigned; everything below is shared and must be replaced.
 */
export interface AdmissionPlugin {
  name: string;
  /** Resource keys that it looks at. Absent: all. */
  resources?: readonly string[];
  /** @throws ApiError to refuse. */
  create?(draft: KubeObject, registry: RegistryContext, request: AdmissionRequest): void;
  /** Looks at what is about to be created when it has its name and its fields are valid. @throws ApiError to refuse. */
  validateCreate?(draft: KubeObject, registry: RegistryContext, request: AdmissionRequest): void;
  /** @throws ApiError to refuse. */
  update?(draft: KubeObject, existing: KubeObject, registry: RegistryContext, request: AdmissionRequest): void;
  /** Looks at a change, of status too, when it is valid. @throws ApiError to refuse. */
  validateUpdate?(draft: KubeObject, existing: KubeObject, registry: RegistryContext, request: AdmissionRequest): void;
  /** @throws ApiError to refuse. */
  delete?(existing: KubeObject, registry: RegistryContext, request: AdmissionRequest): void;
}

/** The name that a refusal mentions: an object that is yet to get one is called by its prefix. */
export function admissionName(object: KubeObject): string {
  return object.metadata.name || object.metadata.generateName || 'Unknown';
}
