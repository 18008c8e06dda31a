/** Commands that change objects that exist: label, annotate, patch, scale, replace. */
import { parseDocument } from 'yaml';
import type { KubeObject, Status } from '../../../simulation/apiserver/types.ts';
import { applyJsonPatch, type Operation } from '../../../simulation/apiserver/patch/json-patch.ts';
import { applyMergePatch } from '../../../simulation/apiserver/patch/json-merge.ts';
import { applyStrategicPatch } from '../../../simulation/apiserver/patch/strategic-merge.ts';
import { schemaFor } from '../../../simulation/apiserver/schema.ts';
import { checkLabelValue } from '../../../simulation/apiserver/validation/names.ts';
import { shownName } from '../framework/client.ts';
import { DRY_RUN_FLAGS, dryRunOf, dryRunSuffix, FILE_FLAGS, PRINT_FLAGS, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError, throwAll } from '../framework/errors.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { fetchTargets, parseTargets, type Found } from '../framework/resources.ts';
import { printerFor } from '../printers/output.ts';
import type { Json } from './create/common.ts';

export const STRATEGIC = 'application/strategic-merge-patch+json';
export const MERGE = 'application/merge-patch+json';
/** How often it is looked whether an object is gone. */
const DELETION_POLL_MS = 250;
export const TARGET_FLAGS = [...FILE_FLAGS, ...SELECTOR_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS, { name: 'all', type: 'bool' }, { name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'field-selector', type: 'string' }, { name: 'field-manager', type: 'string' }] as const;

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

/** An object as a patch would leave it, without asking the server. @throws KubectlError */
function patchedHere(object: KubeObject, patch: unknown, type: string): KubeObject {
  try {
    if (type === STRATEGIC) return applyStrategicPatch(object as unknown as Json, patch as Json, object.apiVersion, object.kind) as unknown as KubeObject;
    return (type === MERGE ? applyMergePatch(object, patch) : applyJsonPatch(object, patch as Operation[])) as KubeObject;
  } catch (error) {
    throw new KubectlError(error instanceof Error ? error.message : String(error));
  }
}

/** Patches one object and says what became of it. */
async function patchFound(kubectl: Kubectl, { resource, object }: Found, patch: unknown, verb: string, type = STRATEGIC): Promise<void> {
  const dryRun = dryRunOf(kubectl);
  const { namespace, name } = object.metadata;
  const kind = type === STRATEGIC && !schemaFor(object.apiVersion, object.kind) ? MERGE : type;
  const result = dryRun === 'client' ? patchedHere(object, patch, kind) : await kubectl.client.patch(resource, namespace, name, kind, patch, { dryRun: dryRun === 'server', fieldManager: kubectl.flags.has('field-manager') ? kubectl.flags.string('field-manager') || 'kubectl' : 'kubectl' });
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
          await changePairs(kubectl, each, changes, field, name, found.length > 1);
        } catch (error) {
          if (!(error instanceof KubectlError) && !(error instanceof ServerError)) throw error;
          errors.push(error);
        }
      }
      throwAll(errors);
    },
  };
}

