/** `kubectl set`: changes one aspect of objects that exist. Each subcommand says how an object shall be; what differs becomes the patch. */
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { createTwoWayStrategicPatch } from '../../../simulation/apiserver/patch/strategic-merge.ts';
import { parseQuantity, QuantityError } from '../../../simulation/apiserver/quantity.ts';
import { shownName } from '../framework/client.ts';
import { dryRunOf, dryRunSuffix, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError, throwAll } from '../framework/errors.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { NOTHING_NAMED, type Found } from '../framework/resources.ts';
import { printerFor } from '../printers/output.ts';
import { chosen, STRATEGIC, TARGET_FLAGS } from './change.ts';
import { updatedEnvironment, variableValue, variableSource, type EnvVar } from './set-environment.ts';

const SET_FLAGS = [...TARGET_FLAGS, { name: 'local', type: 'bool' }] as const;

interface Container {
  name: string;
  image?: string;
  env?: EnvVar[];
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
}

interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  serviceAccountName?: string;
  serviceAccount?: string;
}

/** The pod spec of a pod or a workload. @throws KubectlError for anything else. */
function podSpecOf(object: KubeObject): PodSpec {
  const spec = object.spec as { template?: { spec: PodSpec }; jobTemplate?: { spec: { template: { spec: PodSpec } } } } | undefined;
  const found = object.kind === 'Pod' ? (object.spec as PodSpec) : (spec?.template ?? spec?.jobTemplate?.spec.template)?.spec;
  if (!found) throw new KubectlError(`the object is not a pod or does not have a pod template: ${object.kind}`);
  return found;
}

function matching(name: string, pattern: string): boolean {
  return pattern === '*' || name === pattern || (pattern.includes('*') && new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name));
}

/** Objects that are to be changed: those of the server, or with --local those of the files. */
async function targets(kubectl: Kubectl, args: readonly string[]): Promise<Found[]> {
  const { flags } = kubectl;
  if (!flags.bool('local')) {
    if (args.length === 0 && !flags.given('filename')) throw new KubectlError(NOTHING_NAMED);
    const { found, errors } = await chosen(kubectl, args);
    throwAll(errors);
    return found;
  }
  const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
  throwAll(errors);
  const found: Found[] = [];
  for (const manifest of manifests) {
    const { resource, object } = await mapManifest(kubectl, manifest, false);
    found.push({ resource, object: object as unknown as KubeObject });
  }
  return found;
}

/**
 * Changes every object and says so; what stays as it is, is passed over.
 * @param always whether what stays as it is, is sent and named too. @param failure words before what the server says of a change that it refuses.
 */
async function changeAll(kubectl: Kubectl, found: readonly Found[], { verb, failure, always = false }: { verb: string; failure: string; always?: boolean }, change: (object: KubeObject) => void): Promise<void> {
  const dryRun = dryRunOf(kubectl);
  const printer = printerFor(kubectl);
  const failures: unknown[] = [];
  for (const { resource, object } of found) {
    const modified = structuredClone(object);
    try {
      change(modified);
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      failures.push(error);
      continue;
    }
    const patch = createTwoWayStrategicPatch(object as unknown as Record<string, unknown>, modified as unknown as Record<string, unknown>, object.apiVersion, object.kind);
    if (Object.keys(patch).length === 0 && !always) continue;
    const { namespace, name } = object.metadata;
    let result = modified;
    if (dryRun !== 'client' && !kubectl.flags.bool('local')) {
      try {
        result = await kubectl.client.patch(resource, namespace, name, STRATEGIC, patch, { dryRun: dryRun === 'server', fieldManager: kubectl.flags.string('field-manager') || 'kubectl-set' });
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        failures.push(new KubectlError(`${failure} ${error.status.message}`));
        continue;
      }
    }
    kubectl.out(printer ? printer.one({ resource, object: result }) : `${shownName(resource, name)} ${verb}${dryRunSuffix(dryRun)}\n`);
  }
  throwAll(failures);
}

