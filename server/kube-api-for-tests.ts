/** A server with a room for tests of the Kubernetes HTTP API: real HTTP on a free port of this machine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import type http from 'node:http';
import { makeCertificate } from './certificate.ts';
import { HttpServer } from './http-server.ts';
import { kubeconfig } from './kubeconfig.ts';
import { Journal } from './rooms/journal.ts';
import { Rooms } from './rooms/rooms.ts';
import { shellBinding } from './rooms/shell-binding.ts';
import { MemoryStore } from './rooms/store/memory-store.ts';
import type { Room } from './rooms/room.ts';
import type { Participant, Role } from './rooms/types.ts';
import type { ClusterConfig } from './simulation/config.ts';

export interface KubeServer {
  port: number;
  roomId: string;
  /** Of the instructor. */
  token: string;
  rooms: Rooms;
  /** The room and its instructor. */
  room(): Promise<{ room: Room; participant: Participant }>;
  /** A further participant's token. */
  join(name: string, role: Exclude<Role, 'instructor'>): Promise<string>;
  /** A kubeconfig file for a token, as «Use your own kubectl» gives it, with the names of one that kubeadm writes. */
  kubeconfig(token?: string): string;
  /** Told of requests as they come. */
  onRequest(listener: http.RequestListener): void;
  /** Told of connections that become another protocol's: exec, attach, port-forward. */
  onUpgrade(listener: (request: http.IncomingMessage, socket: Duplex) => void): void;
  /** Lets virtual time pass. */
  jump(seconds: number): Promise<void>;
  /** Lets the server's wall clock pass, without waiting for it. */
  passWallClock(seconds: number): void;
  /** What the terminal of the room prints for a line. */
  terminal(line: string): Promise<{ stdout: string; stderr: string; code: number }>;
  errors: string[];
  close(): Promise<void>;
}

/** @param config of the room's cluster; default: that of any new room. */
export async function startKubeServer(config?: ClusterConfig): Promise<KubeServer> {
  const errors: string[] = [];
  const complain = (details: object, message: string): void => {
    const { error } = details as { error?: unknown };
    errors.push(`${message}: ${error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(details)}`);
  };
  const log = { info: () => {}, warn: () => {}, error: complain };
  let ahead = 0;
  const wallClock = (): number => performance.now() + ahead;
  const store = new MemoryStore();
  const certificate = makeCertificate(Date.now());
  const rooms = new Rooms({ store, journal: new Journal(store, () => {}), shell: shellBinding, wallClock, log });
  rooms.start();
  const server = new HttpServer({ rooms, trustProxy: false, certificate, wallClock, log });
  server.usePages('none');
  await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  const created = await rooms.create({ roomName: 'Kube', name: 'Grace', address: 'test' }, config);
  const folder = mkdtempSync(path.join(tmpdir(), 'quorum-kube-'));
  const instructor = (): ReturnType<Rooms['authenticate']> => rooms.authenticate(created.token);
  return {
    port,
    roomId: created.roomId,
    token: created.token,
    rooms,
    room: instructor,
    errors,
    passWallClock: (seconds) => void (ahead += seconds * 1_000),
    async join(name, role) {
      const { secret } = created.links[role];
      return (await rooms.join({ roomId: created.roomId, secret, name, address: 'test' })).token;
    },
    kubeconfig(token = created.token) {
      const file = path.join(folder, `config-${token.slice(0, 8)}`);
      writeFileSync(file, kubeconfig({ host: `127.0.0.1:${port}`, proxied: false, certificate: certificate.cert, roomId: created.roomId, user: 'kubernetes-admin', token, context: 'kubernetes-admin@quorum', cluster: 'quorum' }));
      return file;
    },
    onRequest: (listener) => server.httpServers.forEach((one) => one.on('request', listener)),
    onUpgrade: (listener) => server.httpServers.forEach((one) => one.on('upgrade', listener)),
    async jump(seconds) {
      const { room, participant } = await instructor();
      await room.controlClock(participant, { action: 'jump', seconds });
    },
    async terminal(line) {
      const { room, participant } = await instructor();
      return room.runInShell(participant.id, line);
    },
    async close() {
      await server.close();
      await rooms.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
