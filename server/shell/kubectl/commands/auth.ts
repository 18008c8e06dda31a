/** `kubectl auth`: what the current user may do, and who that is. */
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { layOut } from '../describe/tabwriter.ts';
import { PRINT_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';
import { printerFor } from '../printers/output.ts';
import { TABLE_TABS } from '../printers/table.ts';

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
const RESOURCE_VERBS: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use', 'bind', 'impersonate', '*', 'approve', 'sign', 'escalate', 'attest']);
const URL_VERBS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'head', 'options', 'delete', 'patch', '*']);
/** What can be asked about although no client finds it. */
const UNLISTED: ReadonlySet<string> = new Set(['users', 'groups']);

async function allowed(kubectl: Kubectl, spec: object): Promise<boolean> {
  const { status } = (await kubectl.client.request({ method: 'POST', path: `${AUTHORIZATION}/selfsubjectaccessreviews`, body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec } })) as { status?: { allowed?: boolean; reason?: string; evaluationError?: string } };
  if (!kubectl.flags.bool('quiet')) kubectl.out(status?.allowed ? 'yes\n' : `no${status?.reason ? ` - ${status.reason}` : ''}${status?.evaluationError ? ` - ${status.evaluationError}` : ''}\n`);
  return status?.allowed === true;
}

async function ask(kubectl: Kubectl, verb: string, target: string): Promise<boolean> {
  const { flags } = kubectl;
  const unknownVerb = (known: ReadonlySet<string>): void => {
    if (!known.has(verb)) kubectl.warn(`verb '${verb}' is not a known verb\n`);
  };
  const subresource = flags.string('subresource');
  if (target.startsWith('/')) {
    if (subresource) throw new KubectlError('--subresource can not be used with NonResourceURL');
    unknownVerb(URL_VERBS);
    return allowed(kubectl, { nonResourceAttributes: { verb, path: target } });
  }
  const slash = target.indexOf('/');
  const [type, name] = slash < 0 ? [target, ''] : [target.slice(0, slash), target.slice(slash + 1)];
  const everywhere = flags.bool('all-namespaces');
  const resource = type === '*' ? undefined : (await kubectl.client.resources()).byName(type);
  if (!resource && type !== '*' && !UNLISTED.has(type.toLowerCase())) {
    const [plural = '', ...group] = type.toLowerCase().split('.');
    kubectl.warn(`the server doesn't have a resource type '${plural}'${group.length > 0 ? ` in group '${group.join('.')}'` : ''}\n`);
  }
  if (!everywhere) {
    if (resource && !resource.namespaced) kubectl.warn(`resource '${resource.plural}' is not namespace scoped${resource.group ? ` in group '${resource.group}'` : ''}\n`);
    unknownVerb(RESOURCE_VERBS);
  }
  return allowed(kubectl, { resourceAttributes: { verb, resource: resource?.plural ?? type, group: resource?.group ?? '', ...(name ? { name } : {}), ...(everywhere ? {} : { namespace: kubectl.namespace }), ...(subresource ? { subresource } : {}) } });
}

interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

/** Rules of one resource each, verbs of the same resource together; URLs stand for themselves. */
function compacted(rules: readonly Rule[]): Rule[] {
  const result: Rule[] = [];
  const simple = new Map<string, Rule>();
  for (const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } of rules) {
    for (const group of apiGroups) {
      for (const resource of resources) {
        for (const name of resourceNames.length > 0 ? resourceNames : [undefined]) {
          const key = `${group} ${resource} ${name ?? ''}`;
          const known = simple.get(key);
          if (known) known.verbs.push(...verbs);
          else {
            const rule = { verbs: [...verbs], apiGroups: [group], resources: [resource], ...(name === undefined ? {} : { resourceNames: [name] }) };
            simple.set(key, rule);
            result.push(rule);
          }
        }
      }
    }
    for (const url of nonResourceURLs) for (const verb of verbs) result.push({ verbs: [verb], nonResourceURLs: [url] });
  }
  const order = ({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): string => [verbs, apiGroups, resources, resourceNames, nonResourceURLs].map((list) => `[${list.join(' ')}]`).join(',');
  return result.map((rule) => ({ rule, key: order(rule) })).sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0)).map(({ rule }) => rule);
}

