/** The built server as the browser tests run it: its own data, its own port, its log kept. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startServer, type ServerProcess } from '../../bench/server-process.ts';

/** A line of the server's log, as pino writes it. */
interface LogEntry {
  level: number;
  msg: string;
  [detail: string]: unknown;
}

const ERROR = 50;

/** A server that can be killed and started again on the same port and data. */
export class TestServer {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-e2e-'));
  #current: ServerProcess | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What it has logged since it was started: refusals, and what went wrong. */
  log(): LogEntry[] {
    const lines = (this.#current?.errors() ?? '').split('\n').filter(Boolean);
    return lines.map((line) => (line.startsWith('{') ? (JSON.parse(line) as LogEntry) : { level: ERROR, msg: line }));
  }

  /** What went wrong. */
  failures(): LogEntry[] {
    return this.log().filter(({ level }) => level >= ERROR);
  }

  async start(): Promise<void> {
    this.#current = await startServer(this.folder, { pages: true, port: this.#port, environment: { LOG_LEVEL: 'warn' } });
    this.#port = this.#current.port;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#current?.process.kill(signal);
    await this.#current?.exited;
  }

  /** Ends it and deletes its data. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
