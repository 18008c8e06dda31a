/** Whole objects on demand, and what led to what. */
import type { KubeObject, WatchEvent } from '../simulation/apiserver/types.ts';
import type { LogEntry } from '../recordings/types.ts';
import type { RoomActor } from './actor.ts';
import { ObjectNotFoundError, SimulationRefusedError } from './errors.ts';
import { keyOf } from './projection/rows.ts';
import { writeRow } from './projection/projector.ts';
import type { WriteRow } from './projection/types.ts';
import type { InspectService, ObjectRef, WhyStep } from './service.ts';
import type { Participant } from './types.ts';

/** A chain longer than this explains nothing. */
const MAX_CHAIN = 50;
const MAX_EFFECTS = 500;

export interface InspectContext {
  actor: RoomActor;
  /** Runs a command line in a participant's name, without a terminal. */
  run: (participantId: string, line: string) => Promise<{ stdout: string; stderr: string; code: number }>;
  entry: (sequence: number) => Promise<LogEntry | undefined>;
  nameOf: (participantId: string) => string | undefined;
}

export class Inspect implements InspectService {
  constructor(private readonly context: InspectContext) {}

  async object(_me: Participant, ref: ObjectRef): Promise<KubeObject> {
    return this.#stored(ref);
  }

  yaml(me: Participant, ref: ObjectRef): Promise<string> {
    return this.#kubectl(me, `get ${target(ref)} -o yaml`, ref);
  }

  describe(me: Participant, ref: ObjectRef): Promise<string> {
    return this.#kubectl(me, `describe ${target(ref)}`, ref);
  }

  async events(_me: Participant, ref: ObjectRef): Promise<KubeObject[]> {
    const [namespace, name] = split(ref.key);
    const kind = this.context.actor.cluster.store.get(ref.resource, ref.key)?.kind;
    const all = this.context.actor.cluster.store.list('events', namespace ?? 'default');
    const about = all.filter(({ involvedObject }) => involvedObject?.name === name && (involvedObject?.namespace ?? undefined) === namespace && (kind === undefined || involvedObject?.kind === kind));
    return about.sort((x, y) => lastSeen(x) - lastSeen(y));
  }

  async logs(me: Participant, query: { key: string; container?: string | undefined; previous: boolean; tailLines: number }): Promise<string> {
    const [namespace, name] = split(query.key);
    const container = query.container === undefined ? '' : ` -c ${query.container}`;
    return this.#kubectl(me, `logs ${name} -n ${namespace}${container}${query.previous ? ' --previous' : ''} --tail=${query.tailLines}`, { resource: 'pods', key: query.key });
  }

  async why(revision: number): Promise<WhyStep[]> {
    const steps: WhyStep[] = [];
    let wanted = revision;
    while (steps.length < MAX_CHAIN) {
      const event = this.#write(wanted);
      if (!event) {
        steps.push({ kind: 'forgotten', revision: wanted });
        break;
      }
      steps.push({ kind: 'write', write: writeRow(event), object: { resource: event.resource, key: keyOf(event.object) } });
      const { cause } = event;
      if (cause.kind === 'write' && cause.id < wanted) {
        wanted = cause.id;
        continue;
      }
      if (cause.kind === 'input') steps.push(await this.#inputStep(cause.id));
      else if (cause.kind === 'timer') steps.push({ kind: 'timer' });
      else steps.push({ kind: 'boot' });
      break;
    }
    return steps;
  }

  effects(causeKind: 'input' | 'write', causeId: number): WriteRow[] {
    const result: WriteRow[] = [];
    const followed = new Set<number>();
    if (causeKind === 'write') followed.add(causeId);
    for (const event of this.context.actor.cluster.store.recent) {
      const { cause } = event;
      const follows = cause.kind === 'write' ? followed.has(cause.id) : cause.kind === causeKind && cause.id === causeId;
      if (!follows) continue;
      followed.add(event.revision);
      result.push(writeRow(event));
      if (result.length >= MAX_EFFECTS) break;
    }
    return result;
  }

  #stored(ref: ObjectRef): KubeObject {
    const object = this.context.actor.cluster.store.get(ref.resource, ref.key);
    if (!object) throw new ObjectNotFoundError(`${ref.resource} "${ref.key}"`);
    return object;
  }

  async #kubectl(me: Participant, args: string, ref: ObjectRef): Promise<string> {
    const { stdout, stderr, code } = await this.context.run(me.id, `kubectl ${args}`);
    if (code === 0) return stdout;
    if (stderr.includes('(NotFound)')) throw new ObjectNotFoundError(`${ref.resource} "${ref.key}"`);
    throw new SimulationRefusedError(stderr.trim() || `kubectl ended with ${code}`);
  }

  /** Revisions in the history are ascending, so that one is found by halving. */
  #write(revision: number): WatchEvent | undefined {
    const recent = this.context.actor.cluster.store.recent;
    let low = 0;
    let high = recent.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((recent[middle] as WatchEvent).revision < revision) low = middle + 1;
      else high = middle;
    }
    return recent[low]?.revision === revision ? recent[low] : undefined;
  }

  async #inputStep(sequence: number): Promise<WhyStep> {
    const entry = await this.context.entry(sequence);
    if (!entry) return { kind: 'input', sequence, time: 0, summary: '' };
    const name = entry.participantId === undefined ? undefined : this.context.nameOf(entry.participantId);
    return { kind: 'input', sequence, time: entry.time, summary: summaryOf(entry), ...(name === undefined ? {} : { participantName: name }) };
  }
}

/** A log entry in a few words: `POST /apis/apps/v1/namespaces/default/deployments`, `fault.break node-crash worker-1`. */
export function summaryOf({ payload }: LogEntry): string {
  if (payload.kind === 'running') return '';
  if (payload.kind === 'clock') return `clock ${payload.command.action}`;
  const { input } = payload;
  switch (input.kind) {
    case 'api':
      return `${input.request.method} ${input.request.path}`;
    case 'http':
      return `${input.request.method} ${input.request.url}`;
    case 'exec':
      return `exec ${input.request.namespace}/${input.request.pod} -- ${input.request.command.join(' ')}`;
    case 'operation':
      return [input.request.name, ...Object.values(input.request.args).filter((value) => typeof value === 'string')].join(' ');
    case 'exec-input':
    case 'exec-end':
    case 'exec-kill':
      return input.kind;
  }
}

function split(key: string): [string | undefined, string] {
  const slash = key.indexOf('/');
  return slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
}

function target({ resource, key }: ObjectRef): string {
  const [namespace, name] = split(key);
  return `${resource} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}

function lastSeen(event: KubeObject): number {
  return Date.parse((event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? event.metadata.creationTimestamp) as string);
}
