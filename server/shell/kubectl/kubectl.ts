/**
 * kubectl. To add a command: one file in commands/ that exports a KubectlCommand (framework/command.ts), and one line in
 * registry.ts.
 */
import type { Command, CommandContext } from '../types.ts';
import { completions } from './framework/completion.ts';
import { GLOBAL_FLAGS, Kubectl, type KubectlCommand } from './framework/command.ts';
import { errorText, KubectlError, PlainError, UsageError } from './framework/errors.ts';
import { FlagError, parseFlags, type FlagSpec } from './framework/flags.ts';
import { checkGlobalFlags } from './framework/global-flags.ts';
import { commandHelp, rootHelp } from './framework/help.ts';
import { kustomizationName } from './framework/manifests.ts';
import { suggestions } from './framework/suggestions.ts';
import { commands, groups } from './registry.ts';

interface Route {
  command: KubectlCommand;
  /** e.g. `kubectl rollout status`. */
  path: string;
  words: string[];
}

/** Flags that may stand before the command's name, with their values. */
function leadingFlags(words: readonly string[]): number {
  let at = 0;
  while (at < words.length && (words[at] as string).startsWith('-')) {
    const word = words[at] as string;
    const name = word.replace(/^--?/, '');
    const spec = GLOBAL_FLAGS.find((flag) => flag.name === name || (flag.short === name && !word.startsWith('--')));
    at += spec && spec.type !== 'bool' && !word.includes('=') ? 2 : 1;
  }
  return at;
}

/** Follows subcommand names; flags that stood before them go along. @throws KubectlError */
function route(words: readonly string[]): Route | undefined {
  let list = commands;
  let path = 'kubectl';
  let found: KubectlCommand | undefined;
  let rest = [...words];
  for (;;) {
    const skip = leadingFlags(rest);
    const name = rest[skip];
    const next = name === undefined ? undefined : list.find((command) => command.name === name || command.aliases?.includes(name));
    if (!next) {
      if (!found) {
        if (name === undefined) return undefined;
        const close = suggestions(name, groups.flatMap(({ names }) => names));
        throw new KubectlError(`unknown command "${name}" for "kubectl"${close.length > 0 ? `\n\nDid you mean this?\n${close.map((each) => `\t${each}\n`).join('').trimEnd()}` : ''}`);
      }
      return { command: found, path, words: rest };
    }
    found = next;
    path += ` ${next.name}`;
    rest = [...rest.slice(0, skip), ...rest.slice(skip + 1)];
    if (!next.subcommands) return { command: next, path, words: rest };
    list = next.subcommands;
  }
}

/** Commands with --record, which notes the command in the objects that it changes. */
const RECORDING = /^kubectl (annotate|apply|autoscale|create\b.*|edit|expose|label|patch|replace|run|scale|set \w+)$/;
/** Commands that need no cluster. */
const OFFLINE = /^kubectl (config|completion|kustomize|options|plugin)\b/;
const RECORD: FlagSpec = { name: 'record', type: 'bool' };

/** All flags of a command, its own before the global ones. */
function flagsOf(command: KubectlCommand): FlagSpec[] {
  const own = command.flags ?? [];
  return [...own, ...GLOBAL_FLAGS.filter((flag) => !own.some((other) => other.name === flag.name)).map((flag) => (own.some((other) => other.short !== undefined && other.short === flag.short) ? { ...flag, short: '' } : flag))];
}

async function execute(context: CommandContext): Promise<number> {
  const found = route(context.args);
  if (!found) {
    try {
      parseFlags(GLOBAL_FLAGS, context.args);
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      context.stderr.write(`error: ${error.message}\nSee 'kubectl --help' for usage.\n`);
      return 1;
    }
    context.stdout.write(rootHelp());
    return 0;
  }
  const { command, path, words } = found;
  const specs = RECORDING.test(path) ? [...flagsOf(command), RECORD] : flagsOf(command);
  if (!command.run) {
    if (words.some((word) => word === '-h' || word === '--help')) {
      context.stdout.write(commandHelp(command, path));
      return 0;
    }
    const [name] = words.filter((word) => !word.startsWith('-'));
    if (name !== undefined) throw new PlainError(`error: unknown command "${name}"\nSee '${path} -h' for help and examples`);
    (command.bareHelp ? context.stdout : context.stderr).write(commandHelp(command, path));
    return command.bareHelp === 'result' ? 0 : 1;
  }
  let parsed;
  try {
    parsed = parseFlags(specs, words);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    context.stderr.write(`error: ${error.message}\nSee '${path} --help' for usage.\n`);
    return 1;
  }
  const { flags, args, dash } = parsed;
  if (flags.bool('help')) {
    context.stdout.write(commandHelp(command, path));
    return 0;
  }
  if (flags.has('kustomize') && flags.given('kustomize')) {
    if (flags.given('filename')) throw new KubectlError('only one of -f or -k can be specified');
    flags.add('filename', kustomizationName(flags.string('kustomize')));
  }
  const missing = specs.filter((spec) => spec.required && !flags.given(spec.name)).map((spec) => spec.name);
  if (missing.length > 0) throw new KubectlError(`required flag(s) ${missing.map((name) => `"${name}"`).join(', ')} not set`);
  const own = new Set(command.flags?.map(({ name }) => name));
  const kubectl = new Kubectl(context, flags, args, dash, path, own);
  // Commands about the configuration work with one that fits nothing.
  if (!OFFLINE.test(path)) checkGlobalFlags(flags, own, kubectl.config, kubectl.config.contexts.get(kubectl.config.current)?.user ?? '');
  if (flags.has(RECORD.name) && flags.given(RECORD.name)) {
    context.stderr.write('Flag --record has been deprecated, --record will be removed in the future\n');
    if (flags.bool(RECORD.name)) kubectl.client.changeCause = [path, ...args, ...flags.shown()].join(' ');
  }
  try {
    return (await command.run(kubectl)) ?? 0;
  } catch (error) {
    if (error instanceof UsageError && !(error instanceof PlainError)) throw new PlainError(`error: ${error.message}\nSee '${path} -h' for help and examples`, error.exitCode);
    throw error;
  }
}

export const kubectl: Command = {
  name: 'kubectl',
  summary: 'control the cluster',
  async run(context) {
    try {
      return await execute(context);
    } catch (error) {
      if (context.signal.aborted) return 130;
      const text = errorText(error);
      context.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
      return error instanceof KubectlError ? error.exitCode : 1;
    }
  },
  complete: (words, context) => completions(words, context, commands, flagsOf),
};
