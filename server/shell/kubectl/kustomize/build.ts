/**
 * Builds a kustomization: what `kustomize build` of 5.8 does with resources, bases, components, generators, patches, names, labels, images and
 * replicas. What it has besides says that it is not supported yet.
 */
import { KubectlError } from '../framework/errors.ts';
import { parseDocuments } from '../framework/manifests.ts';
import type { ShellFiles } from '../../types.ts';
import { generate, hashOf } from './generators.ts';
import { applyPatch } from './patches.ts';
import { fixReferences } from './references.ts';
import { transform } from './transformers.ts';
import { DEPRECATED, KNOWN_FIELDS, NOT_YET, type Json, type Kustomization, type Patch, type Resource } from './types.ts';

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** Kustomizations inside kustomizations. */
const MAX_DEPTH = 20;

/** The order in which kustomize writes kinds (`api/internal/accumulator` LegacyOrder): these first, others, these last. */
const FIRST = [
  'Namespace', 'ResourceQuota', 'StorageClass', 'CustomResourceDefinition', 'ServiceAccount', 'PodSecurityPolicy', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ConfigMap', 'Secret',
  'Endpoints', 'Service', 'LimitRange', 'PriorityClass', 'PersistentVolume', 'PersistentVolumeClaim', 'Deployment', 'StatefulSet', 'CronJob', 'PodDisruptionBudget',
];
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

export interface BuildContext {
  files: ShellFiles;
  warn(text: string): void;
}

/** @param directory absolute. @returns the objects in kustomize's order. @throws KubectlError */
export async function build(directory: string, context: BuildContext): Promise<Json[]> {
  const resources = accumulate(directory, context, []);
  for (const resource of resources) {
    if (!resource.hashed) continue;
    const { metadata } = resource.object;
    resource.formerNames.push(metadata.name);
    metadata.name = `${metadata.name}-${await hashOf(resource.object)}`;
  }
  fixReferences(resources);
  return [...resources].sort(byKind).map(({ object }) => object);
}

function rank(kind: string): number {
  const first = FIRST.indexOf(kind);
  return first >= 0 ? first - FIRST.length : LAST.indexOf(kind) + 1;
}

function byKind(x: Resource, y: Resource): number {
  const key = ({ object }: Resource): string => `${object.apiVersion} ${object.kind} ${object.metadata.namespace ?? ''} ${object.metadata.name}`;
  return rank(x.object.kind) - rank(y.object.kind) || (key(x) < key(y) ? -1 : 1);
}

function load(directory: string, { files, warn }: BuildContext): Kustomization {
  const found = FILE_NAMES.filter((name) => files.read(`${directory}/${name}`) !== undefined);
  if (found.length === 0) throw new KubectlError(`unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${directory}'`);
  if (found.length > 1) throw new KubectlError(`Found multiple kustomization files under: ${directory}`);
  const documents = parseDocuments(files.read(`${directory}/${found[0]}`) as string, found[0] as string);
  const kustomization = (documents[0] ?? {}) as Kustomization & Json;
  for (const field of Object.keys(kustomization)) {
    if (NOT_YET.has(field)) throw new KubectlError(`kustomize: the field "${field}" is not supported yet in Quorum`);
    if (!KNOWN_FIELDS.has(field)) throw new KubectlError(`invalid Kustomization: json: unknown field "${field}"`);
    if (DEPRECATED[field]) warn(`# Warning: '${field}' is deprecated. Please use '${DEPRECATED[field]}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.`);
  }
  return kustomization;
}

function accumulate(directory: string, context: BuildContext, seen: readonly string[]): Resource[] {
  if (seen.includes(directory)) throw new KubectlError(`cycle detected: candidate root '${directory}' contains visited root '${directory}'`);
  if (seen.length >= MAX_DEPTH) throw new KubectlError(`kustomizations are nested deeper than ${MAX_DEPTH}`);
  const kustomization = load(directory, context);
  const resources: Resource[] = [];
  for (const entry of [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])]) add(resources, from(directory, entry, context, [...seen, directory]));
  return customize(resources, kustomization, directory, context, [...seen, directory]);

  function add(to: Resource[], more: readonly Resource[]): void {
    for (const resource of more) {
      const twin = to.find(({ object }) => object.apiVersion === resource.object.apiVersion && object.kind === resource.object.kind && object.metadata.name === resource.object.metadata.name && object.metadata.namespace === resource.object.metadata.namespace);
      if (twin) throw new KubectlError(`may not add resource with an already registered id: ${resource.object.kind}.${resource.object.apiVersion.split('/').reverse().join('.')}/${resource.object.metadata.name}.${resource.object.metadata.namespace ?? '[noNs]'}`);
      to.push(resource);
    }
  }
}

