/** Runs a lab: shell lines on a fresh and settled cluster, without a screen. */
import { createCluster, SETTLE_MS } from '../../simulation/cluster.ts';
import { defaultConfig } from '../../simulation/config.ts';
import { createIo } from '../bash/io.ts';
import { Parser } from '../bash/parser.ts';
import { Shell } from '../bash/shell.ts';
import { TextOutput } from '../bash/streams.ts';
import { commands as registered } from '../registry.ts';
import type { Command, ShellInput, ShellOutput } from '../types.ts';
import { drive } from './driver.ts';
import { LabHost } from './lab-host.ts';
import { MemoryFiles } from './memory-files.ts';

const SEED = 20_261_124;
/** Virtual time of the first instant; a fixed one, so that a lab prints the same every time. */
const START = Date.UTC(2026, 10, 24, 0, 30, 0);
const USER = 'student';
const HOME = `/home/${USER}`;
/** A person needs this long for the next line, ms of virtual time: what was put into the background has begun by then. */
const TYPING_MS = 500;
/** A person who waits for a prompt looks this often, and types anyway after so long: what runs may be meant to be typed over. */
const LOOK_MS = 100;
const PATIENCE_MS = 600_000;

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
  /** The lab's next line, for a session inside a container (`kubectl exec -it … sh`); undefined at the end. */
  nextLine?: () => string | undefined;
  /** Other commands than those of a terminal. */
  commands?: ReadonlyMap<string, Command>;
}

/** A person who types the lab's lines into a session, one at a time. */
class TypedLines implements ShellInput {
  readonly isTerminal = true;
  readonly #closed = new AbortController();

  constructor(
    private readonly host: LabHost,
    private readonly nextLine: () => string | undefined,
  ) {}

  async read(): Promise<string | undefined> {
    try {
      await this.host.sleep(TYPING_MS, this.#closed.signal);
      for (const limit = this.host.now() + PATIENCE_MS; this.host.hasSessions && !this.host.awaitsInput && this.host.now() < limit; ) await this.host.sleep(LOOK_MS, this.#closed.signal);
    } catch {
      return undefined;
    }
    const line = this.nextLine();
    return line === undefined ? undefined : `${line}\r`;
  }

  async readAll(): Promise<string> {
    let text = '';
    for (let line = await this.read(); line !== undefined; line = await this.read()) text += line;
    return text;
  }

  close(): void {
    this.#closed.abort();
  }
}

/** One shell on one cluster. */
export class Lab {
  readonly host: LabHost;
  /** Called when the lab ends. */
  onClose: () => void = () => {};
  readonly #shell: Shell;
  /** Where the running step's output goes; background jobs write to whichever step runs. */
  #output = { stdout: new TextOutput(), stderr: new TextOutput() };
  readonly #streams: { stdin: ShellInput; stdout: ShellOutput; stderr: ShellOutput };

  constructor({ seed = SEED, onOutput, nextLine, commands = registered }: LabOptions = {}) {
    // The transcripts that labs are compared with were recorded without a network plugin's pods and with the recorder's own containers.
    const cluster = createCluster({ ...defaultConfig(seed, START), networkPlugin: 'none', recorderWorkloads: true, controlPlaneHostName: 'vm' });
    cluster.advance(START + SETTLE_MS);
    this.host = new LabHost(cluster, seed);
    const files = new MemoryFiles([HOME, '/tmp']);
    this.#shell = new Shell({ host: this.host, files, commands, session: { listeners: new Map() }, size: () => undefined, history: () => [] }, HOME);
    this.#shell.initialize(USER, HOME);
    const stream = (name: 'stdout' | 'stderr'): ShellOutput => ({
      isTerminal: false,
      write: (raw) => {
        // Terminals inside containers end lines their own way.
        const text = raw.replaceAll('\r\n', '\n');
        this.#output[name].write(text);
        onOutput?.(name, text);
      },
    });
    const stdin: ShellInput = { isTerminal: false, read: () => Promise.resolve(undefined), readAll: () => Promise.resolve('') };
    if (nextLine) stdin.typed = () => new TypedLines(this.host, nextLine);
    this.#streams = { stdin, stdout: stream('stdout'), stderr: stream('stderr') };
  }

  /** Runs one complete command (or several lines as one step). */
  async step(run: string): Promise<Step> {
    this.#output = { stdout: new TextOutput(), stderr: new TextOutput() };
    const io = createIo({ ...this.#streams, signal: new AbortController().signal });
    const before = new Set(this.#shell.jobs.running());
    const code = await drive(this.#shell.run(run, io), this.host);
    if (this.#shell.jobs.running().some((job) => !before.has(job))) await drive(this.host.sleep(TYPING_MS), this.host);
    return { run, stdout: this.#output.stdout.text, stderr: this.#output.stderr.text, code };
  }

  /** Whether the lab has run `exit`. */
  get exited(): boolean {
    return this.#shell.exited;
  }

  /** Ends what still runs in the background. */
  close(): void {
    this.#shell.jobs.endAll();
    this.onClose();
  }
}

/** A lab's text, from which the shell takes complete commands and sessions inside containers take lines. */
export class LabScript {
  #rest: string;
  #parser: Parser;
  /** How far the commands that were taken reach. */
  #end = 0;

  constructor(text: string) {
    this.#rest = text;
    this.#parser = new Parser(text);
  }

  /** The next complete command; what does not parse is one last command, so that the shell says why. */
  next(): string | undefined {
    try {
      const line = this.#parser.next();
      if (!line) return undefined;
      this.#end = line.end;
      return this.#rest.slice(line.start, line.end);
    } catch {
      const wrong = this.#rest.slice(this.#end).trim();
      this.#restart('');
      return wrong;
    }
  }

  /** The next line, whatever it is. */
  line(): string | undefined {
    const rest = this.#rest.slice(this.#end).replace(/^[ \t]*(#[^\n]*)?(\r?\n|$)/, '');
    if (rest === '') {
      this.#restart('');
      return undefined;
    }
    const [line = ''] = rest.split('\n', 1);
    this.#restart(rest.slice(line.length));
    return line.replace(/\r$/, '');
  }

  #restart(text: string): void {
    this.#rest = text;
    this.#parser = new Parser(text);
    this.#end = 0;
  }
}

/** The complete commands of a lab's text, in order. */
export function splitSteps(text: string): string[] {
  const script = new LabScript(text);
  const steps: string[] = [];
  for (let step = script.next(); step !== undefined; step = script.next()) steps.push(step);
  return steps;
}
