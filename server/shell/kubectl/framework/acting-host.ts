/** Credentials of the kubeconfig, `--as` and `--as-group`: every request says as whom it is made; whether that is allowed, the API server decides. */
import type { Bearing, ShellHost } from '../../types.ts';

/** @param bearing asked before each request; may throw when the credentials cannot be shown. */
export function actingHost(host: ShellHost, bearing: () => Bearing): ShellHost {
  return {
    identity: () => host.identity(),
    now: () => host.now(),
    sleep: (milliseconds, signal) => host.sleep(milliseconds, signal),
    request: async (request) => host.request({ ...request, ...bearing() }),
    stream: async (request, onEvent, signal) => host.stream({ ...request, ...bearing() }, onEvent, signal),
    exec: (request, output) => host.exec({ ...request, ...bearing() }, output),
    http: (request) => host.http(request),
    operation: async (request) => host.operation({ ...request, ...bearing() }),
    open: (target) => host.open(target),
    ...(host.edit ? { edit: host.edit.bind(host) } : {}),
  };
}
