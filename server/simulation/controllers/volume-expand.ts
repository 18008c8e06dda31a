/** Sees claims that ask for more than their volume has, and leaves them to the driver (`pkg/controller/volume/expand`). */
import { parseQuantity } from '../apiserver/quantity.ts';
import { claimSpec, CLAIMS } from './volume-matching.ts';
import { keyOf, splitKey, type Controller } from './types.ts';

export const volumeExpand = {
  name: 'volume-expand',
  component: 'volume_expand',
  watches: [{ resource: CLAIMS }],
  changed({ type, object, previous, cause }, context) {
    if (type === 'DELETED' || !previous) return;
    if (claimSpec(object).resources?.requests?.storage !== claimSpec(previous).resources?.requests?.storage) context.enqueue(keyOf(object), cause);
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const claim = context.lister.get(CLAIMS, namespace, name);
    if (!claim || (claim.status as { phase?: string } | undefined)?.phase !== 'Bound') return;
    const wanted = claimSpec(claim).resources?.requests?.storage ?? '0';
    const has = (claim.status as { capacity?: { storage?: string } }).capacity?.storage ?? '0';
    // Every volume that could be grown without a driver of its own has one today.
    if (parseQuantity(wanted).compare(parseQuantity(has)) > 0) context.events.event(claim, 'Normal', 'ExternalExpanding', 'waiting for an external controller to expand this PVC');
  },
} satisfies Controller;
