/** Volumes of pods: what must exist before a pod can start, and what the mounted files hold. */
import type { KubeObject } from '../apiserver/types.ts';
import type { FileLayer, MountedVolume } from './container-state.ts';
import { resourceField } from './environment-variables.ts';
import { podField, type Machine } from './files.ts';
import type { TokenSource } from './types.ts';

interface KeyToPath {
  key: string;
  path: string;
}

interface ObjectSource {
  name?: string;
  items?: KeyToPath[];
  optional?: boolean;
}

interface DownwardItem {
  path: string;
  fieldRef?: { fieldPath: string };
  resourceFieldRef?: { containerName?: string; resource: string; divisor?: string };
}

interface ProjectedSource {
  configMap?: ObjectSource;
  secret?: ObjectSource;
  downwardAPI?: { items?: DownwardItem[] };
  serviceAccountToken?: TokenSource;
}

export interface VolumeSpec {
  name: string;
  configMap?: ObjectSource;
  secret?: ObjectSource & { secretName?: string };
  projected?: { sources?: ProjectedSource[] };
  downwardAPI?: { items?: DownwardItem[] };
  emptyDir?: { sizeLimit?: string | number; medium?: string };
  nfs?: { server: string; path: string };
  hostPath?: { path: string; type?: string };
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean };
  ephemeral?: object;
}

/** Reads an object of the pod's namespace; undefined when it does not exist. */
export type ReadObject = (resource: 'configmaps' | 'secrets', name: string) => KubeObject | undefined;

const HOST_DIRECTORIES = new Set(['/', '/data', '/dev', '/etc', '/etc/kubernetes', '/etc/kubernetes/manifests', '/home', '/lib', '/lib/modules', '/mnt', '/opt', '/proc', '/root', '/run', '/srv', '/sys', '/tmp', '/usr', '/usr/share', '/usr/local', '/var', '/var/lib', '/var/lib/kubelet', '/var/lib/docker', '/var/log', '/var/log/pods', '/var/log/containers', '/var/run']);

/** What a secret or config map key holds, decoded. */
export function decodeValue(object: KubeObject, key: string): string | undefined {
  const plain = object.kind === 'Secret' ? undefined : (object.data as Record<string, string> | undefined)?.[key];
  if (plain !== undefined) return plain;
  const encoded = object.kind === 'Secret' ? (object.data as Record<string, string> | undefined)?.[key] : (object.binaryData as Record<string, string> | undefined)?.[key];
  if (encoded === undefined) return undefined;
  const bytes = atob(encoded);
  const array = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) array[i] = bytes.charCodeAt(i);
  return new TextDecoder().decode(array);
}

function keysOf(object: KubeObject): string[] {
  return [...Object.keys((object.data as object | undefined) ?? {}), ...(object.kind === 'Secret' ? [] : Object.keys((object.binaryData as object | undefined) ?? {}))].sort();
}

interface Source {
  resource: 'configmaps' | 'secrets';
  name: string;
  items: KeyToPath[] | undefined;
  optional: boolean;
}

function objectSources(spec: VolumeSpec): Source[] {
  const configMap = (source: ObjectSource): Source => ({ resource: 'configmaps', name: source.name ?? '', items: source.items, optional: source.optional ?? false });
  const secret = (source: ObjectSource & { secretName?: string }): Source => ({ resource: 'secrets', name: source.secretName ?? source.name ?? '', items: source.items, optional: source.optional ?? false });
  if (spec.configMap) return [configMap(spec.configMap)];
  if (spec.secret) return [secret(spec.secret)];
  const sources: Source[] = [];
  for (const source of spec.projected?.sources ?? []) {
    if (source.configMap) sources.push(configMap(source.configMap));
    if (source.secret) sources.push(secret(source.secret));
  }
  return sources;
}

/**
 * Sets a volume up, or refreshes it.
 * @param hostFiles the machine's own files.
 * @returns the volume, or the error of `MountVolume.SetUp`.
 */
