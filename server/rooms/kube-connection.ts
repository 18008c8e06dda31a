/** A participant's connection for the Kubernetes HTTP API: the same host as that of its terminals, with the room's refusals as Status errors. */
import type { ForwardTarget, KubeClusters, KubeConnection, KubeRequest, RemoteProcess, StreamControls, StreamEvent } from '../kubeapi/types.ts';
import { ApiError, type ApiResponse } from '../simulation/apiserver/types.ts';
import type { ExecInput } from '../simulation/inputs.ts';
import type { NetworkRequest, NetworkResult } from '../simulation/network/types.ts';
import { isRoomError, type RoomError } from './errors.ts';
import type { RoomHost } from './host.ts';
import type { Rooms } from './rooms.ts';

/** How the room's refusals read to a Kubernetes client. */
function statusOf(error: RoomError): { code: number; reason: string } {
  switch (error.code) {
    case 'role-forbidden':
    case 'setting-forbidden':
      return { code: 403, reason: 'Forbidden' };
    case 'limit-exceeded':
      return { code: 413, reason: 'RequestEntityTooLarge' };
    case 'room-busy':
    case 'rate-limited':
      return { code: 429, reason: 'TooManyRequests' };
    case 'room-failed':
    case 'storage-failed':
      return { code: 503, reason: 'ServiceUnavailable' };
    default:
      return { code: 500, reason: 'InternalError' };
  }
}

function asApiError(error: unknown): unknown {
  if (!isRoomError(error)) return error;
  const { code, reason } = statusOf(error);
  const retry = code === 429 ? { details: { retryAfterSeconds: 1 } } : {};
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: error.message, reason, ...retry, code });
}

async function worded<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw asApiError(error);
  }
}

export class RoomKubeConnection implements KubeConnection {
  constructor(
    readonly id: string,
    private readonly host: RoomHost,
    readonly touch: () => void,
  ) {}

  request(request: KubeRequest): Promise<ApiResponse> {
    return worded(this.host.request(request));
  }

  stream(request: KubeRequest, onEvent: (event: StreamEvent | string) => void, signal: AbortSignal, onOpen?: (controls: StreamControls) => void): Promise<ApiResponse | undefined> {
    return worded(this.host.stream(request, onEvent, signal, onOpen));
  }

  exec(request: ExecInput, output: { stdout(text: string): void; stderr(text: string): void }): RemoteProcess {
    const process = this.host.exec(request, output);
    const [started, done] = [worded(process.started), worded(process.done)];
    // Who is refused at the start does not wait for the end, and nobody may: neither promise must end the server.
    for (const promise of [started, done]) promise.catch(() => {});
    return { write: (data) => process.write(data), end: () => process.end(), kill: () => process.kill(), started, done };
  }

  async checkForward({ namespace, pod }: Omit<ForwardTarget, 'port'>): Promise<void> {
    await worded(this.host.operation({ name: 'pod.forward.check', args: { namespace, name: pod } }));
  }

  async forward({ namespace, pod, port }: ForwardTarget, request: NetworkRequest): Promise<NetworkResult> {
    return (await worded(this.host.operation({ name: 'pod.forward', args: { namespace, name: pod, port, request } }))) as NetworkResult;
  }
}

/** The rooms as the HTTP API finds them. */
export class RoomClusters implements KubeClusters {
  constructor(private readonly rooms: Rooms) {}

  async connect(roomId: string, token: string | undefined): Promise<KubeConnection | undefined> {
    try {
      // Only participants wake a room and keep it awake.
      if (token === undefined || token.includes('.')) return this.rooms.live(roomId)?.outsiderConnection(token);
      // A token of another room must not wake that room.
      const identified = await this.rooms.identify(token);
      if (identified.roomId !== roomId) return undefined;
      const { room, participant } = await this.rooms.authenticate(token);
      return room.kubeConnection(participant);
    } catch (error) {
      if (isRoomError(error) && (error.code === 'token-invalid' || error.code === 'room-not-found')) return undefined;
      throw asApiError(error);
    }
  }
}
