/** Which context, user and credentials of the kubeconfig a command works with (`k8s.io/client-go/tools/clientcmd`). */
import type { Bearing } from '../../types.ts';
import { clientCertificate, hasClientCertificate } from './client-certificate.ts';
import type { Flags } from './flags.ts';
import type { Context, Kubeconfig } from './kubeconfig.ts';

export interface InForce {
  context: Context | undefined;
  /** As whom requests are made, read when the first one is; undefined: simply as the terminal's user. @throws KubectlError */
  bearing: (() => Bearing) | undefined;
}

/**
 * @param own names of flags that the command has itself.
 * @param username whose certificate the terminal has; it counts more than any token, as to a real API server.
 * @param read the text of a file, as the kubeconfig names it.
 */
export function inForce(flags: Flags, own: ReadonlySet<string>, config: Kubeconfig, username: string, read: (path: string) => string | undefined): InForce {
  const given = (name: string): string | undefined => (!own.has(name) && flags.has(name) && flags.given(name) ? flags.string(name) : undefined);
  const context = config.contexts.get(given('context') ?? config.current);
  const name = given('user') ?? context?.user ?? '';
  const acting = { username: given('as') ?? '', groups: !own.has('as-group') && flags.has('as-group') ? flags.list('as-group') : [] };
  const impersonates = acting.username !== '' || acting.groups.length > 0;
  const impersonate = impersonates ? { impersonate: acting } : {};
  const user = withFlags(config.users.get(name) ?? {}, given);
  if (name === username && config.users.has(name) && !hasClientCertificate(user)) return { context, bearing: impersonates ? () => impersonate : undefined };
  let bearing: Bearing | undefined;
  return {
    context,
    bearing: () => (bearing ??= { ...impersonate, credentials: { ...(hasClientCertificate(user) ? { certificate: clientCertificate(name, user, read) } : {}), ...(user.token ? { bearer: user.token } : {}) } }),
  };
}

/** Files that flags name take the place of what the kubeconfig has. */
function withFlags(user: Readonly<Record<string, string>>, given: (name: string) => string | undefined): Record<string, string> {
  const result = { ...user };
  for (const name of ['client-certificate', 'client-key', 'token']) {
    const value = given(name);
    if (value === undefined) continue;
    delete result[`${name}-data`];
    result[name] = value;
  }
  return result;
}
