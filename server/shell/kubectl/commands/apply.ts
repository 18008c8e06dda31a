import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { createThreeWayStrategicMergePatch } from '../../../simulation/apiserver/patch/strategic-merge.ts';
import { schemaFor } from '../../../simulation/apiserver/schema.ts';
import { shownName } from '../framework/client.ts';
import { DRY_RUN_FLAGS, dryRunOf, dryRunSuffix, FILE_FLAGS, PRINT_FLAGS, SELECTOR_FLAGS, type DryRun, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { aggregate, KubectlError, PlainError, ServerError, throwAll, UsageError } from '../framework/errors.ts';
import { mapManifest, readManifests, type Mapped, withoutSchema } from '../framework/manifests.ts';
import { compactJson, sortedKeys } from '../printers/json.ts';
import { printerFor } from '../printers/output.ts';
import { checkPruning, prune } from './apply-prune.ts';
import { LAST_APPLIED, validation, withLastApplied, type Json } from './create/common.ts';

const MISSING_ANNOTATION =
  'is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.';

export interface Applied {
  object: KubeObject;
  /** `created`, `configured`, `unchanged`, `serverside-applied`. */
  verb: string;
}

/** The patch that brings the live object to what the file says. Undefined for kinds without a schema, which merge as JSON. */
export function applyPatchFor(live: KubeObject, modified: Json): { type: string; patch: Json } {
  const original = live.metadata.annotations?.[LAST_APPLIED];
  const before = original ? (JSON.parse(original) as Json) : {};
  const { apiVersion, kind } = live;
  const patch = createThreeWayStrategicMergePatch(before, modified, live as unknown as Json, apiVersion, kind);
  return { type: schemaFor(apiVersion, kind) ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json', patch };
}

/** Applies one manifest. @throws ServerError with the context that kubectl gives. */
async function applyOne(kubectl: Kubectl, mapped: Mapped, dryRun: DryRun, mode: string, alone: boolean): Promise<Applied> {
  const { resource, namespace, name, source } = mapped;
  if (!name) throw new KubectlError(`error when retrieving current configuration of:\n${inWords(mapped)}\nfrom server for: "${source}": resource name may not be empty`);
  const modified = withLastApplied(mapped.object as Json);
  let live: KubeObject | undefined;
  try {
    live = await kubectl.client.find(resource, namespace, name);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    throw error.with(`error when retrieving current configuration of:\n${inWords(mapped)}\nfrom server for: "${source}": `);
  }
  const manager = 'kubectl-client-side-apply';
  if (!live) {
    if (dryRun === 'client') return { object: modified as unknown as KubeObject, verb: 'created' };
    try {
      return { object: await kubectl.client.create(resource, namespace, modified, { dryRun: dryRun === 'server', fieldManager: manager, fieldValidation: mode }), verb: 'created' };
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      throw error.status.reason === 'Invalid' && alone ? error : error.with(`error when creating "${source}": `);
    }
  }
  if (live.metadata.annotations?.[LAST_APPLIED] === undefined) kubectl.warn(`resource ${resource.plural}/${name} ${MISSING_ANNOTATION}`);
  const { type, patch } = applyPatchFor(live, modified);
  if (Object.keys(patch).length === 0) return { object: live, verb: 'unchanged' };
  if (dryRun === 'client') return { object: live, verb: 'configured' };
  try {
    const object = await kubectl.client.patch(resource, namespace, name, type, patch, { dryRun: dryRun === 'server', fieldManager: manager, fieldValidation: mode });
    return { object, verb: object.metadata.resourceVersion === live.metadata.resourceVersion ? 'unchanged' : 'configured' };
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (error.status.reason === 'Invalid' && alone) throw error;
    throw error.with(`error when applying patch:\n${compactJson(patch)}\nto:\n${inWords(mapped)}\nfor: "${source}": error when patching "${source}": `);
  }
}

/** What an object is, as the resource builder of kubectl says it. */
function inWords({ object, resource, namespace, name }: Mapped): string {
  const version = resource.group ? `${resource.group}/${resource.version}` : `/${resource.version}`;
  return `Resource: "${version}, Resource=${resource.plural}", GroupVersionKind: "${version}, Kind=${object.kind}"\nName: "${name ?? ''}", Namespace: "${namespace ?? ''}"`;
}

async function serverSide(kubectl: Kubectl, mapped: Mapped, dryRun: DryRun): Promise<Applied> {
  const { resource, namespace, name, object } = mapped;
  try {
    const result = await kubectl.client.patch(resource, namespace, name, 'application/apply-patch+yaml', object, {
      dryRun: dryRun === 'server', fieldManager: kubectl.flags.string('field-manager'), force: kubectl.flags.bool('force-conflicts'), fieldValidation: 'Strict',
    });
    return { object: result, verb: 'serverside-applied' };
  } catch (error) {
    if (error instanceof ServerError && error.status.reason === 'Conflict') throw new KubectlError(`${error.status.message}\n${CONFLICT_HELP}`);
    throw error;
  }
}

const CONFLICT_HELP = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

const LAST_APPLIED_COMMANDS: KubectlCommand[] = [
  {
    name: 'view-last-applied',
    summary: 'View the latest last-applied-configuration annotations of a resource/object',
    usage: '(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
    flags: [{ name: 'output', short: 'o', type: 'string', default: 'yaml' }],
    async run(kubectl) {
      const [first = '', second] = kubectl.args;
      const [type, name] = second === undefined ? (first.split('/') as [string, string | undefined]) : [first, second];
      if (!name) throw new UsageError('a resource and a name are required');
      const resource = await kubectl.client.resource(type);
      const object = await kubectl.client.get(resource, resource.namespaced ? kubectl.namespace : undefined, name);
      const text = object.metadata.annotations?.[LAST_APPLIED];
      if (text === undefined) throw new KubectlError(`no last-applied-configuration annotation found on resource: ${name}`);
      const applied = JSON.parse(text) as KubeObject;
      // JSON is indented by two here.
      kubectl.out(kubectl.flags.string('output') === 'json' ? `${JSON.stringify(sortedKeys(applied), null, 2)}\n` : (printerFor(kubectl)?.one({ resource, object: applied }) ?? text));
    },
  },
  {
    name: 'set-last-applied',
    summary: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
    usage: '-f FILENAME',
    flags: [...FILE_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS, { name: 'create-annotation', type: 'bool' }],
    async run(kubectl) {
      if (!kubectl.flags.given('filename')) throw new KubectlError('must specify one of -f and -k');
      const { manifests, errors } = await readManifests(kubectl, kubectl.flags.list('filename'), kubectl.flags.bool('recursive'));
      throwAll(errors);
      const dryRun = dryRunOf(kubectl);
      const printer = printerFor(kubectl);
      for (const manifest of manifests) {
        const { resource, namespace, name, object, source } = await mapManifest(kubectl, manifest, false);
        const live = await kubectl.client.get(resource, namespace, name);
        if (live.metadata.annotations?.[LAST_APPLIED] === undefined && !kubectl.flags.bool('create-annotation')) throw new KubectlError(`no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`);
        const annotation = (withLastApplied(object as Json).metadata as { annotations: Record<string, string> }).annotations[LAST_APPLIED];
        let result = live;
        if (annotation !== live.metadata.annotations?.[LAST_APPLIED] && dryRun !== 'client') {
          result = await kubectl.client.patch(resource, namespace, name, 'application/merge-patch+json', { metadata: { annotations: { [LAST_APPLIED]: annotation } } }, { dryRun: dryRun === 'server', fieldManager: 'kubectl-last-applied' }).catch((error: unknown) => {
            throw error instanceof ServerError ? error.with(`error when patching "${source}": `) : error;
          });
        }
        kubectl.out(printer ? printer.one({ resource, object: result }) : `${shownName(resource, name)} configured${dryRunSuffix(dryRun)}\n`);
      }
    },
  },
  {
    name: 'edit-last-applied',
    summary: 'Edit latest last-applied-configuration annotations of a resource/object',
    usage: '(RESOURCE/NAME | -f FILENAME)',
    run: () => Promise.reject(new KubectlError('kubectl apply edit-last-applied is not supported yet in Quorum; kubectl apply set-last-applied takes the text from a file')),
  },
];

export const apply: KubectlCommand = {
  name: 'apply',
  summary: 'Apply a configuration to a resource by file name or stdin',
  usage: '(-f FILENAME | -k DIRECTORY)',
  long: 'Creates what a file describes, or changes what exists so that it fits the file.',
  flags: [
    ...PRINT_FLAGS, ...DRY_RUN_FLAGS, ...FILE_FLAGS, ...SELECTOR_FLAGS,
    { name: 'validate', type: 'string', default: 'strict', bare: 'strict' },
    { name: 'server-side', type: 'bool' },
    { name: 'force-conflicts', type: 'bool' },
    { name: 'field-manager', type: 'string', default: 'kubectl' },
    { name: 'overwrite', type: 'bool', default: true },
    { name: 'prune', type: 'bool' },
    { name: 'prune-allowlist', type: 'array' },
    { name: 'all', type: 'bool' },
    { name: 'force', type: 'bool' },
    { name: 'wait', type: 'bool' },
  ],
  subcommands: LAST_APPLIED_COMMANDS,
  async run(kubectl) {
    const { flags } = kubectl;
    if (kubectl.args.length > 0) throw new UsageError(`Unexpected args: [${kubectl.args.join(' ')}]`);
    if (!flags.given('filename')) throw new KubectlError('must specify one of -f and -k');
    const dryRun = dryRunOf(kubectl);
    const onServer = flags.bool('server-side');
    if (flags.bool('force-conflicts') && !onServer) throw new KubectlError('--force-conflicts only works with --server-side');
    if (dryRun === 'client' && onServer) throw new KubectlError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
    if (flags.bool('force') && onServer) throw new KubectlError('--force cannot be used with --server-side');
    if (flags.bool('force') && dryRun === 'server') throw new KubectlError('--dry-run=server cannot be used with --force');
    checkPruning(kubectl);
    const printer = printerFor(kubectl);
    const mode = validation(kubectl);
    const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
    const mapped: Mapped[] = [];
    for (const manifest of manifests) {
      try {
        mapped.push(await mapManifest(kubectl, manifest, mode !== 'Ignore'));
      } catch (error) {
        if (!(error instanceof KubectlError)) throw withoutSchema(error, manifest.source, mode);
        errors.push(error);
      }
    }
    if (errors.length > 0 && mapped.length === 0) throwAll(errors.length === 1 ? errors : [new PlainError(aggregate(errors.map((error) => (error as Error).message)))]);
    if (mapped.length === 0) throw new KubectlError('no objects passed to apply');
    const failures: unknown[] = [];
    const results: { resource: Mapped['resource']; object: KubeObject }[] = [];
    // With -o, several objects are one list.
    const alone = mapped.length === 1 || !printer || flags.string('output') === 'name';
    for (const each of mapped) {
      const generated = (each.object.metadata as { generateName?: string } | undefined)?.generateName;
      if (!each.name && generated) throw new KubectlError(`from ${generated}: cannot use generate name with apply`);
      try {
        const { object, verb } = onServer ? await serverSide(kubectl, each, dryRun) : await applyOne(kubectl, each, dryRun, mode, mapped.length === 1 && errors.length === 0);
        results.push({ resource: each.resource, object });
        if (printer && alone) kubectl.out(printer.one({ resource: each.resource, object }));
        else if (!printer) kubectl.out(`${shownName(each.resource, each.name)} ${verb}${dryRunSuffix(dryRun)}\n`);
      } catch (error) {
        if (!(error instanceof ServerError)) throw withoutSchema(error, each.source, mode);
        failures.push(error);
      }
    }
    if (printer && !alone && results.length > 0) kubectl.out(results.length === 1 ? printer.one(results[0] as (typeof results)[number]) : printer.list(results, { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' } }));
    if (flags.bool('prune') && failures.length === 0 && errors.length === 0) await prune(kubectl, new Set(results.map(({ object }) => object.metadata.uid)), new Set(mapped.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace]))), dryRun);
    throwAll(errors.length === 0 ? failures : [new PlainError(aggregate(errors.map((error) => (error as Error).message))), ...failures]);
  },
};
