/** ConfigMaps and Secrets from files, literals and environment files, and the suffix that follows from what they hold. */
import { encodeBase64 } from '../../../simulation/apiserver/defaulting/core.ts';
import { KubectlError } from '../framework/errors.ts';
import { compactJson } from '../printers/json.ts';
import type { GeneratorArgs, GeneratorOptions, Json, Resource } from './types.ts';

/** @param read the text of a file, by its path from the kustomization. @throws KubectlError */
export function generate(kind: 'ConfigMap' | 'Secret', args: GeneratorArgs, common: GeneratorOptions | undefined, read: (file: string) => string): Resource {
  if (!args.name) throw new KubectlError('generate resource: name is required for a generator');
  const data: Record<string, string> = {};
  const put = (key: string, value: string): void => {
    if (data[key] !== undefined) throw new KubectlError(`cannot add key ${key}, another key by that name already exists: ${Object.keys(data).join(', ')}`);
    data[key] = value;
  };
  for (const env of [...(args.envs ?? []), ...(args.env ? [args.env] : [])]) {
    for (const line of read(env).split('\n')) {
      const text = line.trim();
      if (text === '' || text.startsWith('#')) continue;
      const equals = text.indexOf('=');
      put(equals < 0 ? text : text.slice(0, equals), equals < 0 ? '' : text.slice(equals + 1));
    }
  }
  for (const file of args.files ?? []) {
    const equals = file.indexOf('=');
    const path = equals < 0 ? file : file.slice(equals + 1);
    put(equals < 0 ? (path.split('/').pop() as string) : file.slice(0, equals), read(path));
  }
  for (const literal of args.literals ?? []) {
    const equals = literal.indexOf('=');
    if (equals <= 0) throw new KubectlError(`invalid literal source ${literal}, expected key=value`);
    put(literal.slice(0, equals), literal.slice(equals + 1).replace(/^(["'])(.*)\1$/, '$2'));
  }
  const labels = { ...common?.labels, ...args.options?.labels };
  const annotations = { ...common?.annotations, ...args.options?.annotations };
  const immutable = args.options?.immutable ?? common?.immutable;
  const values = kind === 'Secret' ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64(value)])) : data;
  return {
    object: {
      apiVersion: 'v1',
      kind,
      metadata: {
        name: args.name,
        ...(args.namespace ? { namespace: args.namespace } : {}),
        ...(Object.keys(labels).length > 0 ? { labels } : {}),
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      },
      ...(Object.keys(values).length > 0 ? { data: values } : {}),
      ...(kind === 'Secret' ? { type: args.type ?? 'Opaque' } : {}),
      ...(immutable ? { immutable: true } : {}),
    },
    formerNames: [],
    hashed: !(args.options?.disableNameSuffixHash ?? common?.disableNameSuffixHash ?? false),
  };
}

/** Letters instead of digits that could make a word (kustomize `api/hasher`). */
const LETTERS: Record<string, string> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' };
const HASH_LENGTH = 10;

/** The suffix of a generated object's name. */
export async function hashOf(object: Json): Promise<string> {
  const { kind, metadata, data, type, binaryData, stringData } = object as { kind: string; metadata: { name: string }; data?: unknown; type?: string; binaryData?: unknown; stringData?: unknown };
  const encoded: Json = { kind, name: metadata.name, data: data ?? '' };
  if (kind === 'Secret') encoded.type = type ?? '';
  if (binaryData !== undefined) encoded.binaryData = binaryData;
  if (stringData !== undefined) encoded.stringData = stringData;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(compactJson(encoded))));
  const text = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [...text.slice(0, HASH_LENGTH)].map((letter) => LETTERS[letter] ?? letter).join('');
}
