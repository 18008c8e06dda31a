/** Who a write comes from: the program, where it is on the map, and for clients the person. */
import type { WriteRow } from '../../../server/rooms/projection/types.ts';
import { HUB, NODE_STATION } from './routes.ts';

export type ActorKind = 'client' | 'apiserver' | 'scheduler' | 'controller' | 'kubelet' | 'agent';

export interface Actor {
  kind: ActorKind;
  /** Name of the program, as Kubernetes calls it: `deployment-controller`, `kubelet`. */
  program: string;
  /** Node of a kubelet or another program that runs on every node. */
  node?: string;
  /** Station of the map; see routes.ts. */
  station: string;
}

/** Programs outside the cluster that come without a user name behind them. */
const CLIENTS = new Set(['minikube', 'kubeadm', 'kubectl', 'client']);

/** @param writer as in WriteRow: `kubectl kubernetes-admin`, `deployment-controller`, `kubelet worker-1`. */
export function actorOf({ writer }: Pick<WriteRow, 'writer'>): Actor {
  const space = writer.indexOf(' ');
  const program = space < 0 ? writer : writer.slice(0, space);
  const rest = space < 0 ? '' : writer.slice(space + 1);
  switch (program) {
    case 'kube-apiserver':
      return { kind: 'apiserver', program, station: HUB };
    case 'kube-scheduler':
      return { kind: 'scheduler', program, station: 'kube-scheduler' };
    case 'kubelet':
      return { kind: 'kubelet', program, node: rest, station: `${NODE_STATION}${rest}` };
    case 'kube-proxy':
    case 'coredns':
    case 'ingress-nginx':
      return { kind: 'agent', program, node: rest, station: `${NODE_STATION}${rest}` };
  }
  if (rest !== '' || CLIENTS.has(program)) return { kind: 'client', program: program === 'client' ? 'kubectl' : program, station: 'kubectl' };
  return { kind: 'controller', program, station: 'kube-controller-manager' };
}

/** Who waits for news of such objects, by station: they are told by the API server right after the write. The writer itself is left out for pods. */
export function watchersOf(write: WriteRow, nodes: readonly string[]): string[] {
  const { resource, node } = write;
  const writer = actorOf(write);
  switch (resource) {
    case 'pods': {
      const found: string[] = [];
      if (node === undefined) found.push('kube-scheduler');
      else if (writer.node !== node) found.push(`${NODE_STATION}${node}`);
      // Controllers look at what pods become, not at what they themselves just made of them.
      if (writer.kind !== 'controller' && write.change?.kind !== 'bound') found.push('kube-controller-manager');
      return found;
    }
    case 'services':
    case 'endpointslices.discovery.k8s.io':
      return [...nodes.map((name) => `${NODE_STATION}${name}`), ...(resource === 'services' ? ['kube-controller-manager'] : [])];
    case 'nodes':
      return ['kube-scheduler', ...(writer.kind === 'controller' ? [] : ['kube-controller-manager'])];
    case 'deployments.apps':
    case 'replicasets.apps':
    case 'statefulsets.apps':
    case 'daemonsets.apps':
    case 'jobs.batch':
    case 'namespaces':
    case 'serviceaccounts':
      return ['kube-controller-manager'];
    default:
      return [];
  }
}
