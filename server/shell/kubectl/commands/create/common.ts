/** What all generators do with the object that they made: print it, or send it and say so. */
import { shownName } from '../../framework/client.ts';
import { DRY_RUN_FLAGS, dryRunOf, dryRunSuffix, PRINT_FLAGS, type Kubectl } from '../../framework/command.ts';
import { KubectlError, ServerError, UsageError } from '../../framework/errors.ts';
import type { FlagSpec } from '../../framework/flags.ts';
import { compactMadeJson } from '../../printers/json.ts';
import { printerFor } from '../../printers/output.ts';
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';

export type Json = Record<string, unknown>;

export const CREATE_FLAGS: FlagSpec[] = [
  ...PRINT_FLAGS,
  ...DRY_RUN_FLAGS,
  { name: 'save-config', type: 'bool' },
  { name: 'field-manager', type: 'string', default: 'kubectl-create' },
  { name: 'validate', type: 'string', default: 'strict', bare: 'strict' },
];

/** The annotation in which kubectl keeps what was applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object with its own text in the annotation. Keys are sorted and a newline ends it, as Go writes it. */
export function withLastApplied(object: Json): Json {
  const metadata = { ...(object.metadata as Json) };
  const annotations = { ...((metadata.annotations as Record<string, string> | undefined) ?? {}) };
  delete annotations[LAST_APPLIED];
  const plain = { ...object, metadata: { ...metadata, annotations } };
  const text = `${sortedText(plain)}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

function sortedText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedText).join(',')}]`;
  if (value === null || typeof value !== 'object') return (JSON.stringify(value) ?? 'null').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026');
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${sortedText((value as Json)[key])}`).join(',')}}`;
}

/** The one name that a generator takes. @throws UsageError */
export function nameOf(kubectl: Kubectl): string {
  if (kubectl.args.length === 0) throw new UsageError('exactly one NAME is required, got 0');
  if (kubectl.args.length > 1) throw new UsageError(`exactly one NAME is required, got ${kubectl.args.length}`);
  return kubectl.args[0] as string;
}

export interface Generated {
  object: Json;
  /** Words before an error of the server: `failed to create deployment: `. Without them the error stands for itself. */
  failure?: string;
  /** What is said of the object; default `created`. */
  verb?: string;
}

/** Sends or prints a generated object. */
export async function finish(kubectl: Kubectl, { object, failure, verb = 'created' }: Generated): Promise<void> {
  const dryRun = dryRunOf(kubectl);
  const resource = (await kubectl.client.resources()).byKind(object.apiVersion as string, object.kind as string);
  if (!resource) throw new KubectlError(`no matches for kind "${String(object.kind)}" in version "${String(object.apiVersion)}"`);
  const printer = printerFor(kubectl, false, true);
  const explicit = kubectl.flags.optional('namespace');
  let body: Json = object;
  if (resource.namespaced && explicit && dryRun === 'client') body = { ...object, metadata: { ...(object.metadata as Json), namespace: explicit } };
  if (kubectl.flags.has('save-config') && kubectl.flags.bool('save-config')) {
    const metadata = body.metadata as { annotations?: Record<string, string> };
    body = { ...body, metadata: { ...metadata, annotations: { ...metadata.annotations, [LAST_APPLIED]: `${compactMadeJson(body)}\n` } } };
  }
  let result = body as unknown as KubeObject;
  if (dryRun !== 'client') {
    try {
      result = await kubectl.client.create(resource, resource.namespaced ? kubectl.namespace : undefined, body, { dryRun: dryRun === 'server', fieldManager: kubectl.flags.string('field-manager'), fieldValidation: validation(kubectl) });
    } catch (error) {
      if (failure && error instanceof ServerError) throw new KubectlError(`${failure}${error.status.message}`);
      if (failure && error instanceof Error && error.name === 'ConnectionError') {
        const path = kubectl.client.path(resource, resource.namespaced ? kubectl.namespace : undefined);
        throw new KubectlError(`${failure}Post "https://${(error as Error & { address: string }).address}${path}?fieldManager=${kubectl.flags.string('field-manager')}&fieldValidation=${validation(kubectl)}": ${error.message}`);
      }
      throw error;
    }
  }
  if (printer) kubectl.out(printer.one({ resource, object: result }));
  else kubectl.out(`${shownName(resource, result.metadata.name)} ${verb}${dryRunSuffix(dryRun)}\n`);
}

/** --validate as the server's fieldValidation. @throws KubectlError */
export function validation(kubectl: Kubectl): string {
  if (!kubectl.flags.has('validate')) return 'Strict';
  const value = kubectl.flags.string('validate');
  if (value === 'true' || value === 'strict') return 'Strict';
  if (value === 'warn') return 'Warn';
  if (value === 'false' || value === 'ignore') return 'Ignore';
  throw new KubectlError(`invalid - validate option "${value}"; must be one of: strict (or true), warn, ignore (or false)`);
}
