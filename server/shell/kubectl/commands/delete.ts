import type { ServedResource } from '../framework/client.ts';
import { DRY_RUN_FLAGS, dryRunOf, dryRunSuffix, FILE_FLAGS, SELECTOR_FLAGS, type DryRun, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError, throwAll } from '../framework/errors.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { fetchTargets, NOTHING_NAMED, parseTargets } from '../framework/resources.ts';
import { shownName } from '../framework/client.ts';

export interface Doomed {
  resource: ServedResource;
  namespace: string | undefined;
  name: string;
  /** Put before errors about it. */
  prefix?: string;
}

interface DeleteOptions {
  dryRun: DryRun;
  gracePeriod: number;
  force: boolean;
  wait: boolean;
  timeoutMs: number;
  cascade: string;
  quiet?: boolean;
  /** What is gone already is not missed. */
  ignoreMissing?: boolean;
}

const POLICIES: Record<string, string> = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan', true: 'Background', false: 'Orphan' };

/** Deletes objects, says so, and waits until they are gone. */
export async function deleteObjects(kubectl: Kubectl, doomed: readonly Doomed[], options: DeleteOptions): Promise<void> {
  const errors: unknown[] = [];
  const waiting: (Doomed & { uid: string | undefined })[] = [];
  if (options.force && options.gracePeriod === 0 && doomed.length > 0) kubectl.warn('Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.');
  for (const each of doomed) {
    const { resource, namespace, name, prefix } = each;
    try {
      if (options.dryRun !== 'client') {
        const body = { propagationPolicy: POLICIES[options.cascade] ?? 'Background', ...(options.gracePeriod >= 0 ? { gracePeriodSeconds: options.gracePeriod } : {}) };
        const answer = (await kubectl.client.delete(resource, namespace, name, body, { dryRun: options.dryRun === 'server' })) as { metadata?: { uid?: string }; details?: { uid?: string } };
        waiting.push({ ...each, uid: answer.metadata?.uid ?? answer.details?.uid });
      }
      if (!options.quiet) say(kubectl, each, options);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (options.ignoreMissing && error.status.code === 404) continue;
      errors.push(prefix ? error.with(prefix) : error);
    }
  }
  if (options.wait && options.dryRun === 'none') for (const each of waiting) await gone(kubectl, each, options.timeoutMs);
  throwAll(errors);
}

function say(kubectl: Kubectl, { resource, namespace, name }: Doomed, options: DeleteOptions): void {
  if (kubectl.flags.has('output') && kubectl.flags.string('output') === 'name') return kubectl.out(`${shownName(resource, name)}\n`);
  const kind = `${resource.singular}${resource.group ? `.${resource.group}` : ''}`;
  const operation = options.force && options.gracePeriod === 0 ? 'force deleted' : 'deleted';
  kubectl.out(`${kind} "${name}" ${operation}${namespace ? ` from ${namespace} namespace` : ''}${dryRunSuffix(options.dryRun)}\n`);
}

/** Waits until the object is gone or another has taken its name. */
async function gone(kubectl: Kubectl, { resource, namespace, name, uid }: Doomed & { uid: string | undefined }, timeoutMs: number): Promise<void> {
  const deadline = timeoutMs > 0 ? kubectl.now + timeoutMs : Number.POSITIVE_INFINITY;
  for (;;) {
    const present = await kubectl.client.find(resource, namespace, name);
    if (!present || (uid !== undefined && present.metadata.uid !== uid)) return;
    if (kubectl.now >= deadline) throw new KubectlError(`timed out waiting for the condition on ${resource.plural}/${name}`);
    const watching = new AbortController();
    const stop = (): void => watching.abort();
    kubectl.signal.addEventListener('abort', stop, { once: true });
    if (deadline !== Number.POSITIVE_INFINITY) void kubectl.context.host.sleep(deadline - kubectl.now, watching.signal).then(stop, () => undefined);
    let over = false;
    await kubectl.client.watch(
      kubectl.client.path(resource, namespace),
      { fieldSelector: `metadata.name=${name}`, resourceVersion: present.metadata.resourceVersion },
      false,
      (event) => (over = event.type === 'DELETED'),
      watching.signal,
    );
    stop();
    if (over) return;
    if (kubectl.signal.aborted) throw new KubectlError('interrupted', 130);
    // The stream may end for other reasons; look again.
    if (kubectl.now < deadline) await kubectl.sleep(100);
  }
}

