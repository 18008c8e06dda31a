/** Commands about nodes: cordon, uncordon, drain, taint. */
import { goDuration } from '../../../simulation/apiserver/tables/duration.ts';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { checkLabelValue, checkQualifiedName } from '../../../simulation/apiserver/validation/names.ts';
import { shownName } from '../framework/client.ts';
import { DRY_RUN_FLAGS, dryRunOf, dryRunSuffix, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { aggregate, KubectlError, PlainError, ServerError, throwAll, UsageError } from '../framework/errors.ts';
import { fetchTargets } from '../framework/resources.ts';

async function nodes(kubectl: Kubectl, usage: string): Promise<KubeObject[]> {
  const selector = kubectl.flags.string('selector');
  if (kubectl.args.length === 0 && !selector) throw new UsageError(`USAGE: ${usage} [flags]`);
  const resource = await kubectl.client.resource('nodes');
  const names = kubectl.args.map((arg) => arg.replace(/^nodes?\//, ''));
  const { found, errors } = await fetchTargets(kubectl.client, { targets: selector ? [{ resource }] : names.map((name) => ({ resource, name })), named: !selector }, { namespace: '', labelSelector: selector });
  throwAll(errors);
  return found.map((each) => each.object);
}

function cordoned(node: KubeObject): boolean {
  return (node.spec as { unschedulable?: boolean }).unschedulable === true;
}

/** Sets spec.unschedulable and says so. */
async function setCordon(kubectl: Kubectl, node: KubeObject, wanted: boolean, quietWhenAlready = false): Promise<void> {
  const verb = wanted ? 'cordoned' : 'uncordoned';
  const resource = await kubectl.client.resource('nodes');
  const dryRun = dryRunOf(kubectl);
  if (cordoned(node) === wanted) {
    if (!quietWhenAlready) kubectl.out(`${shownName(resource, node.metadata.name)} already ${verb}${dryRunSuffix(dryRun)}\n`);
    return;
  }
  if (dryRun !== 'client') await kubectl.client.patch(resource, undefined, node.metadata.name, 'application/strategic-merge-patch+json', { spec: { unschedulable: wanted ? true : null } }, { dryRun: dryRun === 'server' });
  kubectl.out(`${shownName(resource, node.metadata.name)} ${verb}${dryRunSuffix(dryRun)}\n`);
}

function cordonCommand(name: 'cordon' | 'uncordon', summary: string): KubectlCommand {
  return {
    name,
    summary,
    usage: 'NODE',
    flags: [...SELECTOR_FLAGS, ...DRY_RUN_FLAGS],
    async run(kubectl) {
      for (const node of await nodes(kubectl, `${name} NODE`)) await setCordon(kubectl, node, name === 'cordon');
    },
  };
}

export const cordon = cordonCommand('cordon', 'Mark node as unschedulable');
export const uncordon = cordonCommand('uncordon', 'Mark node as schedulable');

// ---- drain ----

const MIRROR = 'kubernetes.io/config.mirror';

interface PodSorting {
  evict: KubeObject[];
  errors: Map<string, string[]>;
  warnings: Map<string, string[]>;
}

async function sortPods(kubectl: Kubectl, pods: readonly KubeObject[]): Promise<PodSorting> {
  const { flags } = kubectl;
  const evict: KubeObject[] = [];
  const errors = new Map<string, string[]>();
  const warnings = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, reason: string, pod: KubeObject): void => void map.set(reason, [...(map.get(reason) ?? []), `${pod.metadata.namespace}/${pod.metadata.name}`]);
  const daemonSets = await kubectl.client.resource('daemonsets.apps');
  for (const pod of pods) {
    if (pod.metadata.annotations?.[MIRROR] !== undefined) continue;
    const finished = ['Succeeded', 'Failed'].includes((pod.status as { phase?: string }).phase ?? '');
    const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller);
    if (controller?.kind === 'DaemonSet' && !finished) {
      if (!(await kubectl.client.find(daemonSets, pod.metadata.namespace, controller.name))) {
        if (!flags.bool('force')) {
          note(errors, 'cannot delete DaemonSet-managed Pods that have no controller (use --force to override)', pod);
          continue;
        }
      } else {
        if (flags.bool('ignore-daemonsets')) note(warnings, 'ignoring DaemonSet-managed Pods', pod);
        else note(errors, 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', pod);
        continue;
      }
    }
    const local = ((pod.spec as { volumes?: { emptyDir?: unknown }[] }).volumes ?? []).some((volume) => volume.emptyDir);
    if (local && !finished && !flags.bool('delete-emptydir-data')) {
      note(errors, 'cannot delete Pods with local storage (use --delete-emptydir-data to override)', pod);
      continue;
    }
    if (local && !finished) note(warnings, 'deleting Pods with local storage', pod);
    if (!controller && !finished) {
      if (!flags.bool('force')) {
        note(errors, 'cannot delete Pods that declare no controller (use --force to override)', pod);
        continue;
      }
      note(warnings, 'deleting Pods that declare no controller', pod);
    }
    evict.push(pod);
  }
  return { evict, errors, warnings };
}

function sentences(map: ReadonlyMap<string, readonly string[]>): string[] {
  return [...map].map(([reason, names]) => `${reason}: ${names.join(', ')}`);
}

async function evictPod(kubectl: Kubectl, pod: KubeObject, deadline: number): Promise<void> {
  const pods = await kubectl.client.resource('pods');
  const { namespace, name, uid } = pod.metadata;
  const grace = kubectl.flags.int('grace-period');
  const timedOut = `global timeout reached: ${goDuration(kubectl.flags.duration('timeout'))}`;
  for (;;) {
    kubectl.out(`evicting pod ${namespace}/${name}\n`);
    if (kubectl.now >= deadline) throw new KubectlError(`error when evicting pods/"${name}" -n "${namespace}": ${timedOut}`);
    try {
      await kubectl.client.request({
        method: 'POST',
        path: kubectl.client.path(pods, namespace, name, 'eviction'),
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, ...(grace >= 0 ? { deleteOptions: { gracePeriodSeconds: grace } } : {}) },
      });
      break;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.status.code === 404) break;
      if (error.status.code !== 429) throw new KubectlError(`error when evicting pods/"${name}" -n "${namespace}": ${error.status.message}`);
      kubectl.err(`error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${error.status.message}\n`);
      await kubectl.sleep(5_000);
    }
  }
  for (;;) {
    const present = await kubectl.client.find(pods, namespace, name);
    if (!present || present.metadata.uid !== uid) break;
    if (kubectl.now >= deadline) throw new KubectlError(`error when waiting for pod "${name}" in namespace "${namespace}" to terminate: ${timedOut}`);
    await kubectl.sleep(1_000);
  }
  kubectl.out(`pod/${name} evicted\n`);
}

