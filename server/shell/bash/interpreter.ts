/**
 * Runs parsed commands. All commands of a pipeline run at once and stream; a signal ends what it is meant for and nothing else.
 */
import { giveWay } from '../real-work.ts';
import type { AndOr, Command, Pipeline, Redirect, Script, Word } from './ast.ts';
import { builtins } from './builtins/registry.ts';
import { conditionHolds } from './conditional.ts';
import { AbortedError, ExitSignal, LoopSignal, ReturnSignal } from './control-flow.ts';
import { ExpansionError } from './errors.ts';
import { runExternal } from './external-command.ts';
import { redirect, RedirectError, stderrOf, stdoutOf, withDescriptor, withSignal, type Io } from './io.ts';
import { resolvePath } from './paths.ts';
import { Pattern } from './pattern.ts';
import { quote } from './quote.ts';
import type { Shell } from './shell.ts';
import { LineReader, Pipe, ready, textInput } from './streams.ts';

const MAX_FUNCTION_DEPTH = 500;
/** Turns of a loop between two chances for everybody else. */
const TURNS_BETWEEN_PAUSES = 64;
const DECLARATIONS = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);

export class Interpreter {
  /** Above 0 while a condition runs, whose failure `set -e` ignores. */
  #conditions = 0;
  #turns = 0;

  constructor(private readonly shell: Shell) {}

  async script(script: Script, io: Io): Promise<number> {
    for (const list of script) await this.#list(list, io);
    return this.shell.status;
  }

