/** What is worth a mark on the time line of a class: commands, faults, notes, the clock, who comes and goes, pods that begin to fail. */
import type { Marker, MarkerKind } from '../recordings/types.ts';
import type { Applied } from './actor.ts';
import type { ProjectionChange } from './projection/types.ts';
import type { ClockCommand, Participant } from './types.ts';

/** Pod states that are worth a mark. */
const FAILING = new Set(['CrashLoopBackOff', 'Error', 'ImagePullBackOff', 'ErrImagePull', 'OOMKilled', 'Evicted', 'CreateContainerConfigError', 'RunContainerError']);
const MAX_REMEMBERED_FAILURES = 5_000;
const MAX_TEXT_CHARACTERS = 500;
/** Operations that break and heal things. */
export const FAULT_OPERATIONS = new Set(['fault.break', 'fault.heal']);

/** An instant by both clocks, ms. */
type Instant = Pick<Marker, 'time' | 'wall'>;

export class Marks {
  readonly #failures = new Set<string>();
  /** Ids of those who have a connection, and of those who ever had one in this life of the room. */
  #online: ReadonlySet<string> = new Set();
  readonly #seen = new Set<string>();

  constructor(
    private readonly write: (marker: Omit<Marker, 'id'>) => void,
    private readonly now: () => Instant,
    private readonly nameOf: (participantId: string) => string | undefined,
  ) {}

  /** @param at what the mark is about; now, unless another instant is given. */
  add(kind: MarkerKind, text: string, participantName?: string, { time, wall }: Instant = this.now()): void {
    this.write({ kind, text: text.slice(0, MAX_TEXT_CHARACTERS), time, wall, ...(participantName === undefined ? {} : { participantName }) });
  }

  applied({ entry, outcome }: Applied): void {
    const { payload, participantId } = entry;
    const name = participantId === undefined ? undefined : this.nameOf(participantId);
    if (payload.kind === 'clock') {
      // A jump is marked where it began.
      if (participantId !== undefined) this.add('clock', clockText(payload.command), name, entry);
      return;
    }
    if (payload.kind !== 'input' || payload.input.kind !== 'operation' || !outcome.ok) return;
    const { name: operation, args } = payload.input.request;
    if (!FAULT_OPERATIONS.has(operation)) return;
    const text = [args.fault, args.target].filter((part) => typeof part === 'string' && part !== '').join(' ');
    this.add(operation === 'fault.break' ? 'fault' : 'heal', text, name);
  }

  /** Pods that began to fail. */
  projected({ rows }: ProjectionChange): void {
    for (const { key, uid, status } of rows.pods?.set ?? []) {
      // Once a pod and state: a crash loop would fill the time line.
      const failure = `${uid} ${status}`;
      if (!FAILING.has(status.replace(/^Init:/, '')) || this.#failures.has(failure)) continue;
      if (this.#failures.size >= MAX_REMEMBERED_FAILURES) this.#failures.clear();
      this.#failures.add(failure);
      this.add('pod-failing', `${key} ${status}`);
    }
  }

  /** Who goes and who comes back; who comes for the first time has a mark of joining. */
  peopleChanged(people: readonly Participant[]): void {
    const online = new Set(people.filter((one) => one.online).map(({ id }) => id));
    for (const { id, name } of people) {
      if (online.has(id) && !this.#online.has(id) && this.#seen.has(id)) this.add('back', '', name);
      if (!online.has(id) && this.#online.has(id)) this.add('away', '', name);
    }
    for (const id of online) this.#seen.add(id);
    this.#online = online;
  }
}

function clockText(command: ClockCommand): string {
  switch (command.action) {
    case 'run':
      return `run ${command.rate}`;
    case 'jump':
      return `jump ${command.seconds}`;
    case 'pause':
    case 'step':
      return command.action;
  }
}
