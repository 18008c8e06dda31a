import { respond } from '../http.ts';
import { versions } from '../tags.ts';
import type { Image, Program } from '../types.ts';

/** Answers every request with the request. */
const server: Program = {
  name: 'echo-server',
  daemon: true,
  memoryBytes: 3_145_728,
  termination: { afterMs: 5, code: 2 },
  ports: (_argv, env) => [Number(env.PORT ?? 8080)],
  step(process, event) {
    if (event.kind === 'start') process.write(1, `Echo server listening on port ${process.env.PORT ?? '8080'}.\n`);
  },
  serve(request, context) {
    context.log(1, `${request.clientAddress}:${30_000 + context.random(30_000)} | ${request.method} ${request.path}\n`);
    const names = Object.keys(request.headers).filter((name) => name.toLowerCase() !== 'host').sort();
    const lines = [`Request served by ${context.container.hostname}`, '', `HTTP/1.1 ${request.method} ${request.path}`, '', `Host: ${request.host}`, ...names.map((name) => `${canonical(name)}: ${request.headers[name]}`)];
    if (request.body) lines.push('', request.body);
    return respond(200, `${lines.join('\n')}${request.body ? '' : '\n'}`, [['Content-Type', 'text/plain']]);
  },
};

/** `user-agent` → `User-Agent`, as Go writes header names. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
}

export const echoServerPrograms = [server];

export const echoServer: Image = {
  repository: 'docker.io/kicbase/echo-server',
  hasTag: versions(/^1\.0$/, ['latest']),
  sizeBytes: () => 2_138_418,
  entrypoint: ['/bin/echo-server'],
  env: { PORT: '8080' },
  base: 'none',
  files: () => ({}),
  programs: { '/bin/echo-server': 'echo-server' },
};
