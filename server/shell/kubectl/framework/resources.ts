/** What a command line names: types, names, selectors (`cli-runtime/pkg/resource.Builder`). */
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import type { ApiClient, ServedResource } from './client.ts';
import { KubectlError, ServerError } from './errors.ts';

/** One kind of thing that is asked for: by names, or all of them. */
export interface Target {
  resource: ServedResource;
  /** Undefined: the whole list. */
  name?: string;
}

export interface Selection {
  targets: Target[];
  /** Whether single objects were named (and not lists). */
  named: boolean;
}

/** What the builder says when a command that needs objects is given none. */
export const NOTHING_NAMED = "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";
const NO_NAME = 'resource(s) were provided, but no name was specified';

/**
 * Reads `TYPE`, `TYPE NAME…`, `TYPE/NAME…`, `TYPE1,TYPE2 [NAME…]`.
 * @throws KubectlError with the texts of the builder.
 */
export async function parseTargets(client: ApiClient, args: readonly string[]): Promise<Selection> {
  if (args.length === 0) return { targets: [], named: false };
  if (args.some((arg) => arg.includes('/'))) {
    const targets: Target[] = [];
    for (const arg of args) {
      const parts = arg.split('/');
      if (parts.length === 1) {
        const bare = args.find((other) => !other.includes('/')) as string;
        throw new KubectlError(`there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'${bare ? '' : ''}`);
      }
      if (parts.length !== 2) throw new KubectlError('arguments in resource/name form may not have more than one slash');
      const [type, name] = parts as [string, string];
      if (type === '' || name === '') throw new KubectlError('arguments in resource/name form must have a single resource and name');
      targets.push({ resource: await client.resource(type), name });
    }
    return { targets, named: true };
  }
  const [types, ...names] = args as [string, ...string[]];
  const resources: ServedResource[] = [];
  for (const type of types.split(',')) {
    if (type === '') continue;
    const category = (await client.resources()).inCategory(type);
    if (category.length > 0) resources.push(...category.filter((resource) => resource.verbs.includes('list')));
    else resources.push(await client.resource(type));
  }
  if (names.length === 0) return { targets: resources.map((resource) => ({ resource })), named: false };
  return { targets: resources.flatMap((resource) => names.map((name) => ({ resource, name }))), named: true };
}

export interface SelectOptions {
  namespace: string;
  allNamespaces?: boolean;
  all?: boolean;
  labelSelector?: string;
  fieldSelector?: string;
  /** A list without names or selector is refused, as commands that change things do. */
  requireName?: boolean;
}

/** An object with the resource that it is of. */
export interface Found {
  resource: ServedResource;
  object: KubeObject;
}

/**
 * Fetches what targets name. Objects that cannot be had are collected as errors; the others are still returned.
 * @throws KubectlError when names and selectors do not go together, ServerError for lists that are refused.
 */
export async function fetchTargets(client: ApiClient, selection: Selection, options: SelectOptions): Promise<{ found: Found[]; errors: unknown[] }> {
  const selects = Boolean(options.labelSelector) || Boolean(options.fieldSelector) || options.all;
  if (selection.named && options.labelSelector) throw new KubectlError("name cannot be provided when a selector is specified");
  if (selection.named && options.all) throw new KubectlError('name cannot be provided when a selector is specified');
  if (options.requireName && !selection.named && !selects) throw new KubectlError(NO_NAME);
  const found: Found[] = [];
  const errors: unknown[] = [];
  for (const { resource, name } of selection.targets) {
    const namespace = resource.namespaced && !options.allNamespaces ? options.namespace : undefined;
    try {
      if (name !== undefined) {
        if (options.allNamespaces) throw new KubectlError('a resource cannot be retrieved by name across all namespaces');
        found.push({ resource, object: await client.get(resource, namespace, name) });
      } else {
        const list = await client.list(resource, namespace, selectorQuery(options)).catch((error: unknown) => {
          throw listFailure(error, resource, options);
        });
        for (const object of list.items) found.push({ resource, object });
      }
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ServerError') throw error;
      errors.push(error);
    }
  }
  return { found, errors };
}

/** What the builder says of a list that is refused for its selectors. */
export function listFailure(error: unknown, resource: ServedResource, { labelSelector = '', fieldSelector = '' }: Pick<SelectOptions, 'labelSelector' | 'fieldSelector'>): unknown {
  if (!(error instanceof ServerError) || !['BadRequest', 'NotFound'].includes(error.status.reason) || (labelSelector === '' && fieldSelector === '')) return error;
  const subject = `${resource.group ? `${resource.group}/${resource.version}` : `/${resource.version}`}, Resource=${resource.plural}`;
  return error.with(`Unable to find "${subject}" that match label selector "${labelSelector}", field selector "${fieldSelector}": `);
}

export function selectorQuery({ labelSelector, fieldSelector }: Pick<SelectOptions, 'labelSelector' | 'fieldSelector'>): Record<string, string> {
  return { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
}
