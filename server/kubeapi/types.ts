/**
 * What the HTTP API stands on: a participant's connection to the cluster of a room. Rooms implement it; everything that
 * Kubernetes means is behind it, in server/simulation, so that this part does HTTP and nothing else.
 */
import type { ApiRequest, ApiResponse } from '../simulation/apiserver/types.ts';
import type { ExecInput } from '../simulation/inputs.ts';
import type { NetworkRequest, NetworkResult } from '../simulation/network/types.ts';

/** A request before the connection stamps the user on it. */
export type KubeRequest = Omit<ApiRequest, 'user'>;

export interface StreamEvent {
  type: string;
  object: unknown;
}

/** What can be asked of an open watch. */
export interface StreamControls {
  /** Makes the watch tell the revision that it has reached. */
  bookmark(): void;
}

export interface RemoteProcess {
  write(data: string): void;
  /** End of standard input. */
  end(): void;
  kill(): void;
  /** Resolves when the process runs. Rejects with ApiError when that is refused. */
  readonly started: Promise<void>;
  /** Exit code. */
  readonly done: Promise<number>;
}

export interface ForwardTarget {
  namespace: string;
  pod: string;
  port: number;
}

/**
 * A participant's connection. Every method rejects with ApiError when the room refuses (role, limits), and with
 * ConnectionError when no API server answers.
 */
export interface KubeConnection {
  /** Whose limits count: the participant's id, or what all of a kind share. */
  readonly id: string;
  request(request: KubeRequest): Promise<ApiResponse>;
  /**
   * A watch, or a log that is followed (then events are text). Resolves when the server or the signal ends it.
   * @param onOpen called when the stream stands; the first events may come before.
   * @returns the response that refuses it, else undefined.
   */
  stream(request: KubeRequest, onEvent: (event: StreamEvent | string) => void, signal: AbortSignal, onOpen?: (controls: StreamControls) => void): Promise<ApiResponse | undefined>;
  exec(request: ExecInput, output: { stdout(text: string): void; stderr(text: string): void }): RemoteProcess;
  /** Refuses a port-forward to a pod that cannot be had. @throws ApiError */
  checkForward(target: Omit<ForwardTarget, 'port'>): Promise<void>;
  /** One HTTP request through a port-forward. */
  forward(target: ForwardTarget, request: NetworkRequest): Promise<NetworkResult>;
  /** Tells the room that somebody is still there. */
  touch(): void;
}

/** Finds connections. */
export interface KubeClusters {
  /**
   * The connection of a token's bearer to a room, a participant or a service account; without a token that of somebody unknown.
   * Undefined when the token is not one of that room.
   */
  connect(roomId: string, token: string | undefined): Promise<KubeConnection | undefined>;
}
