import { structuredPatch } from 'diff';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { FILE_FLAGS, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { errorText, KubectlError, throwAll } from '../framework/errors.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { toYaml } from '../printers/yaml.ts';
import { applyPatchFor } from './apply.ts';
import { LAST_APPLIED, type Json } from './create/common.ts';

/** An object as diff shows it: without the record of who wrote which field. */
function shown(object: KubeObject | undefined): string {
  if (!object) return '';
  const { managedFields: _fields, ...metadata } = object.metadata as KubeObject['metadata'] & { managedFields?: unknown };
  return toYaml({ ...object, metadata });
}

/** The two directories that kubectl hands to the diff program. */
interface Directories {
  live: string;
  merged: string;
  /** When the files were written, as diff prints it. */
  time: string;
}

function directories(now: number): Directories {
  const suffix = (salt: number): string => String(1_000_000_000 + ((now * 2_654_435_761 + salt) % 3_000_000_000));
  return { live: `/tmp/LIVE-${suffix(1)}`, merged: `/tmp/MERGED-${suffix(7_919)}`, time: `${new Date(now).toISOString().slice(0, 23).replace('T', ' ')}000000 +0000` };
}

function unified(name: string, before: string, after: string, { live, merged, time }: Directories): string {
  const { hunks } = structuredPatch(name, name, before, after, '', '', { context: 3 });
  if (hunks.length === 0) return '';
  const body = hunks.map((hunk) => `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@\n${hunk.lines.filter((line) => !line.startsWith('\\')).map((line) => `${line}\n`).join('')}`).join('');
  return `diff -u -N ${live}/${name} ${merged}/${name}\n--- ${live}/${name}\t${time}\n+++ ${merged}/${name}\t${time}\n${body}`;
}

function range(start: number, lines: number): string {
  return lines === 1 ? String(start) : `${lines === 0 ? start - (start > 0 ? 1 : 0) : start},${lines}`;
}

/** Exit code when there is no answer, as diff has it: 1 says that there are differences. */
const TROUBLE = 2;

export const diff: KubectlCommand = {
  name: 'diff',
  summary: 'Diff the live version against a would-be applied version',
  usage: '-f FILENAME',
  flags: [...FILE_FLAGS, ...SELECTOR_FLAGS, { name: 'server-side', type: 'bool' }, { name: 'force-conflicts', type: 'bool' }, { name: 'field-manager', type: 'string', default: 'kubectl-client-side-apply' }, { name: 'prune', type: 'bool' }],
  async run(kubectl) {
    try {
      return await differences(kubectl);
    } catch (error) {
      const text = errorText(error);
      kubectl.err(text.endsWith('\n') ? text : `${text}\n`);
      return TROUBLE;
    }
  },
};

/** Prints what differs. @returns 1 when something does. */
async function differences(kubectl: Kubectl): Promise<number> {
  if (!kubectl.flags.given('filename')) throw new KubectlError('must specify one of -f and -k');
  const { manifests, errors } = await readManifests(kubectl, kubectl.flags.list('filename'), kubectl.flags.bool('recursive'));
  throwAll(errors);
  const files: { name: string; text: string }[] = [];
  const where = directories(kubectl.now);
  for (const manifest of manifests) {
    const mapped = await mapManifest(kubectl, manifest, true);
    const { resource, namespace, name, object } = mapped;
    const live = await kubectl.client.find(resource, namespace, name);
    // The record of what was applied is not itself a difference: it stays as it is.
    const recorded = live?.metadata.annotations?.[LAST_APPLIED];
    const metadata = object.metadata as Json;
    const modified = { ...object, metadata: recorded === undefined ? metadata : { ...metadata, annotations: { ...(metadata.annotations as Json | undefined), [LAST_APPLIED]: recorded } } } as Json;
    let merged: KubeObject;
    const options = { dryRun: true, fieldManager: kubectl.flags.string('field-manager') };
    if (!live) merged = await kubectl.client.create(resource, namespace, modified, options);
    else {
      const { type, patch } = applyPatchFor(live, modified);
      merged = await kubectl.client.patch(resource, namespace, name, type, patch, options);
    }
    const group = resource.group ? `${resource.group}.` : '.';
    const file = `${group.replace(/^\.$/, '')}${resource.version}.${resource.kind}.${namespace ?? ''}.${name}`;
    files.push({ name: file, text: unified(file, shown(live), shown(merged), where) });
  }
  // The diff program goes through the directories by file name.
  files.sort((x, y) => (x.name < y.name ? -1 : 1));
  for (const { text } of files) kubectl.out(text);
  return files.some(({ text }) => text !== '') ? 1 : 0;
}
