/** `kubectl auth`: what the current user may do, and who that is. */
import type { Rule } from '../../../simulation/apiserver/authorization/rules.ts';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { ruleLines } from '../describe/kinds/rbac.ts';
import { layOut } from '../describe/tabwriter.ts';
import { PRINT_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';
import { printerFor } from '../printers/output.ts';
import { TABLE_TABS } from '../printers/table.ts';
import { reconcile } from './auth-reconcile.ts';

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

async function list(kubectl: Kubectl): Promise<void> {
  const { flags } = kubectl;
  if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.string('subresource')) throw new KubectlError("list option can't be specified with neither quiet, all-namespaces nor subresource options");
  const { status = {} } = (await kubectl.client.request({ method: 'POST', path: `${AUTHORIZATION}/selfsubjectrulesreviews`, body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: kubectl.namespace } } })) as { status?: { resourceRules?: Rule[]; nonResourceRules?: Rule[]; incomplete?: boolean; evaluationError?: string } };
  if (status.incomplete) kubectl.warn(`the list may be incomplete: ${status.evaluationError ?? ''}`);
  const lines = [...(flags.bool('no-headers') ? [] : ['Resources\tNon-Resource URLs\tResource Names\tVerbs']), ...ruleLines([...(status.resourceRules ?? []), ...(status.nonResourceRules ?? [])])];
  kubectl.out(layOut(lines.map((line) => `${line}\n`).join(''), TABLE_TABS));
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

export const auth: KubectlCommand = { name: 'auth', summary: 'Inspect authorization', subcommands: [canI, reconcile, whoami] };
