/**
 * Attaches volumes to the machines of the pods that use them, and detaches them when nobody does any more
 * (`pkg/controller/volume/attachdetach`).
 */
import type { KubeObject } from '../apiserver/types.ts';
import { attachmentName, ATTACHMENTS, csiOf, isShared, uniqueVolumeName, type AttachmentSpec, type CsiSource } from '../storage/attachments.ts';
import { isTerminal } from './pods.ts';
import { claimSpec, CLAIMS, claimsOf, VOLUMES } from './volume-matching.ts';
import type { Controller, ControllerContext } from './types.ts';

const DRIVERS = 'csidrivers.storage.k8s.io';
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';
/** How long a volume stays with a machine that does not say that it let go of it (`maxWaitForUnmountDuration`). */
const MAX_WAIT_FOR_UNMOUNT_MS = 360_000;

interface State {
  /** `volume node` → since when the volume should be detached there, ms. */
  detachSince: Map<string, number>;
  /** `volume node` of those that have been reported to pods, and errors that have. */
  reported: Map<string, string>;
}

interface NodeStatus {
  volumesInUse?: string[];
  volumesAttached?: { name: string; devicePath: string }[];
  conditions?: { type: string; status: string }[];
}

export const attachDetach = {
  name: 'attachdetach',
  component: 'attachdetach-controller',
  watches: [
    { resource: 'pods', indexes: { claim: (pod) => claimsOf(pod).map((name) => `${pod.metadata.namespace}/${name}`) } },
    { resource: CLAIMS },
    { resource: VOLUMES },
    { resource: 'nodes' },
    { resource: DRIVERS },
    { resource: ATTACHMENTS, indexes: { volume: (attachment) => [(attachment.spec as AttachmentSpec).source.persistentVolumeName] } },
  ],
  initial: (): State => ({ detachSince: new Map(), reported: new Map() }),
  changed({ resource, object, previous, cause }, context) {
    const { namespace, name } = object.metadata;
    switch (resource) {
      case 'pods':
        for (const claim of claimsOf(object)) enqueueVolumeOf(context.lister.get(CLAIMS, namespace, claim), context, cause);
        return;
      case CLAIMS:
        return enqueueVolumeOf(object, context, cause);
      case VOLUMES:
        return context.enqueue(name, cause);
      case ATTACHMENTS:
        return context.enqueue((object.spec as AttachmentSpec).source.persistentVolumeName, cause);
      case 'nodes': {
        if (previous && volumesText(previous) === volumesText(object)) return;
        for (const attachment of context.lister.all(ATTACHMENTS)) {
          const { nodeName, source } = attachment.spec as AttachmentSpec;
          if (nodeName === name) context.enqueue(source.persistentVolumeName, cause);
        }
      }
    }
  },
  sync(key, context) {
    const volume = context.lister.get(VOLUMES, undefined, key);
    const source = volume && csiOf(volume);
    if (!volume || !source) return;
    const users = usersOf(volume, context);
    detachOthers(volume, source, users, context);
    if ((context.lister.get(DRIVERS, undefined, source.driver)?.spec as { attachRequired?: boolean } | undefined)?.attachRequired === false) return;
    for (const [node, pods] of users) attach(volume, source, node, pods, users, context);
  },
} satisfies Controller<State>;

/** What of a node decides on its attachments. */
function volumesText(node: KubeObject): string {
  const { volumesInUse = [], conditions = [] } = (node.status ?? {}) as NodeStatus;
  const ready = conditions.find(({ type }) => type === 'Ready')?.status;
  return `${volumesInUse.join()} ${ready} ${isOutOfService(node)}`;
}

function isOutOfService(node: KubeObject): boolean {
  return ((node.spec as { taints?: { key: string }[] } | undefined)?.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);
}

function enqueueVolumeOf(claim: KubeObject | undefined, context: ControllerContext<State>, cause: Parameters<ControllerContext['enqueue']>[1]): void {
  const name = claim && claimSpec(claim).volumeName;
  if (name) context.enqueue(name, cause);
}

/** Pods that want the volume by node. A pod that is being deleted wants it until its containers have ended. */
function usersOf(volume: KubeObject, context: ControllerContext<State>): Map<string, KubeObject[]> {
  const users = new Map<string, KubeObject[]>();
  const reference = (volume.spec as { claimRef?: { namespace?: string; name: string } }).claimRef;
  if (!reference) return users;
  const claim = context.lister.get(CLAIMS, reference.namespace, reference.name);
  if (!claim || claimSpec(claim).volumeName !== volume.metadata.name) return users;
  for (const pod of context.lister.indexed('pods', 'claim', `${reference.namespace}/${reference.name}`)) {
    const { nodeName } = pod.spec as { nodeName?: string };
    if (!nodeName || isTerminal(pod) || (pod.metadata.deletionTimestamp && !anyRunning(pod))) continue;
    users.set(nodeName, [...(users.get(nodeName) ?? []), pod]);
  }
  return users;
}

