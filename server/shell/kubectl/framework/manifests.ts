/** Objects from files, directories and standard input. */
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Kubectl } from './command.ts';
import type { ServedResource } from './client.ts';
import { build } from '../kustomize/build.ts';
import { KubectlError } from './errors.ts';

type Json = Record<string, unknown>;

/** An object as a file gives it. */
export interface Manifest {
  /** File name as it was given, or `STDIN`. */
  source: string;
  object: Json & { apiVersion?: string; kind?: string; metadata?: { name?: string; namespace?: string; generateName?: string; labels?: Record<string, string>; annotations?: Record<string, string> } };
}

/** A manifest whose kind the server knows. */
export interface Mapped extends Manifest {
  resource: ServedResource;
  /** Namespace that it goes to; undefined for cluster-scoped objects. */
  namespace: string | undefined;
  name: string;
}

/** More than this in one go is a mistake, not a manifest. */
const MAX_DOCUMENTS = 10_000;
/** -k travels as a file name that no file can have. */
const KUSTOMIZATION = 'kustomization\0';

/** The name under which -k's directory is given to readManifests(). */
export function kustomizationName(directory: string): string {
  return KUSTOMIZATION + directory;
}

const EXTENSIONS = ['.json', '.yaml', '.yml'];

/** Go's words for what a YAML parser stumbles over. */
function yamlProblem(code: string, message: string): string {
  if (/BAD_INDENT|All collection items must start at the same column|Nested mappings/.test(`${code} ${message}`)) return 'did not find expected key';
  if (/Implicit map keys need to be followed by map values|Implicit keys need to be on a single line/.test(message)) return "could not find expected ':'";
  if (/TAB_AS_INDENT/.test(code) || /tab/i.test(message)) return 'found character that cannot start any token';
  if (/Missing closing|Expected flow|BLOCK_IN_FLOW|flow/i.test(message)) return "did not find expected ',' or ']'";
  if (/DUPLICATE_KEY|Map keys must be unique/.test(`${code} ${message}`)) return 'mapping key already defined';
  if (/alias/i.test(message)) return 'unknown anchor referenced';
  return 'mapping values are not allowed in this context';
}

function parseJson(text: string, source: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = /position (\d+)/.exec(message);
    if (/Unexpected end|Unterminated|Expected .* at position/.test(message) && (!at || Number(at[1]) >= text.trimEnd().length)) throw new KubectlError(`error parsing ${source}: unexpected EOF`);
    const character = at ? (text[Number(at[1])] ?? '') : '';
    throw new KubectlError(`error parsing ${source}: invalid character '${character}' looking for beginning of value`);
  }
}

/** The documents of a text, JSON or YAML. @throws KubectlError */
export function parseDocuments(text: string, source: string): unknown[] {
  if (/^\s*\{/.test(text)) return parseJson(text, source);
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { version: '1.1', lineCounter: lines, uniqueKeys: false });
  if (!Array.isArray(documents)) return [];
  if (documents.length > MAX_DOCUMENTS) throw new KubectlError(`${source} holds more than ${MAX_DOCUMENTS} documents`);
  const values: unknown[] = [];
  for (const document of documents) {
    const [problem] = document.errors;
    if (problem) {
      // go-yaml counts from the block that it was in when it stumbled.
      const line = Math.max(1, (problem.linePos?.[0].line ?? 1) - (problem.code === 'BAD_INDENT' ? 1 : 0));
      throw new KubectlError(`error parsing ${source}: error converting YAML to JSON: yaml: line ${line}: ${yamlProblem(problem.code, problem.message)}`);
    }
    const value: unknown = document.toJS({ maxAliasCount: 1_000 });
    if (value !== null && value !== undefined) values.push(value);
  }
  return values;
}

