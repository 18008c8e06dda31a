/** What the kubelet asks the container runtime for, and the container that it gets; ended ones of the same name make room for it. */
import { imageFor } from '../workloads/registry.ts';
import type { Container, Sandbox, VolumeMount } from './container-state.ts';
import { RuntimeError } from './runtime-error.ts';
import type { ContainerRuntime } from './runtime.ts';

export interface ContainerConfig {
  podUid: string;
  name: string;
  image: string;
  imageId: string;
  repository: string;
  tag: string;
  init: boolean;
  attempt: number;
  command: string[] | undefined;
  args: string[] | undefined;
  workingDir: string | undefined;
  env: Record<string, string> | undefined;
  services: string;
  milliCpuLimit: number;
  memoryLimitBytes: number;
  oomScoreAdjust: number;
  mounts: VolumeMount[];
  terminationMessagePath: string;
  tty: boolean;
  stdin: boolean;
}

/** Makes a container of a sandbox, which does not run yet. @throws RuntimeError */
export function makeContainer(runtime: ContainerRuntime, config: ContainerConfig): Container {
  const sandbox = runtime.state.sandboxes.get(config.podUid);
  if (!sandbox) throw new RuntimeError('rpc error: code = NotFound desc = sandbox not found');
  const image = imageFor(config.repository, runtime.options.recorderWorkloads);
  const command = config.command ?? image?.entrypoint ?? [];
  const args = config.args ?? (config.command ? [] : (image?.command ?? []));
  // Containers of an image share its list.
  const argv = args.length === 0 ? (command as string[]) : command.length === 0 ? (args as string[]) : [...command, ...args];
  if (argv.length === 0) throw new RuntimeError('failed to generate container spec: no command specified');
  const container: Container = {
    id: runtime.context.kernel.random.hex(64),
    podUid: config.podUid,
    name: config.name,
    image: config.image,
    imageId: config.imageId,
    repository: config.repository,
    tag: config.tag,
    init: config.init,
    attempt: config.attempt,
    state: 'created',
    createdAt: runtime.now,
    startedAt: 0,
    finishedAt: 0,
    exitCode: 0,
    reason: '',
    message: '',
    argv,
    cwd: config.workingDir ?? image?.workingDirectory ?? '/',
    services: config.services,
    milliCpuLimit: config.milliCpuLimit,
    memoryLimitBytes: config.memoryLimitBytes,
    oomScoreAdjust: config.oomScoreAdjust,
    mounts: config.mounts,
    terminationMessagePath: config.terminationMessagePath,
    tty: config.tty,
    stdin: config.stdin,
    log: [],
    logBytes: 0,
    processes: new Map(),
    nextPid: 1,
    nextStream: 1,
  };
  if (config.env) container.env = config.env;
  collectGarbage(runtime, sandbox, config.name);
  runtime.state.containers.set(container.id, container);
  sandbox.containers = [...sandbox.containers, container.id];
  return container;
}

/** Of each name the newest ended container is kept, for `--previous` (MaxPerPodContainer 1). */
function collectGarbage(runtime: ContainerRuntime, sandbox: Sandbox, name: string): void {
  let kept = false;
  for (let i = sandbox.containers.length - 1; i >= 0; i--) {
    const id = sandbox.containers[i] as string;
    const container = runtime.state.containers.get(id) as Container;
    if (container.name !== name || container.state === 'running') continue;
    if (kept) {
      sandbox.containers.splice(i, 1);
      runtime.state.containers.delete(id);
    }
    kept = true;
  }
}
