/** kube-scheduler as a running program: leader election and events around the scheduling cycles. */
import type { Client } from '../apiserver/client.ts';
import type { ComponentContext } from '../component.ts';
import { EventBroadcaster, newRecorderState, type RecorderState } from '../events.ts';
import { SCHEDULER_NAME, SchedulerBase, type SchedulerEvents } from './scheduler.ts';

export class KubeScheduler extends SchedulerBase {
  protected readonly events: SchedulerEvents;
  readonly #broadcaster: EventBroadcaster;

  /** @param exit ends the process. */
  constructor(node: string, context: ComponentContext, client: Client, exit: () => void) {
    super(node, context, client, exit);
    this.#broadcaster = new EventBroadcaster(client, SCHEDULER_NAME, node, () => this.#memory(), () => this.now);
    this.events = {
      scheduled: (pod, message) => this.#broadcaster.event(pod, undefined, 'Normal', 'Scheduled', 'Binding', message),
      failed: (pod, message) => this.#broadcaster.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', message),
      preempted: (victim, message) => this.#broadcaster.event(victim, undefined, 'Normal', 'Preempted', 'Preempting', message),
    };
  }

  #memory(): RecorderState {
    return (this.own.events ??= newRecorderState()) as RecorderState;
  }
}

