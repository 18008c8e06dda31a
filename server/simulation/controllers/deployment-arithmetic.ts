/** The numbers of rolling updates (`pkg/controller/deployment/util`): integers in, integers out. */

export type IntOrPercent = number | string;

/** Resolves a number or percentage of `total`. */
export function scaled(value: IntOrPercent | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const match = /^(\d+)%$/.exec(value);
  if (!match) return 0;
  const product = Number(match[1]) * total;
  return roundUp ? Math.ceil(product / 100) : Math.floor(product / 100);
}

/** maxSurge and maxUnavailable as pods; both zero would never move, so then one pod may be unavailable (`ResolveFenceposts`). */
export function fenceposts(maxSurge: IntOrPercent | undefined, maxUnavailable: IntOrPercent | undefined, desired: number): { surge: number; unavailable: number } {
  const surge = scaled(maxSurge, desired, true);
  const unavailable = scaled(maxUnavailable, desired, false);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable: Math.min(unavailable, Math.max(desired, 0)) };
}

/** How many replicas the new set should have now (`NewRSNewReplicas` for RollingUpdate). */
export function newReplicas(desired: number, newSet: number, allSets: number, surge: number): number {
  const most = desired + surge;
  if (allSets >= most) return newSet;
  return newSet + Math.min(most - allSets, desired - newSet);
}

export interface SetSize {
  /** spec.replicas */
  size: number;
  /** Share of a proportional change is by this: the annotation max-replicas. */
  maxReplicas: number;
}

/**
 * Distributes a change of the whole over sets in proportion to their sizes (`GetReplicaSetProportion`), first come first
 * served for what rounding leaves. Sets come in the order in which they are to be served.
 */
export function proportions(sets: readonly SetSize[], toAdd: number, desiredPlusSurge: number): number[] {
  let added = 0;
  const sizes = sets.map(({ size, maxReplicas }) => {
    if (toAdd === 0 || size === 0) return size;
    const fraction = fractionOf(size, maxReplicas, desiredPlusSurge);
    const left = toAdd - added;
    const change = toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
    added += change;
    return size + change;
  });
  if (sizes.length > 0 && added !== toAdd) sizes[0] = Math.max(0, (sizes[0] as number) + toAdd - added);
  return sizes;
}

function fractionOf(size: number, maxReplicas: number, desiredPlusSurge: number): number {
  if (desiredPlusSurge === 0) return -size;
  const whole = maxReplicas > 0 ? maxReplicas : desiredPlusSurge;
  // Rounded half away from zero, in integers.
  const target = Math.floor((2 * size * desiredPlusSurge + whole) / (2 * whole));
  return target - size;
}
