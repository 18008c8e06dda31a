/**
 * One shell: its state, and running command lines in it. A subshell is a clone whose changes are thrown away.
 */
import type { Command, ShellFiles, ShellHost, ShellInput, ShellOutput, ShellSession } from '../types.ts';
import type { Command as CommandNode, Script } from './ast.ts';
import { AbortedError, ExitSignal, ReturnSignal } from './control-flow.ts';
import { ExpansionError, ShellSyntaxError, signalStatus } from './errors.ts';
import { Expander, type ExpansionHost } from './expand.ts';
import { Interpreter } from './interpreter.ts';
import { createIo, stderrOf, stdoutOf, withDescriptor, type Io } from './io.ts';
import { Jobs } from './jobs.ts';
import { Parser } from './parser.ts';
import { TextOutput, textInput } from './streams.ts';
import { VariableStore } from './variables.ts';

/** What all shells of a terminal share. */
export interface ShellEnvironment {
  host: ShellHost;
  files: ShellFiles;
  commands: ReadonlyMap<string, Command>;
  session: ShellSession;
  /** Size of the terminal; undefined without one. */
  size(): { columns: number; rows: number } | undefined;
  /** Lines entered, oldest first; for `history`. */
  history(): readonly string[];
}

export interface ShellOptions {
  noglob: boolean;
  nounset: boolean;
  errexit: boolean;
  xtrace: boolean;
  noclobber: boolean;
  pipefail: boolean;
  noexec: boolean;
}

export interface ShellFunction {
  body: CommandNode;
  source: string;
}

/** Nesting of functions, `eval`, `source`, subshells and substitutions. */
const MAX_DEPTH = 200;

export class Shell implements ExpansionHost {
  variables = new VariableStore();
  functions = new Map<string, ShellFunction>();
  aliases = new Map<string, string>();
  positional: string[] = [];
  cwd: string;
  options: ShellOptions = { noglob: false, nounset: false, errexit: false, xtrace: false, noclobber: false, pipefail: false, noexec: false };
  jobs = new Jobs();
  status = 0;
  /** Process id of the last background job. */
  lastBackground: number | undefined;
  /** Status of the last command substitution of the line: that of an assignment is it. */
  substitutionStatus: number | undefined;
  /** `$0` */
  name = 'bash';
  interactive = false;
  /** `exit` was run: nothing more should be. */
  exited = false;
  depth = 0;
  loopDepth = 0;
  functionDepth = 0;
  readonly startedAt: number;
  readonly expander: Expander;
  readonly interpreter: Interpreter;
  /** Streams of the command whose words are being expanded. */
  #io: Io | undefined;
  #temporaryFiles: string[] = [];

  constructor(
    readonly environment: ShellEnvironment,
    cwd: string,
  ) {
    this.cwd = cwd;
    this.startedAt = environment.host.now();
    this.expander = new Expander(this);
    this.interpreter = new Interpreter(this);
  }

  /** A login shell's first variables. */
  initialize(user: string, home: string, extra: Record<string, string> = {}): void {
    const exported = { HOME: home, USER: user, LOGNAME: user, SHELL: '/bin/bash', PATH: '/usr/local/bin:/usr/bin:/bin', TERM: 'xterm-256color', LANG: 'C.UTF-8', EDITOR: 'vi', PWD: this.cwd, ...extra };
    for (const [name, value] of Object.entries(exported)) {
      this.variables.set(name, value);
      this.variables.mark(name, { exported: true });
    }
    for (const [name, value] of Object.entries({ IFS: ' \t\n', HOSTNAME: 'quorum', BASH_VERSION: '5.2.37(1)-release', OPTIND: '1' })) this.variables.set(name, value);
  }

  get files(): ShellFiles {
    return this.environment.files;
  }

  get host(): ShellHost {
    return this.environment.host;
  }

  clone(): Shell {
    const copy = new Shell(this.environment, this.cwd);
    copy.variables = this.variables.clone();
    copy.functions = new Map(this.functions);
    copy.aliases = new Map(this.aliases);
    copy.positional = [...this.positional];
    copy.options = { ...this.options };
    copy.status = this.status;
    copy.lastBackground = this.lastBackground;
    copy.name = this.name;
    copy.depth = this.depth;
    copy.functionDepth = this.functionDepth;
    return copy;
  }

  /**
   * Runs command lines, each parsed when the one before it has run.
   * @returns the status of the last; 128 + n when a signal ended it. Never throws for what a person typed.
   */
  async run(text: string, io: Io): Promise<number> {
    let parser: Parser;
    try {
      parser = this.parser(text);
    } catch (error) {
      return this.#failed(error, io);
    }
    for (;;) {
      try {
        const line = parser.next();
        for (const warning of parser.warnings.splice(0)) stderrOf(io).write(`bash: ${warning}\n`);
        if (!line) return this.status;
        await this.execute(line.script, io);
      } catch (error) {
        if (error instanceof ExitSignal || error instanceof ReturnSignal) {
          this.exited = error instanceof ExitSignal;
          return (this.status = error.status);
        }
        const status = this.#failed(error, io);
        if (!(error instanceof ExpansionError) || !this.interactive) return status;
      }
    }
  }

