import { monthName } from '../http.ts';
import { baseFiles, tools } from '../shell/tools.ts';
import { versions } from '../tags.ts';
import type { Image, Program } from '../types.ts';

const VERSION = '7.4.7';

function stamp(now: number): string {
  const date = new Date(now);
  return `1:M ${String(date.getUTCDate()).padStart(2, '0')} ${monthName(date)} ${date.getUTCFullYear()} ${date.toISOString().slice(11, 23)}`;
}

const server: Program = {
  name: 'redis-server',
  daemon: true,
  memoryBytes: 9_437_184,
  milliCpu: 2,
  termination: { afterMs: 30, code: 0 },
  ports: () => [6379],
  step(process, event) {
    if (event.kind !== 'start') return;
    const head = stamp(process.now);
    const early = head.replace('1:M', '1:C');
    process.write(1, `${early} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n${early} * Redis version=${VERSION}, bits=64, commit=00000000, modified=0, pid=1, just started\n${early} # Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf\n${head} * monotonic clock: POSIX clock_gettime\n${head} * Running mode=standalone, port=6379.\n${head} * Server initialized\n${head} * Ready to accept connections tcp\n`);
  },
  serve: () => undefined,
};

/** `redis-cli ping` and the few commands that a first look uses. */
const client: Program = {
  name: 'redis-cli',
  step(process, event) {
    if (event.kind !== 'start') return;
    const words = process.argv.slice(1);
    const running = process.processes().some(({ argv }) => (argv[0] ?? '').includes('redis-server'));
    if (!running) {
      process.write(2, 'Could not connect to Redis at 127.0.0.1:6379: Connection refused\n');
      return process.exit(1);
    }
    if (words[0]?.toLowerCase() === 'ping') process.write(1, `${words[1] ?? 'PONG'}\n`);
    else process.write(1, `(error) ERR unknown command '${words[0] ?? ''}' in this simulation, only PING\n`);
    process.exit(0);
  },
};

/** Prepares, then becomes the server. */
const entrypoint: Program = {
  name: 'redis-entrypoint',
  step(process, event) {
    if (event.kind !== 'start') return;
    const words = process.argv.slice(process.argv[0]?.endsWith('docker-entrypoint.sh') ? 1 : 2);
    const command = words[0] === undefined || words[0].startsWith('-') || words[0].endsWith('.conf') ? ['redis-server', ...words] : words;
    if (process.exec(command)) {
      process.write(2, `/usr/local/bin/docker-entrypoint.sh: exec: line 25: ${command[0]}: not found\n`);
      process.exit(127);
    }
  },
};

export const redisPrograms = [server, client, entrypoint];

const files = baseFiles('debian');

/** Official Redis. */
export const redis: Image = {
  repository: 'docker.io/library/redis',
  hasTag: versions(/^[5-8](\.\d{1,2}){0,2}(-(alpine|alpine3\.\d+|bookworm|trixie))?$/, ['latest', 'alpine', 'bookworm']),
  sizeBytes: (tag) => (tag.includes('alpine') ? 17_302_844 : 46_208_921),
  entrypoint: ['docker-entrypoint.sh'],
  command: ['redis-server'],
  env: { REDIS_VERSION: VERSION },
  workingDirectory: '/data',
  base: 'debian',
  files: () => files,
  programs: { ...tools('debian'), '/usr/local/bin/docker-entrypoint.sh': 'redis-entrypoint', '/usr/local/bin/redis-server': 'redis-server', '/usr/local/bin/redis-cli': 'redis-cli' },
};
