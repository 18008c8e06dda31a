/** kube-scheduler as a running program: leader election and events around the scheduling cycles. */
import type { Client } from '../apiserver/client.ts';
import type { ComponentContext } from '../component.ts';
import { EventBroadcaster, newRecorderState, type RecorderState } from '../events.ts';
import { elect, newLease, type LeaseState } from '../leader-election.ts';
import { SCHEDULER_NAME, SchedulerBase, type SchedulerEvents } from './scheduler.ts';

export class KubeScheduler extends SchedulerBase {
  protected readonly events: SchedulerEvents;
  readonly #broadcaster: EventBroadcaster;

  constructor(node: string, context: ComponentContext, client: Client) {
    super(node, context, client);
    this.#broadcaster = new EventBroadcaster(client, SCHEDULER_NAME, node, () => this.#memory(), () => this.now);
    this.events = {
      scheduled: (pod, message) => this.#broadcaster.event(pod, undefined, 'Normal', 'Scheduled', 'Binding', message),
      failed: (pod, message) => this.#broadcaster.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', message),
      preempted: (victim, message) => this.#broadcaster.event(victim, undefined, 'Normal', 'Preempted', 'Preempting', message),
    };
  }

  protected lead(): boolean {
    const lease = (this.own.lease ??= newLease(this.context.kernel, this.context.environment.controlPlaneHostName)) as LeaseState;
    const leads = this.byTimer(() => elect(lease, this.client, this.name, this.now, () => undefined));
    this.wakeAt(lease.nextAt);
    return leads;
  }

  #memory(): RecorderState {
    return (this.own.events ??= newRecorderState()) as RecorderState;
  }
}

