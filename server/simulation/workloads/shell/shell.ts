/** The shell as a machine: it runs the instructions of syntax.ts until it must wait. */
import type { ProcessContext, Signal } from '../types.ts';
import { awaitChild, fork, runCommand, startPipeline } from './commands.ts';
import { expandPattern, expandText, expandWord, ExpansionError, patternMatcher, type Scope } from './expansion.ts';
import { openRedirects } from './redirects.ts';
import { newFrame, type Frame, type ShellState } from './shell-state.ts';
import { compile } from './syntax.ts';
import { SyntaxProblem, type Instruction } from './syntax-types.ts';

/** Instructions in one turn; a script that wants more has to share the processor. */
const INSTRUCTIONS_PER_TURN = 400;
const SLICE_MS = 20;

/** One turn of a shell. */
export class Shell {
  readonly state: ShellState;

  constructor(readonly process: ProcessContext) {
    this.state = process.data as ShellState;
  }

  get frame(): Frame | undefined {
    return this.state.frames[this.state.frames.length - 1];
  }

  /** `sh: PROGRAM: message`. */
  complain(message: string): void {
    this.process.write(2, `${this.state.name}: ${message}\n`);
  }

  get(name: string): string | undefined {
    const { state, process } = this;
    switch (name) {
      case '?':
        return String(state.status);
      case '$':
        return String(process.pid);
      case '!':
        return state.lastBackground > 0 ? String(state.lastBackground) : undefined;
      case '#':
        return String(this.args.length);
      case '@':
      case '*':
        return this.args.join(' ');
      case '0':
        return state.name;
      case '-':
        return '';
      case 'PWD':
        return process.cwd;
      case 'RANDOM':
        return String(process.random(32_768));
      default:
        if (/^\d+$/.test(name)) return this.args[Number(name) - 1];
        return state.vars[name] ?? process.env[name];
    }
  }

  set(name: string, value: string): void {
    const { state, process } = this;
    if (state.exported.includes(name) || (state.vars[name] === undefined && process.env[name] !== undefined)) process.env[name] = value;
    else state.vars[name] = value;
  }

  get args(): string[] {
    const { frames } = this.state;
    for (let i = frames.length - 1; i >= 0; i--) if (frames[i]?.kind === 'function') return (frames[i] as Frame).args;
    return this.state.args;
  }

