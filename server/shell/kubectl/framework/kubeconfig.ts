/** The terminal's kubeconfig: one cluster, contexts that a person may add, the namespace in use. Lives as long as the terminal. */
import type { ShellSession } from '../../types.ts';

export interface Context {
  cluster: string;
  user: string;
  namespace?: string;
}

export interface Kubeconfig {
  clusters: Map<string, { server: string }>;
  contexts: Map<string, Context>;
  users: Map<string, Record<string, string>>;
  current: string;
}

/** Where the API server is, as clients see it. */
export const SERVER = 'https://192.168.49.2:6443';
const CLUSTER = 'quorum';
const USER = 'kubernetes-admin';

const configs = new WeakMap<ShellSession, Kubeconfig>();

/** The kubeconfig of a terminal, made when first asked for. */
export function kubeconfigOf(session: ShellSession): Kubeconfig {
  let config = configs.get(session);
  if (!config) {
    const name = `${USER}@${CLUSTER}`;
    config = { clusters: new Map([[CLUSTER, { server: SERVER }]]), contexts: new Map([[name, { cluster: CLUSTER, user: USER }]]), users: new Map([[USER, {}]]), current: name };
    configs.set(session, config);
  }
  return config;
}

/** Namespace of the current context. */
export function currentNamespace(config: Kubeconfig): string {
  return config.contexts.get(config.current)?.namespace ?? 'default';
}
