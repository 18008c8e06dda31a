/** ValidatingAdmissionPolicy, from the walkthrough of the Kubernetes documentation on. */
import { describe, expect, it } from 'vitest';
import { COMPONENT, podBody, testServer, type TestServer } from '../testing.ts';
import type { PolicySpec } from '../validating-admission/types.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${ADMISSION}/validatingadmissionpolicies`;
const BINDINGS = `${ADMISSION}/validatingadmissionpolicybindings`;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const MERGE = { contentType: 'application/merge-patch+json' };

const onDeployments: PolicySpec['matchConstraints'] = { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }] };

function policy(more: Partial<PolicySpec> = {}): Record<string, unknown> {
  return { metadata: { name: 'demo-policy.example.com' }, spec: { matchConstraints: onDeployments, validations: [{ expression: 'object.spec.replicas <= 5' }], ...more } };
}

function binding(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { metadata: { name: 'demo-binding' }, spec: { policyName: 'demo-policy.example.com', validationActions: ['Deny'], ...more } };
}

function bound(more: Partial<PolicySpec> = {}, how: Record<string, unknown> = {}): TestServer {
  const server = testServer();
  server.must('POST', POLICIES, policy(more));
  server.must('POST', BINDINGS, binding(how));
  return server;
}

function deployment(name: string, replicas: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { metadata: { name, ...more }, spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } } };
}