function anyRunning(pod: KubeObject): boolean {
  const { containerStatuses = [] } = (pod.status ?? {}) as { containerStatuses?: { state?: { terminated?: object; waiting?: object } }[] };
  return containerStatuses.some(({ state }) => !state?.terminated && !state?.waiting);
}

function detachOthers(volume: KubeObject, source: CsiSource, users: Map<string, KubeObject[]>, context: ControllerContext<State>): void {
  const { detachSince, reported } = context.state;
  const { name } = volume.metadata;
  for (const attachment of [...context.lister.indexed(ATTACHMENTS, 'volume', name)]) {
    const { nodeName } = attachment.spec as AttachmentSpec;
    const key = `${name} ${nodeName}`;
    if (users.has(nodeName)) {
      detachSince.delete(key);
      continue;
    }
    if (attachment.metadata.deletionTimestamp) continue;
    const since = detachSince.get(key) ?? context.now;
    detachSince.set(key, since);
    const node = context.lister.get('nodes', undefined, nodeName);
    const mounted = ((node?.status ?? {}) as NodeStatus).volumesInUse?.includes(uniqueVolumeName(source)) ?? false;
    if (node && mounted && !isOutOfService(node)) {
      const healthy = ((node.status ?? {}) as NodeStatus).conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
      const end = since + MAX_WAIT_FOR_UNMOUNT_MS;
      if (end > context.now) context.enqueueAt(name, end);
      if (end > context.now || healthy) continue;
    }
    if (node) report(nodeName, source, false, context);
    context.client.delete(ATTACHMENTS, undefined, attachment.metadata.name);
    detachSince.delete(key);
    reported.delete(key);
  }
}

/** Notes in a node's status whether a volume is attached to it: the kubelet waits for that. */
function report(nodeName: string, source: CsiSource, attached: boolean, context: ControllerContext<State>): void {
  const name = uniqueVolumeName(source);
  context.client.patch(
    'nodes',
    undefined,
    nodeName,
    (current) => {
      const { volumesAttached: before = [], ...status } = (current.status ?? {}) as NodeStatus;
      const others = before.filter((volume) => volume.name !== name);
      if (attached === before.length > others.length) return current;
      const next = attached ? [...others, { devicePath: '', name }] : others;
      return { ...current, status: { ...status, ...(next.length > 0 ? { volumesAttached: next } : {}) } };
    },
    'status',
  );
}

function attach(volume: KubeObject, source: CsiSource, node: string, pods: KubeObject[], users: Map<string, KubeObject[]>, context: ControllerContext<State>): void {
  const { name } = volume.metadata;
  const key = `${name} ${node}`;
  const { reported } = context.state;
  const tell = (what: string, type: 'Normal' | 'Warning', reason: string, message: (pod: KubeObject) => string): void => {
    if (reported.get(key) === what) return;
    reported.set(key, what);
    for (const pod of pods) context.events.event(pod, type, reason, message(pod));
  };
  const attachments = [...context.lister.indexed(ATTACHMENTS, 'volume', name)];
  const own = attachments.find((attachment) => (attachment.spec as AttachmentSpec).nodeName === node);
  if (own) {
    const { attached, attachError } = (own.status ?? {}) as { attached?: boolean; attachError?: { message?: string } };
    if (own.metadata.deletionTimestamp) return;
    if (attached) {
      report(node, source, true, context);
      return tell('attached', 'Normal', 'SuccessfulAttachVolume', () => `AttachVolume.Attach succeeded for volume "${name}" `);
    }
    if (attachError?.message) tell(attachError.message, 'Warning', 'FailedAttachVolume', () => `AttachVolume.Attach failed for volume "${name}" : ${attachError.message}`);
    return;
  }
  const elsewhere = attachments.map((attachment) => (attachment.spec as AttachmentSpec).nodeName);
  if (elsewhere.length > 0 && !isShared(volume)) {
    const others = elsewhere.flatMap((other) => users.get(other) ?? []);
    return tell('multi-attach', 'Warning', 'FailedAttachVolume', (pod) => `Multi-Attach error for volume "${name}" ${multiAttachReason(pod, others)}`);
  }
  context.client.create(ATTACHMENTS, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: attachmentName(source, node) },
    spec: { attacher: source.driver, nodeName: node, source: { persistentVolumeName: name } },
  });
}

/** `reportMultiAttachError`. */
function multiAttachReason(pod: KubeObject, others: KubeObject[]): string {
  if (others.length === 0) return "Volume is already exclusively attached to one node and can't be attached to another";
  const local = others.filter((other) => other.metadata.namespace === pod.metadata.namespace).map((other) => other.metadata.name);
  const foreign = others.length - local.length;
  if (local.length === 0) return `Volume is already used by ${foreign} pod(s) in different namespaces`;
  return `Volume is already used by pod(s) ${local.join(', ')}${foreign > 0 ? ` and ${foreign} pod(s) in different namespaces` : ''}`;
}
