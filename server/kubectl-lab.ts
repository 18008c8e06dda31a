/**
 * Labs with a real kubectl: the lab's own shell, cluster and virtual time, but `kubectl` is a binary that speaks HTTP to the lab's
 * cluster. For `npm run conformance -- --kubectl PATH`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeCertificate } from './certificate.ts';
import { KubeApi } from './kubeapi/kube-api.ts';
import type { KubeConnection, RemoteProcess } from './kubeapi/types.ts';
import { kubeconfig } from './kubeconfig.ts';
import { onePort } from './one-port.ts';
import { Lab } from './shell/lab/lab.ts';
import type { LabHost } from './shell/lab/lab-host.ts';
import { realWork } from './shell/real-work.ts';
import { commands } from './shell/registry.ts';
import type { Command, CommandContext, ShellFiles } from './shell/types.ts';
import type { NetworkResult } from './simulation/network/types.ts';

const TOKEN = 'lab';
const ROOM = 'lab';
/** The names that kubeadm's kubeconfig has. */
const CONTEXT = 'kubernetes-admin@quorum';
/** A kubectl that has asked for nothing for so long waits for something, wall-clock ms. */
const QUIET_MS = 25;
/** Then so much virtual time passes: more while it watches, since it is the cluster that it waits for. */
const WATCHING_STEP_MS = 250;

/** What kubectl has open, and when that changes. */
class Activity {
  pending = 0;
  streams = 0;
  #changed: (() => void)[] = [];

  change(by: { pending?: number; streams?: number }): void {
    this.pending += by.pending ?? 0;
    this.streams += by.streams ?? 0;
    for (const changed of this.#changed.splice(0)) changed();
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  async counted<T>(work: Promise<T>): Promise<T> {
    this.change({ pending: 1 });
    try {
      return await work;
    } finally {
      this.change({ pending: -1 });
    }
  }
}

function connectionTo(host: LabHost, activity: Activity): KubeConnection {
  return {
    id: 'lab',
    touch() {},
    request: (request) => activity.counted(host.request(request)),
    async stream(request, onEvent, signal, onOpen) {
      activity.change({ streams: 1 });
      const event = (value: Parameters<typeof onEvent>[0]): void => {
        activity.change({});
        onEvent(value);
      };
      try {
        return await host.stream(request, event, signal, () => onOpen?.({ bookmark: () => {} }));
      } finally {
        activity.change({ streams: -1 });
      }
    },
    exec(request, output): RemoteProcess {
      const process = host.exec(request, output);
      activity.change({ streams: 1 });
      void process.done.catch(() => {}).then(() => activity.change({ streams: -1 }));
      let failed: { error: unknown } | undefined;
      process.done.catch((error: unknown) => (failed = { error }));
      const started = (async () => {
        for (let turn = 0; turn < 3; turn++) await Promise.resolve();
        if (failed) throw failed.error;
      })();
      return { write: (data) => process.write(data), end: () => process.end(), kill: () => process.kill(), started, done: process.done };
    },
    async checkForward({ namespace, pod }) {
      await activity.counted(host.operation({ name: 'pod.forward.check', args: { namespace, name: pod } }));
    },
    async forward({ namespace, pod, port }, request) {
      return (await activity.counted(host.operation({ name: 'pod.forward', args: { namespace, name: pod, port, request } }))) as NetworkResult;
    },
  };
}

/** Puts the shell's files into a real folder. */
function materialize(files: ShellFiles, folder: string, root: string): void {
  for (const name of files.list(folder) ?? []) {
    const file = path.posix.join(folder, name);
    const target = path.join(root, file);
    if (files.isDirectory(file)) {
      mkdirSync(target, { recursive: true });
      materialize(files, file, root);
    } else writeFileSync(target, files.read(file) ?? '');
  }
}

/** Runs the binary for one `kubectl …` of the shell. */
async function run(binary: string, config: string, root: string, activity: Activity, context: CommandContext): Promise<number> {
  materialize(context.files, '/', root);
  mkdirSync(path.join(root, context.cwd), { recursive: true });
  const args = context.args.map((arg) => arg.replace(/^((?:-[a-zA-Z]|--[a-z-]+=)?)(\/(?:tmp|home)\/)/, (_match, flag: string, folder: string) => `${flag}${root}${folder}`));
  const child = spawn(binary, args, { cwd: path.join(root, context.cwd), env: { ...process.env, ...context.env, PATH: process.env.PATH ?? '', HOME: root, KUBECONFIG: config } });
  child.stdout.on('data', (chunk: Buffer) => context.stdout.write(chunk.toString().replaceAll(root, '')));
  child.stderr.on('data', (chunk: Buffer) => context.stderr.write(chunk.toString().replaceAll(root, '')));
  void (async () => {
    for (let chunk = await context.stdin.read(); chunk !== undefined; chunk = await context.stdin.read()) child.stdin.write(chunk);
    child.stdin.end();
  })().catch(() => child.stdin.end());
  child.stdin.on('error', () => {});
  const stop = (): void => void child.kill('SIGINT');
  context.signal.addEventListener('abort', stop, { once: true });
  let code: number | undefined;
  const ended = new Promise<void>((resolve) => {
    child.on('error', () => resolve((code = 127) as never));
    child.on('close', (status) => resolve((code = status ?? 130) as never));
  });
  try {
    while (code === undefined) {
      // While it waits for an answer, virtual time goes on as far as the answer needs.
      if (activity.pending > 0) {
        await Promise.race([activity.next(), ended]);
        continue;
      }
      const quiet = await realWork(Promise.race([activity.next().then(() => false), ended.then(() => false), new Promise<boolean>((resolve) => setTimeout(() => resolve(true), QUIET_MS))]));
      if (quiet) await context.host.sleep(activity.streams > 0 ? WATCHING_STEP_MS : QUIET_MS);
    }
    return code;
  } finally {
    context.signal.removeEventListener('abort', stop);
    if (code === undefined) child.kill('SIGKILL');
  }
}

/** A lab whose kubectl is a real one. */
export async function kubectlLab(binary: string): Promise<Lab> {
  const root = mkdtempSync(path.join(tmpdir(), 'quorum-lab-'));
  const certificate = makeCertificate(Date.now());
  const activity = new Activity();
  const holder: { host?: LabHost } = {};
  const api = new KubeApi({
    clusters: { connect: (_room, token) => Promise.resolve(token === TOKEN && holder.host ? connectionTo(holder.host, activity) : undefined) },
    wallClock: () => performance.now(),
    log: { error: (details, message) => void process.stderr.write(`${message}: ${JSON.stringify(details)}\n`) },
  });
  const { listener, servers, closeAllConnections } = onePort(certificate, (request, response) => void api.request(request, response));
  for (const server of servers) server.on('upgrade', (request, socket, head) => void api.upgrade(request, socket, head));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const config = path.join(root, 'kubeconfig');
  writeFileSync(config, kubeconfig({ host: `127.0.0.1:${(listener.address() as AddressInfo).port}`, proxied: false, certificate: certificate.cert, roomId: ROOM, user: 'kubernetes-admin', token: TOKEN, context: CONTEXT, cluster: 'quorum' }));
  const kubectl: Command = { name: 'kubectl', summary: 'a real kubectl', run: (context) => run(binary, config, root, activity, context) };
  const lab = new Lab({ commands: new Map([...commands, ['kubectl', kubectl]]) });
  holder.host = lab.host;
  lab.onClose = () => {
    api.close();
    listener.close();
    closeAllConnections();
    rmSync(root, { recursive: true, force: true });
  };
  return lab;
}
