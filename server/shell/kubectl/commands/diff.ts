import { structuredPatch } from 'diff';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { FILE_FLAGS, SELECTOR_FLAGS, type KubectlCommand } from '../framework/command.ts';
import { ServerError, throwAll, UsageError } from '../framework/errors.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { toYaml } from '../printers/yaml.ts';
import { applyPatchFor } from './apply.ts';
import { withLastApplied, type Json } from './create/common.ts';

/** An object as diff shows it: without what only the server writes into every version. */
function shown(object: KubeObject | undefined): string {
  if (!object) return '';
  const { managedFields: _fields, ...metadata } = object.metadata as KubeObject['metadata'] & { managedFields?: unknown };
  const annotations = { ...metadata.annotations };
  delete annotations['kubectl.kubernetes.io/last-applied-configuration'];
  const { annotations: _before, ...rest } = metadata;
  return toYaml({ ...object, metadata: Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest });
}

function unified(name: string, before: string, after: string): string {
  const { hunks } = structuredPatch(name, name, before, after, '', '', { context: 3 });
  if (hunks.length === 0) return '';
  const body = hunks.map((hunk) => `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@\n${hunk.lines.filter((line) => !line.startsWith('\\')).map((line) => `${line}\n`).join('')}`).join('');
  return `diff -u -N /tmp/LIVE/${name} /tmp/MERGED/${name}\n--- /tmp/LIVE/${name}\n+++ /tmp/MERGED/${name}\n${body}`;
}

function range(start: number, lines: number): string {
  return lines === 1 ? String(start) : `${lines === 0 ? start - (start > 0 ? 1 : 0) : start},${lines}`;
}

export const diff: KubectlCommand = {
  name: 'diff',
  summary: 'Diff the live version against a would-be applied version',
  usage: '-f FILENAME',
  flags: [...FILE_FLAGS, ...SELECTOR_FLAGS, { name: 'server-side', type: 'bool' }, { name: 'force-conflicts', type: 'bool' }, { name: 'field-manager', type: 'string', default: 'kubectl-client-side-apply' }, { name: 'prune', type: 'bool' }],
  async run(kubectl) {
    if (!kubectl.flags.given('filename')) throw new UsageError('must specify one of -f and -k');
    const { manifests, errors } = await readManifests(kubectl, kubectl.flags.list('filename'), kubectl.flags.bool('recursive'));
    throwAll(errors);
    let differs = false;
    for (const manifest of manifests) {
      const mapped = await mapManifest(kubectl, manifest, true);
      const { resource, namespace, name, object } = mapped;
      const live = await kubectl.client.find(resource, namespace, name);
      const modified = withLastApplied(object as Json);
      let merged: KubeObject;
      try {
        if (!live) merged = await kubectl.client.create(resource, namespace, modified, { dryRun: true, fieldManager: kubectl.flags.string('field-manager') });
        else {
          const { type, patch } = applyPatchFor(live, modified);
          merged = await kubectl.client.patch(resource, namespace, name, type, patch, { dryRun: true, fieldManager: kubectl.flags.string('field-manager') });
        }
      } catch (error) {
        throw error instanceof ServerError ? error : error;
      }
      const group = resource.group ? `${resource.group}.` : '.';
      const file = `${group.replace(/^\.$/, '')}${resource.version}.${resource.kind}.${namespace ?? ''}.${name}`;
      const text = unified(file, shown(live), shown(merged));
      if (text) differs = true;
      kubectl.out(text);
    }
    return differs ? 1 : 0;
  },
};
