/**
 * The behaviour of the containers that the conformance transcripts were recorded with (see shared/conformance/README.md).
 * They were stand-ins, not the real programs. Only clusters with `recorderWorkloads` have it: what kubelets see of programs,
 * and nothing about Kubernetes. What people see of them (answers to requests, logs, files) is what the images really do.
 */
import type { Delivery, NetworkRequest } from '../network/types.ts';
import type { Program } from '../workloads/types.ts';
import { CONNECT } from './types.ts';

/** `cat /tmp/flap` works for so long after the start of a container, ms. */
const FLAP_MS = 20_000;
/** What probes and hooks get: port 80 of every pod answers 200, and 500 under /fail. */
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

/** Servers stop at once when told to; shells and tools as they do. */
export function recorderTermination(program: Program): { afterMs: number; code: number } | undefined {
  return program.daemon && !program.clusterProgram ? { afterMs: 1, code: 0 } : undefined;
}