/** Generators, components, patches and transformers of one kustomization. */
function customize(before: Resource[], kustomization: Kustomization, directory: string, context: BuildContext, seen: readonly string[]): Resource[] {
  let resources = before;
  const read = (file: string): string => {
    const text = context.files.read(resolve(directory, file));
    if (text === undefined) throw new KubectlError(`loading KV pairs: file sources: [${file}]: evalsymlink failure on '${resolve(directory, file)}' : lstat ${resolve(directory, file)}: no such file or directory`);
    return text;
  };
  for (const [kind, list] of [['ConfigMap', kustomization.configMapGenerator], ['Secret', kustomization.secretGenerator]] as const) {
    for (const args of list ?? []) resources = merged(resources, generate(kind, args, kustomization.generatorOptions, read), args.behavior ?? 'create');
  }
  for (const component of kustomization.components ?? []) {
    const inner = resolve(directory, component);
    if (seen.includes(inner)) throw new KubectlError(`cycle detected: candidate root '${inner}' contains visited root '${inner}'`);
    const its = load(inner, context);
    if (its.kind !== 'Component') throw new KubectlError(`accumulating components: accumulateDirectory: "expected kind 'Component' for path '${inner}' but got 'Kustomization'"`);
    for (const entry of its.resources ?? []) resources.push(...from(inner, entry, context, [...seen, inner]));
    resources = customize(resources, its, inner, context, [...seen, inner]);
  }
  for (const path of kustomization.patchesStrategicMerge ?? []) resources = applyPatch(resources, {}, path.includes('\n') ? path : read(path));
  for (const patch of [...(kustomization.patches ?? []), ...(kustomization.patchesJson6902 ?? [])]) resources = applyPatch(resources, patch, textOf(patch, read));
  transform(resources, kustomization);
  fixReferences(resources);
  return resources;
}

function textOf({ path, patch }: Patch, read: (file: string) => string): string {
  if ((path === undefined) === (patch === undefined)) throw new KubectlError('patch and path can\'t be set at the same time or both be empty');
  return patch ?? read(path as string);
}

function merged(resources: Resource[], generated: Resource, behavior: 'create' | 'replace' | 'merge'): Resource[] {
  const { object } = generated;
  const same = resources.find((other) => other.object.kind === object.kind && (other.object.metadata.name === object.metadata.name || other.formerNames.includes(object.metadata.name)));
  if (behavior === 'create') {
    if (same) throw new KubectlError(`id resid.ResId{Kind:"${object.kind}", Name:"${object.metadata.name}"} already exists; behavior must be merge or replace`);
    return [...resources, generated];
  }
  if (!same) throw new KubectlError(`id resid.ResId{Kind:"${object.kind}", Name:"${object.metadata.name}"} does not exist; cannot merge or replace`);
  const data = behavior === 'replace' ? object.data : { ...(same.object.data as Json | undefined), ...(object.data as Json | undefined) };
  const { labels, annotations } = object.metadata;
  same.object = {
    ...same.object,
    data,
    metadata: { ...same.object.metadata, ...(labels ? { labels: { ...same.object.metadata.labels, ...labels } } : {}), ...(annotations ? { annotations: { ...same.object.metadata.annotations, ...annotations } } : {}) },
  };
  return resources;
}

/** Resources of a file, or of a folder with a kustomization of its own. */
function from(directory: string, entry: string, context: BuildContext, seen: readonly string[]): Resource[] {
  if (/^(https?:|git@|github\.com)/.test(entry)) throw new KubectlError(`accumulating resources: accumulation err='accumulating resources from '${entry}': the simulated terminal has no internet'`);
  const path = resolve(directory, entry);
  if (context.files.isDirectory(path)) return accumulate(path, context, seen);
  const text = context.files.read(path);
  if (text === undefined) {
    const missing = `evalsymlink failure on '${path}' : lstat ${path}: no such file or directory`;
    throw new KubectlError(`accumulating resources: accumulation err='accumulating resources from '${entry}': ${missing}': must build at directory: not a valid directory: ${missing}`);
  }
  return parseDocuments(text, entry).flatMap((value) => {
    const object = value as Resource['object'] & { items?: unknown[] };
    const objects = object.kind === 'List' && Array.isArray(object.items) ? (object.items as Resource['object'][]) : [object];
    return objects.map((each): Resource => {
      if (!each.kind || !each.apiVersion) throw new KubectlError(`accumulating resources: accumulation err='accumulating resources from '${entry}': missing ${each.apiVersion ? 'kind' : 'apiVersion'} in object`);
      if (!each.metadata?.name) throw new KubectlError(`accumulating resources: accumulation err='accumulating resources from '${entry}': missing metadata.name in object {${each.kind}}`);
      return { object: each, formerNames: [], hashed: false };
    });
  });
}

function resolve(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
