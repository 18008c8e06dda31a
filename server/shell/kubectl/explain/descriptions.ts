/**
 * What Kubernetes says about its kinds and fields: the comments in the type files of the package `kubernetes-models`, which
 * are made from Kubernetes' own OpenAPI. Read when they are asked for. What the package has not has no description, and in a
 * browser, where the shell runs in replays, nothing has one.
 */
export interface Descriptions {
  kind: string | undefined;
  fields: ReadonlyMap<string, string>;
}

const NONE: Descriptions = { kind: undefined, fields: new Map() };
/** Where a definition's group lies in the packages, if not under its own name. */
const GROUPS: Record<string, string> = {
  admissionregistration: 'admissionregistration.k8s.io', authentication: 'authentication.k8s.io', authorization: 'authorization.k8s.io', certificates: 'certificates.k8s.io',
  coordination: 'coordination.k8s.io', discovery: 'discovery.k8s.io', events: 'events.k8s.io', flowcontrol: 'flowcontrol.apiserver.k8s.io', networking: 'networking.k8s.io',
  node: 'node.k8s.io', rbac: 'rbac.authorization.k8s.io', resource: 'resource.k8s.io', scheduling: 'scheduling.k8s.io', storage: 'storage.k8s.io', core: '.',
};

/** Node's own modules, without an import that a bundler for browsers would stumble over. */
function nodeModule<T>(name: string): T | undefined {
  const host = (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process;
  return host?.getBuiltinModule?.(name) as T | undefined;
}

const files = nodeModule<{ existsSync(path: string): boolean; readFileSync(path: string, encoding: 'utf8'): string }>('node:fs');
const modules = nodeModule<{ createRequire(from: string): { resolve: { paths(name: string): string[] | null } } }>('node:module');
/** Every kind's own two fields, which the package leaves out; they are the same everywhere. */
const TYPE_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const known = new Map<string, Descriptions>();

/** @param definition its whole name: `io.k8s.api.apps.v1.Deployment`. */
export function describe(definition: string): Descriptions {
  let found = known.get(definition);
  if (!found) known.set(definition, (found = read(definition)));
  return found;
}

export function describeField(definition: string, field: string): string | undefined {
  return describe(definition).fields.get(field) ?? (field === 'apiVersion' || field === 'kind' ? describe(TYPE_META).fields.get(field) : undefined);
}

function read(definition: string): Descriptions {
  const file = fileOf(definition);
  return file && files?.existsSync(file) ? parse(files.readFileSync(file, 'utf8'), definition.split('.').pop() as string) : NONE;
}

function fileOf(definition: string): string | undefined {
  const api = /^io\.k8s\.api\.([^.]+)\.([^.]+)\.(\w+)$/.exec(definition);
  if (api) return within('kubernetes-models', `${GROUPS[api[1] as string] ?? api[1]}/${api[2]}/${api[3]}`);
  const apiextensions = /^io\.k8s\.(?:apiextensions-apiserver|kube-aggregator)\.pkg\.apis\.([^.]+)\.([^.]+)\.(\w+)$/.exec(definition);
  if (apiextensions) return within('kubernetes-models', `${apiextensions[1]}.k8s.io/${apiextensions[2]}/${apiextensions[3]}`);
  const machinery = /^io\.k8s\.apimachinery\.pkg\.(.+)$/.exec(definition);
  return machinery ? within('@kubernetes-models/apimachinery', (machinery[1] as string).replaceAll('.', '/')) : undefined;
}

/** A type file of an installed package. (Its `exports` name none.) */
function within(name: string, file: string): string | undefined {
  const folders = modules?.createRequire(import.meta.url).resolve.paths(name) ?? [];
  const folder = folders.find((candidate) => files?.existsSync(`${candidate}/${name}`));
  return folder && `${folder}/${name}/${file}.d.ts`;
}

/** Comments of the first interface or type of a type file: its own, and those of its members. */
export function parse(text: string, name: string): Descriptions {
  const head = new RegExp(`(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/)?\\s*export (?:interface|type) I${name}\\b[^{;]*(\\{)?`).exec(text);
  if (!head) return NONE;
  const fields = new Map<string, string>();
  if (head[2]) {
    const start = head.index + head[0].length;
    const end = text.indexOf('\n}', start);
    for (const [, comment, field] of text.slice(start, end < 0 ? undefined : end).matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\s*"?([\w$-]+)"?\??:/g)) fields.set(field as string, plain(comment as string));
  }
  return { kind: head[1] ? plain(head[1]) : undefined, fields };
}

/** The text of a comment. */
function plain(comment: string): string {
  return comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .replace(/\\([*/])/g, '$1')
    .trim();
}
