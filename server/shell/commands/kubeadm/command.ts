/** `kubeadm`: what of it makes sense on simulated machines. A subcommand is a file and a line here. */
import type { Command } from '../../types.ts';
import type { Subcommand } from './common.ts';
import { VERSION } from './common.ts';
import { images } from './images.ts';
import { init } from './init.ts';
import { join } from './join.ts';
import { reset } from './reset.ts';
import { token } from './token.ts';

const version: Subcommand = async (context, args) => {
  context.stdout.write(args.some((arg) => arg.endsWith('short')) ? `${VERSION}\n` : `kubeadm version: ${VERSION}\n`);
  return 0;
};

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = { config: images, init, join, reset, token, version };

const USAGE = `Usage:
  kubeadm init [--control-plane-endpoint HOST:PORT --upload-certs]
  kubeadm init phase upload-certs --upload-certs
  kubeadm join HOST:PORT --token TOKEN --discovery-token-ca-cert-hash HASH [--node-name NAME] [--control-plane --certificate-key KEY]
  kubeadm reset --force
  kubeadm token create|delete|generate|list
  kubeadm config images list
  kubeadm version
`;

/** @param machine the machine whose shell this is; undefined for a participant's own. */
export function kubeadmOn(machine: string | undefined): Command {
  return {
    name: 'kubeadm',
    summary: 'join machines and hand out tokens',
    async run(context) {
      const [verb, ...args] = context.args;
      const subcommand = verb === undefined ? undefined : SUBCOMMANDS[verb];
      if (!subcommand) {
        if (verb === undefined || verb === '--help' || verb === '-h' || verb === 'help') {
          context.stdout.write(USAGE);
          return 0;
        }
        context.stderr.write(`error: kubeadm ${verb} is not supported yet in Quorum\n${USAGE}`);
        return 1;
      }
      try {
        return await subcommand(context, args, machine);
      } catch (error) {
        if (context.signal.aborted) return 130;
        context.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTo see the stack trace of this error execute with --v=5 or higher\n`);
        return 1;
      }
    },
    complete: async (words) => (words.length <= 2 ? Object.keys(SUBCOMMANDS) : words[1] === 'token' && words.length === 3 ? ['create', 'delete', 'generate', 'list'] : words[2] === 'create' ? ['--print-join-command'] : []),
  };
}

export const kubeadm = kubeadmOn(undefined);
