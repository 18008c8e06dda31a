/** Patches of a kustomization: strategic merges and JSON 6902, with or without a target. */
import { applyMergePatch } from '../../../simulation/apiserver/patch/json-merge.ts';
import { applyJsonPatch, type Operation } from '../../../simulation/apiserver/patch/json-patch.ts';
import { applyStrategicPatch } from '../../../simulation/apiserver/patch/strategic-merge.ts';
import { schemaFor } from '../../../simulation/apiserver/schema.ts';
import { matchesLabels, parseLabelSelector } from '../../../simulation/apiserver/selectors.ts';
import { KubectlError } from '../framework/errors.ts';
import { parseDocuments } from '../framework/manifests.ts';
import type { Json, Patch, Resource, Selector } from './types.ts';

/** Applies one patch in place. @param text its YAML or JSON; @returns the resources that are left (a patch may delete one). @throws KubectlError */
export function applyPatch(resources: Resource[], { target, options }: Patch, text: string): Resource[] {
  const documents = parseDocuments(text, 'patch');
  const operations = operationsOf(documents);
  if (operations) {
    if (!target) throw new KubectlError('must specify a target for JSON patch');
    for (const resource of selected(resources, target)) resource.object = applyJsonPatch(resource.object, operations) as Resource['object'];
    return resources;
  }
  let left = resources;
  for (const document of documents as Json[]) {
    const own = document as { apiVersion?: string; kind?: string; metadata?: { name?: string; namespace?: string } };
    const meant = target
      ? selected(left, target)
      : left.filter(({ object, formerNames }) => object.kind === own.kind && object.apiVersion === own.apiVersion && (object.metadata.name === own.metadata?.name || formerNames.includes(own.metadata?.name ?? '')) && (own.metadata?.namespace === undefined || own.metadata.namespace === object.metadata.namespace));
    if (meant.length === 0 && !target) throw new KubectlError(`no resource matches strategic merge patch "${own.kind}.${versionAndGroup(own.apiVersion)}/${own.metadata?.name}.${own.metadata?.namespace ?? '[noNs]'}": no matches for Id ${own.kind}.${versionAndGroup(own.apiVersion)}/${own.metadata?.name}.${own.metadata?.namespace ?? '[noNs]'}; failed to find unique target for patch ${own.kind}.${versionAndGroup(own.apiVersion)}/${own.metadata?.name}.${own.metadata?.namespace ?? '[noNs]'}`);
    for (const resource of meant) {
      if ((document as { $patch?: string }).$patch === 'delete') {
        left = left.filter((other) => other !== resource);
        continue;
      }
      const { object } = resource;
      const merged = (schemaFor(object.apiVersion, object.kind) ? applyStrategicPatch(object, document, object.apiVersion, object.kind) : applyMergePatch(object, document)) as Resource['object'];
      // With a target, the patch's own name and kind are only there to make it readable.
      if (!options?.allowNameChange) merged.metadata = { ...merged.metadata, name: object.metadata.name };
      if (!options?.allowKindChange) merged.kind = object.kind;
      resource.object = merged;
    }
  }
  return left;
}

function operationsOf(documents: readonly unknown[]): Operation[] | undefined {
  const [first] = documents;
  return Array.isArray(first) ? (first as Operation[]) : undefined;
}

/** `v1.apps`, `v1.[noGrp]`. */
function versionAndGroup(apiVersion = ''): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['[noGrp]', apiVersion];
  return `${version}.${group}`;
}

function selected(resources: readonly Resource[], target: Selector): Resource[] {
  const whole = (pattern: string | undefined, values: readonly string[]): boolean => pattern === undefined || pattern === '' || values.some((value) => new RegExp(`^(?:${pattern})$`).test(value));
  const labels = (selector: string | undefined, of: Record<string, string> | undefined): boolean => !selector || matchesLabels(parseLabelSelector(selector), of ?? {});
  return resources.filter(({ object, formerNames }) => {
    const [group, version] = object.apiVersion.includes('/') ? (object.apiVersion.split('/') as [string, string]) : ['', object.apiVersion];
    return (
      (target.group === undefined || target.group === '' || target.group === group) &&
      (target.version === undefined || target.version === '' || target.version === version) &&
      whole(target.kind, [object.kind]) &&
      whole(target.name, [object.metadata.name, ...formerNames]) &&
      whole(target.namespace, [object.metadata.namespace ?? 'default']) &&
      labels(target.labelSelector, object.metadata.labels) &&
      labels(target.annotationSelector, object.metadata.annotations)
    );
  });
}