  async #list(list: AndOr, io: Io): Promise<void> {
    if (list.background) return this.#background(list, io);
    await this.#andOr(list, io);
  }

  async #andOr({ first, rest }: AndOr, io: Io): Promise<void> {
    await this.#pipeline(first, io, rest.length > 0);
    for (const [index, { operator, pipeline }] of rest.entries()) {
      if ((operator === '&&') !== (this.shell.status === 0)) continue;
      await this.#pipeline(pipeline, io, index < rest.length - 1);
    }
  }

  #background(list: AndOr, io: Io): void {
    const { shell } = this;
    const subshell = shell.clone();
    // Without a prompt that reports them, ended jobs give their numbers back at once.
    if (!shell.interactive) shell.jobs.reap();
    try {
      const job = shell.jobs.start(list.source, (signal) => {
        const inside = withSignal(withDescriptor(io, 0, { input: new LineReader(textInput('')) }), signal);
        return subshell.runAsSubshell([{ ...list, background: false }], inside);
      });
      shell.lastBackground = job.pid;
      shell.status = 0;
      if (shell.interactive) stderrOf(io).write(`[${job.id}] ${job.pid}\n`);
    } catch (error) {
      stderrOf(io).write(`bash: ${(error as Error).message}\n`);
      shell.status = 254;
    }
  }

  async #pipeline(pipeline: Pipeline, io: Io, tested: boolean): Promise<void> {
    const { shell } = this;
    const begin = shell.host.now();
    const ignoresFailure = tested || pipeline.negated;
    if (ignoresFailure) this.#conditions++;
    try {
      const single = pipeline.commands.length === 1;
      const status = single ? await this.#command(pipeline.commands[0] as Command, io) : await this.#concurrently(pipeline, io);
      shell.status = pipeline.negated ? (status === 0 ? 1 : 0) : status;
    } finally {
      if (ignoresFailure) this.#conditions--;
      if (pipeline.timed) stderrOf(io).write(timing(shell.host.now() - begin));
    }
    if (shell.status !== 0 && shell.options.errexit && this.#conditions === 0 && !ignoresFailure) throw new ExitSignal(shell.status);
  }

  async #concurrently({ commands, withErrors }: Pipeline, io: Io): Promise<number> {
    const { shell } = this;
    const controllers = commands.map(() => new AbortController());
    const forward = (): void => controllers.forEach((controller) => controller.abort(io.signal.reason));
    if (io.signal.aborted) throw new AbortedError(io.signal);
    io.signal.addEventListener('abort', forward, { once: true });
    const pipes = withErrors.map((_, index) => new Pipe(() => controllers[index]?.abort('SIGPIPE')));
    const stages = commands.map(async (command, index) => {
      const before = pipes[index - 1];
      const after = pipes[index];
      let inside = withSignal(io, (controllers[index] as AbortController).signal);
      if (before) inside = withDescriptor(inside, 0, { input: new LineReader(before.input) });
      if (after) inside = withDescriptor(inside, 1, { output: after.output });
      if (after && withErrors[index]) inside = withDescriptor(inside, 2, { output: after.output });
      const subshell = shell.clone();
      const stage: AndOr = { first: { negated: false, timed: false, commands: [command], withErrors: [] }, rest: [], background: false, source: '' };
      try {
        return await subshell.runAsSubshell([stage], inside);
      } finally {
        after?.closeWriter();
        before?.closeReader();
        subshell.jobs.endAll();
      }
    });
    const statuses = await Promise.all(stages);
    io.signal.removeEventListener('abort', forward);
    if (io.signal.aborted) throw new AbortedError(io.signal);
    shell.variables.set('PIPESTATUS', statuses.map(String));
    return shell.options.pipefail ? (statuses.findLast((status) => status !== 0) ?? 0) : (statuses.at(-1) as number);
  }

  // ---- commands ----

  async #command(command: Command, io: Io): Promise<number> {
    if (io.signal.aborted) throw new AbortedError(io.signal);
    if (command.kind === 'function') {
      this.shell.functions.set(command.name, { body: command.body, source: command.source });
      return 0;
    }
    if (command.kind === 'simple') return this.#simple(command, io);
    return this.#redirected(command.redirects, io, (inside) => this.#compound(command, inside));
  }

  async #redirected(redirects: Redirect[], io: Io, run: (io: Io) => Promise<number>): Promise<number> {
    if (redirects.length === 0) return run(io);
    const { shell } = this;
    const report = (message: string): void => stderrOf(io).write(`bash: ${message}\n`);
    let applied: { io: Io; close: () => void };
    try {
      applied = await shell.expanding(io, () =>
        redirect(io, redirects, {
          files: shell.files,
          cwd: shell.cwd,
          noclobber: shell.options.noclobber,
          target: async (entry) => {
            const words = await shell.expander.words([entry.target]);
            if (words.length !== 1) throw new RedirectError(`${entry.target.source}: ambiguous redirect`);
            return words[0] as string;
          },
          text: (entry) => shell.expander.word(entry.target),
          onError: (error) => report(error instanceof Error ? error.message : String(error)),
        }),
      );
    } catch (error) {
      if (!(error instanceof RedirectError)) throw error;
      report(error.message);
      return 1;
    }
    try {
      return await run(applied.io);
    } finally {
      applied.close();
    }
  }

  async #compound(command: Exclude<Command, { kind: 'simple' | 'function' }>, io: Io): Promise<number> {
    const { shell } = this;
    switch (command.kind) {
      case 'group':
        return this.script(command.body, io);
      case 'subshell': {
        const subshell = shell.clone();
        const status = await subshell.runAsSubshell(command.body, io);
        subshell.jobs.endAll();
        if (io.signal.aborted) throw new AbortedError(io.signal);
        return status;
      }
      case 'if':
        for (const { condition, body } of command.branches) {
          if ((await this.#condition(condition, io)) === 0) return this.#fresh(body, io);
        }
        return command.otherwise ? this.#fresh(command.otherwise, io) : 0;
      case 'for': {
        const words = command.words ? await shell.expanding(io, () => shell.expander.words(command.words as Word[])) : [...shell.positional];
        let index = 0;
        return this.#loop(io, command.body, async () => {
          if (index >= words.length) return false;
          shell.variables.set(command.name, words[index++] as string);
          return true;
        });
      }
      case 'arithmetic-for': {
        const evaluate = (expression: Word): Promise<bigint> => shell.expanding(io, () => shell.expander.arithmetic(expression));
        await evaluate(command.start);
        let first = true;
        return this.#loop(io, command.body, async () => {
          if (!first) await evaluate(command.step);
          first = false;
          return command.condition.source.trim() === '' || (await evaluate(command.condition)) !== 0n;
        });
      }
      case 'while':
        return this.#loop(io, command.body, async () => ((await this.#condition(command.condition, io)) === 0) !== command.until);
      case 'case':
        return this.#case(command, io);
      case 'arithmetic':
        return (await shell.expanding(io, () => shell.expander.arithmetic(command.expression))) === 0n ? 1 : 0;
      case 'conditional':
        return (await shell.expanding(io, () => conditionHolds(command.expression, shell))) ? 0 : 1;
    }
  }

  async #condition(script: Script, io: Io): Promise<number> {
    this.#conditions++;
    try {
      return await this.script(script, io);
    } finally {
      this.#conditions--;
    }
  }

  /** A body whose status is 0 when it is empty. */
  async #fresh(script: Script, io: Io): Promise<number> {
    this.shell.status = 0;
    return this.script(script, io);
  }

  async #loop(io: Io, body: Script, goOn: () => Promise<boolean>): Promise<number> {
    const { shell } = this;
    let status = 0;
    shell.loopDepth++;
    try {
      for (;;) {
        try {
          if (!(await goOn())) return status;
          status = await this.script(body, io);
        } catch (signal) {
          if (!(signal instanceof LoopSignal)) throw signal;
          status = 0;
          if (signal.levels > 1 && shell.loopDepth > 1) throw new LoopSignal(signal.kind, signal.levels - 1);
          if (signal.kind === 'break') return status;
        }
        await this.#pause(io);
        await ready(stdoutOf(io));
      }
    } finally {
      shell.loopDepth--;
    }
  }

  async #pause(io: Io): Promise<void> {
    if (++this.#turns % TURNS_BETWEEN_PAUSES === 0) await giveWay();
    if (io.signal.aborted) throw new AbortedError(io.signal);
  }

  async #case(command: Extract<Command, { kind: 'case' }>, io: Io): Promise<number> {
    const { expander } = this.shell;
    const value = await this.shell.expanding(io, () => expander.word(command.word));
    let status = 0;
    let fallThrough = false;
    for (const clause of command.clauses) {
      let taken = fallThrough;
      for (const pattern of clause.patterns) {
        if (taken) break;
        taken = new Pattern(await this.shell.expanding(io, () => expander.pieces(pattern))).matches(value);
      }
      if (!taken) continue;
      status = await this.#fresh(clause.body, io);
      if (clause.end === ';;') return status;
      fallThrough = clause.end === ';&';
    }
    return status;
  }

  // ---- simple commands ----

  async #simple(command: Extract<Command, { kind: 'simple' }>, io: Io): Promise<number> {
    const { shell } = this;
    shell.substitutionStatus = undefined;
    const words = await shell.expanding(io, () => this.#arguments(command.words));
    if (words.length === 0) {
      return this.#redirected(command.redirects, io, async (inside) => {
        await this.#assign(command, inside);
        return shell.substitutionStatus ?? 0;
      });
    }
    const [name, ...args] = words as [string, ...string[]];
    if (shell.options.xtrace) stderrOf(io).write(`+ ${words.map(quote).join(' ')}\n`);
    shell.variables.set('_', words.at(-1) as string);
    if (name === 'exec' && args.length === 0) return this.#redirectShell(command.redirects, io);
    return this.#redirected(command.redirects, io, (inside) => this.#run(name, args, command, inside));
  }

  /** What follows `export` and its like is expanded as assignments are: not split. */
  async #arguments(words: Word[]): Promise<string[]> {
    const { expander } = this.shell;
    if (!DECLARATIONS.has(words[0]?.source ?? '')) return expander.words(words);
    const result: string[] = [];
    for (const word of words) {
      if (/^[A-Za-z_]\w*\+?=/.test(word.source)) result.push(await expander.word(word));
      else result.push(...(await expander.words([word])));
    }
    return result;
  }

  /** `exec > file`: only whole shells have descriptors of their own here. */
  async #redirectShell(redirects: Redirect[], io: Io): Promise<number> {
    if (redirects.length === 0) return 0;
    stderrOf(io).write('bash: exec: redirecting the shell itself is not supported\n');
    return 1;
  }

  async #assign(command: Extract<Command, { kind: 'simple' }>, io: Io): Promise<void> {
    const { shell } = this;
    for (const { name, subscript, append, value } of command.assignments) {
      await shell.expanding(io, async () => {
        if (Array.isArray(value)) {
          const elements = await shell.expander.words(value);
          shell.variables.set(name, append ? [...(shell.variables.elements(name) ?? []), ...elements] : elements);
          return;
        }
        const text = await shell.expander.word(value);
        if (subscript) {
          const index = Number(await shell.expander.arithmetic(subscript));
          shell.variables.setElement(name, index, append ? (shell.variables.elements(name)?.at(index) ?? '') + text : text);
        } else shell.variables.set(name, append ? (shell.variables.get(name) ?? '') + text : text);
        if (shell.options.xtrace) stderrOf(io).write(`+ ${name}=${quote(text)}\n`);
      });
    }
  }

  async #run(name: string, args: string[], command: Extract<Command, { kind: 'simple' }>, io: Io): Promise<number> {
    const { shell } = this;
    const definition = shell.functions.get(name);
    const builtin = builtins.get(name);
    const external = shell.environment.commands.get(name);
    const scoped = command.assignments.length > 0;
    if (scoped) {
      // Assignments before a command last as long as it does.
      shell.variables.enterFunction();
      try {
        for (const assignment of command.assignments) {
          shell.variables.declareLocal(assignment.name, shell.variables.get(assignment.name));
          shell.variables.mark(assignment.name, { exported: true });
        }
        await this.#assign(command, io);
      } catch (error) {
        shell.variables.leaveFunction();
        throw error;
      }
    }
    try {
      if (definition) return await this.#function(definition.body, args, io);
      if (builtin) return await builtin.run({ shell, args, io, name });
      if (external) return await runExternal(external, args, shell, io);
      return await this.#scriptFile(name, args, io);
    } finally {
      if (scoped) shell.variables.leaveFunction();
    }
  }

  builtinNames(): string[] {
    return [...builtins.keys()];
  }

  hasBuiltin(name: string): boolean {
    return builtins.has(name);
  }

  /** Runs a builtin or command by name, not a function. Undefined when there is none. */
  async runByName(name: string, args: string[], io: Io): Promise<number | undefined> {
    const builtin = builtins.get(name);
    if (builtin) return builtin.run({ shell: this.shell, args, io, name });
    const external = this.shell.environment.commands.get(name);
    return external ? runExternal(external, args, this.shell, io) : undefined;
  }

  async #function(body: Command, args: string[], io: Io): Promise<number> {
    const { shell } = this;
    if (shell.functionDepth >= MAX_FUNCTION_DEPTH) throw new ExpansionError(`maximum function nesting level exceeded (${MAX_FUNCTION_DEPTH})`);
    const { positional, loopDepth } = shell;
    shell.positional = args;
    shell.loopDepth = 0;
    shell.functionDepth++;
    shell.variables.enterFunction();
    try {
      return await this.#command(body, io);
    } catch (signal) {
      if (signal instanceof ReturnSignal) return signal.status;
      throw signal;
    } finally {
      shell.variables.leaveFunction();
      shell.functionDepth--;
      shell.loopDepth = loopDepth;
      shell.positional = positional;
    }
  }

  async #scriptFile(name: string, args: string[], io: Io): Promise<number> {
    const { shell } = this;
    const fail = (message: string, status: number): number => {
      stderrOf(io).write(`bash: ${name}: ${message}\n`);
      return status;
    };
    if (!name.includes('/')) return fail('command not found', 127);
    const path = resolvePath(shell.cwd, name);
    const known = /^(?:\/usr(?:\/local)?)?\/bin\/([^/]+)$/.exec(path)?.[1];
    const status = known === undefined ? undefined : await this.runByName(known, args, io);
    if (status !== undefined) return status;
    if (shell.files.isDirectory(path)) return fail('Is a directory', 126);
    const text = shell.files.read(path);
    if (text === undefined) return fail('No such file or directory', 127);
    const subshell = shell.clone();
    subshell.positional = args;
    subshell.name = name;
    return subshell.runInSubshell(text, io);
  }
}

function timing(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const seconds = ((milliseconds % 60_000) / 1_000).toFixed(3);
  return `\nreal\t${minutes}m${seconds}s\nuser\t0m0.000s\nsys\t0m0.000s\n`;
}