/** Arguments before the first change, and the changes. */
function splitChanges(args: readonly string[]): { resources: string[]; words: string[] } {
  const first = args.findIndex((arg) => arg.includes('=') || (arg.endsWith('-') && arg.length > 1));
  return first < 0 ? { resources: [...args], words: [] } : { resources: args.slice(0, first), words: args.slice(first) };
}

const setImage: KubectlCommand = {
  name: 'image',
  summary: 'Update the image of a pod template',
  usage: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  flags: [...SET_FLAGS],
  async run(kubectl) {
    const { resources, words } = splitChanges(kubectl.args);
    const found = await targets(kubectl, resources);
    if (words.length === 0) throw new KubectlError('at least one image update is required');
    await changeAll(kubectl, found, { verb: 'image updated', failure: 'failed to patch image update to pod template:' }, (object) => {
      const { containers, initContainers = [] } = podSpecOf(object);
      for (const word of words) {
        const [name, image] = [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)];
        const hits = [...containers, ...initContainers].filter((container) => matching(container.name, name));
        if (hits.length === 0) throw new KubectlError(`unable to find container named "${name}"`);
        for (const hit of hits) hit.image = image;
      }
    });
  },
};

const setEnv: KubectlCommand = {
  name: 'env',
  summary: 'Update environment variables on a pod template',
  usage: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  flags: [...SET_FLAGS, { name: 'containers', short: 'c', type: 'string', default: '*' }, { name: 'list', type: 'bool' }, { name: 'resolve', type: 'bool' }, { name: 'from', type: 'string' }, { name: 'prefix', type: 'string' }, { name: 'keys', type: 'list' }, { name: 'env', short: 'e', type: 'array' }, { name: 'overwrite', type: 'bool', default: true }],
  async run(kubectl) {
    const { flags } = kubectl;
    const { resources, words } = splitChanges(kubectl.args);
    if (resources.length === 0 && !flags.given('filename')) throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (flags.bool('list') && flags.given('output')) throw new KubectlError('--list and --output may not be specified together');
    if (flags.given('keys') && !flags.given('from')) throw new KubectlError('when specifying --keys, a configmap or secret must be provided with --from');
    const set: EnvVar[] = [];
    const remove: string[] = [];
    for (const word of [...words, ...flags.list('env')]) {
      if (word.includes('=')) set.push({ name: word.slice(0, word.indexOf('=')), value: word.slice(word.indexOf('=') + 1) });
      else remove.push(word.slice(0, -1));
    }
    if (flags.given('from')) set.push(...(await fromSource(kubectl, flags.string('from'))));
    for (const variable of set) variable.name = flags.string('prefix') + variable.name;
    const found = await targets(kubectl, resources);
    const containersOf = (object: KubeObject): Container[] => {
      const { containers, initContainers = [] } = podSpecOf(object);
      return [...containers, ...initContainers].filter((container) => matching(container.name, flags.string('containers')));
    };
    if (flags.bool('list')) {
      for (const { resource, object } of found) for (const container of containersOf(object)) await listVariables(kubectl, resource.kind, object, container);
      return;
    }
    await changeAll(kubectl, found, { verb: 'env updated', failure: 'failed to patch env update to pod template:' }, (object) => {
      const containers = containersOf(object);
      if (containers.length === 0) kubectl.warn(`${object.kind}/${object.metadata.name} does not have any containers matching "${flags.string('containers')}"`);
      for (const container of containers) {
        const clash = flags.bool('overwrite') ? undefined : container.env?.find(({ name }) => set.some((variable) => variable.name === name));
        if (clash) throw new KubectlError(`'${clash.name}' already has a value (${clash.value ?? ''}), and --overwrite is false`);
        container.env = updatedEnvironment(container.env ?? [], set, remove);
      }
    });
  },
};

