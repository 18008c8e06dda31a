/**
 * Tools that want their whole input before they say anything: just-bash's, run one at a time over our files.
 */
import type { Bash, CommandName, DefenseInDepthConfig, IFileSystem } from 'just-bash';
import { lineReader } from '../bash/io.ts';
import { realWork } from '../real-work.ts';
import type { Command, CommandContext } from '../types.ts';
import { filesAsFileSystem } from './file-system.ts';

/** What one tool may do, so that no script can hold the server up: about a second of work. */
const LIMITS = { maxAwkIterations: 100_000, maxSedIterations: 100_000, maxJqIterations: 100_000, maxLoopIterations: 100_000 };

/** In development Next.js notes the time and a WeakRef of every promise; were that forbidden while a tool runs, the server would end. */
const DEFENSE = { enabled: true, excludeViolationTypes: ['performance_timing', 'weak_ref'] } satisfies DefenseInDepthConfig;

const SUMMARIES = {
  awk: 'programs over lines and fields', base64: 'encode and decode', basename: 'last part of a path', column: 'line up columns', comm: 'compare sorted files', cp: 'copy files', cut: 'columns of lines', diff: 'compare files',
  dirname: 'path without its last part', du: 'sizes of files', expand: 'tabs to spaces', expr: 'evaluate an expression', file: 'kind of a file', find: 'find files', fold: 'wrap lines', join: 'join files by a field', jq: 'query JSON', md5sum: 'checksum', mkdir: 'make directories',
  mv: 'move files', nl: 'number lines', od: 'dump bytes', paste: 'join lines', rev: 'turn lines round', rm: 'remove files', rmdir: 'remove directories', seq: 'count', sha256sum: 'checksum', sort: 'sort lines', split: 'split a file', stat: 'facts of a file', strings: 'text in a file',
  tac: 'lines in reverse', touch: 'make a file', tr: 'translate characters', tree: 'files as a tree', unexpand: 'spaces to tabs', uniq: 'drop repeated lines', wc: 'count lines, words, characters', yq: 'query YAML',
} as const;

type ToolName = keyof typeof SUMMARIES;

/** Those that never read standard input, so that they do not wait for it. */
const WITHOUT_INPUT = new Set<ToolName>(['basename', 'cp', 'dirname', 'du', 'expr', 'file', 'find', 'mkdir', 'mv', 'rm', 'rmdir', 'seq', 'stat', 'touch', 'tree']);

function tool(name: ToolName): Command {
  return {
    name,
    summary: SUMMARIES[name],
    async run(context) {
      const stdin = WITHOUT_INPUT.has(name) || (context.stdin.isTerminal && readsFiles(name, context.args)) ? '' : await lineReader(context.stdin).readAll();
      const { stdout, stderr, exitCode } = await runTool(name, context.args, stdin, context);
      context.stdout.write(stdout);
      context.stderr.write(stderr);
      return exitCode;
    },
  };
}

/** Whether a tool on a terminal was given files, so that it will not read what is typed. */
function readsFiles(name: ToolName, args: string[]): boolean {
  const operands = args.filter((arg) => !arg.startsWith('-'));
  const programs = name === 'awk' || name === 'jq' || name === 'yq' || name === 'tr' ? 1 : 0;
  return operands.length > programs;
}

/** Runs one of just-bash's commands by itself. */
export function runTool(name: CommandName, args: string[], stdin: string, context: CommandContext): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  return realWork(execute(name, args, stdin, context));
}

async function execute(name: CommandName, args: string[], stdin: string, context: CommandContext): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const justBash = await import('just-bash');
  const fs: IFileSystem = filesAsFileSystem(context.files, context.host.now());
  const shell: Bash = new justBash.Bash({ fs, cwd: context.cwd, env: context.env, commands: [name], executionLimits: LIMITS, defenseInDepth: DEFENSE });
  return shell.exec(name, { args, stdin, rawScript: true, signal: context.signal, cwd: context.cwd, env: context.env, replaceEnv: true });
}

/** ls: in columns on a terminal. */
const ls: Command = {
  name: 'ls',
  summary: 'list files',
  async run(context) {
    const flags = context.args.filter((arg) => /^-[^-]/.test(arg)).join('');
    const operands = context.args.filter((arg) => !arg.startsWith('-'));
    const { stdout, stderr, exitCode } = await runTool('ls', context.args.filter((arg) => !arg.startsWith('--color')), '', context);
    context.stderr.write(stderr);
    const columns = context.stdout.isTerminal && !/[l1Rd]/.test(flags) && operands.length < 2;
    context.stdout.write(columns ? inColumns(stdout.split('\n').filter((name) => name !== ''), context.size?.columns ?? 80) : stdout);
    return exitCode;
  },
};

function inColumns(names: string[], width: number): string {
  if (names.length === 0) return '';
  for (let rows = 1; ; rows++) {
    const columns = Math.ceil(names.length / rows);
    const widths = Array.from({ length: columns }, (_, column) => Math.max(...names.slice(column * rows, (column + 1) * rows).map((name) => name.length), 0));
    if (rows < names.length && widths.reduce((sum, w) => sum + w + 2, -2) > width) continue;
    let text = '';
    for (let row = 0; row < rows; row++) {
      const cells = widths.map((w, column) => (names[column * rows + row] ?? '').padEnd(w));
      text += `${cells.join('  ').trimEnd()}\n`;
    }
    return text;
  }
}

export const coreutils: Command[] = [...(Object.keys(SUMMARIES) as ToolName[]).map(tool), ls];
