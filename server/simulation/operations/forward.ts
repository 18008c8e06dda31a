import { FaultError } from '../faults/types.ts';
import type { NetworkRequest, NetworkResult } from '../network/types.ts';
import type { Operation } from './types.ts';
import { stringArgument } from './types.ts';

const PORTS = 65_535;

/** What the kubelet does for port-forward and the API server's proxy: one request to a port inside a pod's own network. */
export const forwardToPod = {
  name: 'pod.forward',
  changes: true,
  run(cluster, args): NetworkResult {
    const namespace = stringArgument(args, 'namespace');
    const name = stringArgument(args, 'name');
    const port = args.port;
    const request = args.request as NetworkRequest | undefined;
    if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > PORTS) throw new FaultError(`"${String(port)}" is not a port`);
    if (!request || typeof request.url !== 'string' || typeof request.method !== 'string') throw new FaultError('there is no request to forward');
    cluster.environment.checkApiServer('outside', 'read');
    const pod = cluster.store.get('pods', `${namespace}/${name}`);
    const node = (pod?.spec as { nodeName?: string } | undefined)?.nodeName;
    const host = 'localhost';
    if (!pod || !node || !cluster.environment.kubeletIsUp(node) || !cluster.environment.linked(cluster.environment.controlPlaneNode, node)) {
      return { kind: 'failure', reason: 'reset', host, port, elapsedMs: 10 };
    }
    const answer = cluster.pods.deliver({ namespace, name, uid: pod.metadata.uid, node }, port, request, '127.0.0.1');
    // The tunnel stands whatever listens behind it; a closed port shows as a connection that ends without an answer.
    if (typeof answer === 'string') return { kind: 'failure', reason: 'reset', host, port, elapsedMs: 5 };
    const { elapsedMs, ...rest } = answer;
    return { kind: 'response', ...rest, address: `127.0.0.1:${port}`, elapsedMs: elapsedMs + 3 };
  },
} satisfies Operation;
