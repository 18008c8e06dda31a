/**
 * Allocation of Service addresses (`pkg/registry/core/service/ipallocator`). What is taken is written down as IPAddress
 * objects, as the real allocator does, so nothing has to be kept beside the store.
 */
import { SERVICE_CIDR } from '../../config.ts';
import { rfc3339 } from '../tables/duration.ts';
import type { KubeObject } from '../types.ts';
import type { RegistryContext, WriteOptions } from './types.ts';

const IP_ADDRESSES = 'ipaddresses.networking.k8s.io';

function toNumber(ip: string): number | undefined {
  const parts = ip.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    const octet = Number(part);
    if (!/^\d{1,3}$/.test(part) || octet > 255) return undefined;
    value = value * 256 + octet;
  }
  return value;
}

function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

const [BASE_TEXT = '', PREFIX_TEXT = ''] = SERVICE_CIDR.split('/');
const BASE = toNumber(BASE_TEXT) as number;
const SIZE = 2 ** (32 - Number(PREFIX_TEXT));
/** The lower part of the range is left to addresses that people choose (KEP-3070). */
const STATIC_BAND = Math.min(Math.max(16, Math.floor(SIZE / 16)), 256);

/** Why an address that was asked for cannot be had; undefined when it can. */
export function clusterIpProblem(registry: RegistryContext, ip: string): string | undefined {
  const value = toNumber(ip);
  // The first and last addresses of the range are no hosts.
  if (value === undefined || value <= BASE || value >= BASE + SIZE - 1) return 'the provided network does not match the current range';
  return registry.store.get(IP_ADDRESSES, ip) ? 'provided IP is already allocated' : undefined;
}

/** A free address, from the upper part of the range while there is one. Undefined when the range is full. */
export function freeClusterIp(registry: RegistryContext): string | undefined {
  const upper = SIZE - 1 - STATIC_BAND;
  const start = registry.kernel.random.below(upper);
  for (let offset = 0; offset < upper; offset++) {
    const ip = toText(BASE + STATIC_BAND + ((start + offset) % upper));
    if (!registry.store.get(IP_ADDRESSES, ip)) return ip;
  }
  for (let offset = 1; offset < STATIC_BAND; offset++) {
    const ip = toText(BASE + offset);
    if (!registry.store.get(IP_ADDRESSES, ip)) return ip;
  }
  return undefined;
}

/** Writes down that a Service holds an address. */
export function claimClusterIp(registry: RegistryContext, ip: string, service: KubeObject, options: WriteOptions): void {
  if (options.dryRun) return;
  const { kernel, store } = registry;
  store.put(
    IP_ADDRESSES,
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: {
        name: ip,
        uid: kernel.random.uuid(),
        resourceVersion: '',
        creationTimestamp: rfc3339(kernel.now),
        labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' },
      },
      spec: { parentRef: { group: '', resource: 'services', namespace: service.metadata.namespace, name: service.metadata.name } },
    },
    options.context.writer,
  );
}

/** Gives an address back. */
export function releaseClusterIp(registry: RegistryContext, ip: string, options: WriteOptions): void {
  if (!options.dryRun) registry.store.remove(IP_ADDRESSES, ip, options.context.writer);
}
