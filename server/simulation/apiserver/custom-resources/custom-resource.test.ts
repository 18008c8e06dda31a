/** Custom resources over the API: schema, versions, subresources, tables, patches, watches. */
import { describe, expect, it } from 'vitest';
import { TABLE, type TestServer } from '../testing.ts';
import type { KubeObject } from '../types.ts';
import { CRDS, CRON_SPEC, CRONTABS, cronTab, definedServer, schemaWithSpec, settle, version } from './testing.ts';
import type { DefinitionSpec, JsonSchema } from './types.ts';

const MERGE = { contentType: 'application/merge-patch+json' };
const APPLY = { contentType: 'application/apply-patch+yaml' };

const withSpec = (spec: JsonSchema): Partial<DefinitionSpec> => ({ versions: [version('v1', { schema: { openAPIV3Schema: schemaWithSpec(spec) } })] });
const withField = (x: JsonSchema, more: Partial<JsonSchema> = {}): Partial<DefinitionSpec> => withSpec({ type: 'object', properties: { x }, ...more });

function causes(server: TestServer, body: unknown): string[] {
  return (server.refused('POST', CRONTABS, body).details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
}

describe('validation by the schema', () => {
  const BODY = 'spec.x in body';
  it.each<[string, JsonSchema, unknown, string[]]>([
    ['type', { type: 'integer' }, 'three', [`spec.x: Invalid value: "string": ${BODY} must be of type integer: "string"`]],
    ['a fraction is no integer', { type: 'integer' }, 1.5, [`spec.x: Invalid value: "number": ${BODY} must be of type integer: "number"`]],
    ['an integer is a number', { type: 'number' }, 1, []],
    ['object', { type: 'object' }, [], [`spec.x: Invalid value: "array": ${BODY} must be of type object: "array"`]],
    ['enum', { type: 'string', enum: ['a', 'b'] }, 'c', ['spec.x: Unsupported value: "c": supported values: "a", "b"']],
    ['minimum', { type: 'integer', minimum: 1 }, 0, [`spec.x: Invalid value: 0: ${BODY} should be greater than or equal to 1`]],
    ['exclusive maximum', { type: 'integer', maximum: 5, exclusiveMaximum: true }, 5, [`spec.x: Invalid value: 5: ${BODY} should be less than 5`]],
    ['multiples', { type: 'integer', multipleOf: 3 }, 4, [`spec.x: Invalid value: 4: ${BODY} should be a multiple of 3`]],
    ['pattern', { type: 'string', pattern: '^a+$' }, 'b', [`spec.x: Invalid value: "b": ${BODY} should match '^a+$'`]],
    ['shortest', { type: 'string', minLength: 2 }, 'a', [`spec.x: Invalid value: "a": ${BODY} should be at least 2 chars long`]],
    ['longest', { type: 'string', maxLength: 2 }, 'abc', ['spec.x: Too long: may not be more than 2 bytes']],
    ['fewest items', { type: 'array', minItems: 2, items: { type: 'string' } }, ['a'], [`spec.x: Invalid value: 1: ${BODY} should have at least 2 items`]],
    ['most items', { type: 'array', maxItems: 1, items: { type: 'string' } }, ['a', 'b'], ['spec.x: Too many: 2: must have at most 1 item']],
    ['items', { type: 'array', items: { type: 'string' } }, ['a', 2], ['spec.x[1]: Invalid value: "integer": spec.x[1] in body must be of type string: "integer"']],
    ['values of maps', { type: 'object', additionalProperties: { type: 'string' } }, { a: 1 }, ['spec.x.a: Invalid value: "integer": spec.x.a in body must be of type string: "integer"']],
    ['most properties', { type: 'object', maxProperties: 1, additionalProperties: { type: 'string' } }, { a: 'x', b: 'y' }, ['spec.x: Too many: 2: must have at most 1 item']],
    ['required', { type: 'object', required: ['a'], properties: { a: { type: 'string' } } }, {}, ['spec.x.a: Required value']],
    ['int-or-string takes both', { 'x-kubernetes-int-or-string': true }, '50%', []],
    ['and nothing else', { 'x-kubernetes-int-or-string': true }, true, [`spec.x: Invalid value: "boolean": ${BODY} must be of type integer,string: "boolean"`]],
    ['format', { type: 'string', format: 'date-time' }, 'yesterday', [`spec.x: Invalid value: "yesterday": ${BODY} must be of type date-time: "yesterday"`]],
    ['a format that nobody knows says nothing', { type: 'string', format: 'color' }, 'yesterday', []],
    ['one of', { type: 'integer', oneOf: [{ minimum: 5 }, { maximum: 7 }] }, 6, ['<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found 2 valid alternatives']],
    ['any of', { type: 'integer', anyOf: [{ minimum: 5 }] }, 1, ['<nil>: Invalid value: "": "spec.x" must validate at least one schema (anyOf)', `spec.x: Invalid value: 1: ${BODY} should be greater than or equal to 5`]],
    ['not', { type: 'integer', not: { minimum: 5 } }, 6, ['<nil>: Invalid value: "": "spec.x" must not validate the schema (not)']],
    ['sets', { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } }, ['a', 'b', 'a'], ['spec.x[2]: Duplicate value: "a"']],
    ['keys', { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', required: ['k'], properties: { k: { type: 'string' }, v: { type: 'string' } } } }, [{ k: 'a', v: '1' }, { k: 'a', v: '2' }], ['spec.x[1]: Duplicate value: {"k":"a"}']],
  ])('%s', (_title, schema, value, expected) => {
    const server = definedServer(withField(schema));
    if (expected.length === 0) server.must('POST', CRONTABS, cronTab('a', { x: value }));
    else expect(causes(server, cronTab('a', { x: value }))).toEqual(expected);
  });

  it('names the kind, its group and the object', () => {
    expect(definedServer().refused('POST', CRONTABS, cronTab('a', {})).message).toBe('CronTab.stable.example.com "a" is invalid: spec.cronSpec: Required value');
  });

  it('what an update leaves as it was is not held against it', () => {
    const server = definedServer(withSpec({ type: 'object', properties: { x: { type: 'integer' }, y: { type: 'integer' } } }));
    server.must('POST', CRONTABS, cronTab('a', { x: 3, y: 1 }));
    server.must('PATCH', `${CRDS}/crontabs.stable.example.com`, { spec: withSpec({ type: 'object', properties: { x: { type: 'integer', minimum: 5 }, y: { type: 'integer' } } }) }, MERGE);
    settle(server);
    server.must('PATCH', `${CRONTABS}/a`, { spec: { y: 2 } }, MERGE);
    expect(server.refused('PATCH', `${CRONTABS}/a`, { spec: { x: 4 } }, MERGE).message).toContain('should be greater than or equal to 5');
  });
});

describe('pruning and defaults', () => {
  const specOf = (server: TestServer, spec: unknown): unknown => server.must('POST', CRONTABS, cronTab('a', spec)).spec;

  it.each<[string, JsonSchema, unknown, unknown]>([
    ['unknown fields go', { type: 'object', properties: { a: { type: 'string' } } }, { a: 'x', b: 1 }, { a: 'x' }],
    ['in lists too', { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } }, [{ a: 'x', b: 1 }], [{ a: 'x' }]],
    ['unless they are kept', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: { type: 'object', properties: {} } } }, { a: { gone: 1 }, b: { c: 1 } }, { a: {}, b: { c: 1 } }],
    ['names like those of JavaScript are names', { type: 'object', properties: { a: { type: 'string' } } }, JSON.parse('{"constructor":1,"__proto__":{"a":"x"},"a":"y"}'), { a: 'y' }],
    ['defaults come in', { type: 'object', properties: { a: { type: 'string', default: 'x' }, b: { type: 'object', default: {}, properties: { c: { type: 'integer', default: 3 } } } } }, {}, { a: 'x', b: { c: 3 } }],
    ['for null as well', { type: 'object', properties: { a: { type: 'string', default: 'x' } } }, { a: null }, { a: 'x' }],
    ['which stays where it may', { type: 'object', properties: { a: { type: 'string', default: 'x', nullable: true } } }, { a: null }, { a: null }],
    ['and goes where it may not', { type: 'object', properties: { a: { type: 'string' } } }, { a: null }, {}],
    ['embedded objects keep their metadata', { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }],
  ])('%s', (_title, x, given, kept) => {
    expect(specOf(definedServer(withField(x)), { x: given })).toEqual({ x: kept });
  });

  it('unknown fields are warned of, refused or not spoken of', () => {
    const server = definedServer();
    const body = cronTab('a', { cronSpec: '* * * * *', colour: 'red' });
    expect(server.ask('POST', `${CRONTABS}?dryRun=All`, body).warnings).toEqual(['unknown field "spec.colour"']);
    expect(server.ask('POST', `${CRONTABS}?dryRun=All&fieldValidation=Ignore`, body).warnings).toBeUndefined();
    expect(server.refused('POST', `${CRONTABS}?fieldValidation=Strict`, body).message).toBe('CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.colour"');
  });

  it('a schema of today reads the objects of yesterday', () => {
    const server = definedServer(withSpec({ type: 'object', properties: { a: { type: 'string' } } }));
    server.must('POST', CRONTABS, cronTab('old', { a: 'x' }));
    server.must('PATCH', `${CRDS}/crontabs.stable.example.com`, { spec: withSpec({ type: 'object', properties: { b: { type: 'string', default: 'new' } } }) }, MERGE);
    settle(server);
    expect(server.must('GET', `${CRONTABS}/old`).spec).toEqual({ b: 'new' });
    expect((server.must('GET', CRONTABS).items as KubeObject[])[0]?.spec).toEqual({ b: 'new' });
  });
});

