/** The commands of a terminal. A new command is one file and one line here. */
import { curl } from './commands/curl.ts';
import { kubectl } from './kubectl/kubectl.ts';
import { kubeadm } from './commands/kubeadm/command.ts';
import { minikube } from './commands/minikube/command.ts';
import { quorum } from './commands/quorum.ts';
import { ssh } from './commands/ssh.ts';
import { coreutils } from './tools/coreutils.ts';
import { grepTools } from './tools/grep.ts';
import { openssl } from './tools/openssl/openssl.ts';
import { sed } from './tools/sed.ts';
import { systemTools } from './tools/system.ts';
import { textTools } from './tools/text.ts';
import { timeTools } from './tools/time.ts';
import type { Command } from './types.ts';

const all: Command[] = [curl, kubectl, kubeadm, minikube, quorum, ssh, openssl, ...coreutils, ...grepTools, sed, ...systemTools, ...textTools, ...timeTools];

export const commands: ReadonlyMap<string, Command> = new Map(all.map((command) => [command.name, command]));
