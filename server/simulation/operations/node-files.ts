/** Files of a machine: what an administrator writes there, and the manifests of its static pods. */
import type { Cluster } from '../cluster.ts';
import type { FileLayer } from '../kubelet/container-state.ts';
import type { StaticPodManifest } from '../kubelet/types.ts';
import type { Operation } from './types.ts';
import { stringArgument } from './types.ts';

const MAX_PATH_LENGTH = 1_000;
/** A machine's disk has room for this much of what people write, characters. */
const MAX_DISK = 1_048_576;
/** A pod manifest, as JSON. */
const MAX_MANIFEST = 65_536;
const FILE_NAME = /^[A-Za-z0-9_][\w.-]{0,200}$/;

function layerOf(cluster: Cluster, args: Record<string, unknown>): FileLayer {
  const node = stringArgument(args, 'node');
  const layer = cluster.nodeNames().includes(node) ? cluster.hostFilesOf(node) : undefined;
  if (!layer) throw new Error(`connect to host ${node} port 22: No route to host`);
  return layer;
}

/** Everything that was written on a machine. */
export const nodeFiles = {
  name: 'node.files',
  changes: false,
  run: (cluster, args) =>
    [...layerOf(cluster, args)].filter(([, entry]) => !entry.removed).map(([path, entry]) => (entry.directory ? { path } : { path, text: entry.text ?? '' })),
} satisfies Operation;

/** Writes a file (`text`), makes a directory (`directory`), or removes either. */
export const nodeFile = {
  name: 'node.file',
  changes: true,
  run(cluster, args) {
    const layer = layerOf(cluster, args);
    const path = stringArgument(args, 'path');
    if (!path.startsWith('/') || path.length > MAX_PATH_LENGTH || path.split('/').some((part, index) => index > 0 && (part === '' || part === '.' || part === '..'))) throw new Error(`"${path}" is not an absolute path`);
    if (args.directory === true) layer.set(path, { directory: true, modified: cluster.now });
    else if (typeof args.text === 'string') {
      let used = args.text.length;
      for (const [other, entry] of layer) if (other !== path) used += entry.text?.length ?? 0;
      if (used > MAX_DISK) throw new Error(`${path}: No space left on device`);
      layer.set(path, { text: args.text, modified: cluster.now });
    } else {
      layer.delete(path);
      for (const other of [...layer.keys()]) if (other.startsWith(`${path}/`)) layer.delete(other);
    }
    return null;
  },
} satisfies Operation;

function isManifest(pod: unknown): pod is StaticPodManifest['pod'] {
  const { kind, metadata, spec } = (pod ?? {}) as { kind?: unknown; metadata?: { name?: unknown }; spec?: { containers?: unknown[] } };
  return kind === 'Pod' && typeof metadata?.name === 'string' && Array.isArray(spec?.containers) && spec.containers.length > 0;
}

/** A static pod's manifest is taken out of /etc/kubernetes/manifests, put there, or changed. The kubelet passes over what is no pod. */
export const nodeManifest = {
  name: 'node.manifest',
  changes: true,
  run(cluster, args) {
    const node = stringArgument(args, 'node');
    const name = stringArgument(args, 'name');
    const { pod, present } = args;
    if (!cluster.nodeNames().includes(node)) throw new Error(`there is no machine "${node}"`);
    if (!FILE_NAME.test(name)) throw new Error(`"${name}" is not the name of a manifest`);
    const own = cluster.staticManifests(node).find((manifest) => manifest.name === name);
    if (present === true && pod !== undefined && (!isManifest(pod) || JSON.stringify(pod).length > MAX_MANIFEST)) throw new Error('the manifest is not that of a pod');
    cluster.environment.change((state) => {
      let changed = state.manifests.get(node);
      if (!changed) state.manifests.set(node, (changed = new Map()));
      if (present !== true) changed.set(name, null);
      else {
        state.removedManifests.delete(name);
        if (pod === undefined || (own && JSON.stringify(own.pod) === JSON.stringify(pod))) changed.delete(name);
        else changed.set(name, pod as StaticPodManifest['pod']);
      }
    });
    return null;
  },
} satisfies Operation;

/** The manifests that kubeadm has written on a machine, and which of them are in place. */
export const nodeManifests = {
  name: 'node.manifests',
  changes: false,
  run(cluster, args) {
    const node = stringArgument(args, 'node');
    const { manifests, removedManifests } = cluster.environment.state;
    return cluster.staticManifests(node).map(({ name, pod }) => ({ name, pod, present: !removedManifests.has(name) && manifests.get(node)?.get(name) !== null }));
  },
} satisfies Operation;