describe('rules in CEL', () => {
  const rules = (...list: NonNullable<JsonSchema['x-kubernetes-validations']>): Partial<DefinitionSpec> =>
    withSpec({ type: 'object', properties: { min: { type: 'integer' }, max: { type: 'integer' }, names: { type: 'array', items: { type: 'string' } } }, 'x-kubernetes-validations': list });

  it('refuse what they do not allow, in their words', () => {
    const server = definedServer(rules({ rule: 'self.min <= self.max', message: 'min is at most max' }, { rule: 'self.min > 0' }));
    server.must('POST', CRONTABS, cronTab('a', { min: 1, max: 2 }));
    expect(causes(server, cronTab('b', { min: 0, max: -1 }))).toEqual(['spec: Invalid value: "object": min is at most max', 'spec: Invalid value: "object": failed rule: self.min > 0']);
    expect(causes(server, cronTab('b', { min: 1 }))).toEqual(['spec: Invalid value: "object": no such key: max evaluating rule: min is at most max']);
  });

  it('are not looked at as long as the schema is not met', () => {
    expect(causes(definedServer(rules({ rule: 'self.min <= self.max' })), cronTab('a', { min: 'x', max: 1 }))).toEqual(['spec.min: Invalid value: "string": spec.min in body must be of type integer: "string"', '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation']);
  });

  it('say what may change', () => {
    const server = definedServer(rules({ rule: 'self.max >= oldSelf.max', message: 'max only grows' }));
    server.must('POST', CRONTABS, cronTab('a', { min: 1, max: 2 }));
    server.must('PATCH', `${CRONTABS}/a`, { spec: { max: 3 } }, MERGE);
    expect(server.refused('PATCH', `${CRONTABS}/a`, { spec: { max: 1 } }, MERGE).message).toBe('CronTab.stable.example.com "a" is invalid: spec: Invalid value: "object": max only grows');
  });

  it('make their own messages, with reasons and fields', () => {
    const server = definedServer(rules({ rule: 'self.min <= self.max', messageExpression: '"min is " + string(self.min)', reason: 'FieldValueForbidden', fieldPath: '.min' }));
    expect(causes(server, cronTab('a', { min: 3, max: 1 }))).toEqual(['spec.min: Forbidden: min is 3']);
  });

  it("know lists, texts and regular expressions, which are Go's", () => {
    const server = definedServer(rules({ rule: 'self.names.all(name, name.matches("^[a-z]+$")) && self.names.isSorted()', message: 'names' }));
    server.must('POST', CRONTABS, cronTab('a', { names: ['a', 'b'] }));
    expect(causes(server, cronTab('b', { names: ['B'] }))).toEqual(['spec: Invalid value: "object": names']);
    expect(causes(server, cronTab('b', { names: ['b', 'a'] }))).toEqual(['spec: Invalid value: "object": names']);
  });

  it('do not run for ever', () => {
    const server = definedServer(rules({ rule: 'self.names.all(x, self.names.all(y, self.names.all(z, x != y || y != z || x == z)))' }));
    server.must('POST', CRONTABS, cronTab('a', { names: ['a', 'b'] }));
    const names = Array.from({ length: 500 }, (_, index) => `name-${index}`);
    expect(causes(server, cronTab('b', { names }))).toEqual(['spec: Invalid value: "object": validation failed due to running out of cost budget, no further validation rules will be run']);
  });
});

