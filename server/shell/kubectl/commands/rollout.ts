import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { formatLabelSelector, type LabelSelector } from '../../../simulation/apiserver/selectors.ts';
import { describePodTemplate, type PodTemplate } from '../describe/pod-template.ts';
import { layOut } from '../describe/tabwriter.ts';
import { Writer } from '../describe/writer.ts';
import { qualifiedPlural, shownName } from '../framework/client.ts';
import { DRY_RUN_FLAGS, dryRunOf, dryRunSuffix, FILE_FLAGS, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, throwAll } from '../framework/errors.ts';
import { fetchTargets, parseTargets, type Found } from '../framework/resources.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const FLAGS = [...FILE_FLAGS, ...SELECTOR_FLAGS, { name: 'output', short: 'o', type: 'string' }] as const;

async function targets(kubectl: Kubectl): Promise<Found[]> {
  if (kubectl.args.length === 0) throw new KubectlError('required resource not specified');
  const selection = await parseTargets(kubectl.client, kubectl.args);
  const { found, errors } = await fetchTargets(kubectl.client, selection, { namespace: kubectl.namespace, labelSelector: kubectl.flags.string('selector') });
  throwAll(errors);
  return found;
}

function requireWorkload({ resource }: Found, verb: string): void {
  if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(resource.kind)) throw new KubectlError(verb);
}

// ---- status ----

interface DeploymentStatus {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  availableReplicas?: number;
  conditions?: { type: string; reason?: string }[];
}

/** What `rollout status` says of an object as it is, and whether that is the end (`polymorphichelpers.StatusViewer`). */
function statusOf(object: KubeObject, revision: number): { message: string; done: boolean } {
  const name = object.metadata.name;
  const generation = object.metadata.generation ?? 0;
  if (object.kind === 'Deployment') {
    const status = (object.status ?? {}) as DeploymentStatus;
    if (revision > 0 && Number(object.metadata.annotations?.[REVISION] ?? 0) !== revision) throw new KubectlError(`desired revision (${revision}) is different from the running revision (${object.metadata.annotations?.[REVISION] ?? 0})`);
    if (generation > (status.observedGeneration ?? 0)) return { message: 'Waiting for deployment spec update to be observed...\n', done: false };
    if (status.conditions?.some((condition) => condition.type === 'Progressing' && condition.reason === 'ProgressDeadlineExceeded')) throw new KubectlError(`deployment "${name}" exceeded its progress deadline`);
    const wanted = (object.spec as { replicas?: number }).replicas ?? 1;
    const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
    const waiting = (text: string): { message: string; done: boolean } => ({ message: `Waiting for deployment "${name}" rollout to finish: ${text}...\n`, done: false });
    if (updatedReplicas < wanted) return waiting(`${updatedReplicas} out of ${wanted} new replicas have been updated`);
    if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas are pending termination`);
    if (availableReplicas < updatedReplicas) return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`);
    return { message: `deployment "${name}" successfully rolled out\n`, done: true };
  }
  const status = (object.status ?? {}) as Record<string, number | string | undefined>;
  if (object.kind === 'DaemonSet') {
    if ((object.spec as { updateStrategy?: { type?: string } }).updateStrategy?.type === 'OnDelete') throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
    if (generation > Number(status.observedGeneration ?? 0)) return { message: 'Waiting for daemon set spec update to be observed...\n', done: false };
    const [desired, updated, available] = [Number(status.desiredNumberScheduled ?? 0), Number(status.updatedNumberScheduled ?? 0), Number(status.numberAvailable ?? 0)];
    if (updated < desired) return { message: `Waiting for daemon set "${name}" rollout to finish: ${updated} out of ${desired} new pods have been updated...\n`, done: false };
    if (available < desired) return { message: `Waiting for daemon set "${name}" rollout to finish: ${available} of ${desired} updated pods are available...\n`, done: false };
    return { message: `daemon set "${name}" successfully rolled out\n`, done: true };
  }
  if ((object.spec as { updateStrategy?: { type?: string } }).updateStrategy?.type === 'OnDelete') throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
  if (generation > Number(status.observedGeneration ?? 0)) return { message: 'Waiting for statefulset spec update to be observed...\n', done: false };
  const wanted = (object.spec as { replicas?: number }).replicas ?? 1;
  if (Number(status.readyReplicas ?? 0) < wanted) return { message: `Waiting for ${wanted - Number(status.readyReplicas ?? 0)} pods to be ready...\n`, done: false };
  const strategy = (object.spec as { updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } } }).updateStrategy;
  const updated = Number(status.updatedReplicas ?? 0);
  if (strategy?.rollingUpdate) {
    const needed = wanted - (strategy.rollingUpdate.partition ?? 0);
    if (updated < needed) return { message: `Waiting for partitioned roll out to finish: ${updated} out of ${needed} new pods have been updated...\n`, done: false };
    return { message: `partitioned roll out complete: ${updated} new pods have been updated...\n`, done: true };
  }
  if (status.updateRevision !== status.currentRevision) return { message: `waiting for statefulset rolling update to complete ${Number(status.updatedReplicas ?? 0)} pods at revision ${status.updateRevision}...\n`, done: false };
  return { message: `statefulset rolling update complete ${Number(status.currentReplicas ?? 0)} pods at revision ${status.currentRevision}...\n`, done: true };
}

