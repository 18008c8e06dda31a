/** Allocation of node ports (`pkg/registry/core/service/portallocator`). What is taken follows from the Services. */
import type { KubeObject } from '../types.ts';
import type { RegistryContext } from './types.ts';

const FIRST = 30_000;
const LAST = 32_767;
/** The lower part of the range is left to ports that people choose (KEP-3668). */
const STATIC_BAND = 86;

/** The node ports in use by Services, apart from those of the one that is being updated. */
export class NodePorts {
  readonly #taken = new Set<string>();
  readonly #registry: RegistryContext;

  constructor(registry: RegistryContext, except: KubeObject | undefined) {
    this.#registry = registry;
    for (const service of registry.store.values('services')) {
      if (service === except) continue;
      for (const port of service.spec.ports ?? []) if (port.nodePort) this.#taken.add(`${port.protocol ?? 'TCP'}/${port.nodePort}`);
      if (service.spec.healthCheckNodePort) this.#taken.add(`TCP/${service.spec.healthCheckNodePort}`);
    }
  }

  /** Why a port that was asked for cannot be had; undefined when it can, and then it is taken. */
  take(port: number, protocol: string): string | undefined {
    if (port < FIRST || port > LAST) return `provided port is not in the valid range. The range of valid ports is ${FIRST}-${LAST}`;
    if (this.#taken.has(`${protocol}/${port}`)) return 'provided port is already allocated';
    this.#taken.add(`${protocol}/${port}`);
    return undefined;
  }

  /** Takes a port that nobody has, under any protocol, from the upper part of the range while there is one. */
  next(protocol: string): number | undefined {
    const upper = LAST - FIRST + 1 - STATIC_BAND;
    const start = this.#registry.kernel.random.below(upper);
    for (let offset = 0; offset < upper; offset++) {
      const port = FIRST + STATIC_BAND + ((start + offset) % upper);
      if (this.#free(port)) return this.#claim(port, protocol);
    }
    for (let port = FIRST; port < FIRST + STATIC_BAND; port++) if (this.#free(port)) return this.#claim(port, protocol);
    return undefined;
  }

  #free(port: number): boolean {
    return !['TCP', 'UDP', 'SCTP'].some((protocol) => this.#taken.has(`${protocol}/${port}`));
  }

  #claim(port: number, protocol: string): number {
    this.#taken.add(`${protocol}/${port}`);
    return port;
  }
}
