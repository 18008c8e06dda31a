/** One shell of a lab: runs its lines one after the other and catches what each prints. What it runs on, and how time passes meanwhile, is given. */
import { createIo } from '../bash/io.ts';
import { Shell } from '../bash/shell.ts';
import { TextOutput } from '../bash/streams.ts';
import { commands as registered } from '../registry.ts';
import type { Command, ShellHost, ShellInput, ShellOutput } from '../types.ts';
import { MemoryFiles } from './memory-files.ts';

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

/** A cluster of a lab as its shell sees it. */
export interface LabCluster extends ShellHost {
  /** Whether a session inside a container is open. */
  readonly hasSessions: boolean;
  /** Whether a session inside a container waits for its person. */
  readonly awaitsInput: boolean;
}

export interface SessionOptions {
  /** Told what is printed as it is. */
  onOutput?: ((stream: 'stdout' | 'stderr', text: string) => void) | undefined;
  /** The lab's next line, for a session inside a container (`kubectl exec -it … sh`); undefined at the end. */
  nextLine?: (() => string | undefined) | undefined;
  /** Other commands than those of a terminal. */
  commands?: ReadonlyMap<string, Command> | undefined;
}

/** A person who types the lab's lines into a session, one at a time. */
class TypedLines implements ShellInput {
  readonly isTerminal = true;
  readonly #closed = new AbortController();

  constructor(
    private readonly host: LabCluster,
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

export class LabSession {
  readonly #host: LabCluster;
  /** Lets time pass until the work is done. */
  readonly #drive: <T>(work: Promise<T>) => Promise<T>;
  readonly #shell: Shell;
  /** Where the running step's output goes; background jobs write to whichever step runs. */
  #output = { stdout: new TextOutput(), stderr: new TextOutput() };
  readonly #streams: { stdin: ShellInput; stdout: ShellOutput; stderr: ShellOutput };

  constructor(host: LabCluster, drive: <T>(work: Promise<T>) => Promise<T>, { onOutput, nextLine, commands = registered }: SessionOptions = {}) {
    this.#host = host;
    this.#drive = drive;
    this.#shell = new Shell({ host, files: new MemoryFiles([HOME, '/tmp']), commands, session: { listeners: new Map() }, size: () => undefined, history: () => [] }, HOME);
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
    if (nextLine) stdin.typed = () => new TypedLines(host, nextLine);
    this.#streams = { stdin, stdout: stream('stdout'), stderr: stream('stderr') };
  }

  /** Runs one complete command (or several lines as one step). */
  async step(run: string): Promise<Step> {
    this.#output = { stdout: new TextOutput(), stderr: new TextOutput() };
    const io = createIo({ ...this.#streams, signal: new AbortController().signal });
    const before = new Set(this.#shell.jobs.running());
    const code = await this.#drive(this.#shell.run(run, io));
    if (this.#shell.jobs.running().some((job) => !before.has(job))) await this.#drive(this.#host.sleep(TYPING_MS));
    return { run, stdout: this.#output.stdout.text, stderr: this.#output.stderr.text, code };
  }

  /** Whether the lab has run `exit`. */
  get exited(): boolean {
    return this.#shell.exited;
  }

  /** Ends what still runs in the background. */
  async close(): Promise<void> {
    this.#shell.jobs.endAll();
  }
}
