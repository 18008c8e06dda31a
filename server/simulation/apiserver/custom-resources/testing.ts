/** Definitions for tests: the CronTabs of the Kubernetes documentation. */
import { testServer, type TestServer } from '../testing.ts';
import type { KubeObject } from '../types.ts';
import type { DefinedVersion, DefinitionSpec, JsonSchema } from './types.ts';

export const CRON_SPEC: JsonSchema = {
  type: 'object',
  required: ['cronSpec'],
  properties: {
    cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$', description: 'When to run.' },
    image: { type: 'string', default: 'busybox' },
    replicas: { type: 'integer', minimum: 1, maximum: 10 },
  },
};

export function schemaWithSpec(spec: JsonSchema): JsonSchema {
  return { type: 'object', properties: { spec, status: { type: 'object', properties: { replicas: { type: 'integer' }, labelSelector: { type: 'string' } } } } };
}

export function version(name: string, more: Partial<DefinedVersion> = {}): DefinedVersion {
  return { name, served: true, storage: true, schema: { openAPIV3Schema: schemaWithSpec(CRON_SPEC) }, ...more };
}

export function definition(more: Partial<DefinitionSpec> = {}): Record<string, unknown> {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.stable.example.com' },
    spec: { group: 'stable.example.com', scope: 'Namespaced', names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', shortNames: ['ct'] }, versions: [version('v1')], ...more },
  };
}

export const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const CRONTABS = '/apis/stable.example.com/v1/namespaces/default/crontabs';

export function cronTab(name: string, spec: unknown = { cronSpec: '* * * * */5' }, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name }, spec, ...more };
}

/** Lets the controllers do what is to be done. */
export function settle(server: TestServer): void {
  server.kernel.advance(server.kernel.now + 1_000);
}

/** A server with the definition, established. */
export function definedServer(more: Partial<DefinitionSpec> = {}): TestServer {
  const server = testServer();
  server.must('POST', CRDS, definition(more));
  settle(server);
  return server;
}

export function read(server: TestServer, name = 'crontabs.stable.example.com'): KubeObject {
  return server.must('GET', `${CRDS}/${name}`);
}
