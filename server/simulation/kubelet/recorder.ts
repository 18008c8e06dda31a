/**
 * The behaviour of the containers that the conformance transcripts were recorded with (see shared/conformance/README.md).
 * They were stand-ins, not the real programs. Only clusters with `recorderWorkloads` have it: it changes what programs in
 * containers do, and nothing about Kubernetes.
 */
import type { Delivery, NetworkRequest } from '../network/types.ts';
import type { Program } from '../workloads/types.ts';
import { CONNECT } from './types.ts';

/** `cat /tmp/flap` works for so long after the start of a container, ms. */
const FLAP_MS = 20_000;
/** Port 80 of every pod answers 200, and 500 under /fail. */
export function recorderAnswers(port: number, request: NetworkRequest): Delivery | undefined {
  if (port !== 80) return undefined;
  if (request.method === CONNECT) return { status: 0, statusText: '', headers: [], body: '', elapsedMs: 0 };
  const path = /^https?:\/\/[^/?#]*([^?#]*)/i.exec(request.url)?.[1] ?? '/';
  return path.startsWith('/fail')
    ? { status: 500, statusText: 'Internal Server Error', headers: [['Content-Type', 'text/plain']], body: 'fail\n', elapsedMs: 1 }
    : { status: 200, statusText: 'OK', headers: [['Content-Type', 'text/plain']], body: 'ok\n', elapsedMs: 1 };
}

/** Commands that the recorder's containers answered by themselves when a probe ran them. */
export function recorderCommand(argv: readonly string[], runningForMs: number): { code: number; output: string } | undefined {
  if (argv[0] !== 'cat' || argv.length !== 2) return undefined;
  if (argv[1] === '/tmp/flap') return runningForMs < FLAP_MS ? { code: 0, output: '' } : { code: 1, output: '' };
  return undefined;
}

/** Servers are stand-ins that print nothing and stop at once when told to; shells and tools are what they are. */
export function recorderProgram(program: Program, name: string): string {
  return program.daemon && !program.clusterProgram ? 'recorded-server' : name;
}
