/** Commands that change objects that exist: label, annotate, patch, scale, set, edit, replace. */
import { parseDocument } from 'yaml';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { createTwoWayStrategicPatch } from '../../../simulation/apiserver/patch/strategic-merge.ts';
import { schemaFor } from '../../../simulation/apiserver/schema.ts';
import { checkLabelValue } from '../../../simulation/apiserver/validation/names.ts';
import { shownName } from '../framework/client.ts';
import { DRY_RUN_FLAGS, dryRunOf, dryRunSuffix, FILE_FLAGS, PRINT_FLAGS, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError, throwAll, UsageError } from '../framework/errors.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { fetchTargets, parseTargets, type Found } from '../framework/resources.ts';
import { printerFor, withoutManagedFields } from '../printers/output.ts';
import { toYaml } from '../printers/yaml.ts';
import type { Json } from './create/common.ts';

const STRATEGIC = 'application/strategic-merge-patch+json';
const MERGE = 'application/merge-patch+json';
const TARGET_FLAGS = [...FILE_FLAGS, ...SELECTOR_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS, { name: 'all', type: 'bool' }, { name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'field-selector', type: 'string' }, { name: 'field-manager', type: 'string' }] as const;

/** Objects named by arguments or files. */
export async function chosen(kubectl: Kubectl, args: readonly string[], requireName = true, selector = kubectl.flags.string('selector')): Promise<{ found: Found[]; errors: unknown[] }> {
  const { flags } = kubectl;
  if (flags.given('filename')) {
    const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
    throwAll(errors);
    const found: Found[] = [];
    for (const manifest of manifests) {
      const { resource, namespace, name } = await mapManifest(kubectl, manifest, false);
      found.push({ resource, object: await kubectl.client.get(resource, namespace, name) });
    }
    return { found, errors: [] };
  }
  const selection = await parseTargets(kubectl.client, args);
  return fetchTargets(kubectl.client, selection, {
    namespace: kubectl.namespace,
    allNamespaces: flags.has('all-namespaces') && flags.bool('all-namespaces'),
    all: flags.has('all') && flags.bool('all'),
    labelSelector: selector,
    fieldSelector: flags.has('field-selector') ? flags.string('field-selector') : '',
    requireName,
  });
}

/** Patches one object and says what became of it. */
export async function patchFound(kubectl: Kubectl, { resource, object }: Found, patch: unknown, verb: string, type = STRATEGIC): Promise<void> {
  const dryRun = dryRunOf(kubectl);
  const { namespace, name } = object.metadata;
  const kind = type === STRATEGIC && !schemaFor(object.apiVersion, object.kind) ? MERGE : type;
  const result = dryRun === 'client' ? object : await kubectl.client.patch(resource, namespace, name, kind, patch, { dryRun: dryRun === 'server', fieldManager: kubectl.flags.has('field-manager') ? kubectl.flags.string('field-manager') || 'kubectl' : 'kubectl' });
  const printer = kubectl.flags.has('template') ? printerFor(kubectl) : undefined;
  if (printer) kubectl.out(printer.one({ resource, object: result }));
  else kubectl.out(`${shownName(resource, name)} ${verb}${dryRunSuffix(dryRun)}\n`);
}

// ---- label and annotate ----

interface PairChanges {
  set: Record<string, string>;
  remove: string[];
}

/** Splits arguments into targets and `key=value` / `key-` changes. */
function splitPairs(args: readonly string[]): { targets: string[]; changes: string[] } {
  const first = args.findIndex((arg) => arg.includes('=') || arg.endsWith('-'));
  return first < 0 ? { targets: [...args], changes: [] } : { targets: args.slice(0, first), changes: args.slice(first) };
}

function pairChanges(words: readonly string[], what: 'label' | 'annotation'): PairChanges {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals > 0) {
      const value = word.slice(equals + 1);
      const [problem] = what === 'label' ? checkLabelValue(value) : [];
      if (problem) throw new KubectlError(`invalid label value: "${word}": ${problem}`);
      set[word.slice(0, equals)] = value;
    } else if (word.endsWith('-') && word.length > 1) remove.push(word.slice(0, -1));
    else throw new KubectlError(what === 'label' ? `unknown label spec: ${word}` : `unexpected annotation spec: ${word}`);
  }
  for (const key of remove) if (key in set) throw new KubectlError(`can not both modify and remove ${what === 'label' ? 'a label' : 'an annotation'} in the same command`);
  return { set, remove };
}

