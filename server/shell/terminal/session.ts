/**
 * A terminal: bytes in, bytes out. It has no clock and no timers of its own; what a command waits for, the host decides.
 */
import { createIo } from '../bash/io.ts';
import { ShellSyntaxError } from '../bash/errors.ts';
import { Parser } from '../bash/parser.ts';
import { Shell } from '../bash/shell.ts';
import type { Command, ShellFiles, ShellHost, ShellSession } from '../types.ts';
import { complete } from './completion.ts';
import { LineEditor } from './editor.ts';
import { expandHistory } from './history.ts';
import { KeyDecoder, type Key } from './keys.ts';
import { TtyInput, TtyOutput } from './tty.ts';

const MAX_HISTORY_LINES = 1_000;
/** Keys typed ahead while a command runs; more are dropped. */
const MAX_WAITING_KEYS = 10_000;
/** Commands are no processes that could be stopped; their cluster goes on in any case. */
const CANNOT_SUSPEND = 'bash: commands cannot be suspended here; Ctrl-C ends this one, and with & at its end a command runs in the background';
const BRACKETED_PASTE_ON = '\x1b[?2004h';
const BRACKETED_PASTE_OFF = '\x1b[?2004l';

/** A line that was entered, and what came of it. */
export interface EnteredLine {
  line: string;
  /** Virtual time, ms since the epoch. */
  startedAt: number;
  endedAt: number;
  code: number;
}

export interface TerminalOptions {
  host: ShellHost;
  files: ShellFiles;
  commands: ReadonlyMap<string, Command>;
  size: { columns: number; rows: number };
  /** Name of the account: `/home/NAME`, and in the prompt. */
  user: string;
  /** Where the shell starts. Default: the home folder. */
  cwd?: string;
  /** More exported variables. */
  env?: Record<string, string>;
  onOutput(text: string): void;
  /** A line begins to run. */
  onLine?(line: string): void;
  /** A line has run. */
  onLineEnd?(entered: EnteredLine): void;
  /** The shell has ended (`exit`, Ctrl-D). */
  onExit?(): void;
}

export class TerminalSession {
  readonly #options: TerminalOptions;
  readonly #shell: Shell;
  readonly #editor: LineEditor;
  readonly #decoder = new KeyDecoder();
  readonly #input: TtyInput;
  readonly #output: TtyOutput;
  readonly #history: string[] = [];
  readonly #utf8 = new TextDecoder();
  #size: { columns: number; rows: number };
  /** Keys that wait for the editor, or for the end of a command that does not read. */
  #keys: Key[] = [];
  #busy = false;
  /** Lines of a command that is not complete yet. */
  #unfinished = '';
  #running: AbortController | undefined;
  #closed = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#size = options.size;
    const session: ShellSession = { listeners: new Map() };
    const home = `/home/${options.user}`;
    this.#shell = new Shell({ host: options.host, files: options.files, commands: options.commands, session, size: () => this.#size, history: () => this.#history }, options.cwd ?? home);
    this.#shell.initialize(options.user, home, options.env);
    this.#shell.interactive = true;
    const emit = (text: string): void => {
      if (!this.#closed) options.onOutput(text);
    };
    this.#input = new TtyInput(emit);
    this.#output = new TtyOutput(emit);
    this.#editor = new LineEditor({ write: emit, columns: options.size.columns, history: this.#history, complete: (before) => complete(this.#shell, before), bell: () => emit('\x07') });
    this.#prompt();
  }

  /** What the terminal sends: keys, pasted text. */
  input(data: string | Uint8Array): void {
    if (this.#closed) return;
    const text = typeof data === 'string' ? data : this.#utf8.decode(data, { stream: true });
    if (this.#running && this.#input.isRaw) return this.#input.raw(text);
    for (const key of this.#decoder.decode(text)) this.#take(key);
    void this.#work();
  }

  resize(size: { columns: number; rows: number }): void {
    this.#size = size;
    if (!this.#running && !this.#closed) this.#editor.resize(size.columns);
  }

  /** As Ctrl-C. */
  interrupt(): void {
    this.input('\x03');
  }

  /** Ends whatever runs, and takes no more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#running?.abort('SIGHUP');
    this.#shell.jobs.endAll();
    this.#input.reset();
  }

  #take(key: Key): void {
    if (this.#running) {
      if (isInterrupt(key)) {
        this.#options.onOutput(key.kind === 'key' && key.name === 'ctrl-c' ? '^C' : '^\\');
        this.#keys = [];
        this.#running.abort('SIGINT');
        return;
      }
      if (key.kind === 'key' && key.name === 'ctrl-z') return this.#options.onOutput(`^Z\r\n${CANNOT_SUSPEND}\r\n`);
      if (this.#input.isRead) return this.#input.press(key);
    }
    if (this.#keys.length < MAX_WAITING_KEYS) this.#keys.push(key);
  }

  /** Feeds waiting keys to the editor, one by one: a completion may take its time. */
  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#keys.length > 0 && !this.#running && !this.#closed) {
        const result = await this.#editor.press(this.#keys.shift() as Key);
        if (!result || this.#closed) continue;
        if (result.kind === 'line') await this.#enter(result.line);
        else if (result.kind === 'interrupt') {
          this.#unfinished = '';
          this.#shell.status = 130;
          this.#prompt();
        } else this.#endOfInput();
      }
    } finally {
      this.#busy = false;
    }
  }

  #endOfInput(): void {
    if (this.#unfinished !== '') {
      const text = this.#unfinished;
      this.#unfinished = '';
      void this.#run(text);
      return;
    }
    this.#options.onOutput('exit\r\n');
    this.#exit();
  }

  #exit(): void {
    this.close();
    this.#options.onExit?.();
  }

