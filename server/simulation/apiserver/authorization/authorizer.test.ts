/** What rules allow and cover, what bindings grant, what kubelets may do: `plugin/pkg/auth/authorizer` as tables. */
import { describe, expect, it } from 'vitest';
import { clusterRole, clusterRoleBinding, group, account, role, roleBinding, rule, urls, user } from '../../bootstrap/rbac/policy.ts';
import { COMPONENT, podBody, testServer, type TestServer } from '../testing.ts';
import type { UserInfo } from '../types.ts';
import { attributesOf } from './attributes.ts';
import { authorize } from './authorizer.ts';
import { allows, uncovered, type Attributes, type Rule } from './rules.ts';

const on = (verb: string, resource: string, more: Partial<Extract<Attributes, { resource: string }>> = {}): Attributes => ({ verb, group: '', resource, namespace: 'default', ...more });

describe('a rule', () => {
  const pods = rule('get list', 'core', 'pods');
  it.each<[what: string, rule: Rule, asked: Attributes, allowed: boolean]>([
    ['allows its verb on its resource', pods, on('get', 'pods'), true],
    ['allows no other verb', pods, on('delete', 'pods'), false],
    ['allows no other group', pods, on('get', 'pods', { group: 'metrics.k8s.io' }), false],
    ['says nothing about subresources', pods, on('get', 'pods', { subresource: 'log' }), false],
    ['names subresources', rule('get', 'core', 'pods/log'), on('get', 'pods', { subresource: 'log' }), true],
    ['with a subresource says nothing about the resource', rule('get', 'core', 'pods/log'), on('get', 'pods'), false],
    ['of */scale allows the scale of anything', rule('get', '*', '*/scale'), on('get', 'deployments', { group: 'apps', subresource: 'scale' }), true],
    ['of */scale allows no other subresource', rule('get', '*', '*/scale'), on('get', 'deployments', { group: 'apps', subresource: 'status' }), false],
    ['of * allows every resource and subresource', rule('*', '*', '*'), on('patch', 'pods', { subresource: 'status' }), true],
    ['of * allows no path', rule('*', '*', '*'), { verb: 'get', path: '/metrics' }, false],
    ['with names allows those', rule('get', 'core', 'secrets', 'a b'), on('get', 'secrets', { name: 'b' }), true],
    ['with names allows no others', rule('get', 'core', 'secrets', 'a b'), on('get', 'secrets', { name: 'c' }), false],
    ['with names allows no request without one', rule('list', 'core', 'secrets', 'a'), on('list', 'secrets'), false],
    ['of paths allows a path', urls('get', '/healthz'), { verb: 'get', path: '/healthz' }, true],
    ['of paths allows nothing below it', urls('get', '/healthz'), { verb: 'get', path: '/healthz/etcd' }, false],
    ['of paths ends with a star', urls('get', '/healthz/*'), { verb: 'get', path: '/healthz/etcd' }, true],
    ['of paths allows no resource', urls('*', '*'), on('get', 'pods'), false],
  ])('%s', (_what, given, asked, allowed) => {
    expect(allows(given, asked)).toBe(allowed);
  });
});

describe('rules cover others', () => {
  it.each<[what: string, owned: Rule[], wanted: Rule[], missing: Rule[]]>([
    ['that are the same', [rule('get list', 'core', 'pods')], [rule('list get', 'core', 'pods')], []],
    ['one by one', [rule('get', 'core', 'pods'), rule('list', 'core', 'pods secrets')], [rule('get list', 'core', 'pods')], []],
    ['not beyond their verbs', [rule('get', 'core', 'pods')], [rule('get delete', 'core', 'pods')], [rule('delete', 'core', 'pods')]],
    ['of everything', [rule('*', '*', '*')], [rule('get', 'apps', 'deployments/scale', 'web')], []],
    ['but not everything by much', [rule('get list watch', '*', '*')], [rule('*', 'core', 'pods')], [rule('*', 'core', 'pods')]],
    ['of all subresources of a name', [rule('get', 'core', '*/log')], [rule('get', 'core', 'pods/log')], []],
    ['of one name where all are wanted', [rule('get', 'core', 'secrets', 'a')], [rule('get', 'core', 'secrets')], [rule('get', 'core', 'secrets')]],
    ['of all names where one is wanted', [rule('get', 'core', 'secrets')], [rule('get', 'core', 'secrets', 'a')], []],
    ['of paths below a star', [urls('get', '/logs/*')], [urls('get', '/logs/a /metrics')], [urls('get', '/metrics')]],
  ])('%s', (_what, owned, wanted, missing) => {
    expect(uncovered(owned, wanted)).toEqual(missing);
  });
});