async function listVariables(kubectl: Kubectl, kind: string, object: KubeObject, container: Container): Promise<void> {
  kubectl.out(`# ${kind} ${object.metadata.name}, container ${container.name}\n`);
  const problems = new Map<string, string[]>();
  for (const variable of container.env ?? []) {
    if (!variable.valueFrom) kubectl.out(`${variable.name}=${variable.value ?? ''}\n`);
    else if (!kubectl.flags.bool('resolve')) kubectl.out(`# ${variable.name} from ${variableSource(variable.valueFrom)}\n`);
    else {
      try {
        kubectl.out(`${variable.name}=${await variableValue(kubectl, variable.valueFrom, object, container)}\n`);
      } catch (error) {
        if (!(error instanceof KubectlError) && !(error instanceof ServerError)) throw error;
        kubectl.out(`# ${variable.name} from ${variableSource(variable.valueFrom)}\n`);
        problems.set(error.message, [...(problems.get(error.message) ?? []), variable.name]);
      }
    }
  }
  for (const [problem, names] of [...problems].sort(([x], [y]) => (x < y ? -1 : 1))) kubectl.err(`error retrieving reference for ${names.sort().join(', ')}: ${problem}\n`);
}

/** --from=configmap/NAME or secret/NAME: one variable a key. */
async function fromSource(kubectl: Kubectl, text: string): Promise<EnvVar[]> {
  const [type = '', name = ''] = text.split('/');
  const resource = await kubectl.client.resource(type);
  if (resource.kind !== 'Secret' && resource.kind !== 'ConfigMap') throw new KubectlError('unsupported resource specified in --from');
  const object = await kubectl.client.get(resource, kubectl.namespace, name);
  const reference = resource.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef';
  const wanted = kubectl.flags.list('keys');
  const keys = Object.keys((object.data ?? {}) as object).sort().filter((key) => wanted.length === 0 || wanted.includes(key));
  return keys.map((key) => {
    const variable = key.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
    if (variable !== key) kubectl.warn(`key ${key} transferred to ${variable}`);
    return { name: variable, valueFrom: { [reference]: { key, name } } };
  });
}

/** `cpu=1,memory=1Gi`. @throws KubectlError */
function amounts(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').filter(Boolean).map((part) => {
      const [name, amount, ...more] = part.split('=');
      if (!name || amount === undefined || more.length > 0) throw new KubectlError(`invalid argument syntax ${part}, expected <resource>=<value>`);
      try {
        parseQuantity(amount);
      } catch (error) {
        if (error instanceof QuantityError) throw new KubectlError(error.message);
        throw error;
      }
      return [name, amount];
    }),
  );
}

const setResources: KubectlCommand = {
  name: 'resources',
  summary: 'Update resource requests/limits on objects with pod templates',
  usage: '(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  flags: [...SET_FLAGS, { name: 'containers', short: 'c', type: 'string', default: '*' }, { name: 'limits', type: 'string' }, { name: 'requests', type: 'string' }],
  async run(kubectl) {
    const { flags } = kubectl;
    const found = await targets(kubectl, kubectl.args);
    if (!flags.string('limits') && !flags.string('requests')) throw new KubectlError('you must specify an update to requests or limits (in the form of --requests/--limits)');
    const limits = amounts(flags.string('limits'));
    const requests = amounts(flags.string('requests'));
    await changeAll(kubectl, found, { verb: 'resource requirements updated', failure: 'failed to patch resources update to pod template' }, (object) => {
      const { containers, initContainers = [] } = podSpecOf(object);
      const hits = [...containers, ...initContainers].filter((container) => matching(container.name, flags.string('containers')));
      if (hits.length === 0) throw new KubectlError(`unable to find container named ${flags.string('containers')}`);
      for (const hit of hits) {
        hit.resources ??= {};
        if (Object.keys(limits).length > 0) hit.resources.limits = { ...hit.resources.limits, ...limits };
        if (Object.keys(requests).length > 0) hit.resources.requests = { ...hit.resources.requests, ...requests };
      }
    });
  },
};

