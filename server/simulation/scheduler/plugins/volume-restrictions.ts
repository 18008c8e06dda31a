import { claimSpec, claimsOf } from '../../controllers/volume-matching.ts';
import { rejection, type FilterPlugin } from '../framework.ts';

/** A claim of ReadWriteOncePod has one pod at a time (`volumerestrictions`). */
export const volumeRestrictions = {
  name: 'VolumeRestrictions',
  wide: true,
  preFilter({ pod }, view) {
    const { namespace } = pod.metadata;
    const alone = claimsOf(pod).filter((name) => {
      const claim = view.claim(namespace as string, name);
      return claim !== undefined && claimSpec(claim).accessModes?.includes('ReadWriteOncePod');
    });
    if (alone.length === 0) return null;
    for (const other of view.assignedPods()) if (other.metadata.namespace === namespace && claimsOf(other).some((name) => alone.includes(name))) return { taken: true };
    return null;
  },
  filter: (_pending, _info, { taken }) => (taken ? rejection('node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode') : undefined),
} satisfies FilterPlugin<{ taken: boolean }>;
