import type { Strategy } from './types.ts';

/** New volumes and claims are Pending until their controller has looked at them. */
export const persistentVolumeStrategy = {
  resource: 'persistentvolumes',
  prepareForCreate(volume) {
    volume.status = { phase: 'Pending' };
  },
} satisfies Strategy;

export const persistentVolumeClaimStrategy = {
  resource: 'persistentvolumeclaims',
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
  },
} satisfies Strategy;
