/** Programs that fill files with zeros and tell how full disks are: dd, fallocate, truncate, du, df. */
import { resolvePath } from '../../paths.ts';
import { FileError, type ProcessContext, type Program } from '../types.ts';
import { has, immediate, operands, option } from './tool.ts';

/** `10M`, `1G`, `512k`, `4096`; NaN for anything else. Powers of 1024. */
function bytesOf(text: string): number {
  const match = /^(\d+)([ckmgt]?)(?:i?b)?$/i.exec(text);
  return match ? Number(match[1]) * 1_024 ** ' kmgt'.indexOf((match[2] ?? '').toLowerCase().replace('c', '') || ' ') : NaN;
}

function inKi(bytes: number): string {
  return String(Math.ceil(bytes / 1_024));
}

/** As `-h` prints it: `1.2G`. */
function human(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < 4) {
    value /= 1_024;
    unit++;
  }
  return unit === 0 ? String(value) : `${value.toFixed(1)}${' KMGT'[unit]}`;
}

/** Fills a file, and says in the tool's words when that fails. @returns the exit code */
function fill(process: ProcessContext, tool: string, path: string, bytes: number): number {
  try {
    process.files.fill(resolvePath(process.cwd, path), bytes);
    return 0;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    process.write(2, `${tool}: ${tool === 'dd' ? `error writing '${path}'` : path}: ${error.message}\n`);
    return 1;
  }
}

/** Only from /dev/zero and /dev/urandom: what is made is zeros. */
const dd = immediate('dd', (process, args) => {
  const given = new Map(args.map((argument) => argument.split('=', 2) as [string, string | undefined]));
  const [input, output] = [given.get('if'), given.get('of')];
  const size = bytesOf(given.get('bs') ?? '512');
  const count = Number(given.get('count') ?? NaN);
  if (input !== '/dev/zero' && input !== '/dev/urandom') {
    process.write(2, `dd: only if=/dev/zero and if=/dev/urandom are supported in this simulation\n`);
    return 1;
  }
  if (!output || Number.isNaN(size) || !Number.isInteger(count)) {
    process.write(2, 'dd: of=FILE, bs=SIZE and count=N are wanted\n');
    return 1;
  }
  const code = output === '/dev/null' ? 0 : fill(process, 'dd', output, size * count);
  if (code === 0) process.write(2, `${count}+0 records in\n${count}+0 records out\n${size * count} bytes (${human(size * count)}B) copied\n`);
  return code;
});

const fallocate: Program = immediate('fallocate', (process, args) => {
  const bytes = bytesOf(option(args, 'l') ?? '');
  const [path] = operands(args, 'lo');
  if (Number.isNaN(bytes) || !path) {
    process.write(2, 'BusyBox v1.36.1 multi-call binary.\n\nUsage: fallocate [-o OFS] -l LEN FILE\n');
    return 1;
  }
  return fill(process, 'fallocate', path, bytes);
});

const truncate: Program = immediate('truncate', (process, args) => {
  const bytes = bytesOf(option(args, 's') ?? '');
  const [path] = operands(args, 's');
  if (Number.isNaN(bytes) || !path) {
    process.write(2, 'BusyBox v1.36.1 multi-call binary.\n\nUsage: truncate [-c] -s SIZE FILE...\n');
    return 1;
  }
  return fill(process, 'truncate', path, bytes);
});

/** Bytes below a path, and what is printed of its folders. */
function sizes(process: ProcessContext, path: string, shown: string, into: [string, number][]): number {
  const info = process.files.info(path);
  if (!info) return 0;
  if (!info.directory) return info.size;
  let bytes = 4_096;
  for (const child of process.files.list(path)) bytes += sizes(process, `${path === '/' ? '' : path}/${child.name}`, `${shown === '/' ? '' : shown}/${child.name}`, into);
  into.push([shown, bytes]);
  return bytes;
}

const du: Program = immediate('du', (process, args) => {
  let code = 0;
  const names = operands(args, 'd');
  for (const name of names.length > 0 ? names : ['.']) {
    const path = resolvePath(process.cwd, name);
    if (!process.files.exists(path)) {
      process.write(2, `du: ${name}: No such file or directory\n`);
      code = 1;
      continue;
    }
    const folders: [string, number][] = [];
    const total = sizes(process, path, name, folders);
    const lines = has(args, 's') || folders.length === 0 ? ([[name, total]] as [string, number][]) : folders;
    for (const [shown, bytes] of lines) process.write(1, `${has(args, 'h') ? human(bytes) : inKi(bytes)}\t${shown}\n`);
  }
  return code;
});

const df: Program = immediate('df', (process, args) => {
  const readable = has(args, 'h');
  const names = operands(args);
  const line = (device: string, total: number, used: number, mount: string): string => {
    const amount = (bytes: number): string => (readable ? human(bytes) : inKi(bytes)).padStart(9);
    return `${device.padEnd(20)} ${amount(total)} ${amount(used)} ${amount(Math.max(0, total - used))} ${`${total > 0 ? Math.ceil((used * 100) / total) : 0}%`.padStart(4)} ${mount}\n`;
  };
  process.write(1, `Filesystem           ${readable ? '     Size' : '1K-blocks'}      Used Available Use% Mounted on\n`);
  for (const name of names.length > 0 ? names : ['/']) {
    const { device, totalBytes, usedBytes, mount } = process.files.space(resolvePath(process.cwd, name));
    process.write(1, line(device, totalBytes, usedBytes, mount));
  }
  if (names.length === 0) process.write(1, line('tmpfs', 67_108_864, 0, '/dev'));
  return 0;
});

export const diskTools: Program[] = [dd, fallocate, truncate, du, df];