export const drain: KubectlCommand = {
  name: 'drain',
  summary: 'Drain node in preparation for maintenance',
  usage: 'NODE',
  flags: [
    ...SELECTOR_FLAGS, ...DRY_RUN_FLAGS,
    { name: 'chunk-size', type: 'int', default: 500 },
    { name: 'delete-emptydir-data', type: 'bool' },
    { name: 'disable-eviction', type: 'bool' },
    { name: 'force', type: 'bool' },
    { name: 'grace-period', type: 'int', default: -1 },
    { name: 'ignore-daemonsets', type: 'bool' },
    { name: 'pod-selector', type: 'string' },
    { name: 'timeout', type: 'duration', default: '0s' },
    { name: 'skip-wait-for-delete-timeout', type: 'int' },
  ],
  async run(kubectl) {
    const list = await nodes(kubectl, 'drain NODE');
    const dryRun = dryRunOf(kubectl);
    const limit = kubectl.flags.duration('timeout');
    const deadline = limit > 0 ? kubectl.now + limit : Number.POSITIVE_INFINITY;
    const failures: PlainError[] = [];
    const pending: string[] = [];
    for (const node of list) await setCordon(kubectl, node, true);
    for (const node of list) {
      const name = node.metadata.name;
      const selector = kubectl.flags.string('pod-selector');
      const pods = await kubectl.client.list(await kubectl.client.resource('pods'), undefined, { fieldSelector: `spec.nodeName=${name}`, ...(selector ? { labelSelector: selector } : {}) });
      const { evict, errors, warnings } = await sortPods(kubectl, pods.items);
      if (errors.size > 0) {
        const reasons = sentences(errors);
        const text = reasons.length === 1 ? (reasons[0] as string) : `[${reasons.join(', ')}]`;
        kubectl.err(`error: unable to drain node "${name}" due to error: ${text}, continuing command...\n`);
        failures.push(new PlainError(text));
        pending.push(name);
        continue;
      }
      if (warnings.size > 0) kubectl.err(`Warning: ${sentences(warnings).join('; ')}\n`);
      if (dryRun !== 'none') for (const pod of evict) kubectl.out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name}${dryRunSuffix(dryRun)}\n`);
      else {
        const results = await Promise.allSettled(evict.map((pod) => evictPod(kubectl, pod, deadline)));
        const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
        const unexpected = reasons.find((reason) => !(reason instanceof KubectlError));
        if (unexpected) throw unexpected as Error;
        if (reasons.length > 0) {
          const text = aggregate(reasons.map((reason) => (reason as KubectlError).message));
          const left: string[] = [];
          for (const pod of evict) if ((await kubectl.client.find(await kubectl.client.resource('pods'), pod.metadata.namespace, pod.metadata.name))?.metadata.uid === pod.metadata.uid) left.push(pod.metadata.name);
          if (left.length > 0) kubectl.err(`There are pending pods in node "${name}" when an error occurred: ${text}\n${left.map((pod) => `pod/${pod}\n`).join('')}`);
          kubectl.err(`error: unable to drain node "${name}" due to error: ${text}, continuing command...\n`);
          failures.push(new PlainError(text));
          pending.push(name);
          continue;
        }
      }
      kubectl.out(`node/${name} drained${dryRunSuffix(dryRun)}\n`);
    }
    if (pending.length > 0) kubectl.err(`There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`);
    throwAll(failures);
  },
};

// ---- taint ----

interface Taint {
  key: string;
  value?: string;
  effect?: string;
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function taintOf(text: string): Taint {
  const [pair = '', effect, ...more] = text.split(':');
  if (effect !== undefined && !EFFECTS.includes(effect)) throw new UsageError(`invalid taint effect: ${effect}, unsupported taint effect`);
  // Without an effect the whole text is the key.
  const [key = '', value, ...rest] = effect === undefined ? [text] : pair.split('=');
  if (more.length > 0 || rest.length > 0) throw new UsageError(`invalid taint spec: ${text}`);
  const problems = [...(value ? checkLabelValue(value) : []), ...checkQualifiedName(key)];
  if (problems.length > 0) throw new UsageError(`invalid taint spec: ${text}, ${problems.join('; ')}`);
  return { key, ...(value ? { value } : {}), ...(effect ? { effect } : {}) };
}

export const taint: KubectlCommand = {
  name: 'taint',
  summary: 'Update the taints on one or more nodes',
  usage: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  flags: [...SELECTOR_FLAGS, ...DRY_RUN_FLAGS, { name: 'all', type: 'bool' }, { name: 'overwrite', type: 'bool' }, { name: 'output', short: 'o', type: 'string' }],
  async run(kubectl) {
    const [type, ...rest] = kubectl.args;
    if (!type || !/^nodes?$|^no$/.test(type)) throw new KubectlError(type ? `invalid resource type ${type}, only node types are supported` : 'one or more resources must be specified as <resource> <name>');
    const names = rest.filter((word) => !/[=:]/.test(word) && !word.endsWith('-'));
    const words = rest.filter((word) => /[=:]/.test(word) || word.endsWith('-'));
    if (words.length === 0) throw new KubectlError('at least one taint update is required');
    const resource = await kubectl.client.resource('nodes');
    const wide = kubectl.flags.bool('all') || kubectl.flags.given('selector');
    if (names.length === 0 && !wide) throw new KubectlError('at least one resource name must be specified since --all parameter is not set');
    const { found, errors } = await fetchTargets(kubectl.client, { targets: wide ? [{ resource }] : names.map((name) => ({ resource, name })), named: !wide }, { namespace: '', labelSelector: kubectl.flags.string('selector'), all: kubectl.flags.bool('all') });
    throwAll(errors);
    const removals = words.filter((word) => word.endsWith('-')).map((word) => taintOf(word.slice(0, -1)));
    const additions = words.filter((word) => !word.endsWith('-')).map(taintOf);
    for (const added of additions) if (!added.effect) throw new UsageError(`invalid taint spec: ${words.find((word) => word.startsWith(added.key))}`);
    for (const { object } of found) {
      const before = (object.spec as { taints?: Taint[] }).taints ?? [];
      const same = (x: Taint, y: Taint): boolean => x.key === y.key && x.effect === y.effect;
      for (const added of additions) {
        if (!kubectl.flags.bool('overwrite') && before.some((other) => same(other, added))) {
          throw new KubectlError(`node ${object.metadata.name} already has ${added.key} taint(s) with same effect(s) and --overwrite is false`);
        }
      }
      for (const gone of removals) {
        if (!before.some((other) => other.key === gone.key && (!gone.effect || other.effect === gone.effect))) throw new KubectlError(`taint ${JSON.stringify(`${gone.key}${gone.effect ? `:${gone.effect}` : ''}`)} not found`);
      }
      const kept = before.filter((other) => !removals.some((gone) => other.key === gone.key && (!gone.effect || other.effect === gone.effect)) && !additions.some((added) => same(other, added)));
      const dryRun = dryRunOf(kubectl);
      if (dryRun !== 'client') await kubectl.client.patch(resource, undefined, object.metadata.name, 'application/merge-patch+json', { spec: { taints: [...kept, ...additions].length > 0 ? [...additions, ...kept] : null } }, { dryRun: dryRun === 'server' });
      const verb = (additions.length > 0 && removals.length > 0) || kubectl.flags.bool('overwrite') ? 'modified' : additions.length > 0 ? 'tainted' : 'untainted';
      kubectl.out(`${shownName(resource, object.metadata.name)} ${verb}${dryRunSuffix(dryRun)}\n`);
    }
  },
};
