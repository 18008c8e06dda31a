/** What can be done with each resource, as the `paths` of OpenAPI tell it: one list that v2 and v3 write each in their way. */
import { groupVersion, type ServedResource } from '../discovery.ts';
import { definitionOf } from './schemas.ts';

export interface Parameter {
  name: string;
  in: 'query' | 'path';
  type: 'string' | 'integer' | 'boolean';
}

export interface Operation {
  path: string;
  method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  /** `x-kubernetes-action`. */
  action: string;
  subject: { group: string; version: string; kind: string };
  parameters: Parameter[];
  /** Definition of the body, if there is one. */
  body?: string;
  /** Definition of the answer; `string` for text. */
  answer: string;
  /** MIME types of the body. */
  consumes: string[];
}

const STATUS = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status';
const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const PATCH = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';
const PATCH_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];
/** Custom resources have no strategic merge. */
const CUSTOM_PATCH_TYPES = PATCH_TYPES.filter((type) => !type.includes('strategic'));

const query = (name: string, type: Parameter['type'] = 'string'): Parameter => ({ name, in: 'query', type });
const LIST_PARAMETERS = [
  query('allowWatchBookmarks', 'boolean'),
  query('continue'),
  query('fieldSelector'),
  query('labelSelector'),
  query('limit', 'integer'),
  query('resourceVersion'),
  query('resourceVersionMatch'),
  query('sendInitialEvents', 'boolean'),
  query('timeoutSeconds', 'integer'),
  query('watch', 'boolean'),
];
const WRITE_PARAMETERS = [query('dryRun'), query('fieldManager'), query('fieldValidation')];
const DELETE_PARAMETERS = [query('dryRun'), query('gracePeriodSeconds', 'integer'), query('orphanDependents', 'boolean'), query('propagationPolicy')];
const PATH_NAME: Parameter = { name: 'name', in: 'path', type: 'string' };
const PATH_NAMESPACE: Parameter = { name: 'namespace', in: 'path', type: 'string' };
const PRETTY = query('pretty');

/** Methods of the verbs on a collection and on an object. */
const COLLECTION: Record<string, [Operation['method'], string, Parameter[]]> = {
  list: ['get', 'list', LIST_PARAMETERS],
  create: ['post', 'post', WRITE_PARAMETERS],
  deletecollection: ['delete', 'deletecollection', [...DELETE_PARAMETERS, ...LIST_PARAMETERS]],
};
const OBJECT: Record<string, [Operation['method'], string, Parameter[]]> = {
  get: ['get', 'get', []],
  update: ['put', 'put', WRITE_PARAMETERS],
  patch: ['patch', 'patch', [...WRITE_PARAMETERS, query('force', 'boolean')]],
  delete: ['delete', 'delete', DELETE_PARAMETERS],
};

function bodyOf(action: string, own: string, custom: boolean): Pick<Operation, 'body' | 'consumes'> {
  if (action === 'patch') return { body: PATCH, consumes: custom ? CUSTOM_PATCH_TYPES : PATCH_TYPES };
  if (action === 'delete' || action === 'deletecollection') return { body: DELETE_OPTIONS, consumes: ['*/*'] };
  return action === 'post' || action === 'put' ? { body: own, consumes: ['*/*'] } : { consumes: ['*/*'] };
}

/** The operations of one resource and its subresources. */
export function operationsOf(resource: ServedResource): Operation[] {
  const { group, version, kind, plural, namespaced, verbs, subresourceInfo } = resource;
  const subject = { group, version, kind };
  const own = definitionOf(resource);
  if (own === undefined) return [];
  const root = `${group === '' ? '/api' : '/apis'}/${groupVersion(group, version)}`;
  const place = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const scope = namespaced ? [PATH_NAMESPACE] : [];
  const listAnswer = definitionOf({ ...resource, kind: resource.definedBy?.listKind ?? `${kind}List` }) ?? own;
  const operations: Operation[] = [];
  const add = (path: string, [method, action, parameters]: [Operation['method'], string, Parameter[]], about: Operation['subject'], definition: string, path_: Parameter[], answer = definition): void => {
    operations.push({ path, method, action, subject: about, parameters: [...path_, ...parameters, PRETTY], ...bodyOf(action, definition, resource.custom === true), answer });
  };
  for (const verb of verbs) {
    const collection = COLLECTION[verb];
    if (collection) add(place, collection, subject, own, scope, verb === 'list' ? listAnswer : verb === 'create' ? own : STATUS);
    const object = OBJECT[verb];
    if (object) add(`${place}/{name}`, object, subject, own, [PATH_NAME, ...scope], verb === 'delete' ? STATUS : own);
  }
  const list = COLLECTION.list as [Operation['method'], string, Parameter[]];
  if (namespaced && verbs.includes('list')) add(`${root}/${plural}`, list, subject, own, [], listAnswer);
  for (const [name, info] of Object.entries(subresourceInfo)) {
    const about = { group: info.group, version: info.version, kind: info.kind };
    const definition = definitionOf(info) ?? own;
    for (const verb of info.verbs) {
      const known = verb === 'create' ? COLLECTION.create : OBJECT[verb];
      if (known) add(`${place}/{name}/${name}`, known, about, definition, [PATH_NAME, ...scope], name === 'log' ? 'string' : definition);
    }
  }
  return operations;
}