/** Expands directories and `-` into named texts, in the order in which kubectl visits them. */
async function sources(kubectl: Kubectl, names: readonly string[], recursive: boolean): Promise<{ source: string; text: string }[]> {
  const result: { source: string; text: string }[] = [];
  for (const name of names) {
    if (/^https?:\/\//.test(name)) throw new KubectlError(`unable to read URL "${name}": the simulated terminal has no internet`);
    if (name === '-') {
      result.push({ source: 'STDIN', text: await kubectl.context.stdin.readAll() });
      continue;
    }
    const path = kubectl.absolute(name);
    if (kubectl.context.files.isDirectory(path)) {
      const visit = (directory: string, shown: string, depth: number): void => {
        for (const child of kubectl.context.files.list(directory) ?? []) {
          const full = `${directory === '/' ? '' : directory}/${child}`;
          const label = shown === '.' || shown === './' ? child : `${shown.replace(/\/$/, '')}/${child}`;
          if (kubectl.context.files.isDirectory(full)) {
            if (recursive && depth < 20) visit(full, label, depth + 1);
          } else if (EXTENSIONS.some((extension) => child.endsWith(extension))) result.push({ source: label, text: kubectl.context.files.read(full) ?? '' });
        }
      };
      const before = result.length;
      visit(path, name, 0);
      if (result.length === before) throw new KubectlError(`error reading [${name}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`);
      continue;
    }
    result.push({ source: name, text: await kubectl.readFile(name) });
  }
  return result;
}

/**
 * Objects of -f, lists taken apart. Files that cannot be read are collected as errors when there are several sources.
 * @throws KubectlError for the only source.
 */
export async function readManifests(kubectl: Kubectl, names: readonly string[], recursive: boolean): Promise<{ manifests: Manifest[]; errors: unknown[] }> {
  const manifests: Manifest[] = [];
  const errors: unknown[] = [];
  for (const name of names) {
    if (!name.startsWith(KUSTOMIZATION)) continue;
    const source = name.slice(KUSTOMIZATION.length);
    const objects = await build(kubectl.absolute(source), { files: kubectl.context.files, warn: (text) => kubectl.err(`${text}\n`) });
    for (const object of objects) manifests.push({ source, object });
  }
  for (const { source, text } of await sources(kubectl, names.filter((name) => !name.startsWith(KUSTOMIZATION)), recursive)) {
    try {
      for (const value of parseDocuments(text, source)) {
        if (typeof value !== 'object' || Array.isArray(value)) {
          throw new KubectlError(`error validating "${source}": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false`);
        }
        const object = value as Manifest['object'] & { items?: unknown[] };
        if (object.kind === 'List' && Array.isArray(object.items)) for (const item of object.items) manifests.push({ source, object: item as Manifest['object'] });
        else manifests.push({ source, object });
      }
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      errors.push(error);
    }
  }
  return { manifests, errors };
}

/** Finds the resource and the namespace of a manifest. @throws KubectlError */
export async function mapManifest(kubectl: Kubectl, manifest: Manifest, validate: boolean): Promise<Mapped> {
  const { object, source } = manifest;
  const name = object.metadata?.name ?? '';
  const missing = (field: string): KubectlError =>
    validate
      ? new KubectlError(`error validating "${source}": error validating data: ${field} not set; if you choose to ignore these errors, turn validation off with --validate=false`)
      : new KubectlError(`unable to decode "${source}": Object '${field === 'kind' ? 'Kind' : 'apiVersion'}' is missing in '${JSON.stringify(object)}'`);
  if (!object.apiVersion && !object.kind && validate) {
    throw new KubectlError(`error validating "${source}": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false`);
  }
  if (!object.apiVersion) throw missing('apiVersion');
  if (!object.kind) throw missing('kind');
  const resource = (await kubectl.client.resources()).byKind(object.apiVersion, object.kind);
  if (!resource) {
    throw new KubectlError(`resource mapping not found for name: "${name}" namespace: "${object.metadata?.namespace ?? ''}" from "${source}": no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`);
  }
  const own = object.metadata?.namespace;
  const wanted = kubectl.flags.optional('namespace');
  if (resource.namespaced && own && wanted && own !== wanted) {
    throw new KubectlError(`the namespace from the provided object "${own}" does not match the namespace "${wanted}". You must pass '--namespace=${own}' to perform this operation.`);
  }
  const namespace = resource.namespaced ? (own ?? kubectl.namespace) : undefined;
  if (resource.namespaced && !own) manifest.object = { ...object, metadata: { ...object.metadata, namespace: namespace as string } };
  return { ...manifest, object: manifest.object, resource, namespace, name };
}

/** What a command that validates says when no API server answers: it cannot get the schema. */
export function withoutSchema(error: unknown, source: string, mode: string): unknown {
  if (mode === 'Ignore' || !(error instanceof Error) || error.name !== 'ConnectionError') return error;
  return new KubectlError(`error validating "${source}": error validating data: failed to download openapi: Get "https://${(error as Error & { address: string }).address}/openapi/v2?timeout=32s": ${error.message}; if you choose to ignore these errors, turn validation off with --validate=false`);
}
