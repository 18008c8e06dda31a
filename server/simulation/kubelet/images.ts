/** The image of a container, before it is created: restart delay, pull policy, pulls one at a time (`image_manager.go`). */
import { goDuration } from '../apiserver/tables/duration.ts';
import { pullImage } from '../workloads/pull.ts';
import { parseReference } from '../workloads/reference.ts';
import { inBackOffSince, inBackOffSinceUpdate, nextBackOff } from './backoff.ts';
import type { Container } from './container-state.ts';
import { fieldPathOf } from './killing.ts';
import type { Kubelet } from './kubelet.ts';
import { findContainer, podText, specOf, type ContainerSpec, type PodWorker } from './pod.ts';

/** Notes why a container could not be started, for its status (`reasonCache`). */
export function failStart(worker: PodWorker, name: string, reason: string, message: string): false {
  (worker.reasons ??= new Map()).set(name, { reason, message });
  return false;
}

/** Back-off and image of a container. @returns whether it can be created now; otherwise the reason is noted or the sync waits. */
export function ensureImage(k: Kubelet, worker: PodWorker, name: string): boolean {
  const spec = specOf(worker.pod);
  const found = findContainer(spec, name) as { container: ContainerSpec; init: boolean };
  const { container } = found;
  const path = fieldPathOf(found, name);
  const plan = worker.plan as NonNullable<PodWorker['plan']>;
  const ended = lastEnded(k, worker, name, plan.killed);
  if (ended) {
    const key = backoffKey(worker, container);
    if (inBackOffSince(k.own.backoff, key, ended.finishedAt, k.now)) {
      const delay = k.own.backoff.get(key)?.delayMs ?? 0;
      k.podEvent(worker, 'Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${podText(worker.pod)}`, path);
      const until = ended.finishedAt + delay;
      plan.retryAt = plan.retryAt === 0 ? until : Math.min(plan.retryAt, until);
      return failStart(worker, name, 'CrashLoopBackOff', `back-off ${goDuration(delay)} restarting failed container=${name} pod=${podText(worker.pod)}`);
    }
    nextBackOff(k.own.backoff, key, ended.finishedAt, k.now);
  }
  const reference = parseReference(container.image);
  if (!reference) {
    const message = `Failed to apply default image tag "${container.image}": couldn't parse image name "${container.image}": invalid reference format`;
    k.podEvent(worker, 'Warning', 'InspectFailed', message, path);
    k.podEvent(worker, 'Warning', 'Failed', 'Error: InvalidImageName', path);
    return failStart(worker, name, 'InvalidImageName', message);
  }
  const policy = container.imagePullPolicy ?? (reference.tag === 'latest' ? 'Always' : 'IfNotPresent');
  const present = k.runtime.hasImage(reference.name);
  if (present && policy !== 'Always') {
    k.podEvent(worker, 'Normal', 'Pulled', presentMessage(container.image), path);
    return true;
  }
  if (policy === 'Never') {
    const message = `Container image "${container.image}" is not present with pull policy of Never`;
    k.podEvent(worker, 'Warning', 'ErrImageNeverPull', message, path);
    k.podEvent(worker, 'Warning', 'Failed', 'Error: ErrImageNeverPull', path);
    return failStart(worker, name, 'ErrImageNeverPull', message);
  }
  const key = `${worker.uid}_${container.image}`;
  if (inBackOffSinceUpdate(k.own.imageBackoff, key, k.now)) {
    const message = `Back-off pulling image "${container.image}"`;
    k.podEvent(worker, 'Normal', 'BackOff', message, path);
    k.podEvent(worker, 'Warning', 'Failed', 'Error: ImagePullBackOff', path);
    const before = k.own.pullErrors.get(key);
    return failStart(worker, name, 'ImagePullBackOff', before ? `${message}: ${before}` : message);
  }
  k.own.pullErrors.delete(key);
  k.podEvent(worker, 'Normal', 'Pulling', `Pulling image "${container.image}"`, path);
  k.own.pulls.push({ uid: worker.uid, container: name, image: container.image, requestedAt: k.now, startedAt: 0, endsAt: 0 });
  worker.block = { kind: 'pull', container: name };
  startPull(k);
  return false;
}

/** Key of a container in the table of restart delays (`GetBackoffKey`). */
function backoffKey(worker: PodWorker, container: ContainerSpec): string {
  return `${worker.uid}_${container.name}_${container.image}`;
}

/** The newest ended container of a name, as this sync saw it when it began. */
function lastEnded(k: Kubelet, worker: PodWorker, name: string, killed: string[]): Container | undefined {
  const sandbox = k.runtime.state.sandboxes.get(worker.uid);
  if (!sandbox) return undefined;
  for (let i = sandbox.containers.length - 1; i >= 0; i--) {
    const container = k.runtime.state.containers.get(sandbox.containers[i] as string);
    if (container?.name === name && container.state === 'exited' && !killed.includes(container.id)) return container;
  }
  return undefined;
}

/** The head of the queue starts, if nothing is being pulled. */
export function startPull(k: Kubelet): void {
  const pull = k.own.pulls[0];
  if (!pull || pull.endsAt > 0) return;
  pull.startedAt = k.now;
  pull.endsAt = k.now + pullImage(pull.image, k.environment.state.registryDown, k.options.recorderWorkloads).durationMs;
  k.wakeAt(pull.endsAt);
}

const MAX_MESSAGES = 1_000;
/** So that the events of all pods with an image share one text. */
const presentMessages = new Map<string, string>();

function presentMessage(image: string): string {
  let message = presentMessages.get(image);
  if (message === undefined) {
    if (presentMessages.size >= MAX_MESSAGES) presentMessages.clear();
    presentMessages.set(image, (message = `Container image "${image}" already present on machine and can be accessed by the pod`));
  }
  return message;
}