async function changePairs(kubectl: Kubectl, each: Found, { set, remove }: PairChanges, field: 'labels' | 'annotations', name: 'label' | 'annotate', several: boolean): Promise<void> {
  const before = each.object.metadata[field] ?? {};
  if (kubectl.flags.bool('list')) {
    if (several) kubectl.out(`Listing ${field} for ${each.resource.kind}.${each.resource.group}/${each.object.metadata.name}:\n`);
    kubectl.out(Object.keys(before).sort().map((key) => `${several ? ' ' : ''}${key}=${before[key]}\n`).join(''));
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
  const version = kubectl.flags.string('resource-version');
  const patch = { metadata: { [field]: { ...set, ...Object.fromEntries(remove.map((key) => [key, null])) }, ...(version ? { resourceVersion: version } : {}) } };
  if (said === 'not labeled' && !version) {
    const printer = printerFor(kubectl);
    kubectl.out(printer ? printer.one(each) : `${shownName(each.resource, each.object.metadata.name)} not labeled${dryRunSuffix(dryRunOf(kubectl))}\n`);
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

/** What a patch says, in YAML or JSON. Text that begins as JSON is left to the server to complain about. @throws KubectlError, ServerError */
function patchBody(text: string): unknown {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (!problem) return document.toJS();
  if (!/^\s*[{[]/.test(text)) throw new KubectlError(`unable to parse ${JSON.stringify(text)}: yaml: ${problem.message.split('\n')[0]}`);
  throw new ServerError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: `error decoding patch: couldn't get version/kind; json parse error: ${jsonProblem(text)}`, reason: 'BadRequest', code: 400 });
}

/** What Go's JSON parser says of a text that is not JSON. */
function jsonProblem(text: string): string {
  try {
    JSON.parse(text);
    return 'invalid JSON';
  } catch (error) {
    const at = Number(/position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? text.length);
    if (at >= text.length) return 'unexpected end of JSON input';
    const before = text.slice(0, at).trimEnd();
    const looking = before.endsWith('{') ? 'looking for beginning of object key string' : before.endsWith('"') ? 'after object key' : 'looking for beginning of value';
    return `invalid character '${text[at] as string}' ${looking}`;
  }
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
    if (!flags.given('patch') && !flags.given('patch-file')) throw new KubectlError('must specify --patch or --patch-file containing the contents of the patch');
    const text = flags.given('patch') ? flags.string('patch') : await kubectl.readFile(flags.string('patch-file'));
    const body = patchBody(text);
    const { found, errors } = await chosen(kubectl, kubectl.args);
    throwAll(errors);
    const dryRun = dryRunOf(kubectl);
    for (const { resource, object } of found) {
      const { namespace, name } = object.metadata;
      const subresource = flags.string('subresource') || undefined;
      const sent = (): Promise<KubeObject> => kubectl.client.patch(resource, namespace, name, type, body, { dryRun: dryRun === 'server', fieldManager: flags.string('field-manager') }, subresource);
      const result = dryRun === 'client' ? patchedHere(object, body, type) : await sent().catch((error: unknown) => {
        if (!(error instanceof ServerError) || error.status.reason !== 'UnsupportedMediaType') throw error;
        throw new KubectlError(`${type} is not supported by ${object.apiVersion}, Kind=${object.kind}: ${error.message}`);
      });
      const printer = printerFor(kubectl);
      // What comes back for a scale is a Scale.
      const shown = subresource === 'scale' && dryRun !== 'client' ? `scale.autoscaling/${name}` : shownName(resource, name);
      if (printer) kubectl.out(printer.one({ resource, object: result }));
      else kubectl.out(`${shown} patched${dryRun === 'none' && unchanged(object, result) ? ' (no change)' : ''}${dryRunSuffix(dryRun)}\n`);
    }
  },
};

// ---- scale ----

const NO_SCALE: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'the server could not find the requested resource', reason: 'NotFound', code: 404 };

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
      if (!resource.subresources.includes('scale')) {
        errors.push(new ServerError(NO_SCALE));
        continue;
      }
      const now = (object.spec as { replicas?: number }).replicas ?? 0;
      const expected = flags.int('current-replicas');
      if (expected >= 0 && expected !== now) throw new KubectlError(`Expected replicas to be ${expected}, was ${now}`);
      if (dryRun !== 'client') await kubectl.client.patch(resource, namespace, name, MERGE, { spec: { replicas } }, { dryRun: dryRun === 'server', fieldManager: 'kubectl-scale' }, 'scale');
      const printer = printerFor(kubectl);
      kubectl.out(printer ? printer.one({ resource, object: { ...object, spec: { ...(object.spec as object), replicas } } }) : `${shownName(resource, name)} scaled${dryRunSuffix(dryRun)}\n`);
    }
    throwAll(errors);
  },
};

/** Deletes an object and waits until it is gone, for --force. One that is not there is not missed. */
async function deleteFirst(kubectl: Kubectl, resource: Found['resource'], namespace: string | undefined, name: string): Promise<void> {
  try {
    await kubectl.client.delete(resource, namespace, name, { gracePeriodSeconds: Math.max(0, kubectl.flags.int('grace-period')) });
  } catch (error) {
    if (error instanceof ServerError && error.status.code === 404) return;
    throw error;
  }
  kubectl.out(`${resource.group ? `${resource.singular}.${resource.group}` : resource.singular} "${name}" deleted${namespace ? ` from ${namespace} namespace` : ''}\n`);
  while (await kubectl.client.find(resource, namespace, name)) await kubectl.sleep(DELETION_POLL_MS);
}

export const replace: KubectlCommand = {
  name: 'replace',
  summary: 'Replace a resource by file name or stdin',
  usage: '-f FILENAME',
  flags: [...FILE_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS, { name: 'force', type: 'bool' }, { name: 'save-config', type: 'bool' }, { name: 'validate', type: 'string', default: 'strict', bare: 'strict' }, { name: 'subresource', type: 'string' }, { name: 'grace-period', type: 'int', default: -1 }],
  async run(kubectl) {
    const { flags } = kubectl;
    if (!flags.given('filename')) throw new KubectlError('must specify one of -f and -k');
    const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
    throwAll(errors);
    const dryRun = dryRunOf(kubectl);
    const failures: unknown[] = [];
    for (const manifest of manifests) {
      const { resource, namespace, name, object, source } = await mapManifest(kubectl, manifest, true);
      try {
        if (flags.bool('force')) await deleteFirst(kubectl, resource, namespace, name);
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