describe('what a path asks for', () => {
  it.each<[method: 'GET' | 'POST' | 'DELETE' | 'PATCH', url: string, asked: Attributes]>([
    ['GET', '/api/v1/pods', { verb: 'list', group: '', resource: 'pods' }],
    ['GET', '/api/v1/pods?watch=1', { verb: 'watch', group: '', resource: 'pods' }],
    ['GET', '/api/v1/watch/namespaces/a/pods', { verb: 'watch', group: '', resource: 'pods', namespace: 'a' }],
    ['GET', '/api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dp', { verb: 'list', group: '', resource: 'pods', namespace: 'a', name: 'p' }],
    ['GET', '/api/v1/namespaces/a/pods/p/log', { verb: 'get', group: '', resource: 'pods', namespace: 'a', name: 'p', subresource: 'log' }],
    ['GET', '/api/v1/namespaces/a', { verb: 'get', group: '', resource: 'namespaces', namespace: 'a', name: 'a' }],
    ['PATCH', '/api/v1/namespaces/a/status', { verb: 'patch', group: '', resource: 'namespaces', namespace: 'a', name: 'a', subresource: 'status' }],
    ['POST', '/apis/apps/v1/namespaces/a/deployments', { verb: 'create', group: 'apps', resource: 'deployments', namespace: 'a' }],
    ['DELETE', '/apis/apps/v1/namespaces/a/deployments', { verb: 'deletecollection', group: 'apps', resource: 'deployments', namespace: 'a' }],
    ['GET', '/apis/nobody.knows/v1/things', { verb: 'list', group: 'nobody.knows', resource: 'things' }],
    ['GET', '/apis/apps/v1', { verb: 'get', path: '/apis/apps/v1' }],
    ['GET', '/healthz/etcd', { verb: 'get', path: '/healthz/etcd' }],
  ])('%s %s', (method, url, asked) => {
    const [path = '', search] = url.split('?');
    expect(attributesOf({ method, path, query: Object.fromEntries(new URLSearchParams(search)) })).toEqual(asked);
  });
});

const jane: UserInfo = { username: 'jane', groups: ['dev', 'system:authenticated'] };
const robot: UserInfo = { username: 'system:serviceaccount:team:robot', groups: ['system:serviceaccounts', 'system:serviceaccounts:team', 'system:authenticated'] };

function withPolicy(...policies: ReturnType<typeof clusterRole>[]): TestServer {
  const server = testServer();
  server.must('POST', '/api/v1/namespaces', { metadata: { name: 'team' } });
  for (const policy of policies) server.api.create(...policy, COMPONENT);
  return server;
}

