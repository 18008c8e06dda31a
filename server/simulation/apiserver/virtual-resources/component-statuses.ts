import type { KubeObject } from '../types.ts';
import type { VirtualResource } from '../subresources/types.ts';

const COMPONENTS: [name: string, program: string, port: number][] = [
  ['scheduler', 'kube-scheduler', 10259],
  ['controller-manager', 'kube-controller-manager', 10257],
  ['etcd-0', 'etcd', 2379],
];

/** `componentstatuses` (`registry/core/componentstatus`): asks the control plane's programs whether they are well. */
export const componentStatuses = {
  resource: 'componentstatuses',
  list: ({ programRuns }) =>
    COMPONENTS.map(([name, program, port]): KubeObject => {
      const healthy = programRuns(program);
      const message = healthy ? 'ok' : `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`;
      return {
        apiVersion: 'v1',
        kind: 'ComponentStatus',
        metadata: { name } as KubeObject['metadata'],
        conditions: [{ type: 'Healthy', status: healthy ? 'True' : 'False', message }],
      };
    }),
} satisfies VirtualResource;
