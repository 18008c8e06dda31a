import type { KubeObject } from '../../apiserver/types.ts';
import { claimSpec, claimsOf, findVolume, fitsNode, NO_PROVISIONER, SELECTED_NODE } from '../../controllers/volume-matching.ts';
import { rejection, type FilterPlugin, type SchedulerView } from '../framework.ts';

interface State {
  bound: KubeObject[];
  /** Claims that are bound when a pod needs them. */
  delayed: { claim: KubeObject; provisioned: boolean }[];
  view: SchedulerView;
}

function isBound(claim: KubeObject): boolean {
  return claimSpec(claim).volumeName !== undefined && claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined;
}

/** The pod's claims that wait for it to have a node. */
export function delayedClaims(pod: KubeObject, view: SchedulerView): KubeObject[] {
  return claimsOf(pod).flatMap((name) => {
    const claim = view.claim(pod.metadata.namespace as string, name);
    return claim && !isBound(claim) ? [claim] : [];
  });
}

/** Volumes of the pod must be usable on the node (`volumebinding`). */
export const volumeBinding = {
  name: 'VolumeBinding',
  wide: true,
  reject({ pod }, view) {
    for (const name of claimsOf(pod)) {
      const claim = view.claim(pod.metadata.namespace as string, name);
      if (!claim) return `persistentvolumeclaim "${name}" not found`;
      if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`;
      if ((claim.status as { phase?: string } | undefined)?.phase === 'Lost') return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claimSpec(claim).volumeName ?? ''}"`;
      if (isBound(claim)) continue;
      const storageClass = view.storageClass(claimSpec(claim).storageClassName ?? '');
      if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') return 'pod has unbound immediate PersistentVolumeClaims';
    }
    return undefined;
  },
  preFilter({ pod }, view) {
    const names = claimsOf(pod);
    if (names.length === 0) return null;
    const state: State = { bound: [], delayed: [], view };
    for (const name of names) {
      const claim = view.claim(pod.metadata.namespace as string, name);
      if (!claim) continue;
      if (isBound(claim)) state.bound.push(claim);
      else state.delayed.push({ claim, provisioned: view.storageClass(claimSpec(claim).storageClassName ?? '')?.provisioner !== NO_PROVISIONER });
    }
    return state;
  },
  filter(_pending, { node }, state) {
    for (const claim of state.bound) {
      const volume = state.view.volume(claimSpec(claim).volumeName as string);
      if (!volume) return rejection('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)', true);
      if (!fitsNode(volume, node)) return rejection("node(s) didn't match PersistentVolume's node affinity", true);
    }
    for (const { claim, provisioned } of state.delayed) {
      const chosen = claim.metadata.annotations?.[SELECTED_NODE];
      if (chosen !== undefined && chosen !== node.metadata.name) return rejection("node(s) didn't find available persistent volumes to bind", true);
      if (!provisioned && !findVolume(claim, state.view.volumes(), node)) return rejection("node(s) didn't find available persistent volumes to bind", true);
    }
    return undefined;
  },
} satisfies FilterPlugin<State>;
