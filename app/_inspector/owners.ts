/** Who owns an object, and who owns that: as far up as is known. */
import type { ClusterView } from '../../server/rooms/projection/types.ts';
import type { ObjectRef } from '../../server/rooms/service.ts';
import type { KubeObject } from '../../server/simulation/apiserver/types.ts';
import { refOf, rowOf, type KnownRow } from './kinds.ts';

/** More than this no chain of owners has. */
const MAX_OWNERS = 6;

/** The controlling owners, the nearest first. */
export function ownersOf(view: ClusterView | undefined, known: KnownRow | undefined, object: KubeObject | undefined): ObjectRef[] {
  const chain: ObjectRef[] = [];
  const reference = object?.metadata.ownerReferences?.find(({ controller }) => controller) ?? object?.metadata.ownerReferences?.[0];
  const own = known && (known.table === 'pods' || known.table === 'workloads') ? known.row.owner : undefined;
  let owner = own ?? reference;
  const namespace = object?.metadata.namespace ?? (known && 'namespace' in known.row ? known.row.namespace : undefined);
  while (owner && chain.length < MAX_OWNERS) {
    const ref = refOf(owner.kind, namespace, owner.name);
    if (!ref) break;
    chain.push(ref);
    const above = rowOf(view, ref);
    owner = above?.table === 'workloads' ? above.row.owner : undefined;
  }
  return chain;
}
