/**
 * Leader election by Lease (client-go `leaderelection`): the holder renews every retryPeriod; others take over when the
 * lease has not been renewed for its duration.
 */
import type { Client } from './apiserver/client.ts';
import { ApiError, ConnectionError } from './apiserver/types.ts';
import type { Kernel } from './kernel/kernel.ts';

const LEASES = 'leases.coordination.k8s.io';
/** Defaults of kube-scheduler and kube-controller-manager. */
const LEASE_DURATION_SECONDS = 15;
const RETRY_MS = 2_000;
const RENEW_DEADLINE_MS = 10_000;

export interface LeaseState {
  /** This process's identity, `<machine>_<uuid>`. */
  identity: string;
  leading: boolean;
  /** When to act next, ms. */
  nextAt: number;
  /** When the lease was last acquired or renewed, ms. */
  renewedAt: number;
}

/** `2026-11-24T00:30:00.000000Z`, the MicroTime of leases and events.k8s.io. @param now ms since the Unix epoch. */
export function microTime(now: number): string {
  if (now === lastMillisecond) return lastMicroTime;
  lastMillisecond = now;
  const second = Math.floor(now / 1_000);
  if (second !== lastSecond) {
    lastSecond = second;
    const text = new Date(second * 1_000).toISOString();
    for (let at = 0; at < MILLISECONDS_AT; at++) codes[at] = text.charCodeAt(at);
  }
  const milliseconds = now - second * 1_000;
  codes[MILLISECONDS_AT] = ZERO + Math.floor(milliseconds / 100);
  codes[MILLISECONDS_AT + 1] = ZERO + (Math.floor(milliseconds / 10) % 10);
  codes[MILLISECONDS_AT + 2] = ZERO + (milliseconds % 10);
  return (lastMicroTime = String.fromCharCode.apply(null, codes));
}

/** Many are written in the same millisecond, and many more in the same second. */
let lastMillisecond = NaN;
let lastSecond = NaN;
let lastMicroTime = '';
const ZERO = '0'.charCodeAt(0);
const codes: number[] = Array.from('2026-11-24T00:30:00.000000Z', (character) => character.charCodeAt(0));
const MILLISECONDS_AT = '2026-11-24T00:30:00.'.length;

/** @param machine host name of the machine that the process runs on. */
export function newLease(kernel: Kernel, machine: string): LeaseState {
  return { identity: `${machine}_${kernel.random.uuid()}`, leading: false, nextAt: 0, renewedAt: 0 };
}

/**
 * Acquires or renews the lease when it is time to.
 * @param client undefined while the API server cannot be reached.
 * @returns whether this process leads now; `lost` when it has led and must end. state.nextAt tells when to call again.
 */
export function elect(state: LeaseState, client: Client | undefined, name: string, now: number): boolean | 'lost' {
  if (now < state.nextAt) return state.leading;
  state.nextAt = now + RETRY_MS;
  const outcome = client ? tryLease(state, client, name, now) : 'failed';
  if (outcome === 'held') {
    state.leading = true;
    state.renewedAt = now;
  } else if (state.leading && (outcome === 'another' || now - state.renewedAt >= RENEW_DEADLINE_MS)) {
    state.leading = false;
    return 'lost';
  }
  return state.leading;
}

/** One attempt: the lease is held by this process now, by another, or nobody knows. */
function tryLease(state: LeaseState, client: Client, name: string, now: number): 'held' | 'another' | 'failed' {
  const time = microTime(now);
  try {
    const lease = client.get(LEASES, 'kube-system', name);
    if (!lease) {
      client.create(LEASES, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace: 'kube-system' },
        spec: { acquireTime: time, holderIdentity: state.identity, leaseDurationSeconds: LEASE_DURATION_SECONDS, leaseTransitions: 0, renewTime: time },
      });
      return 'held';
    }
    const spec = lease.spec as { holderIdentity?: string; renewTime?: string; leaseTransitions?: number; acquireTime?: string };
    const own = spec.holderIdentity === state.identity;
    const expired = Date.parse(spec.renewTime ?? '1970-01-01T00:00:00Z') + LEASE_DURATION_SECONDS * 1_000 < now;
    if (!own && spec.holderIdentity && !expired) return 'another';
    const next = own
      ? { ...spec, renewTime: time }
      : { ...spec, acquireTime: time, holderIdentity: state.identity, leaseTransitions: (spec.leaseTransitions ?? 0) + 1, renewTime: time };
    client.update(LEASES, { ...lease, metadata: { ...lease.metadata }, spec: next });
    return 'held';
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return 'failed';
    throw error;
  }
}
