/** Checks of what a fault is aimed at. */
import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { CONTROL_PLANE_NODE } from '../config.ts';
import { FaultError } from './types.ts';

/** @throws FaultError unless such a machine is part of the cluster. */
export function requireNode(cluster: Cluster, name: string): void {
  if (!cluster.nodeNames().includes(name)) throw new FaultError(name ? `there is no node "${name}"` : 'this fault needs the name of a node');
}

/** @throws FaultError unless it is a machine that can be cut off from a control plane: the only one cannot be cut off from itself. */
export function requireWorker(cluster: Cluster, name: string): void {
  requireNode(cluster, name);
  if (name === CONTROL_PLANE_NODE && cluster.environment.controlPlanes().length === 1) throw new FaultError('the control-plane node cannot be cut off from itself');
}

/** @param target `name`, `namespace/name` or `pod/name`. @throws FaultError unless such a pod exists. */
export function requirePod(cluster: Cluster, target: string): KubeObject {
  const plain = target.replace(/^pods?\//, '');
  const [namespace, name] = plain.includes('/') ? (plain.split('/', 2) as [string, string]) : ['default', plain];
  const pod = cluster.store.get('pods', `${namespace}/${name}`);
  if (!pod) throw new FaultError(plain ? `there is no pod "${name}" in namespace "${namespace}"` : 'this fault needs the name of a pod');
  return pod;
}
