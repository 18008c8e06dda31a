/** tar archives (ustar) as texts: what `tar` in containers and `kubectl cp` exchange. Sizes count UTF-8 bytes, as in a real archive. */
import { byteLength } from './http.ts';

export interface TarEntry {
  /** Without a leading slash. */
  name: string;
  /** Absent: a directory. */
  text?: string;
  executable?: boolean;
}

const BLOCK = 512;

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

/** @param time modification time, ms. */
export function pack(entries: readonly TarEntry[], time: number): string {
  return `${entries.map((entry) => packed(entry, time)).join('')}${'\0'.repeat(BLOCK * 2)}`;
}

function packed({ name, text, executable }: TarEntry, time: number): string {
  const size = text === undefined ? 0 : byteLength(text);
  const [base, prefix] = byteLength(name) <= 100 ? [name, ''] : splitName(name);
  const fields = [base.padEnd(100, '\0'), octal(text === undefined || executable ? 0o755 : 0o644, 8), octal(0, 8), octal(0, 8), octal(size, 12), octal(Math.floor(time / 1_000), 12)];
  const rest = [text === undefined ? '5' : '0', ''.padEnd(100, '\0'), 'ustar\0', '00', 'root'.padEnd(32, '\0'), 'root'.padEnd(32, '\0'), octal(0, 8), octal(0, 8), prefix.padEnd(155, '\0')];
  const before = fields.join('');
  const after = rest.join('');
  const sum = [...`${before}        ${after}`].reduce((total, character) => total + (character.codePointAt(0) as number), 0);
  const header = `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`.padEnd(BLOCK, '\0');
  return text === undefined ? header : header + text + '\0'.repeat((BLOCK - (size % BLOCK)) % BLOCK);
}

function splitName(name: string): [base: string, prefix: string] {
  const slash = name.lastIndexOf('/', 154);
  return [name.slice(slash + 1), name.slice(0, Math.max(0, slash))];
}

/** @returns undefined when the text is no archive. */
export function unpack(archive: string): TarEntry[] | undefined {
  const entries: TarEntry[] = [];
  let at = 0;
  const field = (from: number, length: number): string => archive.slice(at + from, at + from + length).replace(/\0.*$/s, '');
  while (at + BLOCK <= archive.length && archive[at] !== '\0') {
    if (field(257, 5) !== 'ustar') return undefined;
    const prefix = field(345, 155);
    const name = `${prefix ? `${prefix}/` : ''}${field(0, 100)}`;
    const size = parseInt(field(124, 12), 8) || 0;
    const executable = (parseInt(field(100, 8), 8) & 0o111) !== 0;
    const directory = archive[at + 156] === '5';
    at += BLOCK;
    if (directory) {
      entries.push({ name: name.replace(/\/$/, '') });
      continue;
    }
    let end = at;
    for (let bytes = 0; bytes < size && end < archive.length; end++) {
      const code = archive.codePointAt(end) as number;
      bytes += code <= 0x7f ? 1 : code <= 0x7ff ? 2 : code <= 0xffff ? 3 : 4;
      if (code > 0xffff) end++;
    }
    entries.push({ name, text: archive.slice(at, end), ...(executable ? { executable } : {}) });
    at = end + ((BLOCK - (size % BLOCK)) % BLOCK);
  }
  return entries.length > 0 || archive === '' || archive[0] === '\0' ? entries : undefined;
}
