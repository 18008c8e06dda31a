/** Starts the built server as a process of its own, for benchmarks, the crash test and the browser tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

export interface ServerProcess {
  process: ChildProcess;
  port: number;
  /** What it printed to stderr so far. */
  errors: () => string;
  exited: Promise<number | null>;
}

/**
 * @param entry the built server, `.build/main.mjs`. @param pages whether it serves the pages too. @param port 0, the default, takes a free one.
 * @param environment more variables.
 * @returns when it says that it is ready. @throws Error with its output when it ends before.
 */
export function startServer(dataFolder: string, options: { port?: number; entry?: string; pages?: boolean; environment?: Record<string, string> } = {}): Promise<ServerProcess> {
  const entry = options.entry ?? path.resolve('.build/main.mjs');
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, NODE_ENV: 'production', PAGES: options.pages ? 'on' : 'off', HOST: '127.0.0.1', PORT: String(options.port ?? 0), DATA_DIR: dataFolder, DATABASE_URL: '', LOG_LEVEL: 'error', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      const port = /Quorum is ready: http:\/\/[^:]+:(\d+)/.exec(output)?.[1];
      if (port) resolve({ process: child, port: Number(port), errors: () => errors, exited });
    });
    void exited.then((code) => reject(new Error(`the server ended with ${code}:\n${output}${errors}`)));
  });
}
