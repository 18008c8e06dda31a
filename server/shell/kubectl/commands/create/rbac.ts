import type { Kubectl, KubectlCommand } from '../../framework/command.ts';
import { KubectlError, PlainError } from '../../framework/errors.ts';
import { CREATE_FLAGS, finish, nameOf, type Json } from './common.ts';

const GROUP = 'rbac.authorization.k8s.io';
const STANDARD_VERBS: ReadonlySet<string> = new Set(['*', 'get', 'delete', 'list', 'create', 'update', 'patch', 'watch', 'proxy', 'deletecollection', 'use', 'bind', 'escalate', 'impersonate']);
/** Verbs of single resources. */
const SPECIAL_VERBS: ReadonlySet<string> = new Set(['sign', 'approve', 'attest']);

/** Rules by API group, in order of group. */
async function rulesOf(kubectl: Kubectl): Promise<Json[]> {
  const { flags } = kubectl;
  const verbs = [...new Set(flags.list('verb'))];
  if (verbs.length === 0) throw new KubectlError('at least one verb must be specified');
  if (flags.list('resource').length > 0) for (const verb of verbs) if (!STANDARD_VERBS.has(verb) && !SPECIAL_VERBS.has(verb)) kubectl.warn(`'${verb}' is not a standard resource verb`);
  const names = flags.list('resource-name');
  const urls = flags.has('non-resource-url') ? flags.list('non-resource-url') : [];
  const resources = flags.list('resource');
  if (resources.length === 0 && urls.length === 0) throw new KubectlError('at least one resource must be specified');
  const groups = new Map<string, string[]>();
  for (const text of resources) {
    const [type = '', subresource] = text.split('/');
    let group = '';
    let plural = '*';
    if (type !== '*') {
      const resource = (await kubectl.client.resources()).byName(type);
      if (!resource) throw new PlainError(`the server doesn't have a resource type "${type}"`);
      group = resource.group;
      plural = resource.plural;
    }
    groups.set(group, [...(groups.get(group) ?? []), subresource ? `${plural}/${subresource}` : plural]);
  }
  const rules: Json[] = [...groups].sort(([x], [y]) => (x < y ? -1 : 1)).map(([group, plurals]) => ({ apiGroups: [group], ...(names.length > 0 ? { resourceNames: names } : {}), resources: plurals, verbs }));
  if (urls.length > 0) rules.push({ nonResourceURLs: urls, verbs });
  return rules;
}

function role(name: string, kind: string, summary: string): KubectlCommand {
  return {
    name,
    summary,
    usage: 'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
    flags: [...CREATE_FLAGS, { name: 'verb', type: 'list' }, { name: 'resource', type: 'list' }, { name: 'resource-name', type: 'array' }, ...(kind === 'ClusterRole' ? ([{ name: 'non-resource-url', type: 'list' }, { name: 'aggregation-rule', type: 'string' }] as const) : [])],
    run: async (kubectl) => {
      const objectName = nameOf(kubectl);
      const aggregation = kind === 'ClusterRole' ? kubectl.flags.string('aggregation-rule') : '';
      if (aggregation) {
        if (['verb', 'resource', 'resource-name', 'non-resource-url'].some((flag) => kubectl.flags.given(flag))) throw new KubectlError('aggregation rule must be specified without nonResourceURLs, resources, resourceNames or verbs');
        const matchLabels = Object.fromEntries(aggregation.split(',').map((part) => part.split('=') as [string, string]));
        return finish(kubectl, { object: { aggregationRule: { clusterRoleSelectors: [{ matchLabels }] }, apiVersion: `${GROUP}/v1`, kind, metadata: { name: objectName }, rules: null }, failure: `failed to create ${name}: ` });
      }
      const rules = await rulesOf(kubectl);
      await finish(kubectl, { object: { apiVersion: `${GROUP}/v1`, kind, metadata: { name: objectName }, rules }, failure: `failed to create ${name}: ` });
    },
  };
}

function binding(name: string, kind: string, summary: string): KubectlCommand {
  return {
    name,
    summary,
    usage: 'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
    flags: [...CREATE_FLAGS, { name: 'clusterrole', type: 'string' }, { name: 'role', type: 'string' }, { name: 'user', type: 'array' }, { name: 'group', type: 'array' }, { name: 'serviceaccount', type: 'array' }],
    run: async (kubectl) => {
      const { flags } = kubectl;
      const objectName = nameOf(kubectl);
      const [clusterRole, localRole] = [flags.string('clusterrole'), flags.string('role')];
      if ((clusterRole === '') === (localRole === '')) throw new KubectlError(kind === 'RoleBinding' ? 'exactly one of clusterrole or role must be specified' : 'clusterrole must be specified');
      const subjects: Json[] = [
        ...flags.list('user').map((user) => ({ apiGroup: GROUP, kind: 'User', name: user })),
        ...flags.list('group').map((group) => ({ apiGroup: GROUP, kind: 'Group', name: group })),
        ...flags.list('serviceaccount').map((text) => {
          const [namespace, account] = text.split(':');
          if (!namespace || !account) throw new KubectlError('serviceaccount must be <namespace>:<name>');
          return { kind: 'ServiceAccount', name: account, namespace };
        }),
      ];
      await finish(kubectl, {
        object: { apiVersion: `${GROUP}/v1`, kind, metadata: { name: objectName }, roleRef: { apiGroup: GROUP, kind: clusterRole ? 'ClusterRole' : 'Role', name: clusterRole || localRole }, ...(subjects.length > 0 ? { subjects } : {}) },
        failure: `failed to create ${name}: `,
      });
    },
  };
}

export const createRole = role('role', 'Role', 'Create a role with single rule');
export const createClusterRole = role('clusterrole', 'ClusterRole', 'Create a cluster role');
export const createRoleBinding = binding('rolebinding', 'RoleBinding', 'Create a role binding for a particular role or cluster role');
export const createClusterRoleBinding = binding('clusterrolebinding', 'ClusterRoleBinding', 'Create a cluster role binding for a particular cluster role');