  set args(args: string[]) {
    const { frames } = this.state;
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i] as Frame;
      if (frame.kind === 'function') {
        frame.args = args;
        return;
      }
    }
    this.state.args = args;
  }

  scope(frame: Frame): Scope {
    return {
      get: (name) => this.get(name),
      set: (name, value) => this.set(name, value),
      args: this.args,
      slot: (number) => frame.slots[number] ?? '',
      files: this.process.files,
      cwd: this.process.cwd,
      strict: this.state.options.nounset,
    };
  }

  /** Runs until the program ends, waits, or has had its turn. */
  run(): void {
    const { state, process } = this;
    for (let count = 0; !process.ended; count++) {
      // Another program may have taken the process over (exec).
      if (state.wait || process.data !== state) return;
      this.#takeSignals();
      const frame = this.frame;
      if (!frame) {
        if (!this.#nextProgram()) return;
        continue;
      }
      if (count >= INSTRUCTIONS_PER_TURN) {
        process.busy = true;
        return process.sleep(SLICE_MS);
      }
      let script;
      try {
        script = compile(frame.text);
      } catch (error) {
        if (!(error instanceof SyntaxProblem)) throw error;
        this.complain(error.message);
        state.status = 2;
        this.leaveFrame();
        if (!state.interactive && state.frames.length === 0 && !state.reading) return process.exit(2);
        continue;
      }
      const instruction = script.code[frame.pc];
      if (!instruction) {
        this.leaveFrame();
        continue;
      }
      frame.pc++;
      try {
        this.#execute(frame, instruction);
      } catch (error) {
        if (!(error instanceof ExpansionError)) throw error;
        this.complain(error.message);
        state.status = 2;
        if (!state.interactive) return this.exit(2);
        state.frames = [];
      }
    }
  }

  leaveFrame(): void {
    const frame = this.state.frames.pop();
    if (!frame) return;
    const first = frame.saved[0];
    if (first) this.restoreStreams(first);
    for (const name of Object.keys(frame.locals ?? {})) {
      const value = frame.locals?.[name];
      if (value === null || value === undefined) delete this.state.vars[name];
      else this.state.vars[name] = value;
    }
    if (frame.kind === 'trap' && frame.status !== undefined) this.state.status = frame.status;
    if (frame.kind === 'line') this.showPrompt();
  }

  /** Ends the shell; an EXIT trap runs first. */
  exit(code: number): void {
    const trap = this.state.traps.EXIT;
    if (trap) {
      delete this.state.traps.EXIT;
      this.state.status = code;
      this.state.reading = false;
      this.state.interactive = false;
      const frame = newFrame(trap, 'trap');
      frame.status = code;
      this.state.frames = [frame];
      return;
    }
    this.process.exit(code);
  }

  /** The next program to run: the next line of input, or none. @returns false when there is nothing to do now. */
  #nextProgram(): boolean {
    const { state, process } = this;
    process.busy = false;
    if (!state.reading) {
      this.exit(state.status);
      return !process.ended;
    }
    const line = process.readLine();
    if (line === undefined) {
      if (state.interactive) process.write(1, '\n');
      state.reading = false;
      if (state.partial) {
        this.complain('syntax error: unexpected end of file');
        state.status = 2;
      }
      return true;
    }
    if (line === '') {
      state.wait = { kind: 'line' };
      return false;
    }
    const text = state.partial + line;
    try {
      compile(text);
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      if (error.incomplete) {
        state.partial = text;
        if (state.interactive) process.write(1, '> ');
        return true;
      }
      state.partial = '';
      this.complain(error.message);
      state.status = 2;
      this.showPrompt();
      return true;
    }
    state.partial = '';
    if (text.trim() === '') this.showPrompt();
    else state.frames.push(newFrame(text, 'line'));
    return true;
  }

  showPrompt(): void {
    if (this.state.interactive) this.process.write(1, this.state.prompt.replace('\\w', this.process.cwd));
  }

  #takeSignals(): void {
    const { state } = this;
    const signal = state.pendingSignals.shift();
    if (signal === undefined) return;
    const text = state.traps[signal];
    if (!text) return;
    const frame = newFrame(text, 'trap');
    frame.status = state.status;
    state.frames.push(frame);
  }

  // ---- instructions ----

  #execute(frame: Frame, instruction: Instruction): void {
    const { state, process } = this;
    switch (instruction.op) {
      case 'command':
        return runCommand(this, frame, instruction.command);
      case 'capture': {
        const stream = process.pipe();
        const child = fork(this, instruction.text, { stdout: stream });
        if (!child) {
          frame.slots[instruction.slot] = '';
          return;
        }
        if (child.code === undefined) {
          state.wait = { kind: 'capture', pid: child.pid, stream, slot: instruction.slot };
          return;
        }
        return this.#captured(frame, instruction.slot, stream, child.code);
      }
      case 'pipeline':
        return startPipeline(this, frame, instruction.stages);
      case 'subshell': {
        const streams = openRedirects(this, frame, instruction.redirects);
        if (!streams) return this.failed(1);
        const child = fork(this, instruction.text, streams);
        return awaitChild(this, child ?? { failed: 'not-executable' }, 'subshell');
      }
      case 'background': {
        const child = fork(this, instruction.text, { stdin: 0 });
        if (child) {
          state.lastBackground = child.pid;
          if (child.code === undefined) state.background.push(child.pid);
          else state.finished[child.pid] = child.code;
        }
        state.status = 0;
        return;
      }
      case 'jump':
        frame.pc = instruction.to;
        return;
      case 'jump-if':
        if ((state.status === 0) === instruction.ok) frame.pc = instruction.to;
        return;
      case 'not':
        state.status = state.status === 0 ? 1 : 0;
        return;
      case 'status':
        state.status = instruction.code;
        return;
      case 'for': {
        const scope = this.scope(frame);
        frame.items = instruction.words === null ? [...this.args] : instruction.words.flatMap((word) => expandWord(word, scope));
        return;
      }
      case 'loop':
        frame.loops.push({ end: instruction.end, again: instruction.again, redirects: frame.saved.length, items: frame.items });
        frame.items = [];
        return;
      case 'next': {
        const loop = frame.loops[frame.loops.length - 1];
        const item = loop?.items?.shift();
        if (item === undefined) frame.pc = instruction.end;
        else this.set(instruction.name, item);
        return;
      }
      case 'end-loop':
        frame.loops.pop();
        return;
      case 'case': {
        const scope = this.scope(frame);
        const subject = expandText(instruction.word, scope);
        frame.pc = instruction.end;
        state.status = 0;
        for (const arm of instruction.arms) {
          if (arm.patterns.some((pattern) => patternMatcher(expandPattern(pattern, scope))(subject))) {
            frame.pc = arm.to;
            return;
          }
        }
        return;
      }
      case 'function':
        state.functions[instruction.name] = instruction.text;
        state.status = 0;
        return;
      case 'redirect': {
        const { stdin, stdout, stderr } = process.streams;
        frame.saved.push({ stdin, stdout, stderr });
        if (instruction.redirects.length === 0) return;
        const streams = openRedirects(this, frame, instruction.redirects);
        if (!streams) return this.failed(1);
        Object.assign(process.streams, streams);
        return;
      }
      case 'unredirect': {
        const before = frame.saved.pop();
        if (before) this.restoreStreams(before);
      }
    }
  }

  restoreStreams(before: { stdin: number; stdout: number; stderr: number }): void {
    this.process.streams.stdin = before.stdin;
    this.process.streams.stdout = before.stdout;
    this.process.streams.stderr = before.stderr;
  }

  /** Leaves `depth` loops. @param again begin the last of them anew instead of ending it. */
  leaveLoops(depth: number, again: boolean): void {
    const { frame } = this;
    if (!frame) return;
    for (let i = 1; i < depth && frame.loops.length > 1; i++) frame.loops.pop();
    const loop = frame.loops[frame.loops.length - 1];
    if (!loop) return;
    while (frame.saved.length > loop.redirects) this.restoreStreams(frame.saved.pop() as Frame['saved'][number]);
    if (again) frame.pc = loop.again;
    else {
      frame.loops.pop();
      frame.pc = loop.end;
    }
  }

  /** Leaves the innermost function (or sourced file). @returns false when there is none. */
  leaveFunction(): boolean {
    const { frames } = this.state;
    const at = frames.findLastIndex((frame) => frame.kind === 'function' || frame.kind === 'source');
    if (at < 0) return false;
    while (frames.length > at) this.leaveFrame();
    return true;
  }

  failed(code: number): void {
    this.state.status = code;
    if (code !== 0) this.#checkErrexit();
  }

  /** `set -e`: a command that fails outside of a condition ends the shell. */
  #checkErrexit(): void {
    if (!this.state.options.errexit || this.state.status === 0) return;
    const frame = this.frame;
    if (!frame) return;
    const next = compile(frame.text).code[frame.pc];
    if (next?.op === 'jump-if' || next?.op === 'not') return;
    this.exit(this.state.status);
  }

  #captured(frame: Frame, slot: number, stream: number, code: number): void {
    frame.slots[slot] = this.process.drain(stream).replace(/\n+$/, '');
    this.process.close(stream);
    this.state.status = code;
  }

  // ---- events ----

  /** A child has ended. */
  child(pid: number, code: number): void {
    const { state } = this;
    const wait = state.wait;
    if (wait?.kind === 'child' && wait.pid === pid) {
      state.wait = null;
      this.failed(code);
    } else if (wait?.kind === 'capture' && wait.pid === pid) {
      state.wait = null;
      if (this.frame) this.#captured(this.frame, wait.slot, wait.stream, code);
    } else if (wait?.kind === 'pipeline' && wait.pids.includes(pid)) {
      wait.pids = wait.pids.filter((other) => other !== pid);
      if (pid === wait.last) wait.code = code;
      if (wait.pids.length === 0) {
        state.wait = null;
        this.failed(Math.max(0, wait.code));
      }
    } else if (state.background.includes(pid)) {
      state.background = state.background.filter((other) => other !== pid);
      state.finished[pid] = code;
      if (wait?.kind === 'jobs' && (wait.pid === pid || (wait.pid === 0 && state.background.length === 0))) {
        state.wait = null;
        state.status = wait.pid === 0 ? 0 : code;
      }
    }
  }

  /** A signal that the shell handles. */
  signal(signal: Signal): void {
    const { state } = this;
    if (signal === 'INT' && state.interactive && state.traps.INT === undefined) {
      state.frames = [];
      state.partial = '';
      state.status = 130;
      if (state.wait?.kind !== 'line') state.wait = null;
      return this.showPrompt();
    }
    if (signal === 'WINCH' && state.interactive && state.wait?.kind === 'line' && state.traps.WINCH === undefined) return this.showPrompt();
    if (state.traps[signal] === undefined) return;
    state.pendingSignals.push(signal);
    // `wait` and `read` are interrupted; a command in the foreground is waited for.
    if (state.wait?.kind === 'jobs') {
      state.wait = null;
      state.status = 128 + 15;
    }
  }
}