async function watchStatus(kubectl: Kubectl, { resource, object }: Found): Promise<void> {
  const revision = kubectl.flags.int('revision');
  const first = statusOf(object, revision);
  kubectl.out(first.message);
  if (first.done || !kubectl.flags.bool('watch')) return;
  const limit = kubectl.flags.duration('timeout');
  const watching = new AbortController();
  const stop = (): void => watching.abort();
  kubectl.signal.addEventListener('abort', stop, { once: true });
  let timedOut = false;
  if (limit > 0) {
    void kubectl.context.host.sleep(limit, watching.signal).then(() => {
      timedOut = true;
      stop();
    }, () => undefined);
  }
  let failure: unknown;
  let done = false;
  await kubectl.client.watch(
    kubectl.client.path(resource, object.metadata.namespace),
    { fieldSelector: `metadata.name=${object.metadata.name}`, resourceVersion: object.metadata.resourceVersion },
    false,
    (event) => {
      if (event.type === 'DELETED') {
        failure = new KubectlError('object has been deleted');
        return true;
      }
      if (event.type !== 'ADDED' && event.type !== 'MODIFIED') return false;
      try {
        const { message, done: over } = statusOf(event.object as KubeObject, revision);
        kubectl.out(message);
        done = over;
        return over;
      } catch (error) {
        failure = error;
        return true;
      }
    },
    watching.signal,
  );
  stop();
  if (failure) throw failure as Error;
  if (timedOut && !done) throw new KubectlError('timed out waiting for the condition');
  if (kubectl.signal.aborted) throw new KubectlError('interrupted', 130);
}

const status: KubectlCommand = {
  name: 'status',
  summary: 'Show the status of the rollout',
  usage: '(TYPE NAME | TYPE/NAME) [flags]',
  flags: [...FLAGS, { name: 'watch', short: 'w', type: 'bool', default: true }, { name: 'timeout', type: 'duration', default: '0s' }, { name: 'revision', type: 'int' }],
  async run(kubectl) {
    const found = await targets(kubectl);
    if (found.length === 0) return kubectl.err(`No resources found in ${kubectl.namespace} namespace.\n`);
    for (const each of found) {
      requireWorkload(each, `no status viewer has been implemented for ${each.resource.kind}`);
      await watchStatus(kubectl, each);
    }
  },
};

// ---- history ----

interface Revision {
  number: number;
  cause: string;
  template: PodTemplate;
  /** What an undo puts into the workload's spec. */
  restore: PodTemplate;
}

