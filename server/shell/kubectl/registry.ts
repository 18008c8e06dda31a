/** kubectl's commands. One line a command; `groups` is the order of the root help page. */
import { apiResources, apiVersions, clusterInfo, options, version } from './commands/about.ts';
import { apply } from './commands/apply.ts';
import { auth } from './commands/auth.ts';
import { annotate, label, patch, replace, scale } from './commands/change.ts';
import { autoscale } from './commands/autoscale.ts';
import { certificate } from './commands/certificate.ts';
import { completion } from './commands/completion.ts';
import { config } from './commands/config.ts';
import { cp } from './commands/cp.ts';
import { create } from './commands/create/command.ts';
import { debug } from './commands/debug.ts';
import { deleteCommand } from './commands/delete.ts';
import { describe } from './commands/describe.ts';
import { diff } from './commands/diff.ts';
import { edit } from './commands/edit.ts';
import { events } from './commands/events.ts';
import { attach, exec } from './commands/exec.ts';
import { explain } from './commands/explain.ts';
import { expose } from './commands/expose.ts';
import { get } from './commands/get.ts';
import { kustomize } from './commands/kustomize.ts';
import { logs } from './commands/logs.ts';
import { cordon, drain, taint, uncordon } from './commands/nodes.ts';
import { rollout } from './commands/rollout.ts';
import { run } from './commands/run.ts';
import { set } from './commands/set.ts';
import { top } from './commands/top.ts';
import { plugin } from './commands/plugin.ts';
import { portForward, proxy } from './commands/tunnels.ts';
import { kuberc } from './commands/unsupported.ts';
import { wait } from './commands/wait.ts';
import type { KubectlCommand } from './framework/command.ts';

export const commands: readonly KubectlCommand[] = [
  annotate, apiResources, apiVersions, apply, attach, auth, autoscale, certificate, clusterInfo, completion, config, cordon, cp, create, debug, deleteCommand, describe, diff, drain, edit,
  events, exec, explain, expose, get, kuberc, kustomize, label, logs, options, patch, plugin, portForward, proxy, replace, rollout, run, scale, set, taint, top, uncordon, version, wait,
];

export const groups: readonly { title: string; names: readonly string[] }[] = [
  { title: 'Basic Commands (Beginner)', names: ['create', 'expose', 'run', 'set'] },
  { title: 'Basic Commands (Intermediate)', names: ['explain', 'get', 'edit', 'delete'] },
  { title: 'Deploy Commands', names: ['rollout', 'scale', 'autoscale'] },
  { title: 'Cluster Management Commands', names: ['certificate', 'cluster-info', 'top', 'cordon', 'uncordon', 'drain', 'taint'] },
  { title: 'Troubleshooting and Debugging Commands', names: ['describe', 'logs', 'attach', 'exec', 'port-forward', 'proxy', 'cp', 'auth', 'debug', 'events'] },
  { title: 'Advanced Commands', names: ['diff', 'apply', 'patch', 'replace', 'wait', 'kustomize'] },
  { title: 'Settings Commands', names: ['label', 'annotate', 'completion'] },
  { title: 'Other Commands', names: ['api-resources', 'api-versions', 'config', 'kuberc', 'plugin', 'version'] },
];
