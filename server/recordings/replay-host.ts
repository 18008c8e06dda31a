/** A replay as a shell sees it: what only looks is answered as it would have been then; nothing can be changed. No Node APIs here. */
import { runLine } from '../shell/terminal/binding.ts';
import type { ShellFiles, ShellHost } from '../shell/types.ts';
import type { UserInfo } from '../simulation/apiserver/types.ts';
import type { Cluster } from '../simulation/cluster.ts';

/** Who looks at a recording may see everything in it, whatever happened to roles and bindings. */
const ADMIN: UserInfo = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

/** Raised when a command wants more of a recording than looking at it. */
export class RecordingReadOnlyError extends Error {
  override readonly name = 'RecordingReadOnlyError';
  constructor() {
    super('a recording can only be looked at');
  }
}

const refuse = (): Promise<never> => Promise.reject(new RecordingReadOnlyError());

const NO_FILES: ShellFiles = {
  read: () => undefined,
  write: () => {
    throw new RecordingReadOnlyError();
  },
  remove: () => false,
  list: (path) => (path === '/' ? [] : undefined),
  isDirectory: (path) => path === '/',
  makeDirectory: () => {
    throw new RecordingReadOnlyError();
  },
};

function replayHost(cluster: () => Cluster): ShellHost {
  return {
    identity: () => {
      const authority = cluster().network.authority();
      return { username: ADMIN.username, server: cluster().environment.apiServerAddress, ...(authority === undefined ? {} : { authority }) };
    },
    now: () => cluster().now,
    sleep: refuse,
    request: async (request) => {
      if (request.method !== 'GET') throw new RecordingReadOnlyError();
      return cluster().handle({ ...request, user: ADMIN });
    },
    stream: refuse,
    exec: () => {
      throw new RecordingReadOnlyError();
    },
    http: refuse,
    operation: async ({ name, args }) => cluster().query(name, args),
    open: () => undefined,
  };
}

/** Runs a command line that only looks, as of the instant that the replay stands at. */
export function runInReplay(cluster: () => Cluster, line: string): Promise<{ stdout: string; stderr: string; code: number }> {
  return runLine(line, replayHost(cluster), NO_FILES);
}
