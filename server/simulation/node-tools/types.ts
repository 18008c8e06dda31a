/** Programs that an administrator runs on a machine itself, by SSH. A new one is a file and a line in registry.ts. */
import type { Cluster } from '../cluster.ts';

export interface ToolResult {
  stdout: string;
  stderr: string;
  code: number;
}

export interface NodeTool {
  name: string;
  summary: string;
  /** Whether this call changes something; those that only look are not logged. */
  changes?(args: readonly string[]): boolean;
  /** @param node a machine that is up. */
  run(cluster: Cluster, node: string, args: readonly string[]): ToolResult;
}

export function printed(stdout: string): ToolResult {
  return { stdout, stderr: '', code: 0 };
}

export function failed(stderr: string, code = 1): ToolResult {
  return { stdout: '', stderr: stderr.endsWith('\n') ? stderr : `${stderr}\n`, code };
}

/** Columns as Go's tabwriter makes them. */
export function columns(rows: readonly (readonly string[])[], minWidth: number, padding: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(minWidth, ...rows.map((row) => (row[column] ?? '').length + padding)));
  return rows.map((row) => `${row.map((cell, column) => (column < row.length - 1 ? cell.padEnd(widths[column] as number) : cell)).join('')}\n`).join('');
}

/** `5 minutes`, as docker's units package words durations. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.round(seconds / 3_600)];
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}
