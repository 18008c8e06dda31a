import { FaultError } from '../faults/types.ts';
import type { NetworkRequest, NetworkResult } from '../network/types.ts';
import { ApiError, type UserInfo } from '../apiserver/types.ts';
import type { Cluster } from '../cluster.ts';
import type { Operation } from './types.ts';
import { stringArgument, userArgument } from './types.ts';

const PORTS = 65_535;

/** @throws ApiError 403 */
function authorize(cluster: Cluster, args: Record<string, unknown>, namespace: string, name: string): void {
  const user = userArgument(args);
  const impersonate = args.impersonate as UserInfo | undefined;
  if (user) cluster.api.authorizePodAccess({ user, ...(impersonate ? { impersonate } : {}) }, 'portforward', namespace, name);
}

/** Whether a port-forward to a pod can begin (`registry/core/pod.PortForwardLocation`, and what the kubelet says). */
export const checkForward = {
  name: 'pod.forward.check',
  changes: false,
  asUser: true,
  run(cluster, args): null {
    const namespace = stringArgument(args, 'namespace');
    const name = stringArgument(args, 'name');
    cluster.environment.checkApiServer('outside', 'read');
    authorize(cluster, args, namespace, name);
    const pod = cluster.store.get('pods', `${namespace}/${name}`);
    const refuse = (code: number, reason: string, message: string): ApiError => new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(code === 404 ? { details: { name, kind: 'pods' } } : {}), code });
    if (!pod) throw refuse(404, 'NotFound', `pods "${name}" not found`);
    const node = (pod.spec as { nodeName?: string }).nodeName;
    if (!node) throw refuse(400, 'BadRequest', `pod ${name} does not have a host assigned`);
    const { environment } = cluster;
    if (!environment.kubeletIsUp(node) || !environment.apiServerReaches(node)) {
      throw refuse(500, 'InternalError', `error dialing backend: dial tcp ${cluster.addressOf(node)}:10250: ${environment.apiServerReaches(node) ? 'connect: connection refused' : 'i/o timeout'}`);
    }
    return null;
  },
} satisfies Operation;

/** What the kubelet does for port-forward and the API server's proxy: one request to a port inside a pod's own network. */
export const forwardToPod = {
  name: 'pod.forward',
  changes: true,
  asUser: true,
  run(cluster, args): NetworkResult {
    const namespace = stringArgument(args, 'namespace');
    const name = stringArgument(args, 'name');
    const port = args.port;
    const request = args.request as NetworkRequest | undefined;
    if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > PORTS) throw new FaultError(`"${String(port)}" is not a port`);
    if (!request || typeof request.url !== 'string' || typeof request.method !== 'string') throw new FaultError('there is no request to forward');
    cluster.environment.checkApiServer('outside', 'read');
    authorize(cluster, args, namespace, name);
    const pod = cluster.store.get('pods', `${namespace}/${name}`);
    const node = (pod?.spec as { nodeName?: string } | undefined)?.nodeName;
    const host = 'localhost';
    if (!pod || !node || !cluster.environment.kubeletIsUp(node) || !cluster.environment.apiServerReaches(node)) {
      return { kind: 'failure', reason: 'reset', host, port, elapsedMs: 10 };
    }
    const answer = cluster.pods.deliver({ namespace, name, uid: pod.metadata.uid, node }, port, request, '127.0.0.1');
    // The tunnel stands whatever listens behind it; a closed port shows as a connection that ends without an answer.
    if (typeof answer === 'string') return { kind: 'failure', reason: 'reset', host, port, elapsedMs: 5 };
    const { elapsedMs, ...rest } = answer;
    return { kind: 'response', ...rest, address: `127.0.0.1:${port}`, elapsedMs: elapsedMs + 3 };
  },
} satisfies Operation;