describe('versions', () => {
  const versions = [version('v1beta1', { storage: false, deprecated: true }), version('v1'), version('v2alpha1', { storage: false, served: false })];
  const BETA = CRONTABS.replace('/v1/', '/v1beta1/');

  it('those that are served are discovered, the best first', () => {
    const { must } = definedServer({ versions });
    expect(must('GET', '/apis/stable.example.com')).toMatchObject({ versions: [{ version: 'v1' }, { version: 'v1beta1' }], preferredVersion: { version: 'v1' } });
    const aggregated = must('GET', '/apis', undefined, { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' });
    expect((aggregated.items as { metadata: { name: string } }[]).at(-1)).toMatchObject({ metadata: { name: 'stable.example.com' }, versions: [{ version: 'v1', resources: [{ resource: 'crontabs', responseKind: { kind: 'CronTab' }, shortNames: ['ct'], singularResource: 'crontab' }] }, { version: 'v1beta1' }] });
  });

  it('an object can be had in each of them, and is stored in one', () => {
    const server = definedServer({ versions });
    expect(server.must('POST', BETA, { ...cronTab('a'), apiVersion: 'stable.example.com/v1beta1' }).apiVersion).toBe('stable.example.com/v1beta1');
    expect(server.store.get('crontabs.stable.example.com', 'default/a')?.apiVersion).toBe('stable.example.com/v1');
    expect(server.must('GET', `${CRONTABS}/a`).apiVersion).toBe('stable.example.com/v1');
    expect(server.refused('GET', CRONTABS.replace('/v1/', '/v2alpha1/')).code).toBe(404);
  });

  it('a category has each resource once', () => {
    const { api } = definedServer({ versions, names: { plural: 'crontabs', kind: 'CronTab', categories: ['all'] } });
    expect(api.resources.inCategory('all').filter(({ plural }) => plural === 'crontabs').map(({ version: served }) => served)).toEqual(['v1']);
  });

  it('one that is deprecated warns', () => {
    expect(definedServer({ versions }).ask('GET', BETA).warnings).toEqual(['stable.example.com/v1beta1 CronTab is deprecated']);
  });
});

describe('subresources', () => {
  const scaled = version('v1', { subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.labelSelector' } } });

  it('status is written apart from the rest, and makes no generation', () => {
    const server = definedServer({ versions: [scaled] });
    expect(server.must('POST', CRONTABS, { ...cronTab('a'), status: { replicas: 3 } }).status).toBeUndefined();
    const written = server.must('PATCH', `${CRONTABS}/a/status`, { metadata: { labels: { a: 'b' } }, spec: { image: 'x' }, status: { replicas: 3 } }, MERGE);
    expect(written).toMatchObject({ metadata: { generation: 1 }, spec: { image: 'busybox' }, status: { replicas: 3 } });
    expect(written.metadata.labels).toBeUndefined();
    expect(server.must('PATCH', `${CRONTABS}/a`, { spec: { image: 'y' }, status: { replicas: 9 } }, MERGE)).toMatchObject({ metadata: { generation: 2 }, status: { replicas: 3 } });
    expect(server.must('PATCH', `${CRONTABS}/a`, { metadata: { labels: { a: 'b' } } }, MERGE).metadata.generation).toBe(2);
    const { status: _status, ...current } = server.must('GET', `${CRONTABS}/a`);
    expect(server.must('PUT', `${CRONTABS}/a/status`, { ...current, status: { replicas: 4, colour: 'red' } }).status).toEqual({ replicas: 4 });
    expect(server.refused('PATCH', `${CRONTABS}/a/status`, { status: { replicas: 'x' } }, MERGE).message).toContain('status.replicas in body must be of type integer: "string"');
  });

  it('without it status is a field like others', () => {
    const server = definedServer();
    expect(server.must('POST', CRONTABS, { ...cronTab('a'), status: { replicas: 3 } }).status).toEqual({ replicas: 3 });
    expect(server.must('PATCH', `${CRONTABS}/a`, { status: { replicas: 4 } }, MERGE)).toMatchObject({ metadata: { generation: 2 }, status: { replicas: 4 } });
    expect(server.refused('GET', `${CRONTABS}/a/status`).code).toBe(404);
  });

  it('scale reads and writes where the definition says', () => {
    const server = definedServer({ versions: [scaled] });
    server.must('POST', CRONTABS, cronTab('a', { cronSpec: '* * * * *', replicas: 2 }));
    server.must('PATCH', `${CRONTABS}/a/status`, { status: { replicas: 1, labelSelector: 'app=a' } }, MERGE);
    expect(server.must('GET', `${CRONTABS}/a/scale`)).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 2 }, status: { replicas: 1, selector: 'app=a' } });
    expect(server.must('PATCH', `${CRONTABS}/a/scale`, { spec: { replicas: 5 } }, MERGE).spec).toEqual({ replicas: 5 });
    expect(server.must('GET', `${CRONTABS}/a`).spec.replicas).toBe(5);
    expect(server.refused('PATCH', `${CRONTABS}/a/scale`, { spec: { replicas: 50 } }, MERGE).message).toContain('spec.replicas in body should be less than or equal to 10');
  });
});

describe('tables', () => {
  it('show the columns of the definition', () => {
    const additionalPrinterColumns = [
      { name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' },
      { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
      { name: 'Labels', type: 'string', jsonPath: '.metadata.labels', priority: 1 },
      { name: 'Nothing', type: 'string', jsonPath: '.spec.nothing' },
      { name: 'Since', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ];
    const server = definedServer({ versions: [version('v1', { additionalPrinterColumns })] });
    server.must('POST', CRONTABS, { ...cronTab('a', { cronSpec: '* * * * *', replicas: 2 }), metadata: { name: 'a', labels: { x: 'y' } } });
    server.kernel.advance(server.kernel.now + 90_000);
    const table = server.ask('GET', CRONTABS, undefined, TABLE).body as { columnDefinitions: { name: string; priority: number }[]; rows: { cells: unknown[] }[] };
    expect(table.columnDefinitions.map(({ name, priority }) => `${name} ${priority}`)).toEqual(['Name 0', 'Spec 0', 'Replicas 0', 'Labels 1', 'Nothing 0', 'Since 0']);
    expect(table.rows.map(({ cells }) => cells)).toEqual([['a', '* * * * *', 2, '{"x":"y"}', null, '90s']]);
  });
});

describe('patches, watches and selectors', () => {
  it('merge and JSON patches apply, strategic ones do not', () => {
    const server = definedServer();
    server.must('POST', CRONTABS, cronTab('a'));
    expect(server.must('PATCH', `${CRONTABS}/a`, [{ op: 'replace', path: '/spec/image', value: 'x' }], { contentType: 'application/json-patch+json' }).spec.image).toBe('x');
    expect(server.refused('PATCH', `${CRONTABS}/a`, {}, { contentType: 'application/strategic-merge-patch+json' })).toMatchObject({ code: 415, message: 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml' });
  });

  it('server-side apply knows lists with keys by the schema', () => {
    const item: JsonSchema = { type: 'object', required: ['name'], properties: { name: { type: 'string' }, value: { type: 'string' } } };
    const server = definedServer(withField({ type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: item }));
    const apply = (manager: string, x: unknown): KubeObject => server.must('PATCH', `${CRONTABS}/a?fieldManager=${manager}`, cronTab('a', { x }), APPLY);
    apply('one', [{ name: 'a', value: '1' }]);
    expect(apply('two', [{ name: 'b', value: '2' }]).spec.x).toEqual([{ name: 'a', value: '1' }, { name: 'b', value: '2' }]);
    expect(apply('two', []).spec.x).toEqual([{ name: 'a', value: '1' }]);
    expect(server.refused('PATCH', `${CRONTABS}/a?fieldManager=two`, cronTab('a', { x: [{ name: 'a', value: '9' }] }), APPLY).message).toBe('Apply failed with 1 conflict: conflict with "one": .spec.x[name="a"].value');
    expect(server.refused('PATCH', `${CRONTABS}/a?fieldManager=two`, cronTab('a', { y: 1 }), APPLY).message).toBe('failed to create typed patch object (default/a; stable.example.com/v1, Kind=CronTab): .spec.y: field not declared in schema');
  });

  it('what changes is told to those who watch', () => {
    const server = definedServer();
    const events: string[] = [];
    server.api.watch({ method: 'GET', path: CRONTABS, query: { watch: 'true', labelSelector: 'a=b' }, user: { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] } }, ({ type, object }) => events.push(`${type} ${(object as KubeObject).metadata.name} ${(object as KubeObject).spec.image}`));
    server.must('POST', CRONTABS, { ...cronTab('a'), metadata: { name: 'a', labels: { a: 'b' } } });
    server.must('POST', CRONTABS, cronTab('other'));
    server.must('PATCH', `${CRONTABS}/a`, { spec: { image: 'x' } }, MERGE);
    server.must('DELETE', `${CRONTABS}/a`);
    expect(events).toEqual(['ADDED a busybox', 'MODIFIED a x', 'DELETED a x']);
  });

  it('fields that the definition names select', () => {
    const server = definedServer({ versions: [version('v1', { selectableFields: [{ jsonPath: '.spec.image' }] })] });
    server.must('POST', CRONTABS, cronTab('a'));
    server.must('POST', CRONTABS, cronTab('b', { cronSpec: '* * * * *', image: 'x' }));
    expect((server.must('GET', `${CRONTABS}?fieldSelector=spec.image%3Dx`).items as KubeObject[]).map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(server.refused('GET', `${CRONTABS}?fieldSelector=spec.cronSpec%3Dx`).message).toBe('field label not supported: spec.cronSpec');
  });
});

describe('other scopes', () => {
  it('objects of the cluster have no namespace', () => {
    const server = definedServer({ scope: 'Cluster', versions: [version('v1', { schema: { openAPIV3Schema: schemaWithSpec(CRON_SPEC) } })] });
    const path = '/apis/stable.example.com/v1/crontabs';
    expect(server.must('POST', path, cronTab('a')).metadata.namespace).toBeUndefined();
    expect(server.refused('GET', CRONTABS).code).toBe(404);
    expect(server.must('GET', `${path}/a`).kind).toBe('CronTab');
  });
});

describe('what is for all resources', () => {
  it('roles name them by group and plural', () => {
    const server = definedServer();
    server.must('POST', CRONTABS, cronTab('a'));
    const jane = { user: { username: 'jane', groups: ['system:authenticated'] } };
    expect(server.refused('GET', CRONTABS, undefined, jane).message).toBe('crontabs.stable.example.com is forbidden: User "jane" cannot list resource "crontabs" in API group "stable.example.com" in the namespace "default"');
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    server.must('POST', `${rbac}/roles`, { metadata: { name: 'reader' }, rules: [{ apiGroups: ['stable.example.com'], resources: ['crontabs'], verbs: ['get', 'list'] }] });
    server.must('POST', `${rbac}/rolebindings`, { metadata: { name: 'jane' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }] });
    expect((server.must('GET', CRONTABS, undefined, jane).items as KubeObject[]).length).toBe(1);
    expect(server.refused('DELETE', `${CRONTABS}/a`, undefined, jane).code).toBe(403);
  });

  it('quotas count them', () => {
    const server = definedServer();
    server.must('POST', '/api/v1/namespaces/default/resourcequotas', { metadata: { name: 'few' }, spec: { hard: { 'count/crontabs.stable.example.com': '1' } } });
    server.must('POST', CRONTABS, cronTab('a'));
    expect(server.refused('POST', CRONTABS, cronTab('b')).message).toBe('crontabs.stable.example.com "b" is forbidden: exceeded quota: few, requested: count/crontabs.stable.example.com=1, used: count/crontabs.stable.example.com=1, limited: count/crontabs.stable.example.com=1');
  });

  it('collections are deleted, and lists come in pages', () => {
    const server = definedServer();
    for (const name of ['a', 'b', 'c']) server.must('POST', CRONTABS, cronTab(name));
    const page = server.must('GET', `${CRONTABS}?limit=2`) as unknown as { items: unknown[]; metadata: { continue: string; remainingItemCount: number } };
    expect([page.items.length, page.metadata.remainingItemCount]).toEqual([2, 1]);
    server.must('DELETE', CRONTABS);
    expect(server.must('GET', CRONTABS).items).toEqual([]);
  });

  it('OpenAPI describes them once they are served', () => {
    const server = definedServer({ versions: [version('v1', { schema: { openAPIV3Schema: schemaWithSpec({ type: 'object', properties: { a: { type: 'string', nullable: true, default: 'x' }, b: { type: 'integer', oneOf: [{ minimum: 1 }] } } }) } })] });
    const v3 = server.must('GET', '/openapi/v3/apis/stable.example.com/v1') as unknown as { components: { schemas: Record<string, { properties: Record<string, { properties: unknown }> }> } };
    expect(v3.components.schemas['com.example.stable.v1.CronTab']?.properties.spec?.properties).toEqual({ a: { type: 'string', nullable: true, default: 'x' }, b: { type: 'integer', oneOf: [{ minimum: 1 }] } });
    const v2 = server.must('GET', '/openapi/v2') as unknown as { definitions: Record<string, { properties: Record<string, { properties: unknown }> }>; paths: Record<string, { patch?: { consumes: string[] } }> };
    // kubectl validates by v2, and must not find wrong what the API server takes.
    expect(v2.definitions['com.example.stable.v1.CronTab']?.properties.spec?.properties).toEqual({ a: {}, b: { type: 'integer' } });
    expect(v2.paths['/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}']?.patch?.consumes).toEqual(['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']);
  });
});
