/** Credentials of the kubeconfig, `--as` and `--as-group`: every request says as whom it is made; whether that is allowed, the API server decides. */
import type { Bearing, ShellHost } from '../../types.ts';

export function actingHost(host: ShellHost, who: Bearing): ShellHost {
  return {
    identity: () => host.identity(),
    now: () => host.now(),
    sleep: (milliseconds, signal) => host.sleep(milliseconds, signal),
    request: (request) => host.request({ ...request, ...who }),
    stream: (request, onEvent, signal) => host.stream({ ...request, ...who }, onEvent, signal),
    exec: (request, output) => host.exec({ ...request, ...who }, output),
    http: (request) => host.http(request),
    operation: (request) => host.operation({ ...request, ...who }),
    open: (target) => host.open(target),
    ...(host.edit ? { edit: host.edit.bind(host) } : {}),
  };
}
