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

export const certificate = notYet('certificate', 'Modify certificate resources');
export const debug = notYet('debug', 'Create debugging sessions for troubleshooting workloads and nodes');
export const completion = notYet('completion', 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)');
export const kuberc = notYet('kuberc', 'Manage kuberc configuration files');
export const plugin = notYet('plugin', 'Provides utilities for interacting with plugins');

export const cp: KubectlCommand = {
  name: 'cp',
  summary: 'Copy files and directories to and from containers',
  usage: '<file-spec-src> <file-spec-dest>',
  flags: [{ name: 'container', short: 'c', type: 'string' }, { name: 'no-preserve', type: 'bool' }, { name: 'retries', type: 'int' }],
  async run(kubectl) {
    if (kubectl.args.length !== 2) throw new KubectlError('source and destination are required');
    if (!kubectl.args.some((arg) => arg.includes(':'))) throw new KubectlError('one of src or dest must be a remote file specification');
    throw new KubectlError('kubectl cp is not supported yet in Quorum');
  },
};