describe('bindings', () => {
  const readPods = clusterRole('read-pods', [rule('get list watch', 'core', 'pods')]);
  const by = (reference: string): string => `RBAC: allowed by ${reference}`;
  it.each<[what: string, binding: ReturnType<typeof clusterRole>, who: UserInfo, asked: Attributes, allowed: boolean, reason: string]>([
    ['a ClusterRole in the whole cluster', clusterRoleBinding('all', 'read-pods', [user('jane')]), jane, on('list', 'pods'), true, by('ClusterRoleBinding "all" of ClusterRole "read-pods" to User "jane"')],
    ['a ClusterRole in one namespace', roleBinding('team', 'here', { kind: 'ClusterRole', name: 'read-pods' }, [group('dev')]), jane, on('list', 'pods', { namespace: 'team' }), true, by('RoleBinding "here/team" of ClusterRole "read-pods" to Group "dev"')],
    ['nothing in another namespace', roleBinding('team', 'here', { kind: 'ClusterRole', name: 'read-pods' }, [group('dev')]), jane, on('list', 'pods'), false, ''],
    ['a service account', roleBinding('team', 'robots', { kind: 'ClusterRole', name: 'read-pods' }, [account('robot', 'team')]), robot, on('get', 'pods', { namespace: 'team' }), true, by('RoleBinding "robots/team" of ClusterRole "read-pods" to ServiceAccount "robot/team"')],
    ['a service account of that name only', roleBinding('team', 'robots', { kind: 'ClusterRole', name: 'read-pods' }, [account('robot', 'default')]), robot, on('get', 'pods', { namespace: 'team' }), false, ''],
    ['all service accounts of a namespace', clusterRoleBinding('robots', 'read-pods', [group('system:serviceaccounts:team')]), robot, on('get', 'pods'), true, by('ClusterRoleBinding "robots" of ClusterRole "read-pods" to Group "system:serviceaccounts:team"')],
    ['nobody else', clusterRoleBinding('all', 'read-pods', [user('joe')]), jane, on('list', 'pods'), false, ''],
    ['nothing where the role is missing', clusterRoleBinding('gone', 'no-such', [user('jane')]), jane, on('list', 'pods'), false, 'RBAC: clusterrole.rbac.authorization.k8s.io "no-such" not found'],
  ])('grant %s', (_what, binding, who, asked, allowed, reason) => {
    expect(authorize(withPolicy(readPods, binding).store, who, asked)).toEqual({ allowed, reason });
  });

  it('count from the moment when they are written, and no longer', () => {
    const server = withPolicy(readPods);
    const may = (): boolean => authorize(server.store, jane, on('list', 'pods')).allowed;
    expect(may()).toBe(false);
    server.api.create(...clusterRoleBinding('all', 'read-pods', [user('jane')]), COMPONENT);
    expect(may()).toBe(true);
    server.must('PUT', '/apis/rbac.authorization.k8s.io/v1/clusterroles/read-pods', { metadata: { name: 'read-pods' }, rules: [rule('get', 'core', 'pods')] });
    expect(may()).toBe(false);
    server.must('PUT', '/apis/rbac.authorization.k8s.io/v1/clusterroles/read-pods', readPods[1]);
    server.must('DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/all');
    expect(may()).toBe(false);
  });
});

