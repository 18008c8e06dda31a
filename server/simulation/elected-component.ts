/**
 * A component of which every control-plane machine runs one, and of which one works: that which holds the lease. The others
 * follow nothing until they are elected, and then begin as a process that has just started.
 */
import { Component, WATCH_LATENCY_MS, type ComponentContext } from './component.ts';
import type { Client } from './apiserver/client.ts';
import type { WatchEvent } from './apiserver/types.ts';
import { elect, newLease, type LeaseState } from './leader-election.ts';

export interface ElectedState {
  lease: LeaseState | null;
  /** Another one leads. */
  standby: boolean;
}

export abstract class ElectedComponent<S extends ElectedState> extends Component<S> {
  /** @param program also the lease's name. @param exit ends the process, which has lost its lease. */
  constructor(
    protected readonly program: string,
    node: string,
    context: ComponentContext,
    client: Client,
    private readonly exit: () => void,
  ) {
    super(node === context.environment.controlPlaneNode ? program : `${program} ${node}`, node, context, client);
  }

  /**
   * Keeps the lease, or tries to get it.
   * @returns whether there is something to do now: this one leads and knows the cluster. When the lease was lost, the process has ended.
   */
  protected lead(connected: boolean): boolean {
    const { own, context } = this;
    if (!connected && !own.lease?.leading) return false;
    const lease = (own.lease ??= newLease(context.kernel, context.environment.hostNameOf(this.node)));
    const outcome = this.byTimer(() => elect(lease, connected ? this.client : undefined, this.program, this.now));
    if (outcome === 'lost') {
      this.exit();
      return false;
    }
    this.wakeAt(lease.nextAt);
    if (outcome && own.standby) this.#begin(lease);
    else if (!outcome && !own.standby) this.#standBy();
    return outcome && connected && !this.fresh;
  }

  /** Whether the list of everything is still on its way to a leader that has just been elected. */
  private get fresh(): boolean {
    return this.state.cache.size === 0 && this.state.pending.length > 0;
  }

  #begin(lease: LeaseState): void {
    this.state.own = { ...this.initial(), lease };
    this.relist();
    this.wakeAt(this.now + WATCH_LATENCY_MS);
  }

  #standBy(): void {
    this.own.standby = true;
    this.state.pending = [];
    this.state.cache = new Map();
    this.state.indexes = new Map();
  }

  override deliver(event: WatchEvent): void {
    if (!this.own.standby) super.deliver(event);
  }
}