const setServiceAccount: KubectlCommand = {
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Update the service account of a resource',
  usage: '(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  flags: [...SET_FLAGS],
  async run(kubectl) {
    const account = kubectl.args[kubectl.args.length - 1];
    if (!account) throw new KubectlError('serviceaccount is required');
    const found = await targets(kubectl, kubectl.args.slice(0, -1));
    await changeAll(kubectl, found, { verb: 'serviceaccount updated', failure: 'failed to patch ServiceAccountName', always: true }, (object) => {
      podSpecOf(object).serviceAccountName = account;
    });
  },
};

const setSelector: KubectlCommand = {
  name: 'selector',
  summary: 'Set the selector on a resource',
  usage: '(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  flags: [...SET_FLAGS, { name: 'resource-version', type: 'string' }],
  async run(kubectl) {
    const expression = kubectl.args[kubectl.args.length - 1];
    if (!expression) throw new KubectlError('one selector is required');
    const found = await targets(kubectl, kubectl.args.slice(0, -1));
    const selector = Object.fromEntries(expression.split(',').map((part) => part.split('=') as [string, string]));
    await changeAll(kubectl, found, { verb: 'selector updated', failure: '' }, (object) => {
      if (object.kind !== 'Service') throw new KubectlError('setting a selector is only supported for Services');
      object.spec = { ...object.spec, selector };
    });
  },
};

interface Subject {
  kind: string;
  apiGroup?: string;
  name: string;
  namespace?: string;
}

const RBAC = 'rbac.authorization.k8s.io';

const setSubject: KubectlCommand = {
  name: 'subject',
  summary: 'Update the user, group, or service account in a role binding or cluster role binding',
  usage: '(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  flags: [...SET_FLAGS, { name: 'user', type: 'array' }, { name: 'group', type: 'array' }, { name: 'serviceaccount', type: 'array' }],
  async run(kubectl) {
    const { flags } = kubectl;
    const found = await targets(kubectl, kubectl.args);
    const sorted = (flag: string): string[] => [...new Set(flags.list(flag))].sort();
    const subjects: Subject[] = [
      ...sorted('user').map((name) => ({ kind: 'User', apiGroup: RBAC, name })),
      ...sorted('group').map((name) => ({ kind: 'Group', apiGroup: RBAC, name })),
      ...sorted('serviceaccount').map((text) => {
        const [namespace = '', name = '', ...more] = text.split(':');
        if (!name || more.length > 0) throw new KubectlError('serviceaccount must be <namespace>:<name>');
        if (!namespace && found.some(({ object }) => object.kind === 'ClusterRoleBinding')) throw new KubectlError('serviceaccount must be <namespace>:<name>, namespace must be specified');
        return { kind: 'ServiceAccount', name, namespace: namespace || kubectl.namespace };
      }),
    ];
    if (subjects.length === 0) throw new KubectlError('you must specify at least one value of user, group or serviceaccount');
    await changeAll(kubectl, found, { verb: 'subjects updated', failure: 'failed to patch subjects to rolebinding:' }, (object) => {
      if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') throw new KubectlError('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
      const present = (object.subjects ?? []) as Subject[];
      const same = (x: Subject, y: Subject): boolean => x.kind === y.kind && x.name === y.name && (x.apiGroup ?? '') === (y.apiGroup ?? '') && (x.namespace ?? '') === (y.namespace ?? '');
      object.subjects = [...present, ...subjects.filter((subject) => !present.some((other) => same(subject, other)))];
    });
  },
};

export const set: KubectlCommand = {
  name: 'set',
  summary: 'Set specific features on objects',
  usage: 'SUBCOMMAND',
  long: 'Configure application resources.\n\n These commands help you make changes to existing application resources.',
  subcommands: [setEnv, setImage, setResources, setSelector, setServiceAccount, setSubject],
};
