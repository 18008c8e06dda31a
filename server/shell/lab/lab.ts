/** Runs a lab: shell lines on a fresh and settled cluster, without a screen. */
import { createCluster, SETTLE_MS } from '../../simulation/cluster.ts';
import { defaultConfig } from '../../simulation/config.ts';
import { createIo } from '../bash/io.ts';
import { Parser } from '../bash/parser.ts';
import { Shell } from '../bash/shell.ts';
import { TextOutput } from '../bash/streams.ts';
import { commands } from '../registry.ts';
import type { ShellOutput } from '../types.ts';
import { drive } from './driver.ts';
import { LabHost } from './lab-host.ts';
import { MemoryFiles } from './memory-files.ts';

const SEED = 20_261_124;
/** Virtual time of the first instant; a fixed one, so that a lab prints the same every time. */
const START = Date.UTC(2026, 10, 24, 0, 30, 0);
const USER = 'student';
const HOME = `/home/${USER}`;

export interface Step {
  /** The complete command: with its here-documents, continued lines, and the lines of a compound command. */
  run: string;
  stdout: string;
  stderr: string;
  code: number;
}

export interface LabOptions {
  seed?: number;
  /** Told what is printed as it is. */
  onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
}

/** One shell on one cluster. */
export class Lab {
  readonly host: LabHost;
  readonly #shell: Shell;
  /** Where the running step's output goes; background jobs write to whichever step runs. */
  #output = { stdout: new TextOutput(), stderr: new TextOutput() };
  readonly #streams: { stdout: ShellOutput; stderr: ShellOutput };

  constructor({ seed = SEED, onOutput }: LabOptions = {}) {
    // The transcripts that labs are compared with were recorded without a network plugin's pods and with the recorder's own containers.
    const cluster = createCluster({ ...defaultConfig(seed, START), networkPlugin: 'none', recorderWorkloads: true, controlPlaneHostName: 'vm' });
    cluster.advance(START + SETTLE_MS);
    this.host = new LabHost(cluster);
    const files = new MemoryFiles([HOME, '/tmp']);
    this.#shell = new Shell({ host: this.host, files, commands, session: { listeners: new Map() }, size: () => undefined, history: () => [] }, HOME);
    this.#shell.initialize(USER, HOME);
    const stream = (name: 'stdout' | 'stderr'): ShellOutput => ({
      isTerminal: false,
      write: (text) => {
        this.#output[name].write(text);
        onOutput?.(name, text);
      },
    });
    this.#streams = { stdout: stream('stdout'), stderr: stream('stderr') };
  }

  /** Runs one complete command (or several lines as one step). */
  async step(run: string): Promise<Step> {
    this.#output = { stdout: new TextOutput(), stderr: new TextOutput() };
    const io = createIo({ ...this.#streams, signal: new AbortController().signal });
    const code = await drive(this.#shell.run(run, io), this.host);
    return { run, stdout: this.#output.stdout.text, stderr: this.#output.stderr.text, code };
  }

  /** Whether the lab has run `exit`. */
  get exited(): boolean {
    return this.#shell.exited;
  }

  /** Ends what still runs in the background. */
  close(): void {
    this.#shell.jobs.endAll();
  }
}

/** The complete commands of a lab's text, in order. What does not parse is one last step, so that the shell says why. */
export function splitSteps(text: string): string[] {
  const parser = new Parser(text);
  const steps: string[] = [];
  let end = 0;
  try {
    for (let line = parser.next(); line; line = parser.next()) {
      steps.push(text.slice(line.start, line.end));
      end = line.end;
    }
  } catch {
    steps.push(text.slice(end).trim());
  }
  return steps;
}
