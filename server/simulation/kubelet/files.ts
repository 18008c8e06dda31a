/** The file tree of one container: image, writable layer and mounted volumes, seen as one. */
import type { KubeObject } from '../apiserver/types.ts';
import { resolvePath } from '../paths.ts';
import { FileError, type FileInfo, type Files } from '../workloads/types.ts';
import type { Container, FileEntry, FileLayer, MountedVolume, Sandbox, VolumeMount } from './container-state.ts';
import type { KubeletOptions } from './types.ts';
import { layerBytes, MACHINE_DISK_BYTES } from './disk.ts';
import { volumeTexts } from './volumes.ts';

/** What a container writes at most, bytes; a simulated disk is small. */
const LAYER_LIMIT_BYTES = 1_048_576;

export const errors = {
  missing: 'No such file or directory',
  directory: 'Is a directory',
  notDirectory: 'Not a directory',
  exists: 'File exists',
  readOnly: 'Read-only file system',
  full: 'No space left on device',
  notEmpty: 'Directory not empty',
  large: 'File too large',
  io: 'Input/output error',
} as const;

/** What an image contributes: texts by path, and the paths of its executables. */
export interface ImageTree {
  texts: Record<string, string>;
  executables: Record<string, string>;
}

/** What files of the machine depend on beyond its own disk. */
export interface Machine {
  /** The token of a pod's service account. */
  token: KubeletOptions['token'];
  nodeMilliCpu: number;
  nodeMemoryBytes: number;
  /** What is used of its disk. */
  diskBytes(): number;
  /** Something large was written. */
  diskFilled?: (() => void) | undefined;
  /** What a disk of the network holds. */
  disk?: ((handle: string) => FileLayer | undefined) | undefined;
}

/** Directories of an image, made out of its paths when first needed. */
const directoriesOf = new WeakMap<ImageTree, Set<string>>();

interface Place {
  mount?: VolumeMount;
  volume?: MountedVolume;
  /** Path inside the volume, `/` for its root; or the absolute path. */
  inner: string;
}

export class ContainerFiles implements Files {
  constructor(
    private readonly tree: ImageTree,
    private readonly generated: Record<string, string>,
    private readonly container: Container,
    private readonly sandbox: Sandbox,
    private readonly volumes: ReadonlyMap<string, MountedVolume> | undefined,
    private readonly hostFiles: FileLayer,
    private readonly now: number,
    private readonly machine: Machine,
  ) {}

