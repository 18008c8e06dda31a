/**
 * Where the request path meets the schema: decoding, defaults, validation and patches, with their failures turned into
 * API errors.
 */
import { badRequest } from './errors.ts';
import type { ServedResource } from './discovery.ts';
import type { KubeObject } from './types.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface PatchRequest {
  resource: ServedResource;
  /** In the served version; absent when there is no object yet. */
  current: KubeObject | undefined;
  patch: unknown;
  type: PatchType;
  fieldManager: string;
  force: boolean;
  fieldValidation: FieldValidation;
  warnings: string[];
  subresource?: string;
  /** Virtual time, ms. */
  now: number;
}

/** An object with the defaults of its kind. Shares what does not change. */
export function withDefaults(object: KubeObject): KubeObject {
  return object;
}

/** @throws ApiError 422 */
export function checkCreate(_resource: ServedResource, _object: KubeObject): void {}

/** @throws ApiError 422 */
export function checkUpdate(_resource: ServedResource, _object: KubeObject, _existing: KubeObject): void {}

/** @throws ApiError 400 */
export function decodeObject(_resource: ServedResource, body: Record<string, unknown>, _validation: FieldValidation, _warnings: string[]): KubeObject {
  return body as unknown as KubeObject;
}

/** @throws ApiError */
export function patchObject(_request: PatchRequest): KubeObject {
  throw badRequest('patches are not supported yet');
}
