import type { KubectlCommand } from '../framework/command.ts';
import { KubectlError, UsageError } from '../framework/errors.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

/** The terminal completes by itself; what `source <(kubectl completion bash)` gets is a script that says so and does no harm. */
const BASH = `# bash completion for kubectl                               -*- shell-script -*-
# The Tab key of this terminal knows kubectl without this script: commands, flags, resources, names, namespaces, containers.
# It also looks through aliases, so that alias k=kubectl needs no line of its own.
__start_kubectl() {
    return 0
}
complete -o default -F __start_kubectl kubectl
`;

export const completion: KubectlCommand = {
  name: 'completion',
  summary: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  usage: 'SHELL',
  async run(kubectl) {
    const [shell] = kubectl.args;
    if (shell === undefined) throw new UsageError('Shell not specified.');
    if (kubectl.args.length > 1) throw new UsageError('Too many arguments. Expected only the shell type.');
    if (!SHELLS.includes(shell)) throw new UsageError(`Unsupported shell type ${JSON.stringify(shell)}.`);
    if (shell !== 'bash') throw new KubectlError(`this terminal runs bash; kubectl completion ${shell} is not supported in Quorum`);
    kubectl.out(BASH);
  },
};