  read(path: string): string {
    const text = this.#text(path);
    if (text !== undefined) {
      if (this.#zeros(path) > 0) throw new FileError(errors.large);
      return text;
    }
    throw new FileError(this.isDirectory(path) ? errors.directory : errors.missing);
  }

  exists(path: string): boolean {
    return this.#text(path) !== undefined || this.isDirectory(path);
  }

  info(path: string): FileInfo | undefined {
    const name = path.slice(path.lastIndexOf('/') + 1) || '/';
    const place = this.#place(path);
    const entry = this.#layerOf(place)?.get(place.inner);
    const modified = entry?.modified ?? place.volume?.syncedAt ?? this.container.createdAt;
    const readOnly = place.mount?.readOnly ?? false;
    const text = this.#text(path);
    if (text !== undefined) {
      const executable = entry ? (entry.executable ?? false) : !place.mount && (this.tree.executables[path] !== undefined || text.startsWith('#!'));
      return { name, directory: false, executable, readOnly, size: text.length + (entry?.zeros ?? 0), modified };
    }
    return this.isDirectory(path) ? { name, directory: true, executable: true, readOnly, size: 4096, modified } : undefined;
  }

  isDirectory(path: string): boolean {
    if (path === '/') return true;
    const place = this.#place(path);
    if (this.#isMountParent(path)) return true;
    const entry = this.#layerOf(place)?.get(place.inner);
    if (entry) return !entry.removed && entry.directory === true;
    if (place.volume) {
      if (place.inner === '/') return true;
      // What is mounted is a folder, unless it is one file of the volume.
      if (place.mount?.path === path) return this.#text(path) === undefined;
      const prefix = `${place.inner}/`;
      return Object.keys(this.#volumeTexts(place)).some((key) => `/${key}`.startsWith(prefix)) || this.#hasEntryBelow(this.#layerOf(place), prefix);
    }
    return this.#directories().has(path);
  }

  list(path: string): FileInfo[] {
    if (!this.isDirectory(path)) {
      if (this.#text(path) === undefined) throw new FileError(errors.missing);
      throw new FileError(errors.notDirectory);
    }
    const names = new Set<string>();
    const prefix = path === '/' ? '/' : `${path}/`;
    const childOf = (full: string, base: string): void => {
      if (full.startsWith(base) && full.length > base.length) names.add(full.slice(base.length).split('/', 1)[0] as string);
    };
    const place = this.#place(path);
    const base = place.inner === '/' ? '/' : `${place.inner}/`;
    if (place.volume) {
      for (const key of Object.keys(this.#volumeTexts(place))) childOf(`/${key}`, base);
    } else {
      for (const file of Object.keys(this.tree.texts)) childOf(file, prefix);
      for (const file of Object.keys(this.tree.executables)) childOf(file, prefix);
      for (const file of Object.keys(this.generated)) childOf(file, prefix);
      for (const directory of this.#directories()) childOf(directory, prefix);
    }
    const layer = this.#layerOf(place);
    if (layer) {
      for (const [file, entry] of layer) {
        if (!entry.removed) childOf(file, base);
        else if (file.startsWith(base) && !file.slice(base.length).includes('/')) names.delete(file.slice(base.length));
      }
    }
    for (const mount of this.container.mounts) childOf(mount.path, prefix);
    const result: FileInfo[] = [];
    for (const name of [...names].sort()) {
      const info = this.info(prefix + name);
      if (info) result.push(info);
    }
    return result;
  }

  write(path: string, text: string, append = false): void {
    const place = this.#writable(path);
    if (this.isDirectory(path)) throw new FileError(errors.directory);
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (!this.isDirectory(parent)) throw new FileError(this.#text(parent) === undefined ? errors.missing : errors.notDirectory);
    const before = append ? (this.#text(path) ?? '') : '';
    const executable = this.info(path)?.executable ?? false;
    const layer = this.#ensureLayer(place);
    this.#checkRoom(layer, text.length);
    const zeros = append ? (layer.get(place.inner)?.zeros ?? 0) : 0;
    layer.set(place.inner, { text: before + text, modified: this.now, ...(executable ? { executable } : {}), ...(zeros > 0 ? { zeros } : {}) });
  }

  fill(path: string, bytes: number): void {
    const place = this.#writable(path);
    if (this.isDirectory(path)) throw new FileError(errors.directory);
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (!this.isDirectory(parent)) throw new FileError(errors.missing);
    const layer = this.#ensureLayer(place);
    const { totalBytes, usedBytes } = this.space(path);
    const before = (layer.get(place.inner)?.text?.length ?? 0) + (layer.get(place.inner)?.zeros ?? 0);
    const room = totalBytes - usedBytes + before;
    // What fits is written before the disk is full.
    layer.set(place.inner, { text: '', modified: this.now, zeros: Math.min(bytes, Math.max(0, room)) });
    this.machine.diskFilled?.();
    if (bytes > room) throw new FileError(errors.full);
  }

  space(path: string): { device: string; totalBytes: number; usedBytes: number; mount: string } {
    const place = this.#place(path);
    if (place.volume?.kind === 'disk') return { device: '/dev/sdb', totalBytes: place.volume.capacityBytes ?? 0, usedBytes: layerBytes(this.#layerOf(place)), mount: place.mount?.path ?? '/' };
    return { device: place.volume ? '/dev/sda1' : 'overlay', totalBytes: MACHINE_DISK_BYTES, usedBytes: this.machine.diskBytes(), mount: place.mount?.path ?? '/' };
  }

  #zeros(path: string): number {
    const place = this.#place(path);
    return this.#layerOf(place)?.get(place.inner)?.zeros ?? 0;
  }

  makeDirectory(path: string, parents: boolean): void {
    if (this.exists(path)) {
      if (parents && this.isDirectory(path)) return;
      throw new FileError(errors.exists);
    }
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (!this.isDirectory(parent)) {
      if (!parents) throw new FileError(this.#text(parent) === undefined ? errors.missing : errors.notDirectory);
      this.makeDirectory(parent, true);
    }
    const place = this.#writable(path);
    this.#ensureLayer(place).set(place.inner, { directory: true, modified: this.now });
  }

  remove(path: string, recursive: boolean): void {
    const directory = this.isDirectory(path);
    if (!directory && this.#text(path) === undefined) throw new FileError(errors.missing);
    const place = this.#writable(path);
    if (directory) {
      const children = this.list(path);
      if (children.length > 0 && !recursive) throw new FileError(errors.notEmpty);
      for (const child of children) this.remove(`${path === '/' ? '' : path}/${child.name}`, true);
    }
    const layer = this.#ensureLayer(place);
    // Below a volume there is no other layer that could show through.
    if (place.volume) layer.delete(place.inner);
    else layer.set(place.inner, { removed: true, modified: this.now });
  }

  setExecutable(path: string, executable: boolean): void {
    const text = this.#text(path);
    if (text === undefined) {
      if (this.isDirectory(path)) return;
      throw new FileError(errors.missing);
    }
    const place = this.#writable(path);
    this.#ensureLayer(place).set(place.inner, { text, executable, modified: this.now });
  }

  #text(path: string): string | undefined {
    const place = this.#place(path);
    const entry: FileEntry | undefined = this.#layerOf(place)?.get(place.inner);
    if (entry) return entry.removed ? undefined : entry.text;
    if (place.volume) return this.#volumeTexts(place)[place.inner.slice(1)];
    const generated = this.generated[path];
    if (generated !== undefined) return generated;
    const text = this.tree.texts[path];
    if (text !== undefined) return text;
    return this.tree.executables[path] === undefined ? undefined : '\u007fELF';
  }

  #place(path: string): Place {
    let best: VolumeMount | undefined;
    for (const mount of this.container.mounts) {
      if ((path === mount.path || path.startsWith(`${mount.path}/`)) && (!best || mount.path.length > best.path.length)) best = mount;
    }
    if (!best) return { inner: path };
    // A single path of a volume stays what it was when the container was created.
    const volume = best.pinned ?? this.volumes?.get(best.volume);
    const rest = path.slice(best.path.length);
    const inner = resolvePath('/', `${volume?.root ?? ''}/${best.subPath ?? ''}${rest}`);
    return volume ? { mount: best, volume, inner } : { mount: best, inner: path };
  }

  #layerOf(place: Place): FileLayer | undefined {
    if (!place.volume) return this.container.layer;
    return this.#shared(place.volume) ?? place.volume.files;
  }

  /** What outlives the pod. */
  #shared({ kind, disk }: MountedVolume): FileLayer | undefined {
    if (kind === 'host') return this.hostFiles;
    return disk === undefined ? undefined : this.machine.disk?.(disk);
  }

  #ensureLayer(place: Place): FileLayer {
    if (place.volume) {
      const shared = this.#shared(place.volume);
      if (shared) return shared;
      // A disk that was taken away answers nothing more.
      if (place.volume.disk !== undefined) throw new FileError(errors.io);
      return (place.volume.files ??= new Map());
    }
    return (this.container.layer ??= new Map());
  }

  #writable(path: string): Place {
    const place = this.#place(path);
    if (place.mount?.readOnly || place.volume?.readOnly || place.volume?.kind === 'objects' || path.startsWith('/proc/') || path.startsWith('/sys/')) throw new FileError(errors.readOnly);
    return place;
  }

  #checkRoom(layer: FileLayer, more: number): void {
    let used = more;
    for (const entry of layer.values()) used += entry.text?.length ?? 0;
    if (used > LAYER_LIMIT_BYTES) throw new FileError(errors.full);
  }

  #volumeTexts(place: Place): Record<string, string> {
    return place.volume?.kind === 'objects' ? volumeTexts(this.sandbox.pod, (place.mount as VolumeMount).volume, place.volume, this.machine) : {};
  }

  #hasEntryBelow(layer: FileLayer | undefined, prefix: string): boolean {
    if (layer) for (const [file, entry] of layer) if (!entry.removed && file.startsWith(prefix)) return true;
    return false;
  }

  #isMountParent(path: string): boolean {
    return this.container.mounts.some((mount) => mount.path.startsWith(`${path}/`));
  }

  #directories(): Set<string> {
    const known = directoriesOf.get(this.tree);
    if (known) return known;
    const directories = new Set<string>(['/bin', '/dev', '/etc', '/home', '/proc', '/root', '/sys', '/tmp', '/usr', '/usr/bin', '/var', '/var/log', '/var/run', '/run']);
    for (const source of [this.tree.texts, this.tree.executables]) {
      for (const file of Object.keys(source)) {
        for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) directories.add(file.slice(0, end));
      }
    }
    directoriesOf.set(this.tree, directories);
    return directories;
  }
}

