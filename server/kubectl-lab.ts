/**
 * Labs with a real kubectl: the shell of a lab in a room of a real server, where `kubectl` is a binary that speaks HTTP to the room with
 * a participant's token. For `npm run conformance -- --kubectl PATH`. The room's clock runs as fast as that on the wall; whenever
 * everybody waits for the cluster, it jumps.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startKubeServer } from './kube-api-for-tests.ts';
import { Activity, kubectlProgram } from './kubectl-program.ts';
import type { RoomHost } from './rooms/host.ts';
import { API_SERVER_PORT, nodeAddress } from './simulation/config.ts';
import { labConfig, SEED, START } from './shell/lab/lab.ts';
import { LabSession, type LabCluster } from './shell/lab/lab-session.ts';
import { commands } from './shell/registry.ts';
import type { ExecProcess, ShellHost } from './shell/types.ts';

/** A kubectl that has asked for nothing for so long waits for something, wall-clock ms. */
const QUIET_MS = 25;
/** One that has nothing open has not begun yet, or waits between two questions; wall-clock ms. */
const IDLE_MS = 200;
/** Then so much virtual time passes. */
const JUMP_MS = 250;

/** The shell's way into the room: a participant's own, which knows who sleeps. */
class RoomLabHost implements LabCluster {
  readonly hasSessions = false;
  readonly awaitsInput = false;
  readonly #sleepers = new Set<{ due: number }>();

  constructor(
    private readonly host: RoomHost,
    private readonly activity: Activity,
  ) {}

  /** Virtual time until the first sleeper is due, ms. */
  untilDue(): number | undefined {
    return this.#sleepers.size === 0 ? undefined : Math.min(...[...this.#sleepers].map(({ due }) => due)) - this.now();
  }

  identity: ShellHost['identity'] = () => this.host.identity();

  now(): number {
    return this.host.now();
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const sleeper = { due: this.now() + milliseconds };
    this.#sleepers.add(sleeper);
    try {
      await this.host.sleep(milliseconds, signal);
    } finally {
      this.#sleepers.delete(sleeper);
    }
  }

  request: ShellHost['request'] = (request) => this.activity.during('pending', this.host.request(request));
  stream: ShellHost['stream'] = (request, onEvent, signal) => this.activity.during('streams', this.host.stream(request, onEvent, signal));
  http: ShellHost['http'] = (request) => this.activity.during('streams', this.host.http(request));
  operation: ShellHost['operation'] = (request) => this.activity.during('pending', this.host.operation(request));
  exec: ShellHost['exec'] = (request, output): ExecProcess => this.host.exec(request, output);
  open(): void {
    // There is no screen.
  }
}

/** The kubectl that the variable KUBECTL names, or the first on the PATH. */
export function kubectlOnPath(): string | undefined {
  return process.env.KUBECTL ?? (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'kubectl')).find((file) => existsSync(file));
}

/** Minor release of a kubectl. @throws Error when it is none. */
export function minorRelease(binary: string): number {
  const minor = /"minor": "(\d+)/.exec(execFileSync(binary, ['version', '--client', '-o', 'json'], { encoding: 'utf8' }))?.[1];
  if (minor === undefined) throw new Error(`${binary} does not say which release of kubectl it is`);
  return Number(minor);
}

/** A lab in a room, whose kubectl is a real one. */
export async function kubectlLab(binary: string): Promise<LabSession> {
  const root = mkdtempSync(path.join(tmpdir(), 'quorum-lab-'));
  // An instant in the past: the room's clock jumps ahead of that on the wall, by which kubectl computes ages.
  const server = await startKubeServer({ ...labConfig(SEED, START), classroom: true });
  const { room, participant } = await server.room();
  const activity = new Activity();
  server.onRequest(({ url = '' }, response) => {
    const ended = new Promise<void>((resolve) => response.on('close', resolve));
    void activity.during(/[?&](watch|follow)=(1|t|true)\b/.test(url) ? 'streams' : 'pending', ended);
  });
  server.onUpgrade((_request, socket) => void activity.during('streams', new Promise<void>((resolve) => socket.on('close', resolve))));
  const host = new RoomLabHost(room.terminals.hostFor(participant.id), activity);

  /** What everybody waits for comes. */
  const drive = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const ended = work.then(
      () => void (done = true),
      () => void (done = true),
    );
    const quiet = (milliseconds: number): Promise<boolean> => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const time = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(true), milliseconds)));
      return Promise.race([Promise.race([activity.next(), ended]).then(() => false), time]).finally(() => clearTimeout(timer));
    };
    while (!done) {
      const idle = activity.programs > 0 && activity.streams === 0;
      if (!(await quiet(idle ? IDLE_MS : QUIET_MS)) || activity.pending > 0) continue;
      await server.jump(Math.max(1, Math.min(host.untilDue() ?? JUMP_MS, activity.programs + activity.streams > 0 ? JUMP_MS : Infinity)) / 1_000);
    }
    return work;
  };

  const address = { real: `https://127.0.0.1:${server.port}/k8s/${server.roomId}`, shown: `https://${nodeAddress(0)}:${API_SERVER_PORT}` };
  const kubectl = kubectlProgram({ binary, root, kubeconfig: server.kubeconfig(), activity, shown: (text) => text.replaceAll(root, '').replaceAll(address.real, address.shown) });
  const session = new LabSession(host, drive, { commands: new Map([...commands, ['kubectl', kubectl]]) });
  const endJobs = session.close.bind(session);
  session.close = async () => {
    await endJobs();
    await server.close();
    rmSync(root, { recursive: true, force: true });
    if (server.errors.length > 0) throw new Error(server.errors.join('\n'));
  };
  return session;
}
