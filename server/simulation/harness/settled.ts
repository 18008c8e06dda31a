/**
 * Clusters for tests that begin where setting up has ended. Of each configuration one is set up in a test file, and every
 * test gets its own, restored from what that one was: a tenth of the work. That a restored cluster goes on as the one it
 * was taken from is what cluster.property.test.ts proves.
 */
import { Cluster, SETTLE_MS } from '../cluster.ts';
import type { ClusterConfig } from '../config.ts';
import type { Snapshot } from '../kernel/kernel.ts';

const snapshots = new Map<(config: ClusterConfig) => Cluster, Map<string, Snapshot>>();

/** @param setUp how the cluster comes to be; one function is one kind of cluster. */
export function settledCluster(config: ClusterConfig, setUp: (config: ClusterConfig) => Cluster = minikube): Cluster {
  let known = snapshots.get(setUp);
  if (!known) snapshots.set(setUp, (known = new Map<string, Snapshot>()));
  const key = JSON.stringify(config);
  let snapshot = known.get(key);
  if (!snapshot) known.set(key, (snapshot = setUp(config).snapshot()));
  return Cluster.restore(config, snapshot);
}

function minikube(config: ClusterConfig): Cluster {
  const cluster = Cluster.create(config);
  cluster.advance(config.startTime + SETTLE_MS);
  return cluster;
}