  async #enter(typed: string): Promise<void> {
    const expanded = expandHistory(typed, this.#history);
    if (expanded.missing !== undefined) {
      this.#options.onOutput(`bash: ${expanded.missing}: event not found\r\n`);
      return this.#prompt();
    }
    const line = expanded.line;
    if (line !== typed) this.#options.onOutput(`${line}\r\n`);
    const text = this.#unfinished === '' ? line : `${this.#unfinished}\n${line}`;
    if (isIncomplete(text, this.#shell.aliases)) {
      this.#unfinished = text;
      this.#editor.begin('> ', this.#size.columns);
      return;
    }
    this.#unfinished = '';
    await this.#run(text);
  }

  async #run(text: string): Promise<void> {
    if (text.trim() === '') return this.#prompt();
    if (this.#history.at(-1) !== text && !text.startsWith(' ')) {
      this.#history.push(text);
      if (this.#history.length > MAX_HISTORY_LINES) this.#history.shift();
    }
    const { host, onLine, onLineEnd, onOutput } = this.#options;
    const controller = new AbortController();
    this.#running = controller;
    this.#tellSize();
    const startedAt = host.now();
    onOutput(BRACKETED_PASTE_OFF);
    onLine?.(text);
    // Keys typed ahead belong to the command as soon as it reads.
    const io = createIo({ stdin: this.#forwarding(), stdout: this.#output, stderr: this.#output, signal: controller.signal });
    const ended = this.#shell.run(text, io);
    this.#interruptAtOnce();
    const code = await ended;
    this.#running = undefined;
    this.#input.reset();
    onLineEnd?.({ line: text, startedAt, endedAt: host.now(), code });
    if (this.#closed) return;
    if (controller.signal.aborted) {
      this.#output.takeTail();
      onOutput('\r\n');
    }
    if (this.#shell.exited) {
      onOutput('exit\r\n');
      return this.#exit();
    }
    this.#prompt();
  }

  /** Ctrl-C that was typed so soon after Enter that the command had not begun yet. */
  #interruptAtOnce(): void {
    const at = this.#keys.findLastIndex(isInterrupt);
    if (at < 0) return;
    const [interrupt, ...after] = this.#keys.slice(at) as [Key, ...Key[]];
    this.#take(interrupt);
    this.#keys = after;
  }

  /** As bash does with checkwinsize. */
  #tellSize(): void {
    const { variables } = this.#shell;
    for (const [name, value] of [['COLUMNS', this.#size.columns], ['LINES', this.#size.rows]] as const) {
      if (!variables.find(name)?.readonly) variables.set(name, String(value));
    }
  }

  /** The terminal's input; whoever begins to read gets what was typed before. */
  #forwarding(): TtyInput {
    const input = this.#input;
    const take = (): void => {
      for (const key of this.#keys.splice(0)) input.press(key);
    };
    return new Proxy(input, {
      get(target, name) {
        if (name === 'read') {
          return () => {
            const chunk = target.read();
            take();
            return chunk;
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    });
  }

  #prompt(): void {
    let lead = this.#output.takeTail();
    for (const job of this.#shell.jobs.reap()) {
      this.#options.onOutput(`${this.#shell.jobs.describe(job)}\r\n`);
      lead = '';
    }
    const { cwd } = this.#shell;
    const home = this.#shell.variables.get('HOME') ?? '';
    const path = cwd === home ? '~' : cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd;
    this.#options.onOutput(BRACKETED_PASTE_ON);
    this.#editor.begin(`\x1b[1;32m${this.#options.user}@quorum\x1b[0m:\x1b[1;34m${path}\x1b[0m$ `, this.#size.columns, lead);
  }
}

function isInterrupt(key: Key): boolean {
  return key.kind === 'key' && (key.name === 'ctrl-c' || key.name === 'ctrl-\\' || key.name === 'ctrl-|');
}

/** Whether more lines must come before the text can run. */
function isIncomplete(text: string, aliases: ReadonlyMap<string, string>): boolean {
  try {
    const parser = new Parser(text, { aliases, interactive: true });
    while (parser.next());
    return false;
  } catch (error) {
    if (error instanceof ShellSyntaxError) return error.incomplete;
    throw error;
  }
}
