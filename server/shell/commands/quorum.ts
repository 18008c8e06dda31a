/** `quorum`: faults from the terminal, and namespaces for students. */
import type { Command, CommandContext } from '../types.ts';
import { giveNamespaces, takeNamespaces } from './quorum-namespaces.ts';

interface FaultList {
  faults: { name: string; target: 'node' | 'pod' | 'none'; lasting: boolean }[];
  active: { fault: string; target: string; since: number }[];
}

const USAGE = `Usage:
  quorum break FAULT [TARGET]   make something fail
  quorum heal FAULT [TARGET]    undo it
  quorum faults                 list what can fail, and what does
  quorum namespaces [--undo]    give each student a namespace to administer, or delete those
`;

async function list(context: CommandContext): Promise<FaultList> {
  return (await context.host.operation({ name: 'fault.list', args: {} })) as FaultList;
}

async function printFaults(context: CommandContext): Promise<number> {
  const { faults, active } = await list(context);
  const rows = faults.map(({ name, target }) => {
    const targets = active.filter((entry) => entry.fault === name).map((entry) => entry.target || 'active');
    return [name, target === 'none' ? '' : target.toUpperCase(), targets.join(', ')];
  });
  const widths = [0, 1].map((column) => Math.max(...[['FAULT', 'TARGET', 'ACTIVE'], ...rows].map((row) => (row[column] as string).length)));
  for (const row of [['FAULT', 'TARGET', 'ACTIVE'], ...rows]) {
    context.stdout.write(`${(row[0] as string).padEnd((widths[0] as number) + 3)}${(row[1] as string).padEnd((widths[1] as number) + 3)}${row[2]}`.trimEnd() + '\n');
  }
  return 0;
}

async function run(context: CommandContext): Promise<number> {
  const [verb, fault, target = '', ...more] = context.args;
  if (verb === 'faults' && fault === undefined) return printFaults(context);
  if (verb === 'namespaces' && fault === undefined) return giveNamespaces(context);
  if (verb === 'namespaces' && fault === '--undo' && target === '') return takeNamespaces(context);
  if ((verb !== 'break' && verb !== 'heal') || fault === undefined || more.length > 0) {
    const help = verb === undefined || verb === 'help' || verb === '--help' || verb === '-h';
    (help ? context.stdout : context.stderr).write(USAGE);
    return help ? 0 : 2;
  }
  try {
    await context.host.operation({ name: `fault.${verb}`, args: { fault, target } });
    return 0;
  } catch (error) {
    context.stderr.write(`quorum: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

export const quorum: Command = {
  name: 'quorum',
  summary: 'break and heal parts of the cluster, give students namespaces',
  run,
  async complete(words, { host }) {
    if (words.length <= 2) return ['break', 'heal', 'faults', 'namespaces'];
    if (words[1] === 'namespaces') return ['--undo'];
    const { faults, active } = (await host.operation({ name: 'fault.list', args: {} })) as FaultList;
    if (words.length === 3) return words[1] === 'heal' ? [...new Set(active.map((entry) => entry.fault))] : faults.map((fault) => fault.name);
    if (words[1] === 'heal') return active.filter((entry) => entry.fault === words[2]).map((entry) => entry.target);
    const kind = faults.find((fault) => fault.name === words[2])?.target;
    if (kind === 'node') return (await host.operation({ name: 'node.machines', args: {} })) as string[];
    if (kind === 'pod') {
      const response = await host.request({ method: 'GET', path: '/api/v1/namespaces/default/pods' });
      return ((response.body as { items?: { metadata: { name: string } }[] }).items ?? []).map((pod) => pod.metadata.name);
    }
    return [];
  },
};
