import { POD_CIDR_PREFIX, workerNode } from '../config.ts';
import type { Operation } from './types.ts';
import { stringArgument } from './types.ts';

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** The pod network has 254 node subnets. */
const MAX_NODES = 254;

/** A new machine runs `kubeadm join`: its kubelet starts and registers. */
export const joinNode = {
  name: 'node.join',
  changes: true,
  run(cluster, args) {
    const name = stringArgument(args, 'name');
    if (!NAME.test(name)) throw new Error(`"${name}" is not a valid host name`);
    if (cluster.state.resetNodes.has(name)) {
      cluster.rejoin(name, args.controlPlane === true);
      return { name };
    }
    if (cluster.nodeNames().includes(name)) throw new Error(`a machine named "${name}" has joined already`);
    if (cluster.nodeNames().length >= MAX_NODES) throw new Error(`the pod network ${POD_CIDR_PREFIX}.0.0/16 has room for ${MAX_NODES} nodes`);
    if (args.controlPlane === true) {
      if (cluster.environment.state.controlPlaneEndpoint === undefined) throw new Error('the cluster has no stable controlPlaneEndpoint address');
      if (!cluster.environment.etcdHasQuorum()) throw new Error('etcdserver: request timed out');
      cluster.addNode({ ...workerNode(name), role: 'control-plane' });
    } else cluster.addNode(workerNode(name));
    return { name };
  },
} satisfies Operation;

/** `kubeadm reset` on a machine. */
export const resetNode = {
  name: 'node.reset',
  changes: true,
  run(cluster, args) {
    const name = stringArgument(args, 'name');
    if (!cluster.nodeNames().includes(name)) throw new Error(`there is no machine "${name}"`);
    return { member: cluster.resetNode(name) };
  },
} satisfies Operation;

/** The machines of the cluster, whatever the API server knows of them. */
export const listMachines = {
  name: 'node.machines',
  changes: false,
  run: (cluster) => cluster.nodeNames(),
} satisfies Operation;
