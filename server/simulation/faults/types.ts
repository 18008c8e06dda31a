/** A fault: something that goes wrong outside the API. Its consequences follow from the simulation by themselves. */
import type { Cluster } from '../cluster.ts';

export interface Fault {
  /** As typed: `quorum break NAME [TARGET]`. */
  name: string;
  /** What TARGET must be; `none` for faults of the whole cluster. */
  target: 'node' | 'pod' | 'none';
  /** Whether it lasts until it is healed (a crash of one container does not). */
  lasting: boolean;
  /** Begins. @throws FaultError when the target does not exist or cannot suffer this. */
  inject(cluster: Cluster, target: string): void;
  /** Ends. Only called for lasting faults that are active. */
  heal(cluster: Cluster, target: string): void;
}

/** The request cannot be carried out; the message is for the person who typed it. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}
