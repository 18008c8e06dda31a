import { baseFiles, tools } from '../shell/tools.ts';
import { respond } from '../http.ts';
import { exactly } from '../tags.ts';
import type { Image, ProcessContext, Program } from '../types.ts';

interface Counter {
  requests: number;
}

/** The Node.js server of the Kubernetes bootcamp. Node as first process does not stop on SIGTERM. */
function server(version: 1 | 2): Program {
  return {
    name: `bootcamp-v${version}`,
    daemon: true,
    memoryBytes: 24_117_248,
    milliCpu: 1,
    ports: () => [8080],
    step(process: ProcessContext, event) {
      if (event.kind !== 'start') return;
      process.data = { requests: 0 } satisfies Counter;
      process.write(1, `Kubernetes Bootcamp App Started At: ${new Date(process.now).toISOString()} | Running On:  ${process.container.hostname} \n\n`);
    },
    serve(_request, context) {
      const counter: Counter = { requests: ((context.data as Counter | null)?.requests ?? 0) + 1 };
      context.data = counter;
      const { hostname, startedAt } = context.container;
      const uptime = context.now - startedAt;
      context.log(1, `Running On: ${hostname} | Total Requests: ${counter.requests} | App Uptime: ${Math.floor(uptime / 1_000)}.${String(uptime % 1_000).padStart(3, '0')} seconds | Log Time: ${new Date(context.now).toISOString()}\n`);
      return respond(200, `Hello Kubernetes bootcamp! | Running on: ${hostname} | v=${version}\n`, [['Content-Type', 'text/plain']]);
    },
  };
}

export const bootcampPrograms = [server(1), server(2)];

const files = { ...baseFiles('debian'), '/server.js': 'var http = require(\'http\');\n// serves a greeting on port 8080\n' };

function image(repository: string, version: 1 | 2, tags: string[]): Image {
  return {
    repository,
    hasTag: exactly(...tags),
    sizeBytes: () => 83_578_456,
    command: ['node', 'server.js'],
    env: { NPM_CONFIG_LOGLEVEL: 'info', NODE_VERSION: '6.3.1' },
    base: 'debian',
    files: () => files,
    programs: { ...tools('debian', ['curl', 'ps']), '/usr/local/bin/node': `bootcamp-v${version}` },
  };
}

export const bootcampV1 = image('gcr.io/google-samples/kubernetes-bootcamp', 1, ['v1']);
export const bootcampV2 = image('docker.io/jocatalin/kubernetes-bootcamp', 2, ['v2', 'latest']);
