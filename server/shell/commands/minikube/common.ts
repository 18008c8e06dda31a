/** What minikube's subcommands share. */
import type { CommandContext } from '../../types.ts';

export type Subcommand = (context: CommandContext, args: string[]) => Promise<number>;

export interface MachineStatus {
  name: string;
  controlPlane: boolean;
  /** Whether an API server runs there. */
  apiServer: boolean;
  host: boolean;
  kubelet: boolean;
  address: string;
}

export interface ClusterStatus {
  exists: boolean;
  apiServer: boolean;
  /** Whether it was made for several control-plane machines. */
  highlyAvailable: boolean;
  nodes: MachineStatus[];
}

export async function machines(context: CommandContext): Promise<ClusterStatus> {
  return (await context.host.operation({ name: 'minikube.status', args: {} })) as ClusterStatus;
}

/** Prints a line the way minikube does, an emoji and two spaces first. */
export function say(context: CommandContext, emoji: string, text: string): void {
  context.stdout.write(`${emoji}  ${text}\n`);
}

export function fail(context: CommandContext, emoji: string, text: string, code: number): number {
  context.stderr.write(`${emoji}  ${text}\n`);
  return code;
}

/** Splits flags from positional arguments. `--name value` is understood for the names given. */
export function flags(args: string[], withValue: string[]): { positional: string[]; flags: Map<string, string> } {
  const positional: string[] = [];
  const found = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const match = /^--?([^=]+)(?:=(.*))?$/.exec(arg);
    if (!match) positional.push(arg);
    else if (match[2] !== undefined) found.set(match[1] as string, match[2]);
    else if (withValue.includes(match[1] as string)) found.set(match[1] as string, args[++i] ?? '');
    else found.set(match[1] as string, 'true');
  }
  return { positional, flags: found };
}

/** A table in the box-drawing style of minikube's lists. Header cells are centred. */
export function boxTable(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column] as string)].map(displayWidth)));
  const line = (left: string, middle: string, right: string): string => `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}\n`;
  const centred = header.map((title, column) => {
    const space = (widths[column] as number) - title.length;
    return ' '.repeat(Math.floor(space / 2)) + title + ' '.repeat(Math.ceil(space / 2));
  });
  const body = rows.map((row) => `│ ${row.map((cell, column) => cell + ' '.repeat((widths[column] as number) - displayWidth(cell))).join(' │ ')} │\n`).join('');
  return line('┌', '┬', '┐') + `│ ${centred.join(' │ ')} │\n` + line('├', '┼', '┤') + body + line('└', '┴', '┘');
}

/** Columns that a text takes in a terminal; the emoji used here take two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) as number) > 0x2000 && !/[─-╿…]/.test(character) ? 2 : 1;
  return width;
}
