import type { KubeObject } from '../../apiserver/types.ts';
import { claimSpec, claimsOf } from '../../controllers/volume-matching.ts';
import { csiOf, uniqueVolumeName } from '../../storage/attachments.ts';
import { rejection, type FilterPlugin, type SchedulerView } from '../framework.ts';

/** A volume of a CSI driver; one that is yet to be made goes by its claim. */
interface Attachable {
  driver: string;
  id: string;
}

function attachables(pod: KubeObject, view: SchedulerView): Attachable[] {
  return claimsOf(pod).flatMap((name) => {
    const claim = view.claim(pod.metadata.namespace as string, name);
    if (!claim) return [];
    const { volumeName, storageClassName } = claimSpec(claim);
    const source = volumeName ? view.volume(volumeName) : undefined;
    const csi = source && csiOf(source);
    if (csi) return [{ driver: csi.driver, id: uniqueVolumeName(csi) }];
    const driver = volumeName ? undefined : (view.storageClass(storageClassName ?? '')?.provisioner as string | undefined);
    return driver ? [{ driver, id: `${claim.metadata.namespace}/${name}` }] : [];
  });
}

interface State {
  wanted: Attachable[];
  /** What the pods of each machine have already. */
  there: Map<string, Attachable[]>;
  view: SchedulerView;
}

/** A machine takes so many volumes of a driver as its CSINode says (`nodevolumelimits/csi.go`). */
export const nodeVolumeLimits = {
  name: 'NodeVolumeLimits',
  wide: true,
  preFilter({ pod }, view) {
    const wanted = attachables(pod, view);
    if (wanted.length === 0) return null;
    const there = new Map<string, Attachable[]>();
    for (const other of view.assignedPods()) {
      const has = attachables(other, view);
      if (has.length === 0) continue;
      const { nodeName } = other.spec as { nodeName: string };
      there.set(nodeName, [...(there.get(nodeName) ?? []), ...has]);
    }
    return { wanted, there, view };
  },
  filter(_pending, { name }, { wanted, there, view }) {
    const drivers = (view.csiNode(name)?.spec as { drivers?: { name: string; allocatable?: { count?: number } }[] } | undefined)?.drivers ?? [];
    for (const { name: driver, allocatable } of drivers) {
      if (allocatable?.count === undefined) continue;
      const has = new Set((there.get(name) ?? []).filter((volume) => volume.driver === driver).map(({ id }) => id));
      const more = new Set(wanted.filter((volume) => volume.driver === driver && !has.has(volume.id)).map(({ id }) => id));
      if (more.size > 0 && has.size + more.size > allocatable.count) return rejection('node(s) exceed max volume count');
    }
    return undefined;
  },
} satisfies FilterPlugin<State>;
