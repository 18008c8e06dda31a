/** `kubectl edit`: opens an object in an editor and sends what was changed. */
import { parseDocument } from 'yaml';
import { createTwoWayStrategicPatch } from '../../../simulation/apiserver/patch/strategic-merge.ts';
import { schemaFor } from '../../../simulation/apiserver/schema.ts';
import { shownName } from '../framework/client.ts';
import { FILE_FLAGS, PRINT_FLAGS, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError, throwAll } from '../framework/errors.ts';
import { NOTHING_NAMED, type Found } from '../framework/resources.ts';
import { withoutManagedFields } from '../printers/output.ts';
import { toYaml } from '../printers/yaml.ts';
import { chosen, MERGE, STRATEGIC } from './change.ts';
import type { Json } from './create/common.ts';

export const edit: KubectlCommand = {
  name: 'edit',
  summary: 'Edit a resource on the server',
  usage: '(RESOURCE/NAME | -f FILENAME)',
  flags: [...FILE_FLAGS, ...SELECTOR_FLAGS, ...PRINT_FLAGS, { name: 'validate', type: 'string', default: 'strict' }, { name: 'field-manager', type: 'string', default: 'kubectl-edit' }],
  async run(kubectl) {
    if (kubectl.args.length === 0 && !kubectl.flags.given('filename')) throw new KubectlError(NOTHING_NAMED);
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
    if (edited === original || edited === text) return kubectl.err('Edit cancelled, no changes made.\n');
    const document = parseDocument(plain);
    if (document.errors[0]) {
      text = `# ${document.errors[0].message.split('\n')[0]}\n${edited}`;
      continue;
    }
    const modified = document.toJS() as Json;
    const patchBody = createTwoWayStrategicPatch(object as unknown as Json, modified, object.apiVersion, object.kind);
    if (Object.keys(patchBody).length === 0) return kubectl.err('Edit cancelled, no changes made.\n');
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
