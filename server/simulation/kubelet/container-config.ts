/** What a container is created with: its environment, mounts, limits (`kuberuntime_container.generateContainerConfig`). */
import { parseQuantity } from '../apiserver/quantity.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { imageFor } from '../workloads/registry.ts';
import { parseReference, type ImageReference } from '../workloads/reference.ts';
import { makeContainer } from './container-creation.ts';
import type { Container, MountedVolume, VolumeMount } from './container-state.ts';
import { ContainerConfigError, containerVariables, expand, serviceVariables } from './environment-variables.ts';
import { oomScoreAdjust } from './eviction.ts';
import type { Kubelet } from './kubelet.ts';
import { reader } from './mounting.ts';
import { podText, specOf, type ContainerSpec, type PodSpec, type PodWorker } from './pod.ts';
import type { ReadObject } from './volumes.ts';

/** @throws ContainerConfigError, RuntimeError */
export function createContainer(k: Kubelet, worker: PodWorker, container: ContainerSpec, init: boolean): Container {
  const { pod } = worker;
  const spec = specOf(pod);
  const sandbox = k.runtime.state.sandboxes.get(worker.uid);
  const reference = parseReference(container.image) as ImageReference;
  checkUser(k, worker, container, reference);
  const [services, table] = servicesFor(k, pod, spec);
  const env = containerVariables(container, {
    pod,
    read: configReader(k, pod),
    hostIP: k.options.address,
    podIP: sandbox?.ip ?? '',
    services: table,
    nodeMilliCpu: k.options.cpu * 1_000,
    nodeMemoryBytes: k.options.memoryMi * 1_048_576,
  });
  const latest = k.runtime.latest(worker.uid, container.name);
  const image = k.runtime.state.images.get(reference.name);
  const limits = container.resources?.limits;
  const requested = container.resources?.requests?.memory;
  return makeContainer(k.runtime, {
    podUid: worker.uid,
    name: container.name,
    image: container.image,
    imageId: image?.id ?? '',
    repository: reference.repository,
    tag: reference.tag,
    init,
    attempt: latest ? latest.attempt + 1 : 0,
    command: container.command,
    args: container.args,
    workingDir: container.workingDir,
    env,
    services,
    milliCpuLimit: limits?.cpu === undefined ? 0 : parseQuantity(String(limits.cpu)).milliValue(),
    memoryLimitBytes: limits?.memory === undefined ? 0 : parseQuantity(String(limits.memory)).value(),
    oomScoreAdjust: oomScoreAdjust(worker, requested === undefined ? 0 : parseQuantity(String(requested)).value(), k.options.memoryMi * 1_048_576),
    mounts: mountsOf(container, k.runtime.state.volumes.get(worker.uid), env),
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    tty: container.tty ?? false,
    stdin: container.stdin ?? false,
  });
}

function configReader(k: Kubelet, pod: KubeObject): ReadObject {
  const read = reader(k, pod.metadata.namespace as string);
  return (resource, name) => {
    if (!k.client.connected) throw new ContainerConfigError(`failed to sync ${resource.slice(0, -1)} cache: timed out waiting for the condition`);
    return read(resource, name);
  };
}

/** `verifyRunAsNonRoot`. */
function checkUser(k: Kubelet, worker: PodWorker, container: ContainerSpec, reference: ImageReference): void {
  const own = container.securityContext;
  const ofPod = specOf(worker.pod).securityContext;
  if (!(own?.runAsNonRoot ?? ofPod?.runAsNonRoot)) return;
  const user = own?.runAsUser ?? ofPod?.runAsUser;
  const text = `(pod: "${podText(worker.pod)}", container: ${container.name})`;
  if (user === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${text}`);
  if (user === undefined && !imageFor(reference.repository, k.options.recorderWorkloads)?.user) throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${text}`);
}

function mountsOf(container: ContainerSpec, volumes: ReadonlyMap<string, MountedVolume> | undefined, env: Record<string, string> | undefined): VolumeMount[] {
  if (!container.volumeMounts?.length) return [];
  return container.volumeMounts.map((mount) => {
    const subPath = mount.subPathExpr === undefined ? mount.subPath : expand(mount.subPathExpr, (name) => env?.[name]);
    const volume = volumes?.get(mount.name);
    return {
      volume: mount.name,
      path: mount.mountPath.length > 1 ? mount.mountPath.replace(/\/+$/, '') : mount.mountPath,
      readOnly: mount.readOnly ?? false,
      ...(subPath ? { subPath, ...(volume?.kind === 'objects' ? { pinned: volume } : {}) } : {}),
    };
  });
}

/** Variables of services for a pod: the key of their table in the runtime, and the table. */
function servicesFor(k: Kubelet, pod: KubeObject, spec: PodSpec): [string, Record<string, string>] {
  const links = spec.enableServiceLinks ?? true;
  const key = `${pod.metadata.namespace}/${links ? 'links' : ''}`;
  const tables = k.runtime.state.serviceVariables;
  if (!k.client.connected) {
    const table = tables.get(key) ?? {};
    if (!tables.has(key)) tables.set(key, table);
    return [key, table];
  }
  const made = k.containers.serviceVariables(key, () => serviceVariables(k.client.list('services'), pod.metadata.namespace as string, links));
  let table = tables.get(made.key);
  if (!table) tables.set(made.key, (table = made.table));
  return [made.key, table];
}
