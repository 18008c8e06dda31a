/** Help pages. Lists of commands and usage lines are kubectl's; what they say in sentences is ours. */
import { commands, groups } from '../registry.ts';
import type { KubectlCommand } from './command.ts';
import type { FlagSpec } from './flags.ts';

const FOOTER = 'Use "kubectl <command> --help" for more information about a given command.\nUse "kubectl options" for a list of global command-line options (applies to all commands).\n';

export function rootHelp(): string {
  const known = new Map(commands.map((command) => [command.name, command]));
  const sections = groups.map(({ title, names }) => `${title}:\n${names.map((name) => `  ${name.padEnd(16)}${known.get(name)?.summary ?? ''}\n`).join('')}`);
  const [others] = sections.splice(-1);
  return `kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\n${sections.join('\n')}\nSubcommands provided by plugins:\n\n${others}\nUsage:\n  kubectl [flags] [options]\n\n${FOOTER}`;
}

/** Names of subcommands take at least so many columns. */
const LEAST_NAME_WIDTH = 11;

function flagLine(spec: FlagSpec): string {
  const value = spec.type === 'bool' ? `=${spec.default === true}` : spec.type === 'int' ? `=${spec.default ?? 0}` : spec.type === 'list' || spec.type === 'array' ? '=[]' : `='${spec.default ?? ''}'`;
  return `    ${spec.short ? `-${spec.short}, ` : ''}--${spec.name}${value}`;
}

export function commandHelp(command: KubectlCommand, path: string): string {
  const parts = [`${command.long ?? `${command.summary}.`}\n`];
  if (command.examples) parts.push(`\nExamples:\n${command.examples}\n`);
  const shown = (command.subcommands ?? []).filter((each) => !each.hidden);
  if (shown.length > 0) {
    if (command.aliases?.length) parts.push(`\nAliases:\n${[command.name, ...command.aliases].join(', ')}\n`);
    const width = Math.max(LEAST_NAME_WIDTH, ...shown.map(({ name }) => name.length)) + 3;
    parts.push(`\nAvailable Commands:\n${[...shown].sort((x, y) => (x.name < y.name ? -1 : 1)).map((each) => `  ${each.name.padEnd(width)}${each.summary}\n`).join('')}`);
    parts.push(`\nUsage:\n  ${path} ${command.usage ?? '[flags]'} [options]\n`);
    parts.push(`\nUse "${path} <command> --help" for more information about a given command.\n`);
  } else {
    const flags = [...(command.flags ?? [])].sort((x, y) => (x.name < y.name ? -1 : 1));
    if (flags.length > 0) parts.push(`\nOptions:\n${flags.map((flag) => `${flagLine(flag)}\n`).join('')}`);
    parts.push(`\nUsage:\n  ${path} ${command.usage ?? '[flags] [options]'}${command.usage ? ' [options]' : ''}\n\n`);
  }
  parts.push('Use "kubectl options" for a list of global command-line options (applies to all commands).\n');
  return parts.join('');
}
