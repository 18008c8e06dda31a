/**
 * `/openapi/v2`, `/openapi/v3` and the documents of its groups, generated from the tables of facts/ and, for custom
 * resources, from their definitions. kubectl validates, explains and merges by them.
 */
import { groupVersion, VERSION_INFO, type ResourceTable, type ServedResource } from '../discovery.ts';
import { Hasher } from '../../kernel/hash.ts';
import { DEFINITIONS } from '../custom-resources/types.ts';
import type { Store } from '../store.ts';
import type { KubeObject } from '../types.ts';
import { operationsOf, type Operation } from './operations.ts';
import { builtInSchemas, closure, customSchemas, definitionOf, reference, type Dialect, type Json } from './schemas.ts';

const INFO = { title: 'Kubernetes', version: String(VERSION_INFO.gitVersion) };
const SECURITY = { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' };
const PRODUCES = ['application/json', 'application/yaml'];

const builtIn = new Map<Dialect, Map<string, Json>>();

function schemas(dialect: Dialect, definitions: readonly KubeObject[]): Map<string, Json> {
  let known = builtIn.get(dialect);
  if (!known) builtIn.set(dialect, (known = builtInSchemas(dialect)));
  if (definitions.length === 0) return known;
  const all = new Map(known);
  for (const definition of definitions) for (const [name, schema] of customSchemas(dialect, definition)) all.set(name, schema);
  return all;
}

const common = (operation: Operation): Json => ({ 'x-kubernetes-action': operation.action, 'x-kubernetes-group-version-kind': operation.subject });

function operationV2(operation: Operation): Json {
  const { body, answer, parameters } = operation;
  return {
    consumes: operation.consumes,
    produces: answer === 'string' ? ['text/plain'] : PRODUCES,
    parameters: [
      ...parameters.map(({ name, in: where, type }) => ({ name, in: where, type, uniqueItems: true, ...(where === 'path' ? { required: true } : {}) })),
      ...(body ? [{ name: 'body', in: 'body', ...(operation.action.startsWith('delete') ? {} : { required: true }), schema: reference('v2', body) }] : []),
    ],
    responses: { 200: { description: 'OK', schema: answer === 'string' ? { type: 'string' } : reference('v2', answer) }, 401: { description: 'Unauthorized' } },
    ...common(operation),
  };
}

function operationV3(operation: Operation): Json {
  const { body, answer, parameters, consumes } = operation;
  const content = (types: readonly string[], schema: Json): Json => Object.fromEntries(types.map((type) => [type, { schema }]));
  return {
    parameters: parameters.map(({ name, in: where, type }) => ({ name, in: where, schema: { type, uniqueItems: true }, ...(where === 'path' ? { required: true } : {}) })),
    ...(body ? { requestBody: { content: content(consumes, reference('v3', body)), ...(operation.action.startsWith('delete') ? {} : { required: true }) } } : {}),
    responses: { 200: { description: 'OK', content: answer === 'string' ? content(['text/plain'], { type: 'string' }) : content(PRODUCES, reference('v3', answer)) }, 401: { description: 'Unauthorized' } },
    ...common(operation),
  };
}

function pathsOf(resources: readonly ServedResource[], write: (operation: Operation) => Json): Json {
  const paths: Record<string, Json> = {};
  for (const operation of resources.flatMap(operationsOf)) (paths[operation.path] ??= {})[operation.method] = write(operation);
  return paths;
}

function documentV2(table: ResourceTable, definitions: readonly KubeObject[]): Json {
  return {
    swagger: '2.0',
    info: INFO,
    paths: pathsOf(table.resources, operationV2),
    definitions: Object.fromEntries([...schemas('v2', definitions)].sort(([x], [y]) => (x < y ? -1 : 1))),
    securityDefinitions: { BearerToken: SECURITY },
    security: [{ BearerToken: [] }],
  };
}

function documentV3(table: ResourceTable, definitions: readonly KubeObject[], apiVersion: string): Json | undefined {
  const resources = table.inGroupVersion(apiVersion);
  if (resources.length === 0) return undefined;
  const paths = pathsOf(resources, operationV3);
  const roots = resources.flatMap((resource) => [definitionOf(resource), definitionOf({ ...resource, kind: resource.definedBy?.listKind ?? `${resource.kind}List` })]).filter((name) => name !== undefined);
  const operations = resources.flatMap(operationsOf).flatMap(({ body, answer }) => (body ? [body, answer] : [answer]));
  const found = closure([...roots, ...operations], schemas('v3', definitions), 'v3');
  return { openapi: '3.0.0', info: INFO, paths, components: { schemas: Object.fromEntries(found), securitySchemes: { BearerToken: SECURITY } } };
}

/** `api/v1`, `apis/apps/v1`: how the index of v3 names a group version. */
function place(resource: ServedResource): string {
  return resource.group === '' ? `api/${resource.version}` : `apis/${groupVersion(resource.group, resource.version)}`;
}

/** Documents are large and rarely change: kept until the served resources do. */
const kept = new WeakMap<ResourceTable, Map<string, unknown>>();

function once<T>(table: ResourceTable, name: string, make: () => T): T {
  let documents = kept.get(table);
  if (!documents) kept.set(table, (documents = new Map<string, unknown>()));
  if (!documents.has(name)) documents.set(name, make());
  return documents.get(name) as T;
}

/** Tells clients, which keep documents on their disks, whether they have this one. */
function digest(document: unknown): string {
  const hasher = new Hasher();
  hasher.string(JSON.stringify(document));
  return hasher.digest();
}

/** Answers a GET below `/openapi`; undefined when there is no such document. */
export function openApi(store: Store, table: ResourceTable, segments: readonly string[]): unknown {
  const definitions = store.list(DEFINITIONS);
  const [, version, ...rest] = segments;
  if (version === 'v2' && rest.length === 0) return once(table, 'v2', () => documentV2(table, definitions));
  if (version !== 'v3') return undefined;
  const document = (name: string): Json | undefined => once(table, name, () => documentV3(table, definitions, name.replace(/^apis?\//, '')));
  if (rest.length > 0) return document(rest.join('/'));
  return once(table, 'v3', () => {
    const paths: Record<string, Json> = {};
    for (const name of new Set(table.resources.map(place))) paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=${digest(document(name))}` };
    return { paths };
  });
}
