/** `kubectl auth reconcile`: roles and bindings get what a file says that they lack (`k8s.io/component-helpers/auth/rbac/reconciliation`). */
import { missingRules, missingSubjects, rulesOf, subjectsOf } from '../../../simulation/apiserver/authorization/reconcile.ts';
import type { Rule } from '../../../simulation/apiserver/authorization/rules.ts';
import type { ServedResource } from '../../../simulation/apiserver/discovery.ts';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { shownName } from '../framework/client.ts';
import { dryRunOf, DRY_RUN_FLAGS, dryRunSuffix, FILE_FLAGS, PRINT_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { throwAll, UsageError } from '../framework/errors.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { printerFor } from '../printers/output.ts';

const RECONCILED: ReadonlySet<string> = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);
const PROTECTED = 'rbac.authorization.kubernetes.io/autoupdate';

/** What has to happen so that an object has everything that a file says. */
interface Plan {
  operation: 'create' | 'update' | 'recreate' | '';
  object: KubeObject;
  missing: string[];
  extra: string[];
}

const rule = ({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Partial<Rule>): string =>
  `{Verbs:[${verbs.join(' ')}] APIGroups:[${apiGroups.join(' ')}] Resources:[${resources.join(' ')}] ResourceNames:[${resourceNames.join(' ')}] NonResourceURLs:[${nonResourceURLs.join(' ')}]}`;
const subject = ({ kind, apiGroup = '', name, namespace = '' }: { kind: string; apiGroup?: string; name: string; namespace?: string }): string => `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;

function planOf(existing: KubeObject | undefined, wanted: KubeObject, removeExtra: boolean): Plan {
  const bindings = wanted.kind.endsWith('Binding');
  const shown = (object: KubeObject): string[] => (bindings ? subjectsOf(object).map(subject) : rulesOf(object).map(rule));
  if (!existing) return { operation: 'create', object: wanted, missing: shown(wanted), extra: [] };
  const ref = (object: KubeObject): string => `${object.roleRef?.kind ?? ''}/${object.roleRef?.name ?? ''}`;
  if (ref(existing) !== ref(wanted)) return { operation: 'recreate', object: wanted, missing: shown(wanted), extra: [] };
  const lacking = bindings ? missingSubjects(existing, wanted) : missingRules(existing, wanted);
  const surplus = bindings ? missingSubjects(wanted, existing) : missingRules(wanted, existing);
  const metadata = { ...existing.metadata, labels: { ...wanted.metadata.labels, ...existing.metadata.labels }, annotations: { ...wanted.metadata.annotations, ...existing.metadata.annotations } };
  const described = Object.keys(wanted.metadata.labels ?? {}).some((key) => !(key in (existing.metadata.labels ?? {}))) || Object.keys(wanted.metadata.annotations ?? {}).some((key) => !(key in (existing.metadata.annotations ?? {})));
  const exchanged = removeExtra && surplus.length > 0;
  if (lacking.length === 0 && !exchanged && !described) return { operation: '', object: existing, missing: [], extra: [] };
  const field = bindings ? 'subjects' : 'rules';
  const text = (values: object[]): string[] => values.map((value) => (bindings ? subject(value as Parameters<typeof subject>[0]) : rule(value as Rule)));
  return { operation: 'update', object: { ...existing, metadata, [field]: exchanged ? wanted[field] : [...(existing[field] ?? []), ...lacking] }, missing: text(lacking), extra: exchanged ? text(surplus) : [] };
}

async function carryOut(kubectl: Kubectl, resource: ServedResource, namespace: string | undefined, { operation, object }: Plan, dryRun: boolean): Promise<void> {
  const { client } = kubectl;
  const { name } = object.metadata;
  if (operation === 'create' && namespace !== undefined && !(await client.find(await client.resource('namespaces'), undefined, namespace))) {
    await client.create(await client.resource('namespaces'), undefined, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { dryRun });
  }
  if (operation === 'recreate') await client.delete(resource, namespace, name, {}, { dryRun });
  if (operation === 'create' || (operation === 'recreate' && !dryRun)) await client.create(resource, namespace, object, { dryRun });
  if (operation === 'update') await client.replace(resource, namespace, name, object, { dryRun });
}

export const reconcile: KubectlCommand = {
  name: 'reconcile',
  summary: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  usage: '-f FILENAME',
  flags: [...FILE_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS, { name: 'remove-extra-permissions', type: 'bool' }, { name: 'remove-extra-subjects', type: 'bool' }],
  async run(kubectl) {
    const { flags } = kubectl;
    if (!flags.given('filename')) throw new UsageError('must specify one of -f and -k');
    const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
    throwAll(errors);
    const dryRun = dryRunOf(kubectl);
    const printer = printerFor(kubectl);
    for (const manifest of manifests) {
      const { resource, namespace, name, object } = await mapManifest(kubectl, manifest, false);
      if (!RECONCILED.has(resource.kind)) continue;
      const existing = await kubectl.client.find(resource, namespace, name);
      const plan = planOf(existing, object as unknown as KubeObject, flags.bool(resource.kind.endsWith('Binding') ? 'remove-extra-subjects' : 'remove-extra-permissions'));
      const guarded = existing?.metadata.annotations?.[PROTECTED] === 'false';
      if (dryRun !== 'client' && !guarded) await carryOut(kubectl, resource, namespace, plan, dryRun === 'server');
      if (printer) kubectl.out(printer.one({ resource, object: plan.object }));
      else kubectl.out(`${shownName(resource, name)} reconciled${dryRunSuffix(dryRun)}\n`);
      report(kubectl, plan, resource.kind.endsWith('Binding') ? 'subjects' : 'rules', guarded);
    }
  },
};

function report(kubectl: Kubectl, { operation, missing, extra }: Plan, what: string, guarded: boolean): void {
  if (operation === '') return;
  const lines = [guarded ? `\treconciliation required ${operation}, but the object is protected` : `\treconciliation required ${operation}`];
  if (missing.length > 0) lines.push(`\tmissing ${what} added:`, ...missing.map((text) => `\t\t${text}`));
  if (extra.length > 0) lines.push(`\textra ${what} removed:`, ...extra.map((text) => `\t\t${text}`));
  kubectl.err(lines.map((line) => `${line}\n`).join(''));
}
