/** `apply --prune`: deletes what was applied once, is selected now, and is not among what is applied this time. */
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { shownName, type ServedResource } from '../framework/client.ts';
import { dryRunSuffix, type DryRun, type Kubectl } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';
import { LAST_APPLIED } from './create/common.ts';

/** Group, version and kind of what is pruned unless an allow list says otherwise. */
const NAMESPACED: readonly [string, string, string][] = [
  ['', 'v1', 'ConfigMap'], ['', 'v1', 'Endpoints'], ['', 'v1', 'PersistentVolumeClaim'], ['', 'v1', 'Pod'], ['', 'v1', 'ReplicationController'], ['', 'v1', 'Secret'], ['', 'v1', 'Service'],
  ['batch', 'v1', 'Job'], ['batch', 'v1', 'CronJob'], ['networking.k8s.io', 'v1', 'Ingress'], ['apps', 'v1', 'DaemonSet'], ['apps', 'v1', 'Deployment'], ['apps', 'v1', 'ReplicaSet'], ['apps', 'v1', 'StatefulSet'],
];
const CLUSTER_SCOPED: readonly [string, string, string][] = [['', 'v1', 'Namespace'], ['', 'v1', 'PersistentVolume']];

/** What --prune needs besides. @throws KubectlError */
export function checkPruning(kubectl: Kubectl): void {
  const { flags } = kubectl;
  if (flags.bool('all') && flags.given('selector')) throw new KubectlError('cannot set --all and --selector at the same time');
  if (!flags.bool('prune')) return;
  if (flags.bool('force')) throw new KubectlError('--force cannot be used with --prune');
  if (!flags.bool('all') && !flags.string('selector')) throw new KubectlError('all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector');
  if (flags.bool('server-side')) throw new KubectlError("--prune is in alpha and doesn't currently work on objects created by server-side apply");
  allowed(kubectl);
}

/** The allow list: `group/version/Kind`, with `core` for the core group. Empty when none is given. @throws KubectlError */
function allowed({ flags }: Kubectl): [string, string, string][] {
  return flags.list('prune-allowlist').map((text) => {
    const [group, version, kind, ...more] = text.split('/');
    if (!group || !version || !kind || more.length > 0) throw new KubectlError(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
    return [group === 'core' ? '' : group, version, kind];
  });
}

/** @param kept uids of what was applied. @param namespaces those that it is in. */
export async function prune(kubectl: Kubectl, kept: ReadonlySet<string>, namespaces: ReadonlySet<string>, dryRun: DryRun): Promise<void> {
  const table = await kubectl.client.resources();
  const listed = allowed(kubectl);
  const find = (kinds: readonly [string, string, string][]): ServedResource[] =>
    kinds.map(([group, version, kind]) => {
      const resource = table.byKind(group ? `${group}/${version}` : version, kind);
      if (!resource) throw new KubectlError(`error retrieving RESTMappings to prune: invalid resource ${group}/${version}, Kind=${kind}, Namespaced=true: no matches for kind "${kind}" in version "${group ? `${group}/` : ''}${version}"`);
      return resource;
    });
  const resources = find(listed.length > 0 ? listed : [...NAMESPACED, ...CLUSTER_SCOPED]);
  for (const namespace of namespaces) for (const resource of resources) if (resource.namespaced) await pruneList(kubectl, resource, namespace, kept, dryRun);
  for (const resource of resources) if (!resource.namespaced) await pruneList(kubectl, resource, undefined, kept, dryRun);
}

async function pruneList(kubectl: Kubectl, resource: ServedResource, namespace: string | undefined, kept: ReadonlySet<string>, dryRun: DryRun): Promise<void> {
  const selector = kubectl.flags.string('selector');
  const { items } = await kubectl.client.list(resource, namespace, selector ? { labelSelector: selector } : {});
  for (const { metadata } of items as KubeObject[]) {
    if (metadata.annotations?.[LAST_APPLIED] === undefined || kept.has(metadata.uid)) continue;
    if (dryRun !== 'client') await kubectl.client.delete(resource, namespace, metadata.name, { propagationPolicy: 'Background' }, { dryRun: dryRun === 'server' });
    kubectl.out(`${shownName(resource, metadata.name)} pruned${dryRunSuffix(dryRun)}\n`);
  }
}
