import { GRPC, GRPC_HEALTH, GRPC_STATUS } from '../../kubelet/types.ts';
import { baseFiles, tools } from '../shell/tools.ts';
import { flag, klogHeader, queryValue, respond } from '../http.ts';
import { versions } from '../tags.ts';
import type { Image, Program, ServerContext, ServerRequest, ServerResponse } from '../types.ts';

const COMMANDS = 'netexec|grpc-health-checking|pause|serve-hostname|test-webserver|logs-generator|connect|dns-suffix|dns-server-list|fake-gitserver|guestbook|help';

function httpPort(argv: readonly string[]): number {
  return Number(flag(argv, 'http-port') ?? 8080);
}

/** One program with many commands; which one is its first argument. */
const agnhostProgram: Program = {
  name: 'agnhost',
  daemon: true,
  memoryBytes: 6_291_456,
  termination: { afterMs: 10, code: 0 },
  ports(argv) {
    switch (argv[1]) {
      case 'netexec':
        return [httpPort(argv)];
      case 'grpc-health-checking':
        return [healthPort(argv), Number(flag(argv, 'http-port') ?? 8080)];
      case 'serve-hostname':
        return [Number(flag(argv, 'port') ?? 9376)];
      case 'test-webserver':
        return [Number(flag(argv, 'port') ?? 80)];
      default:
        return [];
    }
  },
  step(process, event) {
    if (event.kind !== 'start') return;
    const head = `${klogHeader(process.now)}log.go:195] `;
    switch (process.argv[1]) {
      case 'netexec':
        return process.write(2, `${head}Started HTTP server on port ${httpPort(process.argv)}\n${head}Started UDP server on port  ${flag(process.argv, 'udp-port') ?? '8081'}\n`);
      case 'serve-hostname':
        return process.write(2, `${head}Serving on port ${flag(process.argv, 'port') ?? '9376'}.\n`);
      case 'grpc-health-checking':
        return process.write(2, `${head}Http server starting to listen on :${flag(process.argv, 'http-port') ?? '8080'}\n${head}gRPC server starting to listen on :${healthPort(process.argv)}\n`);
      case 'pause':
        return process.write(1, 'Paused\n');
      case 'test-webserver':
        return;
      case 'connect': {
        const [host, port] = (process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? '').split(':');
        const found = process.network.resolve(process.source, host ?? '');
        if (found.kind !== 'addresses') {
          process.write(2, 'DNS\n');
          return process.exit(1);
        }
        const outcome = process.network.connect(process.source, found.addresses[0] as string, Number(port), { method: 'CONNECT', url: `http://${host}:${port}/`, headers: {} });
        if ('kind' in outcome) process.write(2, `${outcome.reason === 'refused' ? 'REFUSED' : 'TIMEOUT'}\n`);
        return process.exit('kind' in outcome ? 1 : 0);
      }
      case undefined:
      case 'help':
      case '--help':
        process.write(1, `Usage:\n  app [command]\n\nAvailable Commands: ${COMMANDS.replaceAll('|', ', ')}\n`);
        return process.exit(0);
      default:
        process.write(2, `Error: unknown command "${process.argv[1]}" for "app"\nRun 'app --help' for usage.\n`);
        return process.exit(1);
    }
  },
  serve(request, context) {
    if (context.argv[1] === 'grpc-health-checking') return healthChecking(request, context);
    return context.argv[1] === 'netexec' ? netexec(request, context) : respond(200, `${context.container.hostname}\n`);
  },
};

function healthPort(argv: readonly string[]): number {
  return Number(flag(argv, 'port') ?? 5000);
}

/** gRPC's health protocol on one port; on the other, HTTP to change what it says. */
function healthChecking(request: ServerRequest, context: ServerContext): ServerResponse | undefined {
  if (request.port === healthPort(context.argv)) {
    if (request.method !== GRPC) return undefined;
    const delay = Number(flag(context.argv, 'delay-unhealthy-sec') ?? -1);
    const late = delay >= 0 && context.now - context.container.startedAt >= delay * 1_000;
    const known = request.path === GRPC_HEALTH && (request.body ?? '') === (flag(context.argv, 'service') ?? '');
    if (!known) return { ...respond(200, 'unknown service'), statusText: 'NotFound', headers: [[GRPC_STATUS, '5']] };
    return { ...respond(200, late || context.data === 'NOT_SERVING' ? 'NOT_SERVING' : 'SERVING'), statusText: 'OK', headers: [[GRPC_STATUS, '0']] };
  }
  const change = { '/make-serving': 'SERVING', '/make-not-serving': 'NOT_SERVING' }[request.path];
  if (change === undefined) return respond(404, '404 page not found\n');
  context.data = change;
  return respond(200, '');
}

function netexec(request: ServerRequest, context: ServerContext): ServerResponse {
  const path = request.path.split('?')[0] as string;
  context.log(2, `${klogHeader(context.now)}log.go:195] ${request.method} ${path}\n`);
  const text: [string, string][] = [['Content-Type', 'text/plain; charset=utf-8']];
  switch (path) {
    case '/':
      return respond(200, `NOW: ${new Date(context.now).toISOString().replace('T', ' ').replace('Z', '000000')} +0000 UTC m=+${Math.floor((context.now - context.container.startedAt) / 1_000)}.000000000`, text);
    case '/hostname':
    case '/hostName':
      return respond(200, context.container.hostname, text);
    case '/echo': {
      const code = Number(queryValue(request.path, 'code') ?? 200);
      return respond(code, queryValue(request.path, 'msg') ?? '', text);
    }
    case '/clientip':
      return respond(200, `${request.clientAddress}:${30_000 + context.random(30_000)}`, text);
    case '/header':
      return respond(200, request.headers[queryValue(request.path, 'key') ?? ''] ?? '', text);
    case '/healthz':
      return respond(200, '', text);
    case '/redirect':
      return respond(Number(queryValue(request.path, 'code') ?? 302), '', [...text, ['Location', queryValue(request.path, 'location') ?? '/']]);
    case '/exit':
    case '/shutdown':
      context.exit(Number(queryValue(request.path, 'code') ?? 0));
      return respond(200, '', text);
    case '/shell': {
      const result = context.run(queryValue(request.path, 'shellCommand') ?? queryValue(request.path, 'cmd') ?? '');
      if (!result) return respond(500, '{"error":"the command did not end at once"}', text);
      return respond(200, JSON.stringify(result.code === 0 ? { output: result.output } : { error: `exit status ${result.code}`, output: result.output }), text);
    }
    default:
      return respond(404, '404 page not found\n', text);
  }
}

export const agnhostPrograms = [agnhostProgram];

const files = baseFiles('alpine');

/** Kubernetes' own test image. */
export const agnhost: Image = {
  repository: 'registry.k8s.io/e2e-test-images/agnhost',
  hasTag: versions(/^2\.\d{1,2}(\.\d)?$/, []),
  sizeBytes: () => 51_105_200,
  entrypoint: ['/agnhost'],
  command: ['pause'],
  env: {},
  base: 'alpine',
  files: () => files,
  programs: { ...tools('alpine', ['curl']), '/agnhost': 'agnhost' },
};