/** Revisions of a workload, oldest first. */
async function revisions(kubectl: Kubectl, { resource, object }: Found): Promise<Revision[]> {
  const owned = (list: KubeObject[]): KubeObject[] => list.filter((each) => each.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === object.metadata.uid));
  if (resource.kind === 'Deployment') {
    const selector = formatLabelSelector((object.spec as { selector: LabelSelector }).selector);
    const sets = owned((await kubectl.client.list(await kubectl.client.resource('replicasets.apps'), object.metadata.namespace, { labelSelector: selector })).items);
    return sets
      .map((set) => {
        const template = (set.spec as { template: PodTemplate }).template;
        const cause = set.metadata.annotations?.[CHANGE_CAUSE];
        const { 'pod-template-hash': _hash, ...labels } = template.metadata?.labels ?? {};
        const shown = cause ? { ...template, metadata: { ...template.metadata, annotations: { ...template.metadata?.annotations, [CHANGE_CAUSE]: cause } } } : template;
        return { number: Number(set.metadata.annotations?.[REVISION] ?? 0), cause: cause ?? '', template: shown, restore: { ...template, metadata: { ...template.metadata, labels } } };
      })
      .sort((x, y) => x.number - y.number);
  }
  const list = owned((await kubectl.client.list(await kubectl.client.resource('controllerrevisions.apps'), object.metadata.namespace)).items);
  return list
    .map((revision) => {
      const template = (revision.data as { spec: { template: PodTemplate & { $patch?: string } } }).spec.template;
      const { $patch: _patch, ...plain } = template;
      return { number: revision.revision as number, cause: revision.metadata.annotations?.[CHANGE_CAUSE] ?? '', template: plain, restore: plain };
    })
    .sort((x, y) => x.number - y.number);
}

const history: KubectlCommand = {
  name: 'history',
  summary: 'View rollout history',
  usage: '(TYPE NAME | TYPE/NAME) [flags]',
  flags: [...FLAGS, { name: 'revision', type: 'int' }],
  async run(kubectl) {
    for (const each of await targets(kubectl)) {
      requireWorkload(each, `error retrieving history for "${each.resource.kind}", no visitor method exists for { ${each.resource.kind}}`);
      const all = await revisions(kubectl, each);
      const wanted = kubectl.flags.int('revision');
      if (wanted > 0) {
        const revision = all.find((candidate) => candidate.number === wanted);
        if (!revision) throw new KubectlError('unable to find the specified revision');
        const writer = new Writer();
        describePodTemplate(writer, revision.template);
        kubectl.out(`${shownName(each.resource, each.object.metadata.name)} with revision #${wanted}\n${writer.unaligned()}\n`);
        continue;
      }
      const lines = all.map((revision) => `${revision.number}\t${revision.cause || '<none>'}\n`);
      kubectl.out(`${shownName(each.resource, each.object.metadata.name)} \n${layOut(`REVISION\tCHANGE-CAUSE\n${lines.join('')}`)}\n`);
    }
  },
};

// ---- what changes ----

async function change(kubectl: Kubectl, each: Found, patch: Record<string, unknown>, verb: string): Promise<void> {
  const dryRun = kubectl.flags.has('dry-run') ? dryRunOf(kubectl) : 'none';
  const { resource, object } = each;
  if (dryRun !== 'client') {
    await kubectl.client.patch(resource, object.metadata.namespace, object.metadata.name, 'application/strategic-merge-patch+json', patch, { dryRun: dryRun === 'server', fieldManager: 'kubectl-rollout' });
  }
  kubectl.out(`${shownName(resource, object.metadata.name)} ${verb}${dryRunSuffix(dryRun)}\n`);
}