/** `/etc/hostname`, `/etc/hosts` and the like, which the runtime makes for each container. */
export function generatedFiles(sandbox: Sandbox, resolv: string): Record<string, string> {
  const aliases = (sandbox.pod.spec as { hostAliases?: { ip: string; hostnames?: string[] }[] }).hostAliases ?? [];
  const hosts = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${sandbox.ip}\t${fullHostName(sandbox)}`,
  ];
  if (aliases.length > 0) {
    hosts.push('', '# Entries added by HostAliases.');
    for (const alias of aliases) hosts.push(`${alias.ip}\t${(alias.hostnames ?? []).join('\t')}`);
  }
  return { '/etc/hostname': `${sandbox.hostname}\n`, '/etc/hosts': `${hosts.join('\n')}\n`, '/etc/resolv.conf': resolv };
}

/** Host name as /etc/hosts has it: with its domain first, where the pod has one. */
function fullHostName({ hostname, namespace, pod }: Sandbox): string {
  const { subdomain } = pod.spec as { subdomain?: string };
  return subdomain ? `${hostname}.${subdomain}.${namespace}.svc.cluster.local\t${hostname}` : hostname;
}

/** The value of a downward API field of a pod; undefined when there is no such field. */
export function podField(pod: KubeObject, path: string, host: { nodeName: string; hostIP: string; podIP: string }): string | undefined {
  const subscript = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (subscript) return pod.metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] as string] ?? '';
  const listed = (values: Record<string, string> | undefined): string =>
    Object.keys(values ?? {})
      .sort()
      .map((key) => `${key}=${JSON.stringify((values as Record<string, string>)[key])}`)
      .join('\n');
  const spec = pod.spec as { serviceAccountName?: string };
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid;
    case 'metadata.labels':
      return listed(pod.metadata.labels);
    case 'metadata.annotations':
      return listed(pod.metadata.annotations);
    case 'spec.nodeName':
      return host.nodeName;
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? 'default';
    case 'status.hostIP':
    case 'status.hostIPs':
      return host.hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return host.podIP;
    default:
      return undefined;
  }
}