export const deleteCommand: KubectlCommand = {
  name: 'delete',
  summary: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  usage: '([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  long: 'Deletes objects and waits until they are gone.',
  flags: [
    ...FILE_FLAGS,
    ...SELECTOR_FLAGS,
    ...DRY_RUN_FLAGS,
    { name: 'output', short: 'o', type: 'string' },
    { name: 'all', type: 'bool' },
    { name: 'all-namespaces', short: 'A', type: 'bool' },
    { name: 'field-selector', type: 'string' },
    { name: 'cascade', type: 'string', default: 'background', bare: 'background' },
    { name: 'force', type: 'bool' },
    { name: 'grace-period', type: 'int', default: -1 },
    { name: 'ignore-not-found', type: 'bool' },
    { name: 'interactive', short: 'i', type: 'bool' },
    { name: 'now', type: 'bool' },
    { name: 'timeout', type: 'duration', default: '0s' },
    { name: 'wait', type: 'bool', default: true },
  ],
  async run(kubectl) {
    const { flags } = kubectl;
    if (!['', 'name'].includes(flags.string('output'))) throw new KubectlError(`unexpected -o output mode: ${flags.string('output')}. We only support '-o name'`);
    let gracePeriod = flags.int('grace-period');
    const force = flags.bool('force');
    if (flags.bool('now')) {
      if (gracePeriod !== -1) throw new KubectlError('--now and --grace-period cannot be specified together');
      gracePeriod = 1;
    }
    if (gracePeriod === 0 && !force) {
      // Without --force a grace period of nothing becomes the shortest one, and kubectl waits.
      gracePeriod = 1;
    } else if (force && gracePeriod < 0) gracePeriod = 0;
    const options: DeleteOptions = { dryRun: dryRunOf(kubectl), gracePeriod, force, wait: flags.bool('wait') && !(force && gracePeriod === 0), timeoutMs: flags.duration('timeout'), cascade: flags.string('cascade'), ignoreMissing: flags.given('ignore-not-found') ? flags.bool('ignore-not-found') : flags.bool('all') };
    if (flags.given('filename')) {
      const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
      throwAll(errors);
      const doomed: Doomed[] = [];
      for (const manifest of manifests) {
        const { resource, namespace, name, source } = await mapManifest(kubectl, manifest, false);
        doomed.push({ resource, namespace, name, prefix: `error when deleting "${source}": ` });
      }
      return deleteObjects(kubectl, doomed, options);
    }
    if (kubectl.args.length === 0) throw new KubectlError(NOTHING_NAMED);
    const selection = await parseTargets(kubectl.client, kubectl.args);
    if (selection.named) {
      const doomed = selection.targets.map(({ resource, name }) => ({ resource, namespace: resource.namespaced ? kubectl.namespace : undefined, name: name as string }));
      const present: Doomed[] = [];
      const errors: unknown[] = [];
      for (const each of doomed) {
        if (flags.bool('ignore-not-found') && !(await kubectl.client.find(each.resource, each.namespace, each.name))) continue;
        present.push(each);
      }
      throwAll(errors);
      return deleteObjects(kubectl, present, options);
    }
    const { found, errors } = await fetchTargets(kubectl.client, selection, {
      namespace: kubectl.namespace, allNamespaces: flags.bool('all-namespaces'), all: flags.bool('all'), labelSelector: flags.string('selector'), fieldSelector: flags.string('field-selector'), requireName: true,
    });
    throwAll(errors);
    if (found.length === 0) {
      kubectl.out('No resources found\n');
      return;
    }
    return deleteObjects(kubectl, found.map(({ resource, object }) => ({ resource, namespace: object.metadata.namespace, name: object.metadata.name })), options);
  },
};
