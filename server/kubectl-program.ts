/** A kubectl binary as a command of the terminal: it gets the shell's files in a real folder, its input and its environment, and writes where the shell says. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command, CommandContext, ShellFiles } from './shell/types.ts';

/** What is going on between programs and the server, and when that changes. */
export class Activity {
  /** Requests that wait for their answer. */
  pending = 0;
  /** Watches, logs that are followed, sessions: what waits for the cluster. */
  streams = 0;
  /** Programs that run. */
  programs = 0;
  #changed: (() => void)[] = [];

  changed(): void {
    for (const changed of this.#changed.splice(0)) changed();
  }

  /** Resolves at the next change. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  /** Counts work while it lasts. */
  async during<T>(what: 'pending' | 'streams' | 'programs', work: Promise<T>): Promise<T> {
    this[what]++;
    this.changed();
    try {
      return await work;
    } finally {
      this[what]--;
      this.changed();
    }
  }
}

export interface KubectlProgram {
  binary: string;
  /** Folder that stands for the shell's root. */
  root: string;
  /** Path of the kubeconfig. */
  kubeconfig: string;
  activity: Activity;
  /** Output as the shell shows it. */
  shown: (text: string) => string;
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

function run({ binary, root, kubeconfig, activity, shown }: KubectlProgram, context: CommandContext): Promise<number> {
  materialize(context.files, '/', root);
  mkdirSync(path.join(root, context.cwd), { recursive: true });
  const args = context.args.map((arg) => arg.replace(/^((?:-[a-zA-Z]|--[a-z-]+=)?)(\/(?:tmp|home)\/)/, (_match, flag: string, folder: string) => `${flag}${root}${folder}`));
  const child = spawn(binary, args, { cwd: path.join(root, context.cwd), env: { ...process.env, ...context.env, PATH: process.env.PATH ?? '', HOME: root, KUBECONFIG: kubeconfig } });
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      context[name].write(shown(chunk.toString()));
      activity.changed();
    });
  }
  void (async () => {
    for (let chunk = await context.stdin.read(); chunk !== undefined; chunk = await context.stdin.read()) child.stdin.write(chunk);
    child.stdin.end();
  })().catch(() => child.stdin.end());
  child.stdin.on('error', () => {});
  const stop = (): void => void child.kill('SIGINT');
  context.signal.addEventListener('abort', stop, { once: true });
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (status) => resolve(status ?? 130));
  });
  return activity.during('programs', ended).finally(() => context.signal.removeEventListener('abort', stop));
}

export function kubectlProgram(program: KubectlProgram): Command {
  return { name: 'kubectl', summary: 'a real kubectl', run: (context) => run(program, context) };
}