function pairCommand(name: 'label' | 'annotate', field: 'labels' | 'annotations', summary: string): KubectlCommand {
  const what = name === 'label' ? 'label' : 'annotation';
  return {
    name,
    summary,
    usage: name === 'label' ? '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]' : '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
    flags: [...TARGET_FLAGS, { name: 'overwrite', type: 'bool' }, { name: 'list', type: 'bool' }, { name: 'resource-version', type: 'string' }, { name: 'local', type: 'bool' }],
    async run(kubectl) {
      const { targets, changes: words } = splitPairs(kubectl.args);
      if (targets.length === 0 && !kubectl.flags.given('filename')) throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
      if (words.length === 0 && !kubectl.flags.bool('list')) throw new KubectlError(`at least one ${what} update is required`);
      const changes = pairChanges(words, what);
      const { found, errors } = await chosen(kubectl, targets);
      for (const each of found) {
        try {
          await changePairs(kubectl, each, changes, field, name);
        } catch (error) {
          if (!(error instanceof KubectlError) && !(error instanceof ServerError)) throw error;
          errors.push(error);
        }
      }
      throwAll(errors);
    },
  };
}

async function changePairs(kubectl: Kubectl, each: Found, { set, remove }: PairChanges, field: 'labels' | 'annotations', name: 'label' | 'annotate'): Promise<void> {
  const before = each.object.metadata[field] ?? {};
  if (kubectl.flags.bool('list')) {
    kubectl.out(Object.keys(before).sort().map((key) => `${key}=${before[key]}\n`).join(''));
    return;
  }
  if (!kubectl.flags.bool('overwrite')) {
    const clashes = Object.keys(set).filter((key) => key in before && (name === 'annotate' || before[key] !== set[key]));
    if (clashes.length > 0) {
      const texts = clashes.map((key) => `'${key}' already has a value (${before[key]})`);
      throw new KubectlError(name === 'label' ? `${texts.join(', ')}, and --overwrite is false` : `--overwrite is false but found the following declared annotation(s): ${texts.join(', ')}`);
    }
  }
  let said = 'not labeled';
  if (name === 'label') {
    for (const key of remove) if (!(key in before)) kubectl.out(`label "${key}" not found.\n`);
    if (Object.keys(set).some((key) => before[key] !== set[key])) said = 'labeled';
    else if (remove.some((key) => key in before)) said = 'unlabeled';
  } else said = 'annotated';
  const patch = { metadata: { [field]: { ...set, ...Object.fromEntries(remove.map((key) => [key, null])) } } };
  if (said === 'not labeled') {
    kubectl.out(`${shownName(each.resource, each.object.metadata.name)} not labeled${dryRunSuffix(dryRunOf(kubectl))}\n`);
    return;
  }
  await patchFound(kubectl, each, patch, said, MERGE);
}

export const label = pairCommand('label', 'labels', 'Update the labels on a resource');
export const annotate = pairCommand('annotate', 'annotations', 'Update the annotations on a resource');

// ---- patch ----

const PATCH_TYPES: Record<string, string> = { strategic: STRATEGIC, merge: MERGE, json: 'application/json-patch+json' };

/** The last finalizer that goes takes the object along, which is then no new version. */
function unchanged(before: KubeObject, after: KubeObject): boolean {
  return before.metadata.resourceVersion === after.metadata.resourceVersion && (before.metadata.finalizers?.length ?? 0) === (after.metadata.finalizers?.length ?? 0);
}

