/** etcdctl and etcdutl in the etcd image: the same tools as on the machine, asked through etcd's own port. */
import { etcdutl } from '../../node-tools/etcdutl.ts';
import type { ToolResult } from '../../node-tools/types.ts';
import { FileError, type ProcessContext, type Program } from '../types.ts';

/** Method of the request by which etcdctl reaches etcd; nobody else speaks it. */
export const ETCDCTL = 'ETCDCTL';
const CLIENT_PORT = 2379;

export interface EtcdctlAnswer extends ToolResult {
  /** Files that the tool has made. */
  written: Record<string, string>;
}

function finish(process: ProcessContext, { stdout, stderr, code }: ToolResult): void {
  if (stdout) process.write(1, stdout);
  if (stderr) process.write(2, stderr);
  process.exit(code);
}

const etcdctl: Program = {
  name: 'etcdctl',
  memoryBytes: 8_388_608,
  step(process, event) {
    if (event.kind !== 'start') return;
    const body = JSON.stringify({ argv: process.argv.slice(1), env: process.env });
    const answer = process.network.connect(process.source, '127.0.0.1', CLIENT_PORT, { method: ETCDCTL, url: `http://127.0.0.1:${CLIENT_PORT}/`, headers: {}, body });
    if ('kind' in answer) return finish(process, { stdout: '', stderr: 'Error: context deadline exceeded\n', code: 1 });
    const result = JSON.parse(answer.body) as EtcdctlAnswer;
    try {
      for (const [path, text] of Object.entries(result.written)) process.files.write(path, text);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return finish(process, { stdout: '', stderr: `Error: could not open: ${error.message}\n`, code: 1 });
    }
    finish(process, result);
  },
};

const etcdutlProgram: Program = {
  name: 'etcdutl',
  memoryBytes: 8_388_608,
  step(process, event) {
    if (event.kind !== 'start') return;
    const read = (path: string): string | undefined => (process.files.exists(path) && !process.files.isDirectory(path) ? process.files.read(path) : undefined);
    finish(process, etcdutl(process.argv.slice(1), { read, write: (path, text) => process.files.write(path, text) }));
  },
};

export const etcdToolPrograms = [etcdctl, etcdutlProgram];
