/** Requests to servers in containers: which process listens, and what it sees when it answers. */
import type { Delivery, NetworkRequest } from '../network/types.ts';
import { extended } from '../extended.ts';
import { programNamed } from '../workloads/registry.ts';
import type { ServerContext } from '../workloads/types.ts';
import type { Container, ProcessState } from './container-state.ts';
import type { ContainerFiles } from './files.ts';
import { durationOf, spend } from './cpu-time.ts';
import { containerEnvironment, containerView } from './processes.ts';
import { recorderAnswers } from './recorder.ts';
import type { ContainerRuntime } from './runtime.ts';
import { runCommand } from './sessions.ts';
import { CONNECT } from './types.ts';

/** Processor time that a server needs for a request, where its program does not say. */
const REQUEST_MICROSECONDS = 200;

/** A probe's or hook's request. */
export function serveKubelet(runtime: ContainerRuntime, podUid: string, port: number, request: NetworkRequest, clientAddress: string): Delivery {
  if (runtime.options.recorderWorkloads && reachable(runtime, podUid).length > 0) {
    const answer = recorderAnswers(port, request);
    if (answer) return answer;
  }
  return serve(runtime, podUid, port, request, clientAddress);
}

/** The containers of a pod that packets get to. */
function reachable(runtime: ContainerRuntime, podUid: string): Container[] {
  const { state } = runtime;
  if (!state.sandboxes.get(podUid)?.ready || state.off || state.suspended) return [];
  return runtime.containersOf(podUid).filter((container) => container.state === 'running');
}

/** Hands a request to the process of a pod that listens on a port. */
export function serve(runtime: ContainerRuntime, podUid: string, port: number, request: NetworkRequest, clientAddress: string): Delivery {
  for (const container of reachable(runtime, podUid)) {
    for (const process of container.processes.values()) {
      const program = programNamed(process.program);
      if (!program?.ports) continue;
      const env = process.env ?? containerEnvironment(runtime, container);
      if (!program.ports(process.argv, env).includes(port)) continue;
      if (request.method === CONNECT) return { status: 0, statusText: '', headers: [], body: '', elapsedMs: 0 };
      const url = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(request.url);
      const rest = url?.[2] ?? '';
      const path = rest.startsWith('/') ? rest : `/${rest}`;
      const host = request.headers.Host ?? request.headers.host ?? url?.[1] ?? '';
      const answer = program.serve?.(extended(request, { path, port, host, clientAddress }), serverContext(runtime, container, process, env, port, request, clientAddress));
      if (!answer) return 'reset';
      const cost = program.requestMicroseconds ?? REQUEST_MICROSECONDS;
      spend(container, cost, runtime.now);
      return { ...answer, elapsedMs: Math.max(answer.elapsedMs, durationOf(container, cost)) };
    }
  }
  return 'refused';
}

function serverContext(runtime: ContainerRuntime, container: Container, process: ProcessState, env: Record<string, string>, port: number, request: NetworkRequest, clientAddress: string): ServerContext {
  const { options, node } = runtime;
  const { clusterProgram } = programNamed(process.program) ?? {};
  let files: ContainerFiles | undefined;
  return {
    now: runtime.now,
    argv: process.argv,
    env,
    get files() {
      return (files ??= runtime.filesOf(container));
    },
    container: containerView(runtime, container),
    network: options.network(),
    source: runtime.sourceOf(runtime.sandboxOf(container)),
    get data() {
      return process.data;
    },
    set data(value: unknown) {
      process.data = value;
    },
    random: (limit) => runtime.context.kernel.random.below(limit),
    log: (fd, text) => runtime.appendLog(container, fd, text),
    run: (command) => runCommand(runtime, container, ['/bin/sh', '-c', command]),
    healthy: () => clusterProgram === undefined || options.programHealthy(node, clusterProgram),
    fromCluster: () => (clusterProgram === undefined ? undefined : options.programRequest?.(node, clusterProgram, port, request, clientAddress)),
    exit: (code) => {
      runtime.context.kernel.schedule(runtime.now, runtime.name, 'exit', [container.id, process.pid, code]);
    },
  };
}