describe('a policy that is bound', () => {
  it('refuses what does not meet it', () => {
    const server = bound();
    server.must('POST', DEPLOYMENTS, deployment('few', 5));
    expect(server.refused('POST', DEPLOYMENTS, deployment('many', 6))).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: `deployments.apps "many" is forbidden: ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding' denied request: failed expression: object.spec.replicas <= 5`,
      details: { name: 'many', group: 'apps', kind: 'deployments', causes: [{ message: `ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding' denied request: failed expression: object.spec.replicas <= 5` }] },
    });
    expect(server.refused('PATCH', `${DEPLOYMENTS}/few`, { spec: { replicas: 6 } }, MERGE).code).toBe(422);
    // Subresources are asked for by their own names: this rule does not see `kubectl scale`.
    server.must('PATCH', `${DEPLOYMENTS}/few/scale`, { spec: { replicas: 6 } }, MERGE);
  });

  it('says nothing as long as it is not bound, and nothing of others', () => {
    const server = testServer();
    server.must('POST', POLICIES, policy());
    server.must('POST', DEPLOYMENTS, deployment('many', 6));
    server.must('POST', BINDINGS, binding());
    server.must('POST', '/apis/apps/v1/namespaces/default/replicasets', { ...deployment('set', 9) });
    server.must('DELETE', `${DEPLOYMENTS}/many`);
  });

  it('warns where it shall only warn', () => {
    const { status, warnings } = bound({}, { validationActions: ['Warn', 'Audit'] }).ask('POST', DEPLOYMENTS, deployment('many', 6));
    expect([status, warnings]).toEqual([201, [`Validation failed for ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding': failed expression: object.spec.replicas <= 5`]]);
  });

  it.each<[string, Partial<PolicySpec>, Record<string, unknown>, string | undefined]>([
    ['a message of its own', { validations: [{ expression: 'false', message: 'not today', reason: 'Forbidden' }] }, {}, 'not today'],
    ['a message that is made', { validations: [{ expression: 'false', messageExpression: "'replicas: ' + string(object.spec.replicas)" }] }, {}, 'replicas: 1'],
    ['variables', { variables: [{ name: 'images', expression: 'object.spec.template.spec.containers.map(c, c.image)' }], validations: [{ expression: "variables.images.all(i, i.startsWith('registry.example.com/'))" }] }, {}, "failed expression: variables.images.all(i, i.startsWith('registry.example.com/'))"],
    ['conditions that do not hold', { matchConditions: [{ name: 'x', expression: "object.metadata.name == 'other'" }], validations: [{ expression: 'false' }] }, {}, undefined],
    ['who asks', { validations: [{ expression: "request.userInfo.username != 'kubernetes-admin'" }] }, {}, "failed expression: request.userInfo.username != 'kubernetes-admin'"],
    ['an expression that fails', { validations: [{ expression: 'object.spec.nothing > 1' }] }, {}, "expression 'object.spec.nothing > 1' resulted in error: no such key: nothing"],
    ['one that may fail', { failurePolicy: 'Ignore', validations: [{ expression: 'object.spec.nothing > 1' }] }, {}, undefined],
    ['other namespaces', { validations: [{ expression: 'false' }] }, { matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'prod' } } } }, undefined],
    ['the namespace that it is for', { validations: [{ expression: "namespaceObject.metadata.name != 'default'" }] }, { matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } } }, "failed expression: namespaceObject.metadata.name != 'default'"],
    ['objects with other labels', { matchConstraints: { ...onDeployments, objectSelector: { matchLabels: { strict: 'yes' } } }, validations: [{ expression: 'false' }] }, {}, undefined],
  ])('knows %s', (_title, spec, how, message) => {
    const server = bound(spec, how);
    if (message === undefined) server.must('POST', DEPLOYMENTS, deployment('web', 1));
    else expect(server.refused('POST', DEPLOYMENTS, deployment('web', 1)).message.split('denied request: ')[1]).toBe(message);
  });

  it('sees what was there before', () => {
    const server = bound({ matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE', 'DELETE'], resources: ['configmaps'] }] }, validations: [{ expression: "request.operation == 'DELETE' ? oldObject.metadata.name != 'kept' : object.data == oldObject.data" }] });
    const maps = '/api/v1/namespaces/default/configmaps';
    for (const name of ['kept', 'free']) server.must('POST', maps, { metadata: { name }, data: { a: '1' } });
    expect(server.refused('PATCH', `${maps}/free`, { data: { a: '2' } }, MERGE).code).toBe(422);
    server.must('PATCH', `${maps}/free`, { metadata: { labels: { a: 'b' } } }, MERGE);
    expect(server.refused('DELETE', `${maps}/kept`).code).toBe(422);
    server.must('DELETE', `${maps}/free`);
  });

  it('takes parameters from an object', () => {
    const server = bound({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, validations: [{ expression: 'object.spec.replicas <= int(params.data.maxReplicas)', messageExpression: "'at most ' + params.data.maxReplicas" }] }, { paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' } });
    expect(server.refused('POST', DEPLOYMENTS, deployment('web', 1)).message).toContain('no params found for policy binding with `Deny` parameterNotFoundAction');
    server.must('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'limits' }, data: { maxReplicas: '3' } });
    server.must('POST', DEPLOYMENTS, deployment('web', 3));
    expect(server.refused('POST', DEPLOYMENTS, deployment('more', 4)).message).toContain('denied request: at most 3');
  });

  it('holds for controllers, but not for what the cluster says of itself', () => {
    const everything: Partial<PolicySpec> = { matchConstraints: { resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*', '*/*'] }] }, validations: [{ expression: 'false' }] };
    const server = bound(everything);
    const controller = { writer: 'replicaset-controller', username: 'system:serviceaccount:kube-system:replicaset-controller' };
    const pod = podBody('p') as unknown as Parameters<typeof server.api.create>[1];
    const inDefault = { ...pod, metadata: { name: 'p', namespace: 'default' } };
    expect(() => server.api.create('pods', inDefault, controller)).toThrow('denied request');
    server.api.create('pods', inDefault, { ...COMPONENT, username: 'system:node:worker-1' });
    // Who has locked everybody out can still undo it.
    server.must('DELETE', `${BINDINGS}/demo-binding`);
    server.must('POST', DEPLOYMENTS, deployment('web', 1));
  });
});

describe('policies and bindings themselves', () => {
  it.each<[string, Partial<PolicySpec>, string]>([
    ['an expression that is none', { validations: [{ expression: 'object.spec.replicas <=' }] }, 'spec.validations[0].expression: Invalid value: "object.spec.replicas <="'],
    ['an answer that is not yes or no', { validations: [{ expression: "'text'" }] }, 'spec.validations[0].expression: Invalid value: "\'text\'": must evaluate to bool'],
    ['nothing to validate', { validations: [] }, 'spec.validations: Required value: validations or auditAnnotations must be non-empty'],
    ['no rules', { matchConstraints: {} }, 'spec.matchConstraints.resourceRules: Required value'],
  ])('%s is refused', (_title, more, problem) => {
    expect(testServer().refused('POST', POLICIES, policy(more)).message).toContain(problem);
  });

  it('Deny and Warn exclude each other', () => {
    expect(testServer().refused('POST', BINDINGS, binding({ validationActions: ['Deny', 'Warn'] })).message).toContain('must not contain both Deny and Warn');
  });

  it('get their defaults', () => {
    expect(testServer().must('POST', POLICIES, policy()).spec).toMatchObject({ failurePolicy: 'Fail', matchConstraints: { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, resourceRules: [{ scope: '*' }] } });
  });
});
