/**
 * The lease by which an API server says that it is alive (`pkg/controlplane/controller/apiserverleasegc`,
 * `lease.Controller`): one a machine, renewed every ten seconds, with a new holder for every process.
 */
import type { Environment } from '../environment.ts';
import type { Kernel, Part } from '../kernel/kernel.ts';
import type { WriteContext } from './client.ts';
import type { Registry } from './registry/registry.ts';
import { rfc3339Micro } from './tables/duration.ts';
import { ApiError } from './types.ts';

const LEASES = 'leases.coordination.k8s.io';
const NAMESPACE = 'kube-system';
const RENEW_MS = 10_000;
/** Until kube-system is there. */
const RETRY_MS = 1_000;
const DURATION_SECONDS = 3_600;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const NAME_LENGTH = 26;
const CONTEXT: WriteContext = { writer: 'kube-apiserver', username: 'system:apiserver', groups: ['system:masters'] };

export interface IdentityLeaseState {
  /** The machine's identity, `apiserver-…`; made up at the first start. */
  name: string;
  /** This process's identity; empty while it does not run. */
  holder: string;
}

export class IdentityLease implements Part {
  readonly name = 'apiserver-identity-lease';
  state: IdentityLeaseState = { name: '', holder: '' };
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
    // A timer of a process that has ended since.
    if (event.payload !== this.state.holder || this.state.holder === '') return;
    this.#kernel.schedule(this.#kernel.now + (this.#renew() ? RENEW_MS : RETRY_MS), this.name, 'renew', this.state.holder);
  }

  #environmentChanged(): void {
    const runs = this.#environment.programRuns('kube-apiserver');
    if (!runs) {
      this.state.holder = '';
      return;
    }
    if (this.state.holder !== '') return;
    const { random } = this.#kernel;
    if (this.state.name === '') {
      let name = 'apiserver-';
      for (let index = 0; index < NAME_LENGTH; index++) name += BASE32[random.below(BASE32.length)];
      this.state.name = name;
    }
    this.state.holder = `${this.state.name}_${random.uuid()}`;
    this.#kernel.schedule(this.#kernel.now, this.name, 'renew', this.state.holder);
  }

  /** @returns whether the lease is held now. */
  #renew(): boolean {
    if (!this.#environment.programRuns('etcd')) return false;
    const { name, holder } = this.state;
    const existing = this.#registry.get(LEASES, NAMESPACE, name);
    const spec = { holderIdentity: holder, leaseDurationSeconds: DURATION_SECONDS, renewTime: rfc3339Micro(this.#kernel.now) };
    try {
      if (existing) {
        this.#registry.update(LEASES, { ...existing, metadata: { ...existing.metadata }, spec }, CONTEXT);
      } else {
        const labels = { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': this.#environment.controlPlaneNode };
        this.#registry.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: NAMESPACE, labels }, spec }, CONTEXT);
      }
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  }
}
