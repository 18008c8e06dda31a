/** Runs a script of sed on each line as it comes. */
import { resolvePath } from '../bash/paths.ts';
import type { CompiledExpression } from '../bash/regular-expression.ts';
import type { CommandContext, ShellOutput } from '../types.ts';
import { checkSignal } from './common.ts';
import { SedError, type Address, type Replacement, type SedCommand } from './sed-script.ts';

/** Commands run for one line; a script that loops on is stopped. */
const MAX_STEPS_PER_LINE = 100_000;

/** Lines of several files as one stream, with one line of look-ahead where the script asks for the last. */
export class Lines {
  #next: string | undefined;
  #loaded = false;
  number = 0;

  constructor(
    private readonly source: () => Promise<string | undefined>,
    private readonly lookAhead: boolean,
  ) {}

  async take(): Promise<string | undefined> {
    const line = this.#loaded ? this.#next : await this.source();
    this.#loaded = false;
    if (line !== undefined) this.number++;
    if (line !== undefined && this.lookAhead) {
      this.#next = await this.source();
      this.#loaded = true;
    }
    return line;
  }

  get isLast(): boolean {
    return this.lookAhead && this.#loaded && this.#next === undefined;
  }
}

type Flow = 'next' | 'delete' | 'restart' | 'quit' | { branch: string };

export class SedMachine {
  #pattern = '';
  #hold = '';
  #newline = true;
  #appended: string[] = [];
  #substituted = false;
  #lastExpression: CompiledExpression | undefined;
  #active = new Map<SedCommand, number>();
  #steps = 0;
  status = 0;

  constructor(
    private readonly script: SedCommand[],
    private readonly silent: boolean,
    private readonly lines: Lines,
    private readonly output: ShellOutput,
    private readonly context: CommandContext,
  ) {}

