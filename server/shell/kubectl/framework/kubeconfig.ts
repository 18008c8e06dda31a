/**
 * The terminal's kubeconfig: one cluster, the person's user, contexts that a person may add, the namespace in use. Lives as
 * long as the terminal; its first context follows who the person is and which namespace an instructor has given it.
 */
import type { Identity, ShellHost, ShellSession } from '../../types.ts';

export interface Context {
  cluster: string;
  user: string;
  namespace?: string;
}

export interface Kubeconfig {
  clusters: Map<string, Record<string, string> & { server: string }>;
  contexts: Map<string, Context>;
  users: Map<string, Record<string, string>>;
  current: string;
}

export const CLUSTER = 'quorum';

const configs = new WeakMap<ShellSession, { config: Kubeconfig; identity: Identity }>();

function fresh({ username, namespace, server }: Identity): Kubeconfig {
  const name = `${username}@${CLUSTER}`;
  const context = { cluster: CLUSTER, user: username, ...(namespace === undefined ? {} : { namespace }) };
  return { clusters: new Map([[CLUSTER, { server: `https://${server}` }]]), contexts: new Map([[name, context]]), users: new Map([[username, {}]]), current: name };
}

/** The kubeconfig of a terminal, made when first asked for, and anew for somebody who has become another user. */
export function kubeconfigOf({ session, host }: { session: ShellSession; host: Pick<ShellHost, 'identity'> }): Kubeconfig {
  const identity = host.identity();
  const known = configs.get(session);
  if (!known || known.identity.username !== identity.username) {
    const config = fresh(identity);
    configs.set(session, { config, identity });
    return config;
  }
  const { config } = known;
  const own = config.contexts.get(`${identity.username}@${CLUSTER}`);
  // Who has chosen another namespace keeps it.
  if (own && own.namespace === known.identity.namespace) {
    if (identity.namespace === undefined) delete own.namespace;
    else own.namespace = identity.namespace;
  }
  // A cluster that was built anew can have another address.
  const cluster = config.clusters.get(CLUSTER);
  if (cluster?.server === `https://${known.identity.server}`) cluster.server = `https://${identity.server}`;
  known.identity = identity;
  return config;
}

/** Where the API server of the current context is, as a URL. */
export function currentServer(config: Kubeconfig): string {
  return config.clusters.get(config.contexts.get(config.current)?.cluster ?? '')?.server ?? '';
}

/** Namespace of the current context. */
export function currentNamespace(config: Kubeconfig): string {
  return config.contexts.get(config.current)?.namespace ?? 'default';
}
