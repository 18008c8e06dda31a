/** The CSINode of a machine: which volume drivers its kubelet can mount with (`pkg/volume/csi/nodeinfomanager`). */
import { fnv32a } from '../kernel/hash.ts';
import type { KubeObject } from '../apiserver/types.ts';
import type { Kubelet } from './kubelet.ts';

const CSI_NODES = 'csinodes.storage.k8s.io';
const NODE_ID = 'csi.volume.kubernetes.io/nodeid';
/** How many disks of a driver a machine takes. */
const VOLUMES_PER_NODE = 16;

interface Driver {
  name: string;
  nodeID: string;
  topologyKeys: null;
  allocatable: { count: number };
}

export function createCsiNode(k: Kubelet): void {
  if (k.client.get(CSI_NODES, undefined, k.node)) return;
  // A branch of its own: no draw of others depends on it.
  k.kernel.random.aside(fnv32a(k.node), () => void k.client.create(CSI_NODES, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name: k.node, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: k.node, uid: k.own.node.uid }] },
    spec: { drivers: [] },
  }));
}

/** A driver's program has come, or gone. What cannot be written now is written when it comes again. */
export function setDriver(k: Kubelet, name: string, present: boolean): void {
  if (!k.client.connected || !k.own.node.registered) return;
  k.request(() => {
    createCsiNode(k);
    k.client.patch(CSI_NODES, undefined, k.node, (current) => {
      const { drivers } = current.spec as { drivers?: Driver[] };
      const others = (drivers ?? []).filter((driver) => driver.name !== name);
      return { ...current, spec: { drivers: present ? [...others, { name, nodeID: k.node, topologyKeys: null, allocatable: { count: VOLUMES_PER_NODE } }] : others } };
    });
    k.client.patch('nodes', undefined, k.node, (current) => annotated(current, name, k.node, present));
  });
}

function annotated(node: KubeObject, driver: string, id: string, present: boolean): KubeObject {
  const { [NODE_ID]: text = '{}', ...annotations } = node.metadata.annotations ?? {};
  const { [driver]: _before, ...ids } = JSON.parse(text) as Record<string, string>;
  const next = present ? { ...ids, [driver]: id } : ids;
  return { ...node, metadata: { ...node.metadata, annotations: { ...annotations, ...(Object.keys(next).length > 0 ? { [NODE_ID]: JSON.stringify(next) } : {}) } } };
}