  async run(): Promise<void> {
    let restarted = false;
    for (;;) {
      if (!restarted && !(await this.#load())) return;
      restarted = false;
      this.#steps = 0;
      this.#substituted = false;
      checkSignal(this.context);
      const flow = await this.#whole();
      if (flow === 'restart') {
        restarted = true;
        this.#flush();
        continue;
      }
      const quietly = flow === 'delete' || (flow === 'quit' && this.#quitSilently);
      if (!quietly && !this.silent) this.#print(this.#pattern);
      this.#flush();
      if (flow === 'quit') return;
    }
  }

  #quitSilently = false;

  async #load(): Promise<boolean> {
    const line = await this.lines.take();
    if (line === undefined) return false;
    this.#newline = line.endsWith('\n');
    this.#pattern = line.replace(/\n$/, '');
    return true;
  }

  #print(text: string): void {
    this.output.write(text + (this.#newline || !this.lines.isLast ? '\n' : ''));
  }

  #flush(): void {
    for (const text of this.#appended.splice(0)) this.output.write(text);
  }

  /** The whole script, with branches to labels at its top level and in blocks. */
  async #whole(): Promise<Exclude<Flow, { branch: string }>> {
    let flow = await this.#block(this.script, undefined);
    while (typeof flow === 'object') {
      if (flow.branch === '') return 'next';
      flow = await this.#block(this.script, flow.branch);
    }
    return flow;
  }

  /** @param label skip to it first. */
  async #block(commands: SedCommand[], label: string | undefined): Promise<Flow> {
    let skipping = label;
    for (const command of commands) {
      const { action } = command;
      if (skipping !== undefined) {
        if (action.name === ':' && action.label === skipping) skipping = undefined;
        else if (action.name === '{' && holds(action.body, skipping)) {
          const flow = await this.#block(action.body, skipping);
          skipping = undefined;
          if (flow !== 'next') return flow;
        }
        continue;
      }
      if (++this.#steps > MAX_STEPS_PER_LINE) throw new SedError('script runs for ever');
      if (this.#selects(command) === command.negated) continue;
      const flow = await this.#do(command);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  #selects(command: SedCommand): boolean {
    const { from, to } = command;
    if (!from) return true;
    const { number } = this.lines;
    if (!to) return this.#matches(from);
    const end = this.#active.get(command);
    if (end === undefined) {
      const fromZero = from.kind === 'line' && from.number === 0 && to.kind === 'match';
      if (!fromZero && !this.#matches(from)) return false;
      if (fromZero && number > 1) return false;
      if (to.kind === 'line' && to.number <= number) return true;
      if (to.kind === 'plus') {
        if (to.count > 0) this.#active.set(command, number + to.count);
        return true;
      }
      if (!(fromZero && this.#matches(to))) this.#active.set(command, to.kind === 'line' ? to.number : Infinity);
      return true;
    }
    if (number >= end || (end === Infinity && this.#matches(to))) {
      this.#active.delete(command);
      if (number > end) return this.#matches(from);
    }
    return true;
  }

  #matches(address: Address): boolean {
    switch (address.kind) {
      case 'line':
        return this.lines.number === address.number;
      case 'last':
        return this.lines.isLast;
      case 'step':
        return address.step === 0 ? this.lines.number === address.first : this.lines.number >= address.first && (this.lines.number - address.first) % address.step === 0;
      case 'plus':
        return false;
      case 'match':
        return this.#expression(address.expression).find(this.#pattern, 0) !== undefined;
    }
  }

  #expression(expression: CompiledExpression | undefined): CompiledExpression {
    const used = expression ?? this.#lastExpression;
    if (!used) throw new SedError('no previous regular expression');
    this.#lastExpression = used;
    return used;
  }

  async #do(command: SedCommand): Promise<Flow> {
    const { action } = command;
    switch (action.name) {
      case '{':
        return this.#block(action.body, undefined);
      case ':':
        return 'next';
      case 'd':
        return 'delete';
      case 'D': {
        const end = this.#pattern.indexOf('\n');
        if (end < 0) return 'delete';
        this.#pattern = this.#pattern.slice(end + 1);
        return 'restart';
      }
      case 'p':
        this.output.write(`${this.#pattern}\n`);
        return 'next';
      case 'P':
        this.output.write(`${this.#pattern.split('\n')[0]}\n`);
        return 'next';
      case '=':
        this.output.write(`${this.lines.number}\n`);
        return 'next';
      case 'l':
        this.output.write(`${this.#pattern.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')}$\n`);
        return 'next';
      case 'n':
        if (!this.silent && !this.lines.isLast) this.#print(this.#pattern);
        this.#flush();
        if (this.lines.isLast) return 'quit';
        return (await this.#load()) ? 'next' : 'delete';
      case 'N': {
        if (this.lines.isLast) return 'quit';
        const before = this.#pattern;
        this.#flush();
        if (!(await this.#load())) return 'quit';
        this.#pattern = `${before}\n${this.#pattern}`;
        return 'next';
      }
      case 'g':
        this.#pattern = this.#hold;
        return 'next';
      case 'G':
        this.#pattern += `\n${this.#hold}`;
        return 'next';
      case 'h':
        this.#hold = this.#pattern;
        return 'next';
      case 'H':
        this.#hold += `\n${this.#pattern}`;
        return 'next';
      case 'x':
        [this.#pattern, this.#hold] = [this.#hold, this.#pattern];
        return 'next';
      case 'q':
      case 'Q':
        this.status = action.status;
        this.#quitSilently = action.name === 'Q';
        return 'quit';
      case 'a':
        this.#appended.push(`${action.text}\n`);
        return 'next';
      case 'i':
        this.output.write(`${action.text}\n`);
        return 'next';
      case 'c':
        if (!command.to || !this.#active.has(command)) this.output.write(`${action.text}\n`);
        return 'delete';
      case 'r':
        this.#appended.push(this.context.files.read(resolvePath(this.context.cwd, action.file)) ?? '');
        return 'next';
      case 'w':
        this.#writeFile(action.file);
        return 'next';
      case 'y':
        this.#pattern = [...this.#pattern].map((c) => (action.from.includes(c) ? (action.to[action.from.indexOf(c)] as string) : c)).join('');
        return 'next';
      case 'b':
        return { branch: action.label };
      case 't':
      case 'T': {
        const jump = this.#substituted === (action.name === 't');
        this.#substituted = false;
        return jump ? { branch: action.label } : 'next';
      }
      case 's': {
        const result = substitute(this.#pattern, this.#expression(action.expression), action.replacement, action.nth, action.global);
        if (result === undefined) return 'next';
        this.#pattern = result;
        this.#substituted = true;
        if (action.print) this.output.write(`${this.#pattern}\n`);
        if (action.file !== undefined) this.#writeFile(action.file);
        return 'next';
      }
    }
  }

  #writeFile(file: string): void {
    if (file === '/dev/stdout') return this.output.write(`${this.#pattern}\n`);
    const path = resolvePath(this.context.cwd, file);
    this.context.files.write(path, `${this.context.files.read(path) ?? ''}${this.#pattern}\n`);
  }
}

function holds(commands: SedCommand[], label: string): boolean {
  return commands.some(({ action }) => (action.name === ':' && action.label === label) || (action.name === '{' && holds(action.body, label)));
}

/** The text after `s`; undefined when nothing matched. */
function substitute(text: string, expression: CompiledExpression, replacement: Replacement[], nth: number, global: boolean): string | undefined {
  let result = '';
  let at = 0;
  let count = 0;
  let changed = false;
  for (let from = 0; from <= text.length; ) {
    const match = expression.find(text, from);
    if (!match) break;
    count++;
    if (count >= nth) {
      result += text.slice(at, match.start) + render(replacement, match.groups);
      at = match.end;
      changed = true;
      if (!global) break;
    }
    if (match.end > match.start) from = match.end;
    else from = match.end + 1;
  }
  return changed ? result + text.slice(at) : undefined;
}

function render(replacement: Replacement[], groups: (string | undefined)[]): string {
  let result = '';
  let mode: 'U' | 'L' | 'E' = 'E';
  let once: 'u' | 'l' | undefined;
  for (const part of replacement) {
    if (part.kind === 'case') {
      if (part.mode === 'u' || part.mode === 'l') once = part.mode;
      else mode = part.mode;
      continue;
    }
    let text = part.kind === 'text' ? part.text : (groups[part.index] ?? '');
    if (mode === 'U') text = text.toUpperCase();
    if (mode === 'L') text = text.toLowerCase();
    if (once && text !== '') {
      text = (once === 'u' ? text.slice(0, 1).toUpperCase() : text.slice(0, 1).toLowerCase()) + text.slice(1);
      once = undefined;
    }
    result += text;
  }
  return result;
}