describe('whoever gives rights', () => {
  const ROLES = '/apis/rbac.authorization.k8s.io/v1/namespaces/team/roles';
  const BINDINGS = '/apis/rbac.authorization.k8s.io/v1/namespaces/team/rolebindings';
  const writer = role('team', 'writer', [rule('*', 'rbac.authorization.k8s.io', 'roles rolebindings'), rule('get list', 'core', 'pods')]);
  const holds = roleBinding('team', 'writer', { kind: 'Role', name: 'writer' }, [user('jane')]);
  // Without the verbs `bind` and `escalate`, which * would bring.
  const plain = role('team', 'writer', [rule('create update get', 'rbac.authorization.k8s.io', 'roles rolebindings'), rule('get list', 'core', 'pods')]);
  const secrets = clusterRole('secrets', [rule('get list', 'core', 'secrets')]);
  const bindSecrets = { metadata: { name: 'x' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'secrets' }, subjects: [user('joe')] };
  const who = 'user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:';

  it('must have them', () => {
    const server = withPolicy(plain, holds);
    server.must('POST', ROLES, { metadata: { name: 'mine' }, rules: [rule('list', 'core', 'pods')] }, { user: jane });
    expect(server.refused('POST', ROLES, { metadata: { name: 'more' }, rules: [rule('list delete', 'core', 'pods'), rule('get', 'core', 'secrets')] }, { user: jane })).toMatchObject({
      code: 403,
      message: `roles.rbac.authorization.k8s.io "more" is forbidden: ${who}\n{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}`,
    });
    expect(server.refused('PUT', `${ROLES}/mine`, { metadata: { name: 'mine' }, rules: [rule('*', 'core', 'pods')] }, { user: jane }).message).toBe(`roles.rbac.authorization.k8s.io "mine" is forbidden: ${who}\n{APIGroups:[""], Resources:["pods"], Verbs:["*"]}`);
  });

  it('must have those of the role that they bind', () => {
    const server = withPolicy(plain, holds, secrets);
    expect(server.refused('POST', BINDINGS, bindSecrets, { user: jane }).message).toBe(`rolebindings.rbac.authorization.k8s.io "x" is forbidden: ${who}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}`);
    expect(server.refused('POST', BINDINGS, { ...bindSecrets, roleRef: { ...bindSecrets.roleRef, name: 'no-such' } }, { user: jane })).toMatchObject({ code: 404, message: 'clusterroles.rbac.authorization.k8s.io "no-such" not found' });
    server.must('POST', BINDINGS, { ...bindSecrets, roleRef: { ...bindSecrets.roleRef, kind: 'Role', name: 'writer' } }, { user: jane });
  });

  it('need not with `escalate` and `bind`', () => {
    const server = withPolicy(writer, holds, secrets, role('team', 'binder', [rule('bind', 'rbac.authorization.k8s.io', 'clusterroles', 'secrets')]), roleBinding('team', 'binder', { kind: 'Role', name: 'binder' }, [user('jane')]));
    server.must('POST', ROLES, { metadata: { name: 'more' }, rules: [rule('*', 'core', 'secrets')] }, { user: jane });
    server.must('POST', BINDINGS, bindSecrets, { user: jane });
  });
});

describe('a kubelet', () => {
  const node: UserInfo = { username: 'system:node:worker-1', groups: ['system:nodes', 'system:authenticated'] };
  const unrelated = "no relationship found between node 'worker-1' and this object";
  const server = withPolicy();
  const volumes = [{ name: 's', secret: { secretName: 'used' } }];
  server.must('POST', '/api/v1/namespaces/default/pods', podBody('mine', { nodeName: 'worker-1', volumes }));
  server.must('POST', '/api/v1/namespaces/default/pods', podBody('other', { nodeName: 'worker-2', volumes: [{ name: 's', secret: { secretName: 'unused' } }] }));
  it.each<[what: string, asked: Attributes, allowed: boolean, reason: string]>([
    ['reads its own Node', { verb: 'get', group: '', resource: 'nodes', name: 'worker-1' }, true, ''],
    ['reads no other Node', { verb: 'get', group: '', resource: 'nodes', name: 'worker-2' }, false, "node 'worker-1' cannot read 'worker-2', only its own Node object"],
    ['reads a Secret that its pods use', on('get', 'secrets', { name: 'used' }), true, ''],
    ['reads no Secret that its pods do not use', on('get', 'secrets', { name: 'unused' }), false, unrelated],
    ['reads no list of Secrets', on('list', 'secrets'), false, 'No Object name found'],
    ['reads its own pods', on('get', 'pods', { name: 'mine' }), true, ''],
    ['reads no pods of others', on('get', 'pods', { name: 'other' }), false, unrelated],
    ['lists its pods with a field selector', { verb: 'list', group: '', resource: 'pods', nodeName: 'worker-1' }, true, ''],
    ['lists no pods without one', { verb: 'list', group: '', resource: 'pods' }, false, 'can only list/watch pods with spec.nodeName field selector'],
    ['renews its own lease', { verb: 'update', group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease', name: 'worker-1' }, true, ''],
    ['renews no other lease', { verb: 'update', group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease', name: 'worker-2' }, false, 'can only access node lease with the same name as the requesting node'],
    ['lists Services', { verb: 'list', group: '', resource: 'services' }, true, ''],
    ['creates no Deployments', on('create', 'deployments', { group: 'apps' }), false, ''],
  ])('%s', (_what, asked, allowed, reason) => {
    expect(authorize(server.store, node, asked)).toEqual({ allowed, reason });
  });
});
