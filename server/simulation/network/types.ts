/** The simulated network's vocabulary: who asks whom for what, and how it may end. Plain data throughout. */

import type { DnsConfig } from './resolver.ts';

/** Where a connection begins. */
export type Source =
  /** A participant's own machine. `tunnel` is true while `minikube tunnel` routes service addresses into the cluster. */
  | { kind: 'outside'; tunnel: boolean }
  | { kind: 'node'; node: string }
  | { kind: 'pod'; namespace: string; name: string; node: string; ip: string; hostNetwork: boolean; dnsPolicy: string; dnsConfig?: DnsConfig };

export interface NetworkRequest {
  method: string;
  /** Absolute `http://` or `https://` URL. */
  url: string;
  headers: Record<string, string>;
  body?: string;
}

export interface NetworkResponse {
  kind: 'response';
  status: number;
  statusText: string;
  headers: [string, string][];
  body: string;
  /** `ip:port` that answered. */
  address: string;
  /** Virtual milliseconds it took. */
  elapsedMs: number;
}

export interface NetworkFailure {
  kind: 'failure';
  /**
   * `dns`: the name has no address or no DNS server answers; `refused`: nothing listens (or a Service without endpoints);
   * `timeout`: packets are lost; `unreachable`: no route; `reset`: the process died while answering.
   */
  reason: 'dns' | 'refused' | 'timeout' | 'unreachable' | 'reset';
  host: string;
  /** What the host's name was resolved to, when it was. */
  address?: string;
  port: number;
  elapsedMs: number;
}

export type NetworkResult = NetworkResponse | NetworkFailure;

/** What a process that listens answers with; null means that nothing listens on that port. */
export type Delivery = { status: number; statusText: string; headers: [string, string][]; body: string; elapsedMs: number } | 'refused' | 'reset';

/** Hands a request to the process that listens on a port of a pod. Implemented by the container runtime. */
export interface PodTransport {
  /** @param clientAddress the address the server sees. */
  deliver(pod: { namespace: string; name: string; uid: string; node: string }, port: number, request: NetworkRequest, clientAddress: string): Delivery;
}

/** Time a connection attempt takes until it is given up as lost, ms, when the caller sets no limit (TCP SYN retries). */
export const CONNECT_TIMEOUT_MS = 130_000;
/** One hop between machines of one rack, ms. */
export const HOP_MS = 1;
