/** Commands that kubectl has and Quorum has not yet: each says so instead of pretending. */
import type { KubectlCommand } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';

function notYet(name: string, summary: string): KubectlCommand {
  return {
    name,
    summary,
    run: () => Promise.reject(new KubectlError(`kubectl ${name} is not supported yet in Quorum`)),
  };
}

export const kuberc = notYet('kuberc', 'Manage kuberc configuration files');