export const patch: KubectlCommand = {
  name: 'patch',
  summary: 'Update fields of a resource',
  usage: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  flags: [...FILE_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS, { name: 'patch', short: 'p', type: 'string' }, { name: 'patch-file', type: 'string' }, { name: 'type', type: 'string', default: 'strategic' }, { name: 'subresource', type: 'string' }, { name: 'field-manager', type: 'string', default: 'kubectl-patch' }, { name: 'selector', short: 'l', type: 'string' }],
  async run(kubectl) {
    const { flags } = kubectl;
    const type = PATCH_TYPES[flags.string('type')];
    if (!type) throw new KubectlError(`--type must be one of [json merge strategic], not "${flags.string('type')}"`);
    if (!flags.given('patch') && !flags.given('patch-file')) throw new UsageError('must specify --patch or --patch-file containing the contents of the patch');
    const text = flags.given('patch') ? flags.string('patch') : await kubectl.readFile(flags.string('patch-file'));
    const document = parseDocument(text);
    if (document.errors[0]) throw new KubectlError(`unable to parse ${JSON.stringify(text)}: yaml: ${document.errors[0].message.split('\n')[0]}`);
    const body: unknown = document.toJS();
    const { found, errors } = await chosen(kubectl, kubectl.args);
    throwAll(errors);
    const dryRun = dryRunOf(kubectl);
    for (const { resource, object } of found) {
      const { namespace, name } = object.metadata;
      const sent = (): Promise<KubeObject> => kubectl.client.patch(resource, namespace, name, type, body, { dryRun: dryRun === 'server', fieldManager: flags.string('field-manager') }, flags.string('subresource') || undefined);
      const result = dryRun === 'client' ? object : await sent().catch((error: unknown) => {
        if (!(error instanceof ServerError) || error.status.reason !== 'UnsupportedMediaType') throw error;
        throw new KubectlError(`${type} is not supported by ${object.apiVersion}, Kind=${object.kind}: ${error.message}`);
      });
      const printer = printerFor(kubectl);
      if (printer) kubectl.out(printer.one({ resource, object: result }));
      else kubectl.out(`${shownName(resource, name)} patched${dryRun === 'none' && unchanged(object, result) ? ' (no change)' : ''}${dryRunSuffix(dryRun)}\n`);
    }
  },
};

// ---- scale ----

export const scale: KubectlCommand = {
  name: 'scale',
  summary: 'Set a new size for a deployment, replica set, or replication controller',
  usage: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  flags: [...FILE_FLAGS, ...SELECTOR_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS, { name: 'all', type: 'bool' }, { name: 'replicas', type: 'int', required: true }, { name: 'current-replicas', type: 'int', default: -1 }, { name: 'resource-version', type: 'string' }, { name: 'timeout', type: 'duration', default: '0s' }],
  async run(kubectl) {
    const { flags } = kubectl;
    const replicas = flags.int('replicas');
    if (replicas < 0) throw new KubectlError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    const { found, errors } = await chosen(kubectl, kubectl.args);
    const dryRun = dryRunOf(kubectl);
    for (const { resource, object } of found) {
      const { namespace, name } = object.metadata;
      if (!resource.subresources.includes('scale')) throw new KubectlError(`cannot scale ${resource.plural}: the server could not find the requested resource`);
      const now = (object.spec as { replicas?: number }).replicas ?? 0;
      const expected = flags.int('current-replicas');
      if (expected >= 0 && expected !== now) throw new KubectlError(`Expected replicas to be ${expected}, was ${now}`);
      if (dryRun !== 'client') await kubectl.client.patch(resource, namespace, name, MERGE, { spec: { replicas } }, { dryRun: dryRun === 'server', fieldManager: 'kubectl-scale' }, 'scale');
      kubectl.out(`${shownName(resource, name)} scaled${dryRunSuffix(dryRun)}\n`);
    }
    throwAll(errors);
  },
};

// ---- set ----

interface TemplateHolder {
  containers: { name: string; image?: string }[];
  initContainers?: { name: string }[];
}

/** The pod spec of a pod or a workload, and the path to it. */
function podSpecOf(object: KubeObject): { spec: TemplateHolder; wrap(spec: Json): Json } {
  if (object.kind === 'Pod') return { spec: object.spec as TemplateHolder, wrap: (spec) => ({ spec }) };
  if (object.kind === 'CronJob') return { spec: (object.spec as { jobTemplate: { spec: { template: { spec: TemplateHolder } } } }).jobTemplate.spec.template.spec, wrap: (spec) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } }) };
  const template = (object.spec as { template?: { spec: TemplateHolder } } | undefined)?.template;
  if (!template) throw new KubectlError(`the object is not a pod or does not have a pod template: ${object.kind}`);
  return { spec: template.spec, wrap: (spec) => ({ spec: { template: { spec } } }) };
}

