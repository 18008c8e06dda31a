/**
 * The lease by which an API server says that it is alive (`pkg/controlplane/controller/apiserverleasegc`,
 * `lease.Controller`): one a machine, renewed every ten seconds, with a new holder for every process.
 */
import type { Environment } from '../environment.ts';
import type { Kernel, Part } from '../kernel/kernel.ts';
import type { WriteContext } from './client.ts';
import { reconcileEndpoints } from './endpoint-reconciler.ts';
import type { Registry } from './registry/registry.ts';
import { rfc3339Micro } from './tables/duration.ts';
import { ApiError } from './types.ts';

const LEASES = 'leases.coordination.k8s.io';
const NAMESPACE = 'kube-system';
const RENEW_MS = 10_000;
/** Until kube-system is there. */
const RETRY_MS = 1_000;
const DURATION_SECONDS = 3_600;
/** How long the endpoint of an API server stays that has stopped (`masterleases`). */
const ENDPOINT_LEASE_MS = 15_000;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const NAME_LENGTH = 26;
const CONTEXT: WriteContext = { writer: 'kube-apiserver', username: 'system:apiserver', groups: ['system:masters'] };

interface Identity {
  /** The machine's identity, `apiserver-…`; made up at the first start. */
  name: string;
  /** This process's identity; empty while it does not run. */
  holder: string;
  /** When this process last said that it is alive, ms. */
  renewedAt: number;
}

/** The first machine's identity, and those of further ones by their names. */
export interface IdentityLeaseState extends Identity {
  further: Map<string, Identity>;
}

export class IdentityLease implements Part {
  readonly name = 'apiserver-identity-lease';
  state: IdentityLeaseState = { name: '', holder: '', renewedAt: 0, further: new Map() };
  readonly #kernel: Kernel;
  readonly #registry: Registry;
  readonly #environment: Environment;

  constructor(kernel: Kernel, registry: Registry, environment: Environment) {
    this.#kernel = kernel;
    this.#registry = registry;
    this.#environment = environment;
    kernel.register(this);
    environment.onChange(() => this.#environmentChanged());
  }

  handle(event: { payload: unknown }): void {
    const node = this.#environment.controlPlanes().find((each) => this.#identityOf(each).holder === event.payload);
    // A timer of a process that has ended since.
    if (event.payload === '' || node === undefined) return;
    const { holder } = this.#identityOf(node);
    this.#kernel.schedule(this.#kernel.now + (this.#renew(node) ? RENEW_MS : RETRY_MS), this.name, 'renew', holder);
  }

  #identityOf(node: string): Identity {
    if (node === this.#environment.controlPlaneNode) return this.state;
    const { further } = this.state;
    let identity = further.get(node);
    if (!identity) further.set(node, (identity = { name: '', holder: '', renewedAt: 0 }));
    return identity;
  }

  #environmentChanged(): void {
    for (const node of this.#environment.controlPlanes()) {
      const identity = this.#identityOf(node);
      if (this.#environment.programRuns('kube-apiserver', node)) this.#started(identity);
      else identity.holder = '';
    }
  }

  #started(identity: Identity): void {
    if (identity.holder !== '') return;
    const { random } = this.#kernel;
    if (identity.name === '') {
      let name = 'apiserver-';
      for (let index = 0; index < NAME_LENGTH; index++) name += BASE32[random.below(BASE32.length)];
      identity.name = name;
    }
    identity.holder = `${identity.name}_${random.uuid()}`;
    this.#kernel.schedule(this.#kernel.now, this.name, 'renew', identity.holder);
  }

  /** @returns whether the lease is held now. */
  #renew(node: string): boolean {
    if (!this.#environment.etcdServes(node)) return false;
    const identity = this.#identityOf(node);
    const { name, holder } = identity;
    const existing = this.#registry.get(LEASES, NAMESPACE, name);
    const spec = { holderIdentity: holder, leaseDurationSeconds: DURATION_SECONDS, renewTime: rfc3339Micro(this.#kernel.now) };
    try {
      if (existing) {
        this.#registry.update(LEASES, { ...existing, metadata: { ...existing.metadata }, spec }, CONTEXT);
      } else {
        const labels = { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': node };
        this.#registry.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: NAMESPACE, labels }, spec }, CONTEXT);
      }
      identity.renewedAt = this.#kernel.now;
      if (this.#environment.state.furtherControlPlanes.size > 0) reconcileEndpoints(this.#registry, this.#alive());
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  }

  /** Machines whose API server has been heard of lately. */
  #alive(): string[] {
    return this.#environment.controlPlanes().filter((node) => this.#kernel.now - this.#identityOf(node).renewedAt <= ENDPOINT_LEASE_MS);
  }
}
