/** A cluster of three control-plane machines, as `minikube start --ha` builds it. */
import { Cluster, SETTLE_MS } from '../cluster.ts';
import type { ClusterConfig } from '../config.ts';

const JOIN_MS = 30_000;

export function highlyAvailable(config: ClusterConfig): Cluster {
  const cluster = Cluster.create(config);
  let sequence = 0;
  const operation = (name: string, args: Record<string, unknown>, milliseconds: number): void => {
    cluster.apply({ kind: 'operation', request: { name, args } }, ++sequence);
    cluster.advance(cluster.now + milliseconds);
  };
  operation('minikube.delete', {}, 0);
  operation('minikube.start', { ha: true }, SETTLE_MS);
  for (const name of ['control-plane-2', 'control-plane-3']) operation('node.join', { name, controlPlane: true }, JOIN_MS);
  return cluster;
}