/** Targets before the first `key=value`. */
async function settable(kubectl: Kubectl): Promise<{ found: Found[]; errors: unknown[]; words: string[] }> {
  const first = kubectl.args.findIndex((arg) => arg.includes('=') || (arg.endsWith('-') && arg.length > 1));
  const targets = first < 0 ? [...kubectl.args] : kubectl.args.slice(0, first);
  const words = first < 0 ? [] : kubectl.args.slice(first);
  if (targets.length === 0 && !kubectl.flags.given('filename')) throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  return { ...(await chosen(kubectl, targets)), words };
}

function matching(name: string, pattern: string): boolean {
  return pattern === '*' || name === pattern || (pattern.includes('*') && new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name));
}

const setImage: KubectlCommand = {
  name: 'image',
  summary: 'Update the image of a pod template',
  usage: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  flags: [...TARGET_FLAGS],
  async run(kubectl) {
    const { found, errors, words } = await settable(kubectl);
    throwAll(errors);
    if (words.length === 0) throw new KubectlError('at least one image update is required');
    for (const each of found) {
      const { spec, wrap } = podSpecOf(each.object);
      const containers: Json[] = [];
      for (const word of words) {
        const [name = '', image = ''] = [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)];
        const hits = spec.containers.filter((container) => matching(container.name, name));
        if (hits.length === 0) throw new KubectlError(`unable to find container named "${name}"`);
        for (const hit of hits) if (hit.image !== image) containers.push({ name: hit.name, image });
      }
      if (containers.length > 0) await patchFound(kubectl, each, wrap({ containers }), 'image updated');
    }
  },
};

const setEnv: KubectlCommand = {
  name: 'env',
  summary: 'Update environment variables on a pod template',
  usage: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  flags: [...TARGET_FLAGS, { name: 'containers', short: 'c', type: 'string', default: '*' }, { name: 'list', type: 'bool' }, { name: 'from', type: 'string' }, { name: 'prefix', type: 'string' }, { name: 'keys', type: 'list' }, { name: 'env', short: 'e', type: 'array' }, { name: 'overwrite', type: 'bool', default: true }],
  async run(kubectl) {
    const { found, errors, words } = await settable(kubectl);
    throwAll(errors);
    const { flags } = kubectl;
    for (const each of found) {
      const { spec, wrap } = podSpecOf(each.object);
      const targets = (spec.containers as { name: string; env?: { name: string; value?: string; valueFrom?: unknown }[] }[]).filter((container) => matching(container.name, flags.string('containers')));
      if (flags.bool('list')) {
        for (const container of targets) {
          kubectl.out(`# ${each.resource.plural} ${each.object.metadata.name}, container ${container.name}\n`);
          for (const variable of container.env ?? []) kubectl.out(variable.valueFrom ? `# ${variable.name} is set from a reference\n` : `${variable.name}=${variable.value ?? ''}\n`);
        }
        continue;
      }
      const variables: Json[] = [...words, ...flags.list('env')].map((word) => (word.endsWith('-') && !word.includes('=') ? { $patch: 'delete', name: word.slice(0, -1) } : { name: word.slice(0, word.indexOf('=')), value: word.slice(word.indexOf('=') + 1), valueFrom: null }));
      if (flags.given('from')) variables.push(...(await fromSource(kubectl, flags.string('from'))));
      if (variables.length === 0) throw new KubectlError('at least one environment variable must be provided');
      await patchFound(kubectl, each, wrap({ containers: targets.map((container) => ({ name: container.name, env: variables })) }), 'env updated');
    }
  },
};

/** --from=configmap/NAME or secret/NAME: one variable a key. */
async function fromSource(kubectl: Kubectl, text: string): Promise<Json[]> {
  const [type = '', name = ''] = text.split('/');
  const resource = await kubectl.client.resource(type);
  const object = await kubectl.client.get(resource, kubectl.namespace, name);
  const reference = resource.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef';
  const wanted = kubectl.flags.list('keys');
  const keys = Object.keys((object.data ?? {}) as object).sort().filter((key) => wanted.length === 0 || wanted.includes(key));
  return keys.map((key) => ({ name: kubectl.flags.string('prefix') + key.toUpperCase().replace(/[^A-Z0-9_]/g, '_'), valueFrom: { [reference]: { key, name } } }));
}

