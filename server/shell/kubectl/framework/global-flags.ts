/** What the flags of every command must be: checked before a command begins, as building a client configuration does. */
import { KubectlError, PlainError } from './errors.ts';
import type { Flags } from './flags.ts';
import type { Kubeconfig } from './kubeconfig.ts';

/** Seconds, or a whole number with a unit. */
const TIMEOUT = /^(\d+|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$/;

/** @param own names of flags that the command has itself, and that mean something else to it. @throws KubectlError */
export function checkGlobalFlags(flags: Flags, own: ReadonlySet<string>, config: Kubeconfig, username: string): void {
  const given = (name: string): string | undefined => (!own.has(name) && flags.given(name) ? flags.string(name) : undefined);
  const file = given('kubeconfig');
  if (file) throw new KubectlError(`stat ${file}: no such file or directory`);
  const context = given('context');
  if (context && !config.contexts.has(context)) throw new PlainError(`Error in configuration: context was not found for specified context: ${context}`);
  const cluster = given('cluster');
  if (cluster && !config.clusters.has(cluster)) throw new KubectlError(`no server found for cluster "${cluster}"`);
  const user = given('user');
  if (user && !config.users.has(user)) throw new KubectlError(`auth info "${user}" does not exist`);
  const timeout = given('request-timeout');
  if (timeout && !TIMEOUT.test(timeout)) throw new KubectlError('Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)');
  if (!given('as') && flags.list('as-group').length > 0) throw new KubectlError(`requesting uid, groups or user-extra for ${username} without impersonating a user`);
}