/** `deployments.apps/scale`. */
function resourceInGroup(resource = '', group = ''): string {
  const slash = resource.indexOf('/');
  const [type, rest] = slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)];
  return `${type}${type && group ? `.${group}` : ''}${rest}`;
}

async function list(kubectl: Kubectl): Promise<void> {
  const { flags } = kubectl;
  if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.string('subresource')) throw new KubectlError("list option can't be specified with neither quiet, all-namespaces nor subresource options");
  const { status = {} } = (await kubectl.client.request({ method: 'POST', path: `${AUTHORIZATION}/selfsubjectrulesreviews`, body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: kubectl.namespace } } })) as { status?: { resourceRules?: Rule[]; nonResourceRules?: Rule[]; incomplete?: boolean; evaluationError?: string } };
  if (status.incomplete) kubectl.warn(`the list may be incomplete: ${status.evaluationError ?? ''}`);
  const cells = compacted([...(status.resourceRules ?? []), ...(status.nonResourceRules ?? [])]).map(({ verbs, apiGroups, resources, resourceNames = [], nonResourceURLs = [] }) => [
    resourceInGroup(resources?.[0], apiGroups?.[0]),
    ...[nonResourceURLs, resourceNames, verbs].map((values) => `[${values.join(' ')}]`),
  ]);
  const lines = [...(flags.bool('no-headers') ? [] : [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']]), ...cells];
  kubectl.out(layOut(lines.map((line) => `${line.join('\t')}\n`).join(''), TABLE_TABS));
}

const canI: KubectlCommand = {
  name: 'can-i',
  summary: 'Check whether an action is allowed',
  usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  flags: [{ name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'quiet', short: 'q', type: 'bool' }, { name: 'subresource', type: 'string' }, { name: 'list', type: 'bool' }, { name: 'no-headers', type: 'bool' }],
  async run(kubectl) {
    if (kubectl.flags.bool('list')) {
      if (kubectl.args.length > 0) throw new KubectlError('list option must be specified with no arguments');
      return list(kubectl);
    }
    const [verb, target, ...more] = kubectl.args;
    if (!verb || !target || more.length > 0) throw new KubectlError("you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.");
    if (kubectl.flags.bool('no-headers')) throw new KubectlError('--no-headers cannot be set without --list specified');
    return (await ask(kubectl, verb, target)) ? 0 : 1;
  },
};

const whoami: KubectlCommand = {
  name: 'whoami',
  summary: 'Experimental: Check self subject attributes',
  flags: PRINT_FLAGS,
  async run(kubectl) {
    const review = (await kubectl.client.request({ method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } })) as KubeObject;
    const printer = printerFor(kubectl, false, true);
    if (printer) return kubectl.out(printer.one({ resource: await kubectl.client.resource('selfsubjectreviews'), object: review }));
    const { username = '', uid = '', groups = [], extra = {} } = (review.status as { userInfo?: { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> } } | undefined)?.userInfo ?? {};
    const rows = [['Username', username], ...(uid ? [['UID', uid]] : []), ['Groups', `[${groups.join(' ')}]`], ...Object.keys(extra).sort().map((key) => [`Extra: ${key}`, `[${(extra[key] as string[]).join(' ')}]`])];
    kubectl.out(layOut(`ATTRIBUTE\tVALUE\n${rows.map((row) => `${row.join('\t')}\n`).join('')}`, TABLE_TABS));
  },
};

const reconcile: KubectlCommand = {
  name: 'reconcile',
  summary: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  usage: '-f FILENAME',
  run: () => Promise.reject(new KubectlError('kubectl auth reconcile is not supported yet in Quorum; kubectl apply -f does what most want of it')),
};

export const auth: KubectlCommand = { name: 'auth', summary: 'Inspect authorization', subcommands: [canI, reconcile, whoami] };