const setResources: KubectlCommand = {
  name: 'resources',
  summary: 'Update resource requests/limits on objects with pod templates',
  usage: '(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  flags: [...TARGET_FLAGS, { name: 'containers', short: 'c', type: 'string', default: '*' }, { name: 'limits', type: 'string' }, { name: 'requests', type: 'string' }],
  async run(kubectl) {
    const { flags } = kubectl;
    const parse = (text: string): Record<string, string> => Object.fromEntries(text.split(',').filter(Boolean).map((part) => part.split('=') as [string, string]));
    const limits = parse(flags.string('limits'));
    const requests = parse(flags.string('requests'));
    if (Object.keys(limits).length === 0 && Object.keys(requests).length === 0) throw new UsageError('you must specify an update to requests or limits (in the form of --requests/--limits)');
    const { found, errors } = await settable(kubectl);
    throwAll(errors);
    for (const each of found) {
      const { spec, wrap } = podSpecOf(each.object);
      const resources = { ...(Object.keys(limits).length > 0 ? { limits } : {}), ...(Object.keys(requests).length > 0 ? { requests } : {}) };
      const containers = spec.containers.filter((container) => matching(container.name, flags.string('containers'))).map((container) => ({ name: container.name, resources }));
      if (containers.length === 0) throw new KubectlError(`unable to find container named ${flags.string('containers')}`);
      await patchFound(kubectl, each, wrap({ containers }), 'resource requirements updated');
    }
  },
};

const setServiceAccount: KubectlCommand = {
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Update the service account of a resource',
  usage: '(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  flags: [...TARGET_FLAGS],
  async run(kubectl) {
    const account = kubectl.args[kubectl.args.length - 1];
    if (!account || kubectl.args.length < 2) throw new UsageError('serviceaccount is required');
    const { found, errors } = await chosen(kubectl, kubectl.args.slice(0, -1));
    throwAll(errors);
    for (const each of found) await patchFound(kubectl, each, podSpecOf(each.object).wrap({ serviceAccountName: account }), 'serviceaccount updated');
  },
};

const setSelector: KubectlCommand = {
  name: 'selector',
  summary: 'Set the selector on a resource',
  usage: '(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  flags: [...TARGET_FLAGS, { name: 'resource-version', type: 'string' }],
  async run(kubectl) {
    const expression = kubectl.args[kubectl.args.length - 1] ?? '';
    const { found, errors } = await chosen(kubectl, kubectl.args.slice(0, -1));
    throwAll(errors);
    const selector = Object.fromEntries(expression.split(',').map((part) => part.split('=') as [string, string]));
    for (const each of found) {
      if (each.resource.kind !== 'Service') throw new KubectlError(`setting a selector is only supported for Services`);
      await patchFound(kubectl, each, [{ op: 'replace', path: '/spec/selector', value: selector }], 'selector updated', 'application/json-patch+json');
    }
  },
};

export const set: KubectlCommand = {
  name: 'set',
  summary: 'Set specific features on objects',
  long: 'Changes one aspect of objects that exist.',
  subcommands: [setEnv, setImage, setResources, setSelector, setServiceAccount],
};

// ---- edit and replace ----

export const edit: KubectlCommand = {
  name: 'edit',
  summary: 'Edit a resource on the server',
  usage: '(RESOURCE/NAME | -f FILENAME)',
  flags: [...FILE_FLAGS, ...SELECTOR_FLAGS, ...PRINT_FLAGS, { name: 'validate', type: 'string', default: 'strict' }, { name: 'field-manager', type: 'string', default: 'kubectl-edit' }],
  async run(kubectl) {
    if (kubectl.args.length === 0 && !kubectl.flags.given('filename')) throw new KubectlError("You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'");
    const { found, errors } = await chosen(kubectl, kubectl.args, false);
    throwAll(errors);
    for (const each of found) await editOne(kubectl, each);
  },
};

const EDIT_HEADER = '# Please edit the object below. Lines beginning with a \'#\' will be ignored,\n# and an empty file will abort the edit. If an error occurs while saving this file will be\n# reopened with the relevant failures.\n#\n';

