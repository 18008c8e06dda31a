/** What a node's container runtime remembers: plain data. It survives a restart of the kubelet. */
import type { KubeObject } from '../apiserver/types.ts';
import type { EditedLine } from './line-editing.ts';

export interface LogEntry {
  /** ms since the Unix epoch. */
  time: number;
  stream: 'stdout' | 'stderr';
  /** Whole lines, except that the last entry of a stream may end in the middle of one. */
  text: string;
}

/** One entry of a writable layer. `text` of a directory is absent. */
export interface FileEntry {
  text?: string;
  directory?: boolean;
  executable?: boolean;
  /** So many zero bytes follow the text: large files take no memory. */
  zeros?: number;
  /** Hides what the layer below has. */
  removed?: boolean;
  modified: number;
}

export type FileLayer = Map<string, FileEntry>;

/** A mounted volume. What configMap, secret, projected and downwardAPI volumes hold follows from the objects as they were when last synced. */
export interface MountedVolume {
  kind: 'objects' | 'files' | 'host' | 'disk';
  /** Where on the machine a `host` volume is. */
  root?: string;
  /** Handle of the network disk that a `disk` volume is. */
  disk?: string;
  /** How much a `disk` holds. */
  capacityBytes?: number;
  /** As node statuses name it, of volumes that are attached. */
  attached?: string;
  readOnly?: boolean;
  /** `configmaps/NAME` or `secrets/NAME` → the object. */
  objects?: Record<string, KubeObject>;
  /** Last sync, ms. */
  syncedAt: number;
  /** emptyDir and other writable volumes. */
  files?: FileLayer;
}

export interface Sandbox {
  podUid: string;
  namespace: string;
  name: string;
  hostname: string;
  ip: string;
  hostNetwork: boolean;
  dnsPolicy: string;
  createdAt: number;
  ready: boolean;
  attempt: number;
  /** The pod as it was last synced: volumes with downward API read it. */
  pod: KubeObject;
  /** Ids of the pod's containers, oldest first, ended ones included. */
  containers: string[];
  /** See PodAccess.setCrashLoop. */
  crashLoop?: boolean;
}

export interface VolumeMount {
  volume: string;
  path: string;
  subPath?: string;
  /** What a subPath of an object's volume shows. */
  pinned?: MountedVolume;
  readOnly: boolean;
}

export interface ProcessState {
  pid: number;
  ppid: number;
  program: string;
  argv: string[];
  /** Own environment; absent: the container's. */
  env?: Record<string, string>;
  cwd: string;
  data: unknown;
  startedAt: number;
  /** Sequence of the kernel event that is its timer; 0: none. */
  timer: number;
  stdin: number;
  stdout: number;
  stderr: number;
  signals?: Record<string, 'ignore' | 'handle'>;
  /** Bytes beyond the program's usual size. */
  allocated?: number;
  /** It would run on if it were given more processor. */
  busy?: boolean;
  /** An `input` turn is queued. */
  inputQueued?: boolean;
  /** Session that it belongs to. */
  session?: string;
}

export type StreamState =
  | { kind: 'null' }
  | { kind: 'session'; session: string; fd: 1 | 2 }
  /** `writers`: processes that may still write; at 0 the reader sees the end. */
  /** `hungry`: somebody has asked for more than there was. `eof`: Ctrl-D, the end for one reader, after which there may be more. */
  | { kind: 'pipe'; text: string; writers: number; reader: number; broken?: boolean; hungry?: boolean; eof?: boolean }
  | { kind: 'file'; path: string };

export interface Container {
  id: string;
  podUid: string;
  name: string;
  /** As the pod's spec has it; a change of it restarts the container. */
  image: string;
  imageId: string;
  /** Key into the image table; undefined for images that only the recorder knows. */
  repository: string;
  tag: string;
  init: boolean;
  attempt: number;
  state: 'created' | 'running' | 'exited';
  createdAt: number;
  startedAt: number;
  finishedAt: number;
  exitCode: number;
  reason: string;
  message: string;
  argv: string[];
  cwd: string;
  /** Variables of the container's spec, resolved. */
  env?: Record<string, string>;
  /** Key into RuntimeState.serviceVariables. */
  services: string;
  milliCpuLimit: number;
  memoryLimitBytes: number;
  /** How soon it is killed when the machine runs out of memory; see eviction.ts. */
  oomScoreAdjust?: number;
  mounts: VolumeMount[];
  terminationMessagePath: string;
  tty: boolean;
  stdin: boolean;
  log: LogEntry[];
  logBytes: number;
  layer?: FileLayer;
  processes: Map<number, ProcessState>;
  streams?: Map<number, StreamState>;
  nextPid: number;
  nextStream: number;
  /** Processor time of single pieces of work, requests above all, of late; see cpu-time.ts. */
  work?: WorkSlot[];
}

/** Processor time that was used in one slot of time. */
export interface WorkSlot {
  /** Number of the slot since the Unix epoch. */
  slot: number;
  microseconds: number;
}

/** An exec or attach session. */
export interface Session {
  id: string;
  container: string;
  /** 0 for attach: the session has no process of its own. */
  pid: number;
  tty: boolean;
  /** Stream that holds what was typed. */
  input: number;
  /** What is being typed, with a tty. */
  edited?: EditedLine;
  /** Output of a probe's or hook's command, which no person sees. */
  captured?: string;
}

export interface ImageRecord {
  /** Repository and tag as containerd names it. */
  name: string;
  id: string;
  sizeBytes: number;
  pulledAt: number;
}

export interface RuntimeState {
  /** By pod uid. */
  sandboxes: Map<string, Sandbox>;
  containers: Map<string, Container>;
  /** Pod uid → volume name → volume. */
  volumes: Map<string, Map<string, MountedVolume>>;
  /** How often the machine was switched on. */
  boots: number;
  /** By canonical name. */
  images: Map<string, ImageRecord>;
  sessions: Map<string, Session>;
  /** Addresses in use in the node's pod network: address → pod uid. */
  addresses: Map<string, string>;
  /** Where the search for a free address goes on. */
  nextHost: number;
  serviceVariables: Map<string, Record<string, string>>;
  /** Files of the machine that hostPath volumes show. */
  hostFiles: FileLayer;
  /** No power: nothing runs. */
  off: boolean;
  /** Events that came due while the machine was suspended, in order. */
  deferred: { type: string; payload: unknown; sequence: number }[];
  suspended: boolean;
}

export function emptyRuntimeState(): RuntimeState {
  return {
    sandboxes: new Map(),
    containers: new Map(),
    volumes: new Map(),
    boots: 1,
    images: new Map(),
    sessions: new Map(),
    addresses: new Map(),
    nextHost: 1,
    serviceVariables: new Map(),
    hostFiles: new Map(),
    off: false,
    deferred: [],
    suspended: false,
  };
}
