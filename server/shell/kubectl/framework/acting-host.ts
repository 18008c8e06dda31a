/** `--as` and `--as-group`: every request says whom the person wants to act as; whether that is allowed, the API server decides. */
import type { UserInfo } from '../../../simulation/apiserver/types.ts';
import type { ShellHost } from '../../types.ts';

export function actingHost(host: ShellHost, impersonate: UserInfo): ShellHost {
  return {
    identity: () => host.identity(),
    now: () => host.now(),
    sleep: (milliseconds, signal) => host.sleep(milliseconds, signal),
    request: (request) => host.request({ ...request, impersonate }),
    stream: (request, onEvent, signal) => host.stream({ ...request, impersonate }, onEvent, signal),
    exec: (request, output) => host.exec({ ...request, impersonate }, output),
    http: (request) => host.http(request),
    operation: (request) => host.operation(request),
    open: (target) => host.open(target),
    ...(host.edit ? { edit: host.edit.bind(host) } : {}),
  };
}
