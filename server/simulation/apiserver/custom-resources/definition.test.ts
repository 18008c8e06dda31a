/** CustomResourceDefinitions: what is refused with which words, and what the controllers make of those that are not. */
import { describe, expect, it } from 'vitest';
import { testServer } from '../testing.ts';
import type { KubeObject } from '../types.ts';
import { CRDS, CRON_SPEC, CRONTABS, cronTab, definedServer, definition, read, schemaWithSpec, settle, version } from './testing.ts';
import type { Condition, DefinitionSpec, JsonSchema, PrinterColumn } from './types.ts';

const LABEL = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const SCHEMA = 'spec.validation.openAPIV3Schema';

/** The causes for which a definition is refused, one text each. */
function problems(more: Partial<DefinitionSpec>): string[] {
  const { details } = testServer().refused('POST', CRDS, definition(more));
  return (details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
}

const withSchema = (schema: JsonSchema): Partial<DefinitionSpec> => ({ versions: [version('v1', { schema: { openAPIV3Schema: schema } })] });
const withProperty = (property: JsonSchema): Partial<DefinitionSpec> => withSchema({ type: 'object', properties: { spec: { type: 'object', properties: { x: property } } } });
const withColumn = (column: Partial<PrinterColumn>): Partial<DefinitionSpec> => ({ versions: [version('v1', { additionalPrinterColumns: [column as PrinterColumn] })] });
const X = `${SCHEMA}.properties[spec].properties[x]`;

describe('validation of a definition', () => {
  it.each<[string, Partial<DefinitionSpec>, string[]]>([
    ['its name follows from what it defines', { names: { plural: 'tabs', kind: 'CronTab' } }, ['metadata.name: Invalid value: "crontabs.stable.example.com": must be spec.names.plural+"."+spec.group']],
    ['the plural is a label', { names: { plural: 'CronTabs', kind: 'CronTab' } }, ['metadata.name: Invalid value: "crontabs.stable.example.com": must be spec.names.plural+"."+spec.group', `spec.names.plural: Invalid value: "CronTabs": ${LABEL}`]],
    ['the kind may have capitals and nothing else', { names: { plural: 'crontabs', kind: 'Cron_Tab' } }, [`spec.names.singular: Invalid value: "cron_tab": ${LABEL}`, `spec.names.kind: Invalid value: "Cron_Tab": may have mixed case, but should otherwise match: ${LABEL}`, `spec.names.listKind: Invalid value: "Cron_TabList": may have mixed case, but should otherwise match: ${LABEL}`]],
    ['kind and list are two', { names: { plural: 'crontabs', kind: 'CronTab', listKind: 'CronTab' } }, ['spec.names.listKind: Invalid value: "CronTab": kind and listKind may not be the same']],
    ['there are two scopes', { scope: 'Everywhere' }, ['spec.scope: Unsupported value: "Everywhere": supported values: "Cluster", "Namespaced"']],
    ['one version is stored', { versions: [version('v1', { storage: false })] }, ['spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version']],
    ['and not two', { versions: [version('v1'), version('v2')] }, [expect.stringContaining('must have exactly one version marked as storage version') as string]],
    ['versions have a schema', { versions: [{ name: 'v1', served: true, storage: true }] }, ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required']],
    ['unknown fields are kept by the schema', { preserveUnknownFields: true }, ['spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead']],
    ['a warning needs a deprecation', { versions: [version('v1', { deprecationWarning: 'old' })] }, ['spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions']],
    ['columns have a type', withColumn({ name: 'A', type: 'text', jsonPath: '.spec.a' }), ['spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string']],
    ['and a path', withColumn({ name: 'A', type: 'string', jsonPath: 'spec.a' }), ['spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec.a": must be a simple json path starting with .']],
    ['replicas are in spec and in status', { versions: [version('v1', { subresources: { scale: { specReplicasPath: '.status.replicas', statusReplicasPath: '' } } })] }, ['spec.subresources.scale.specReplicasPath: Invalid value: ".status.replicas": should be a json path under .spec', 'spec.subresources.scale.statusReplicasPath: Required value']],
    ['conversion by webhooks is refused for now', { conversion: { strategy: 'Webhook' } }, ['spec.conversion.strategy: Forbidden: conversion by webhooks is not supported yet in Quorum']],
    ['fields that select are there, and simple', { versions: [version('v1', { selectableFields: [{ jsonPath: '.spec.nothing' }, { jsonPath: '.spec' }] })] }, ['spec.selectableFields[0].jsonPath: Invalid value: ".spec.nothing": is an invalid path: does not refer to a valid field', 'spec.selectableFields[1].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.']],
  ])('%s', (_title, more, expected) => {
    expect(problems(more)).toEqual(expected);
  });

  it('errors of versions that differ are told for each', () => {
    expect(problems({ versions: [version('v1'), version('v2', { storage: false, schema: { openAPIV3Schema: { properties: {} } } })] })).toEqual(['spec.versions[1].schema.openAPIV3Schema.type: Required value: must not be empty at the root']);
  });

  it.each<[string, unknown, number, string]>([
    ['without a spec', undefined, 422, 'spec.group: Required value'],
    ['with nothing in it', {}, 422, 'spec.names.plural: Required value'],
    ['with no versions', { group: 'stable.example.com', scope: 'Namespaced', names: { plural: 'crontabs', kind: 'CronTab' }, versions: null }, 422, 'must have exactly one version marked as storage version'],
    ['with a number for a schema', { versions: [{ name: 'v1', schema: { openAPIV3Schema: 5 } }] }, 400, 'cannot unmarshal number into Go struct field'],
    ['with a number deep in a schema', withProperty({ type: 'array', items: { type: 'object', properties: { a: { allOf: 5 } } } } as never), 400, 'cannot unmarshal number into Go struct field'],
    ['with a text for a schema of values', withProperty({ type: 'object', additionalProperties: 'x' } as never), 400, 'cannot unmarshal string into Go'],
  ])('a definition %s gets an answer', (_title, spec, code, message) => {
    const refused = testServer().refused('POST', CRDS, { metadata: { name: 'crontabs.stable.example.com' }, ...(spec === undefined ? {} : { spec: spec !== null && typeof spec === 'object' && 'group' in spec ? spec : { ...(Object.keys(spec as object).length === 0 ? {} : (definition().spec as object)), ...(spec as object) } }) });
    expect([refused.code, refused.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it('unknown fields deep in a schema are warned of', () => {
    expect(testServer().ask('POST', CRDS, definition(withProperty({ type: 'array', items: { type: 'string', typo: 1 } as JsonSchema }))).warnings).toEqual(['unknown field "spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.x.items.typo"']);
  });

  it('formats that nobody knows are warned of', () => {
    expect(testServer().ask('POST', CRDS, definition(withProperty({ type: 'string', format: 'colour' }))).warnings).toEqual(['unrecognized format "colour"']);
  });

  it('groups of Kubernetes need an approval', () => {
    const { refused, must } = testServer();
    const body = { ...definition({ group: 'stable.k8s.io' }), metadata: { name: 'crontabs.stable.k8s.io' } };
    expect(refused('POST', CRDS, body).message).toContain('metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io"');
    must('POST', CRDS, { ...body, metadata: { ...body.metadata, annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' } } });
  });
});

describe('structural schemas', () => {
  it.each<[string, JsonSchema, string[]]>([
    ['every field has a type', { description: 'x' }, [`${X}.type: Required value: must not be empty for specified object fields`]],
    ['every list says what it is of', { type: 'array' }, [`${X}.items: Required value: must be specified`]],
    ['with a type', { type: 'array', items: {} }, [`${X}.items.type: Required value: must not be empty for specified array items`]],
    ['types are those of JSON', { type: 'text' }, [`${X}.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`]],
    ['alternatives have no types', { type: 'object', oneOf: [{ type: 'object', description: 'x' }] }, [`${X}.oneOf[0].description: Forbidden: must be empty to be structural`, `${X}.oneOf[0].type: Forbidden: must be empty to be structural`]],
    ['but those of int-or-string', { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, []],
    ['properties or additionalProperties', { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } }, [`${X}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`]],
    ['lists of items that differ are not checked item by item', { type: 'array', uniqueItems: true, items: { type: 'string' } }, [`${X}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`]],
    ['patterns are regular expressions of Go', { type: 'string', pattern: 'a(b' }, [`${X}.pattern: Invalid value: "a(b": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`a(b\``]],
    ['unknown fields are kept or not spoken of', { type: 'object', 'x-kubernetes-preserve-unknown-fields': false }, [`${X}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`]],
    ['keys of a list are fields that are always there', { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: { type: 'object', properties: { name: { type: 'string' } } } }, [`${X}.items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`]],
    ['a list with keys is of type map', { type: 'array', 'x-kubernetes-list-map-keys': ['name'], items: { type: 'object' } }, [`${X}.x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty`]],
    ['defaults fit', { type: 'integer', default: 'three' }, [`${X}.default: Invalid value: "string": ${X}.default in body must be of type integer: "string"`]],
  ])('%s', (_title, property, expected) => {
    if (expected.length === 0) testServer().must('POST', CRDS, definition(withProperty(property)));
    else expect(problems(withProperty(property))).toEqual(expected);
  });

  it('what alternatives at the root speak of stands outside of them', () => {
    expect(problems(withSchema({ type: 'object', properties: { spec: { type: 'object' } }, anyOf: [{ properties: { other: { minimum: 1 } } }] }))).toEqual([`${SCHEMA}.properties[other]: Required value: because it is defined in ${SCHEMA}.anyOf[0].properties[other]`]);
  });

  it('of metadata only names are spoken of', () => {
    expect(problems(withSchema({ type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } }))).toEqual([`${SCHEMA}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`]);
  });

  it.each([
    ['a field that is not there', 'self.nothing > 1', `compilation failed: ERROR: <input>:1:5: undefined field 'nothing'\n | self.nothing > 1\n | ....^`],
    ['a variable that is not there', 'other > 1', `compilation failed: ERROR: <input>:1:1: undeclared reference to 'other' (in container '')\n | other > 1\n | ^`],
    ['no answer of yes or no', "'text'", 'cel expression must evaluate to a bool'],
  ])('a rule with %s is refused', (_title, rule, problem) => {
    const [found] = problems(withSchema(schemaWithSpec({ ...CRON_SPEC, 'x-kubernetes-validations': [{ rule }] })));
    expect(found).toBe(`${SCHEMA}.properties[spec].x-kubernetes-validations[0].rule: Invalid value: ${JSON.stringify({ Rule: rule, Message: '', MessageExpression: '', Reason: null, FieldPath: '', OptionalOldSelf: null }).replace(/>/g, '\\u003e')}: ${problem}`);
  });
});

describe('the life of a definition', () => {
  const conditionsOf = (object: KubeObject): string[] => (object.status.conditions as Condition[]).map(({ type, status, reason }) => `${type}=${status} ${reason}`);

  it('its names are accepted, then it is established, and only then served', () => {
    const server = testServer();
    const seen: string[][] = [];
    server.store.onWrite(({ resource, object }) => {
      if (resource === 'customresourcedefinitions.apiextensions.k8s.io') seen.push(object.status.conditions === null ? [] : conditionsOf(object));
    });
    const made = server.must('POST', CRDS, definition());
    expect(made.status).toEqual({ acceptedNames: { kind: '', plural: '' }, conditions: null, storedVersions: ['v1'] });
    expect(made.spec).toMatchObject({ names: { singular: 'crontab', listKind: 'CronTabList' }, conversion: { strategy: 'None' } });
    expect(server.refused('GET', CRONTABS).message).toBe('the server could not find the requested resource');
    settle(server);
    expect(seen).toEqual([[], ['NamesAccepted=True NoConflicts', 'Established=False Installing'], ['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']]);
    expect(read(server).status.acceptedNames).toEqual({ plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList', shortNames: ['ct'] });
    expect(server.must('GET', CRONTABS)).toMatchObject({ kind: 'CronTabList', items: [] });
    expect(server.must('GET', '/apis/apiregistration.k8s.io/v1/apiservices/v1.stable.example.com')).toMatchObject({ spec: { groupPriorityMinimum: 1000, versionPriority: 100 }, status: { conditions: [{ reason: 'Local', status: 'True' }] } });
  });

  it('names that are taken in its group are not given again, until they are free', () => {
    const server = definedServer();
    server.must('POST', CRDS, { ...definition({ names: { plural: 'tabs', kind: 'Tab', shortNames: ['ct'] } }), metadata: { name: 'tabs.stable.example.com' } });
    settle(server);
    const second = read(server, 'tabs.stable.example.com');
    expect(conditionsOf(second)).toEqual(['NamesAccepted=False ShortNamesConflict', 'Established=False NotAccepted']);
    expect((second.status.conditions as Condition[])[0]?.message).toBe('"ct" is already in use');
    server.must('DELETE', `${CRDS}/crontabs.stable.example.com`);
    settle(server);
    expect(conditionsOf(read(server, 'tabs.stable.example.com'))).toEqual(['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']);
  });

  it('deleting it deletes its objects first, and waits for those that are held', () => {
    const server = definedServer();
    server.must('POST', CRONTABS, cronTab('free'));
    server.must('POST', CRONTABS, { ...cronTab('held'), metadata: { name: 'held', finalizers: ['example.com/wait'] } });
    expect(conditionsOf(server.must('DELETE', `${CRDS}/crontabs.stable.example.com`))).toContain('Terminating=True InstanceDeletionPending');
    settle(server);
    expect(conditionsOf(read(server))).toContain('Terminating=True InstanceDeletionInProgress');
    expect((server.must('GET', CRONTABS).items as KubeObject[]).map(({ metadata }) => metadata.name)).toEqual(['held']);
    expect(server.refused('POST', CRONTABS, cronTab('new'))).toMatchObject({ code: 405, message: 'create not allowed while custom resource definition is terminating' });
    expect((server.must('GET', '/apis/stable.example.com/v1').resources as { verbs: string[] }[])[0]?.verbs).toEqual(['delete', 'deletecollection', 'get', 'list', 'watch']);
    server.must('PATCH', `${CRONTABS}/held`, { metadata: { finalizers: null } }, { contentType: 'application/merge-patch+json' });
    server.kernel.advance(server.kernel.now + 6_000);
    expect(server.refused('GET', `${CRDS}/crontabs.stable.example.com`).code).toBe(404);
    expect(server.refused('GET', CRONTABS).message).toBe('the server could not find the requested resource');
    expect(server.refused('GET', '/apis/apiregistration.k8s.io/v1/apiservices/v1.stable.example.com').code).toBe(404);
  });

  it('a definition of what is built in changes nothing, and takes nothing along', () => {
    const server = testServer();
    const path = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
    server.must('POST', path, { metadata: { name: 'web' }, spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } });
    const names = { plural: 'ingresses', kind: 'Ingress' };
    const metadata = { name: 'ingresses.networking.k8s.io', annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' } };
    server.must('POST', CRDS, { ...definition({ group: 'networking.k8s.io', names, versions: [version('v1'), version('v9', { storage: false })] }), metadata });
    settle(server);
    expect(server.must('GET', `${path}/web`).spec).toMatchObject({ defaultBackend: { service: { name: 'web' } } });
    expect(server.refused('GET', path.replace('/v1/', '/v9/')).code).toBe(404);
    server.must('DELETE', `${CRDS}/ingresses.networking.k8s.io`);
    settle(server);
    expect(server.refused('GET', `${CRDS}/ingresses.networking.k8s.io`).code).toBe(404);
    server.must('GET', `${path}/web`);
  });

  it('scope and kind stay once it is established', () => {
    const server = definedServer();
    const { status: _status, ...current } = read(server);
    const { details } = server.refused('PUT', `${CRDS}/crontabs.stable.example.com`, { ...current, spec: { ...current.spec, scope: 'Cluster' } });
    expect(details?.causes).toEqual([{ reason: 'FieldValueInvalid', message: 'Invalid value: "Cluster": field is immutable', field: 'spec.scope' }]);
  });

  it('versions in which objects were stored must stay', () => {
    const server = definedServer();
    const change = (versions: DefinitionSpec['versions']): unknown => ({ spec: { versions } });
    const merge = { contentType: 'application/merge-patch+json' };
    const both = server.must('PATCH', `${CRDS}/crontabs.stable.example.com`, change([version('v1', { storage: false }), version('v2')]), merge);
    expect(both.status.storedVersions).toEqual(['v1', 'v2']);
    expect(server.refused('PATCH', `${CRDS}/crontabs.stable.example.com`, change([version('v2')]), merge).message).toContain('status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions');
  });
});
