import { PlainError, UsageError } from '../framework/errors.ts';
import type { KubectlCommand } from '../framework/command.ts';
import { build } from '../kustomize/build.ts';
import { toYaml } from '../printers/yaml.ts';

export const kustomize: KubectlCommand = {
  name: 'kustomize',
  summary: 'Build a kustomization target from a directory or URL',
  usage: 'DIR',
  flags: [{ name: 'output', short: 'o', type: 'string' }],
  async run(kubectl) {
    if (kubectl.args.length > 1) throw new UsageError('specify one path to kustomization.yaml');
    const directory = kubectl.absolute(kubectl.args[0] ?? '.');
    if (!kubectl.context.files.isDirectory(directory)) throw new PlainError(`error: must build at directory: not a valid directory: evalsymlink failure on '${kubectl.args[0] ?? '.'}' : lstat ${directory}: no such file or directory`);
    const objects = await build(directory, { files: kubectl.context.files, warn: (text) => kubectl.err(`${text}\n`) });
    const text = objects.map((object) => toYaml(object)).join('---\n');
    const output = kubectl.flags.string('output');
    if (output === '') return kubectl.out(text);
    const path = kubectl.absolute(output);
    kubectl.context.files.write(kubectl.context.files.isDirectory(path) ? `${path}/kustomized.yaml` : path, text);
  },
};
