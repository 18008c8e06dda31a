/** What etcdctl and etcdutl share: flags, tables, and the files that they read and write. */
import type { Cluster } from '../cluster.ts';

export const VERSION = '3.6.6';
export const API_VERSION = '3.6';

export interface Flags {
  words: string[];
  values: Map<string, string>;
}

const VALUED = new Set(['endpoints', 'cacert', 'cert', 'key', 'write-out', 'w', 'limit', 'command-timeout', 'data-dir', 'name', 'initial-cluster', 'initial-cluster-token', 'initial-advertise-peer-urls', 'bump-revision', 'dial-timeout', 'user']);

export function parse(args: readonly string[]): Flags {
  const flags: Flags = { words: [], values: new Map() };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    const match = /^--?([a-z][\w-]*)(?:=(.*))?$/.exec(arg);
    if (!match) flags.words.push(arg);
    else if (match[2] !== undefined) flags.values.set(match[1] as string, match[2]);
    else if (VALUED.has(match[1] as string)) flags.values.set(match[1] as string, args[++at] ?? '');
    else flags.values.set(match[1] as string, 'true');
  }
  return flags;
}

/** A table in the style of etcd's `-w table`. */
export function table(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] as string).length)));
  const line = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const centred = (text: string, width: number): string => ' '.repeat(Math.floor((width - text.length) / 2)) + text + ' '.repeat(Math.ceil((width - text.length) / 2));
  const right = (text: string, width: number): string => (/^[\d.]+( [kMG]?B)?$/.test(text) && !text.includes('.') ? text.padStart(width) : text.padEnd(width));
  return `${line}|${header.map((title, i) => ` ${centred(title, widths[i] as number)} `).join('|')}|\n${line}${rows.map((row) => `|${row.map((cell, i) => ` ${right(cell, widths[i] as number)} `).join('|')}|\n`).join('')}${line}`;
}

export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

export interface EtcdFiles {
  write(path: string, text: string): void;
  read(path: string): string | undefined;
}

/** Files of the machine itself. */
export function machineFiles(cluster: Cluster, node: string): EtcdFiles {
  const layer = cluster.hostFilesOf(node) ?? new Map<string, never>();
  return { read: (path) => layer.get(path)?.text, write: (path, text) => layer.set(path, { text, modified: cluster.now }) };
}
