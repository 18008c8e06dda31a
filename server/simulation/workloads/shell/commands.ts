/** How the shell in containers starts what a command names: a function, a builtin, a program, or the stages of a pipeline. */
import type { Redirects, Spawned } from '../types.ts';
import { builtins, type Builtin } from './builtins.ts';
import { expandText, expandWord } from './expansion.ts';
import { openRedirects } from './redirects.ts';
import type { Shell } from './shell.ts';
import { newFrame, newShell, type Frame, type ShellState } from './shell-state.ts';
import type { Instruction, SimpleCommand } from './syntax-types.ts';

/** Functions within functions. */
const FRAME_LIMIT = 100;

type Stage = Extract<Instruction, { op: 'pipeline' }>['stages'][number];

/** Runs one command: assignments, redirections, and what its first word names. */
export function runCommand(shell: Shell, frame: Frame, command: SimpleCommand): void {
  const { state, process } = shell;
  const scope = shell.scope(frame);
  const words: string[] = [];
  for (const word of command.words) words.push(...expandWord(word, scope));
  const assigned = command.assigns.map(({ name, value }) => [name, expandText(value, scope)] as const);
  if (state.options.xtrace && (words.length > 0 || assigned.length > 0)) process.write(2, `+ ${[...assigned.map(([name, value]) => `${name}=${value}`), ...words].join(' ')}\n`);
  const [name] = words;
  if (name === undefined) {
    for (const [variable, value] of assigned) shell.set(variable, value);
    if (command.redirects.length > 0 && !openRedirects(shell, frame, command.redirects)) return shell.failed(1);
    if (!command.assigns.some(({ value }) => value.some((part) => part.t === 'slot'))) state.status = 0;
    return;
  }
  const streams = openRedirects(shell, frame, command.redirects);
  if (!streams) return shell.failed(1);
  const body = state.functions[name];
  if (body !== undefined) {
    for (const [variable, value] of assigned) shell.set(variable, value);
    if (state.frames.length >= FRAME_LIMIT) {
      shell.complain(`${name}: too deep`);
      return shell.failed(2);
    }
    const inner = newFrame(body, 'function', words.slice(1));
    if (command.redirects.length > 0) {
      const { stdin, stdout, stderr } = process.streams;
      inner.saved.push({ stdin, stdout, stderr });
      Object.assign(process.streams, streams);
    }
    state.frames.push(inner);
    return;
  }
  const builtin = builtins[name];
  if (builtin) {
    for (const [variable, value] of assigned) shell.set(variable, value);
    return runBuiltin(shell, builtin, words, streams);
  }
  const env = { ...process.env };
  for (const [variable, value] of assigned) env[variable] = value;
  awaitChild(shell, process.spawn(words, env, streams), name);
}

function runBuiltin(shell: Shell, builtin: Builtin, words: string[], streams: Redirects): void {
  const { process, state } = shell;
  const { stdin, stdout, stderr } = process.streams;
  const permanent = words[0] === 'exec' && words.length === 1;
  Object.assign(process.streams, streams);
  const code = builtin(shell, words.slice(1), words[0] as string);
  if (process.data !== state) return;
  if (!permanent && !process.ended) shell.restoreStreams({ stdin, stdout, stderr });
  if (code === undefined) return;
  shell.failed(code);
}

/** Starts all stages of a pipeline, and waits for them. */
export function startPipeline(shell: Shell, frame: Frame, stages: readonly Stage[]): void {
  const { state, process } = shell;
  const pids: number[] = [];
  let last = 0;
  let code = 0;
  let stdin: number | undefined;
  stages.forEach((stage, index) => {
    const final = index === stages.length - 1;
    const stdout = final ? undefined : process.pipe();
    const redirects: Redirects = { ...(stdin === undefined ? {} : { stdin }), ...(stdout === undefined ? {} : { stdout }) };
    const child = startStage(shell, frame, stage, redirects);
    if (child && child.code === undefined) pids.push(child.pid);
    if (final) {
      last = child?.pid ?? 0;
      code = child ? (child.code ?? -1) : 127;
    }
    stdin = stdout;
  });
  if (code >= 0 && pids.length === 0) return shell.failed(code);
  state.wait = { kind: 'pipeline', pids, last, code };
}

function startStage(shell: Shell, frame: Frame, stage: Stage, redirects: Redirects): { pid: number; code?: number } | undefined {
  const name = stage.kind === 'simple' ? stage.command.words[0] : undefined;
  const first = name?.length === 1 && name[0]?.t === 'text' ? name[0].v : undefined;
  const plain = stage.kind === 'simple' && stage.captures.length === 0 && stage.command.assigns.length === 0 && first !== undefined && !builtins[first] && !shell.state.functions[first];
  if (!plain || stage.kind !== 'simple') return fork(shell, stage.text, redirects);
  const scope = shell.scope(frame);
  const words = stage.command.words.flatMap((word) => expandWord(word, scope));
  const opened = openRedirects(shell, frame, stage.command.redirects, redirects);
  if (!opened) return undefined;
  const spawned = shell.process.spawn(words, { ...shell.process.env }, opened);
  if ('failed' in spawned) {
    shell.complain(spawned.failed === 'not-found' ? `${words[0]}: not found` : `${words[0]}: Permission denied`);
    return undefined;
  }
  return spawned;
}

/** A subshell that runs a text, with copies of what this shell knows. @returns undefined after an error message. */
export function fork(shell: Shell, text: string, redirects: Redirects): { pid: number; code?: number } | undefined {
  const { state, process } = shell;
  const child: ShellState = {
    ...newShell(state.name, [...shell.args]),
    vars: { ...state.vars },
    exported: [...state.exported],
    functions: { ...state.functions },
    status: state.status,
    options: { ...state.options },
    frames: [newFrame(text, 'script')],
  };
  const spawned = process.fork(child, redirects);
  if ('failed' in spawned) {
    shell.complain("can't fork: Resource temporarily unavailable");
    return undefined;
  }
  return spawned;
}

/** Waits for a process that was started, or says why it was not. */
export function awaitChild(shell: Shell, spawned: Spawned, name: string): void {
  const { state } = shell;
  if ('failed' in spawned) {
    shell.complain(spawned.failed === 'not-found' ? `${name}: not found` : `${name}: Permission denied`);
    return shell.failed(spawned.failed === 'not-found' ? 127 : 126);
  }
  if (spawned.code === undefined) state.wait = { kind: 'child', pid: spawned.pid };
  else shell.failed(spawned.code);
}
