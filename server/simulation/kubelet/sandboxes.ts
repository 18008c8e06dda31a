/** Sandboxes of pods on a machine: made with an address of the node's range, stopped, and removed with all that is in them. */
import type { KubeObject } from '../apiserver/types.ts';
import type { Sandbox } from './container-state.ts';
import { RuntimeError } from './runtime-error.ts';
import type { ContainerRuntime } from './runtime.ts';

/** First usable host number of a node's pod subnet: .0 is the network, .1 the bridge. */
const FIRST_HOST = 2;

/** Makes a pod's sandbox, with an address. @param podCidr `10.244.1.0/24`; undefined while the node has none. @throws RuntimeError */
export function runSandbox(runtime: ContainerRuntime, pod: KubeObject, podCidr: string | undefined): Sandbox {
  const spec = pod.spec as { hostNetwork?: boolean; hostname?: string; dnsPolicy?: string };
  const uid = pod.metadata.uid;
  const before = runtime.state.sandboxes.get(uid);
  const hostNetwork = spec.hostNetwork ?? false;
  const ip = hostNetwork ? runtime.options.address : allocate(runtime, uid, podCidr);
  const sandbox: Sandbox = {
    podUid: uid,
    namespace: pod.metadata.namespace as string,
    name: pod.metadata.name,
    hostname: hostNetwork ? runtime.node : (spec.hostname ?? pod.metadata.name),
    ip,
    hostNetwork,
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    createdAt: runtime.now,
    ready: true,
    attempt: before ? before.attempt + 1 : 0,
    pod,
    containers: before?.containers ?? [],
  };
  if (before?.crashLoop) sandbox.crashLoop = true;
  runtime.state.sandboxes.set(uid, sandbox);
  runtime.listener?.podChanged(uid);
  return sandbox;
}

/** The sandbox is no longer ready, and its address is free; the pod's containers stay known. */
export function stopSandbox(runtime: ContainerRuntime, uid: string): void {
  const sandbox = runtime.state.sandboxes.get(uid);
  if (!sandbox?.ready) return;
  releaseAddress(runtime, sandbox);
  runtime.listener?.podChanged(uid);
}

/** Gives the address of a sandbox back, which is ready no more. */
export function releaseAddress(runtime: ContainerRuntime, sandbox: Sandbox): void {
  sandbox.ready = false;
  if (runtime.state.addresses.get(sandbox.ip) === sandbox.podUid) runtime.state.addresses.delete(sandbox.ip);
}

/** Forgets a pod with all its containers and volumes. */
export function removePod(runtime: ContainerRuntime, uid: string): void {
  runtime.state.volumes.delete(uid);
  const sandbox = runtime.state.sandboxes.get(uid);
  if (!sandbox) return;
  for (const id of sandbox.containers) {
    const container = runtime.state.containers.get(id);
    if (container?.state === 'running') runtime.exitContainer(container, 137, 'Error');
    runtime.state.containers.delete(id);
  }
  releaseAddress(runtime, sandbox);
  runtime.state.sandboxes.delete(uid);
}

function allocate(runtime: ContainerRuntime, uid: string, podCidr: string | undefined): string {
  if (!podCidr) throw new RuntimeError('rpc error: code = Unknown desc = failed to setup network for sandbox: node has no pod CIDR');
  const prefix = podCidr.slice(0, podCidr.lastIndexOf('.'));
  const last = 254;
  for (let tried = FIRST_HOST; tried <= last; tried++) {
    runtime.state.nextHost = runtime.state.nextHost >= last ? FIRST_HOST : Math.max(FIRST_HOST, runtime.state.nextHost + 1);
    const ip = `${prefix}.${runtime.state.nextHost}`;
    if (runtime.state.addresses.has(ip)) continue;
    runtime.state.addresses.set(ip, uid);
    return ip;
  }
  throw new RuntimeError(`rpc error: code = Unknown desc = failed to setup network for sandbox: failed to allocate for range 0: no IP addresses available in range set: ${prefix}.1-${prefix}.254`);
}