  parser(text: string): Parser {
    return new Parser(text, { aliases: this.aliases });
  }

  /** Runs a parsed line. @throws ExitSignal, AbortedError, ExpansionError */
  async execute(script: Script, io: Io): Promise<number> {
    try {
      return await this.interpreter.script(script, io);
    } finally {
      for (const path of this.#temporaryFiles.splice(0)) this.files.remove(path);
    }
  }

  /** Runs a line in a subshell. */
  async runInSubshell(line: string, io: Io): Promise<number> {
    const shell = this.clone();
    const status = await shell.#enter(() => shell.run(line, io), io);
    shell.jobs.endAll();
    return status;
  }

  /** Runs a parsed script in this shell, which is a subshell: nothing escapes but the status. */
  async runAsSubshell(script: Script, io: Io): Promise<number> {
    return this.#enter(async () => {
      try {
        return await this.interpreter.script(script, io);
      } catch (error) {
        if (error instanceof ExitSignal || error instanceof ReturnSignal) return error.status;
        return this.#failed(error, io);
      }
    }, io);
  }

  async #enter(run: () => Promise<number>, io: Io): Promise<number> {
    if (++this.depth > MAX_DEPTH) {
      stderrOf(io).write('bash: maximum nesting level exceeded\n');
      return 1;
    }
    return run();
  }

  /** Says what went wrong, as bash does. */
  #failed(error: unknown, io: Io): number {
    if (error instanceof AbortedError) return (this.status = signalStatus(error.signal));
    if (io.signal.aborted) return (this.status = signalStatus(io.signal));
    const message = error instanceof Error ? error.message : String(error);
    stderrOf(io).write(`bash: ${message}\n`);
    return (this.status = error instanceof ShellSyntaxError ? 2 : 1);
  }

  // ---- for expansion ----

  /** The streams that substitutions write their errors to, while words are expanded. */
  async expanding<T>(io: Io, expand: () => Promise<T>): Promise<T> {
    const before = this.#io;
    this.#io = io;
    try {
      return await expand();
    } finally {
      this.#io = before;
    }
  }

  special(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.status);
      case '$':
        return '1000';
      case '!':
        return this.lastBackground === undefined ? '' : String(this.lastBackground);
      case '#':
        return String(this.positional.length);
      case '0':
        return this.name;
      case '-':
        return `hB${this.interactive ? 'im' : ''}${this.options.errexit ? 'e' : ''}${this.options.nounset ? 'u' : ''}${this.options.xtrace ? 'x' : ''}`;
      case 'RANDOM':
        return String(Math.floor(Math.random() * 32_768));
      case 'SECONDS':
        return String(Math.floor((this.host.now() - this.startedAt) / 1_000));
      case 'EPOCHSECONDS':
        return String(Math.floor(this.host.now() / 1_000));
      case 'PPID':
        return '1';
      case 'UID':
      case 'EUID':
        return '1000';
      case 'COLUMNS':
        return this.environment.size()?.columns.toString();
      case 'LINES':
        return this.environment.size()?.rows.toString();
      default:
        return undefined;
    }
  }

  async substitute(script: Script): Promise<string> {
    const output = new TextOutput();
    const io = withDescriptor(this.#io as Io, 1, { output });
    const shell = this.clone();
    this.substitutionStatus = await shell.runAsSubshell(script, io);
    if (io.signal.aborted) throw new AbortedError(io.signal);
    return output.text.replaceAll('\0', '');
  }

  async processFile(script: Script): Promise<string> {
    const text = await this.substitute(script);
    const path = `/tmp/.fd-${this.#temporaryFiles.length + 63}`;
    this.files.write(path, text);
    this.#temporaryFiles.push(path);
    return path;
  }

  // ---- for commands ----

  /** Runs a line for a command (`watch`, `timeout`, `xargs`): in a subshell, with the command's streams unless others are given. */
  runForCommand(line: string, io: Io, streams: { stdin?: ShellInput; stdout?: ShellOutput; stderr?: ShellOutput; signal?: AbortSignal } = {}): Promise<number> {
    const given = createIo({
      stdin: streams.stdin ?? io.descriptors.get(0)?.input ?? textInput(''),
      stdout: streams.stdout ?? stdoutOf(io),
      stderr: streams.stderr ?? stderrOf(io),
      signal: streams.signal ?? io.signal,
    });
    return this.runInSubshell(line, given);
  }
}