const undo: KubectlCommand = {
  name: 'undo',
  summary: 'Undo a previous rollout',
  usage: '(TYPE NAME | TYPE/NAME) [flags]',
  flags: [...FLAGS, ...DRY_RUN_FLAGS, { name: 'to-revision', type: 'int' }],
  async run(kubectl) {
    for (const each of await targets(kubectl)) {
      requireWorkload(each, `error retrieving rollbacker for "${each.resource.kind}", no visitor method exists for { ${each.resource.kind}}`);
      const { resource, object } = each;
      if (object.metadata.annotations?.[LAST_APPLIED] !== undefined) {
        kubectl.warn(`resource ${resource.plural}/${object.metadata.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.`);
      }
      const all = await revisions(kubectl, each);
      const wanted = kubectl.flags.int('to-revision');
      const target = wanted > 0 ? all.find((revision) => revision.number === wanted) : all[all.length - 2];
      if (!target) throw new KubectlError(wanted > 0 ? `unable to find specified revision ${wanted} in history` : resource.kind === 'Deployment' ? `no rollout history found for deployment "${object.metadata.name}"` : 'no last revision to roll back to');
      if ((object.spec as { paused?: boolean }).paused) throw new KubectlError(`you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`);
      if (JSON.stringify(normal(target.restore)) === JSON.stringify(normal((object.spec as { template: PodTemplate }).template))) {
        kubectl.out(`${shownName(resource, object.metadata.name)} skipped rollback (current template already matches revision ${target.number})\n`);
        continue;
      }
      const dryRun = dryRunOf(kubectl);
      if (dryRun !== 'client') {
        await kubectl.client.patch(resource, object.metadata.namespace, object.metadata.name, 'application/json-patch+json', [{ op: 'replace', path: '/spec/template', value: target.restore }], { dryRun: dryRun === 'server', fieldManager: 'kubectl-rollout' });
      }
      kubectl.out(`${shownName(resource, object.metadata.name)} rolled back${dryRunSuffix(dryRun)}\n`);
    }
  },
};

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, normal((value as Record<string, unknown>)[key])]));
}

const restart: KubectlCommand = {
  name: 'restart',
  summary: 'Restart a resource',
  usage: 'RESOURCE',
  flags: [...FLAGS, ...DRY_RUN_FLAGS],
  async run(kubectl) {
    const found = await targets(kubectl);
    if (found.length === 0) return kubectl.err(`No resources found in ${kubectl.namespace} namespace.\n`);
    for (const each of found) {
      requireWorkload(each, `${qualifiedPlural(each.resource)} "${each.object.metadata.name}" restarting is not supported`);
      if ((each.object.spec as { paused?: boolean }).paused) throw new KubectlError(`${qualifiedPlural(each.resource)} "${each.object.metadata.name}" can't restart paused deployment (run rollout resume first)`);
      const time = `${new Date(kubectl.now).toISOString().slice(0, 19)}Z`;
      await change(kubectl, each, { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: time } } } } }, 'restarted');
    }
  },
};

function pausing(name: 'pause' | 'resume', paused: boolean, summary: string, problem: (subject: string) => string): KubectlCommand {
  return {
    name,
    summary,
    usage: 'RESOURCE',
    flags: [...FLAGS],
    async run(kubectl) {
      const errors: unknown[] = [];
      for (const each of await targets(kubectl)) {
        const { resource, object } = each;
        if (resource.kind !== 'Deployment') errors.push(new KubectlError(`${qualifiedPlural(resource)} "${object.metadata.name}" ${paused ? 'pausing' : 'resuming'} is not supported`));
        else if (Boolean((object.spec as { paused?: boolean }).paused) === paused) errors.push(new KubectlError(problem(`${resource.plural}.${resource.group} "${object.metadata.name}"`)));
        else await change(kubectl, each, { spec: { paused: paused ? true : null } }, paused ? 'paused' : 'resumed');
      }
      throwAll(errors);
    },
  };
}

export const rollout: KubectlCommand = {
  name: 'rollout',
  summary: 'Manage the rollout of a resource',
  long: 'Manage the rollout of one or many resources.\n        \n Valid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets',
  examples:
    "  # Rollback to the previous deployment\n  kubectl rollout undo deployment/abc\n  \n  # Check the rollout status of a daemonset\n  kubectl rollout status daemonset/foo\n  \n  # Restart a deployment\n  kubectl rollout restart deployment/abc\n  \n  # Restart deployments with the 'app=nginx' label\n  kubectl rollout restart deployment --selector=app=nginx",
  usage: 'SUBCOMMAND',
  bareHelp: 'stdout',
  subcommands: [
    history,
    pausing('pause', true, 'Mark the provided resource as paused', (subject) => `${subject} is already paused`),
    restart,
    pausing('resume', false, 'Resume a paused resource', (subject) => `${subject} is not paused`),
    status,
    undo,
  ],
};