export function setUpVolume(spec: VolumeSpec, read: ReadObject, hostFiles: FileLayer, now: number, mounted?: MountedVolume): MountedVolume | string {
  if (spec.hostPath) {
    const problem = checkHostPath(spec.hostPath, hostFiles, now);
    return problem ?? mounted ?? { kind: 'host', root: spec.hostPath.path, syncedAt: now };
  }
  // There is no file server outside the cluster.
  if (spec.nfs) return `mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs ${spec.nfs.server}:${spec.nfs.path}\nOutput: mount.nfs: Connection timed out`;
  if (!spec.configMap && !spec.secret && !spec.projected && !spec.downwardAPI) return mounted ?? { kind: 'files', files: new Map(), syncedAt: now };
  const objects: Record<string, KubeObject> = {};
  const problems: string[] = [];
  let changed = !mounted;
  for (const source of objectSources(spec)) {
    const kind = source.resource === 'configmaps' ? 'configmap' : 'secret';
    const object = read(source.resource, source.name);
    const key = `${source.resource}/${source.name}`;
    if (!object) {
      if (!source.optional) problems.push(`${kind} "${source.name}" not found`);
      else if (mounted?.objects?.[key]) changed = true;
      continue;
    }
    for (const item of source.items ?? []) {
      if (decodeValue(object, item.key) === undefined && !source.optional) problems.push(`${kind === 'secret' ? '' : 'configmap '}references non-existent ${kind === 'secret' ? 'secret' : 'config'} key: ${item.key}`);
    }
    if (mounted?.objects?.[key] !== object) changed = true;
    objects[key] = object;
  }
  if (problems.length > 0) return problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`;
  return changed || !mounted ? { kind: 'objects', objects: shared(objects), syncedAt: now } : mounted;
}

/** Volumes with one and the same object, such as the root certificate that every pod has. */
const alone = new WeakMap<KubeObject, Record<string, KubeObject>>();

/** Objects by where they come from: what others have as well is kept once. */
function shared(objects: Record<string, KubeObject>): Record<string, KubeObject> {
  const [first, ...others] = Object.values(objects);
  if (!first || others.length > 0) return objects;
  const known = alone.get(first);
  if (known) return known;
  alone.set(first, objects);
  return objects;
}

export function checkHostPath(hostPath: { path: string; type?: string }, hostFiles: FileLayer, now: number): string | undefined {
  const { path, type = '' } = hostPath;
  const entry = hostFiles.get(path);
  const directory = HOST_DIRECTORIES.has(path) || entry?.directory === true;
  const file = entry !== undefined && !entry.removed && !entry.directory;
  switch (type) {
    case 'DirectoryOrCreate':
      if (file) return `hostPath type check failed: ${path} is not a directory`;
      if (!directory) hostFiles.set(path, { directory: true, modified: now });
      return undefined;
    case 'FileOrCreate':
      if (directory) return `hostPath type check failed: ${path} is not a file`;
      if (!file) hostFiles.set(path, { text: '', modified: now });
      return undefined;
    case 'Directory':
      return directory ? undefined : `hostPath type check failed: ${path} is not a directory`;
    case 'File':
      return file ? undefined : `hostPath type check failed: ${path} is not a file`;
    case 'Socket':
    case 'CharDevice':
    case 'BlockDevice':
      return `hostPath type check failed: ${path} is not a ${type === 'Socket' ? 'socket' : type === 'CharDevice' ? 'character device' : 'block device'} file`;
    default:
      if (!directory && !file) hostFiles.set(path, { directory: true, modified: now });
      return undefined;
  }
}

/** Whether what a volume shows can change while the pod runs. The volume that every pod has for its token does not count. */
export function volumeCanChange(spec: VolumeSpec): boolean {
  return (spec.configMap !== undefined || spec.persistentVolumeClaim !== undefined || spec.ephemeral !== undefined || spec.secret !== undefined || spec.projected !== undefined) && !spec.name.startsWith('kube-api-access-');
}

/** Files of a volume made from objects: path relative to the volume → text. */
export function volumeTexts(pod: KubeObject, name: string, volume: MountedVolume, machine: Pick<Machine, 'nodeMilliCpu' | 'nodeMemoryBytes' | 'token'>): Record<string, string> {
  const spec = ((pod.spec as { volumes?: VolumeSpec[] }).volumes ?? []).find((candidate) => candidate.name === name);
  const texts: Record<string, string> = {};
  if (!spec) return texts;
  for (const source of objectSources(spec)) {
    const object = volume.objects?.[`${source.resource}/${source.name}`];
    if (!object) continue;
    const items = source.items ?? keysOf(object).map((key) => ({ key, path: key }));
    for (const item of items) {
      const value = decodeValue(object, item.key);
      if (value !== undefined) texts[item.path] = value;
    }
  }
  const status = (pod.status ?? {}) as { hostIP?: string; podIP?: string };
  const host = { nodeName: (pod.spec as { nodeName?: string }).nodeName ?? '', hostIP: status.hostIP ?? '', podIP: status.podIP ?? '' };
  const downward = (items: DownwardItem[] | undefined): void => {
    for (const item of items ?? []) {
      if (item.fieldRef) texts[item.path] = podField(pod, item.fieldRef.fieldPath, host) ?? '';
      else if (item.resourceFieldRef) texts[item.path] = resourceField(item.resourceFieldRef, undefined, { pod, ...machine });
    }
  };
  downward(spec.downwardAPI?.items);
  for (const source of spec.projected?.sources ?? []) {
    downward(source.downwardAPI?.items);
    if (source.serviceAccountToken) texts[source.serviceAccountToken.path] = machine.token(pod, volume.syncedAt, source.serviceAccountToken);
  }
  return texts;
}
