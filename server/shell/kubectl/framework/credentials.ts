/** Which context, user and credentials of the kubeconfig a command works with (`k8s.io/client-go/tools/clientcmd`). */
import type { Bearing } from '../../types.ts';
import type { Flags } from './flags.ts';
import type { Context, Kubeconfig } from './kubeconfig.ts';

export interface InForce {
  context: Context | undefined;
  who: Bearing;
}

/**
 * @param own names of flags that the command has itself.
 * @param username whose certificate the terminal has; it counts more than any token, as to a real API server.
 */
export function inForce(flags: Flags, own: ReadonlySet<string>, config: Kubeconfig, username: string): InForce {
  const given = (name: string): string | undefined => (!own.has(name) && flags.has(name) && flags.given(name) ? flags.string(name) : undefined);
  const context = config.contexts.get(given('context') ?? config.current);
  const user = given('user') ?? context?.user ?? '';
  const acting = { username: given('as') ?? '', groups: !own.has('as-group') && flags.has('as-group') ? flags.list('as-group') : [] };
  const impersonate = acting.username !== '' || acting.groups.length > 0 ? { impersonate: acting } : {};
  // Other certificates than the terminal's own nobody has signed: whoever shows one is nobody.
  const bearer = user === username && config.users.has(user) ? {} : { bearer: given('token') ?? config.users.get(user)?.token ?? '' };
  return { context, who: { ...impersonate, ...bearer } };
}
