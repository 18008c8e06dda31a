/** exec and attach over SPDY, as kubectl up to 1.30 speaks it: one stream each for errors, input and output. */
import type { ApiResponse } from '../../simulation/apiserver/types.ts';
import { badRequest } from '../statuses.ts';
import { commandOptions, exitStatus, failureStatus, startCommand } from './command.ts';
import type { SpdyStream } from './spdy.ts';
import { chosenProtocol, spdyOver } from './spdy-socket.ts';
import type { RemoteTarget, Upgrade } from './upgrade.ts';

const PROTOCOLS = ['v4.channel.k8s.io'];
/** The client opens its streams at once; who does not is let go, wall-clock ms. */
const STREAMS_MS = 30_000;
const TOUCH_MS = 30_000;

/** @returns the response that refuses it. @throws ApiError, ConnectionError */
export async function commandOverSpdy({ connection, request, socket, head, query, impersonate }: Upgrade, target: RemoteTarget): Promise<ApiResponse | undefined> {
  const protocol = chosenProtocol(request.headers['x-stream-protocol-version'], PROTOCOLS);
  if (protocol === undefined) return badRequest(`unable to upgrade: unable to negotiate protocol: server supports ${JSON.stringify(PROTOCOLS)}`);
  const options = commandOptions(target, query, impersonate);
  const { process, connect } = await startCommand(connection, options);
  const streams = new Map<string, SpdyStream>();
  const wanted = ['error', ...(options.input.stdin ? ['stdin'] : []), ...(options.stdout ? ['stdout'] : []), ...(options.stderr ? ['stderr'] : [])];
  const timeout = setTimeout(() => socket.destroy(), STREAMS_MS);
  const touch = setInterval(() => connection.touch(), TOUCH_MS);
  const decoder = new TextDecoder();
  const serve = (): void => {
    clearTimeout(timeout);
    streams.get('stdin')?.read({ data: (data) => process.write(decoder.decode(data, { stream: true })), end: () => process.end() });
    connect({ stdout: (text) => streams.get('stdout')?.write(Buffer.from(text)), stderr: (text) => streams.get('stderr')?.write(Buffer.from(text)) });
    const finish = (status: unknown): void => {
      streams.get('error')?.write(Buffer.from(JSON.stringify(status)));
      for (const stream of streams.values()) stream.end();
      socket.end();
    };
    process.done.then(
      (code) => finish(exitStatus(code)),
      (error: unknown) => finish(failureStatus(error)),
    );
  };
  let serving = false;
  spdyOver(socket, head, protocol, (stream) => {
    streams.set(stream.headers.get('streamtype') ?? '', stream);
    if (serving || !wanted.every((name) => streams.has(name))) return;
    serving = true;
    serve();
  });
  socket.on('close', () => {
    clearTimeout(timeout);
    clearInterval(touch);
    process.kill();
  });
  return undefined;
}