async function editOne(kubectl: Kubectl, { resource, object: whole }: Found): Promise<void> {
  // What is not shown is not among the changes either.
  const object = kubectl.flags.bool('show-managed-fields') ? whole : withoutManagedFields(whole);
  const { namespace, name } = object.metadata;
  let text = EDIT_HEADER + toYaml(object);
  const original = text;
  for (;;) {
    const edited = await openEditor(kubectl, text, `kubectl-edit-${name}.yaml`);
    const plain = edited?.split('\n').filter((line) => !line.startsWith('#')).join('\n') ?? '';
    if (edited === null || plain.trim() === '') return kubectl.err('Edit cancelled, saved file was empty.\n');
    if (edited === original || edited === text) return kubectl.out('Edit cancelled, no changes made.\n');
    const document = parseDocument(plain);
    if (document.errors[0]) {
      text = `# ${document.errors[0].message.split('\n')[0]}\n${edited}`;
      continue;
    }
    const modified = document.toJS() as Json;
    const patchBody = createTwoWayStrategicPatch(object as unknown as Json, modified, object.apiVersion, object.kind);
    if (Object.keys(patchBody).length === 0) return kubectl.out('Edit cancelled, no changes made.\n');
    try {
      await kubectl.client.patch(resource, namespace, name, schemaFor(object.apiVersion, object.kind) ? STRATEGIC : MERGE, patchBody, { fieldManager: 'kubectl-edit', fieldValidation: 'Strict' });
      return kubectl.out(`${shownName(resource, name)} edited\n`);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      // An editor that is a program makes the same mistake again; only a person can mend it.
      if (!kubectl.context.host.edit || editorCommand(kubectl)) throw error;
      text = `${EDIT_HEADER}# ${resource.plural} "${name}" was not valid:\n# * ${error.message}\n#\n${plain}`;
    }
  }
}

function editorCommand(kubectl: Kubectl): string {
  return kubectl.context.env.KUBE_EDITOR ?? kubectl.context.env.EDITOR ?? '';
}

/** The text after editing, or null when that was cancelled. */
async function openEditor(kubectl: Kubectl, text: string, fileName: string): Promise<string | null> {
  const command = editorCommand(kubectl);
  if (command !== '') {
    const path = `/tmp/${fileName}`;
    kubectl.context.files.write(path, text);
    const code = await kubectl.context.run(`${command} ${path}`);
    const edited = kubectl.context.files.read(path);
    kubectl.context.files.remove(path);
    if (code !== 0) throw new KubectlError(`there was a problem with the editor "${command}"`);
    return edited ?? '';
  }
  if (!kubectl.context.host.edit) throw new KubectlError('unable to launch the editor "vi": there is no screen here; set EDITOR to a program that changes a file');
  return kubectl.context.host.edit(text, fileName);
}

export const replace: KubectlCommand = {
  name: 'replace',
  summary: 'Replace a resource by file name or stdin',
  usage: '-f FILENAME',
  flags: [...FILE_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS, { name: 'force', type: 'bool' }, { name: 'save-config', type: 'bool' }, { name: 'validate', type: 'string', default: 'strict', bare: 'strict' }, { name: 'subresource', type: 'string' }, { name: 'grace-period', type: 'int', default: -1 }],
  async run(kubectl) {
    const { flags } = kubectl;
    if (!flags.given('filename')) throw new UsageError('must specify --filename to replace');
    const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
    throwAll(errors);
    const dryRun = dryRunOf(kubectl);
    const failures: unknown[] = [];
    for (const manifest of manifests) {
      const { resource, namespace, name, object, source } = await mapManifest(kubectl, manifest, true);
      try {
        if (flags.bool('force')) await kubectl.client.delete(resource, namespace, name, { gracePeriodSeconds: 0 }).catch(() => undefined);
        const body = { ...(object as Json) };
        const result = dryRun === 'client' ? (object as unknown as KubeObject) : flags.bool('force') ? await kubectl.client.create(resource, namespace, body) : await kubectl.client.replace(resource, namespace, name, body, { dryRun: dryRun === 'server', fieldManager: 'kubectl-replace', fieldValidation: 'Strict' });
        const printer = printerFor(kubectl);
        if (printer) kubectl.out(printer.one({ resource, object: result }));
        else kubectl.out(`${shownName(resource, name)} replaced${dryRunSuffix(dryRun)}\n`);
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        failures.push(error.with(`error when replacing "${source}": `));
      }
    }
    throwAll(failures);
  },
};

