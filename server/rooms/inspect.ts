/** Whole objects on demand, and what led to what: of a live room, and of a replay in a browser. No Node APIs here. */
import type { KubeObject, WatchEvent } from '../simulation/apiserver/types.ts';
import type { Cluster } from '../simulation/cluster.ts';
import type { LogEntry } from '../recordings/types.ts';
import { effectsOf, historyOf, whyChain, type InputStep } from './causes.ts';
import { ObjectNotFoundError, SimulationRefusedError } from './errors.ts';
import type { CausedWrite, InspectService, ObjectRef, WhyStep } from './service.ts';
import type { Participant } from './types.ts';

export interface InspectContext {
  /** The cluster as it is now. */
  cluster: () => Cluster;
  /** Refuses to show an object to whom the cluster would not show it; absent where there is nobody to refuse. @throws RoomError */
  checkRead?: (me: Participant, ref: ObjectRef) => void;
  /** Runs a command line in a participant's name, without a terminal. */
  run: (participantId: string, line: string) => Promise<{ stdout: string; stderr: string; code: number }>;
  entry: (sequence: number) => Promise<LogEntry | undefined>;
  nameOf: (participantId: string) => string | undefined;
  /** The line in a terminal that an entry came from. */
  lineOf?: (sequence: number) => string | undefined;
}

export class Inspect implements InspectService {
  constructor(private readonly context: InspectContext) {}

  async object(me: Participant, ref: ObjectRef): Promise<KubeObject> {
    this.context.checkRead?.(me, ref);
    return this.#stored(ref);
  }

  yaml(me: Participant, ref: ObjectRef): Promise<string> {
    return this.#kubectl(me, `get ${target(ref)} -o yaml`, ref);
  }

  describe(me: Participant, ref: ObjectRef): Promise<string> {
    return this.#kubectl(me, `describe ${target(ref)}`, ref);
  }

  async events(me: Participant, ref: ObjectRef): Promise<KubeObject[]> {
    this.context.checkRead?.(me, ref);
    const [namespace, name] = split(ref.key);
    const kind = this.context.cluster().store.get(ref.resource, ref.key)?.kind;
    const all = this.context.cluster().store.list('events', namespace ?? 'default');
    const about = all.filter(({ involvedObject }) => involvedObject?.name === name && (involvedObject?.namespace ?? undefined) === namespace && (kind === undefined || involvedObject?.kind === kind));
    // Most timestamps have whole seconds: within one, the order is that of the writes.
    return about.sort((x, y) => Math.floor(lastSeen(x) / 1000) - Math.floor(lastSeen(y) / 1000) || Number(x.metadata.resourceVersion) - Number(y.metadata.resourceVersion));
  }

  async logs(me: Participant, query: { key: string; container?: string | undefined; previous: boolean; tailLines: number }): Promise<string> {
    const [namespace, name] = split(query.key);
    const container = query.container === undefined ? '' : ` -c ${query.container}`;
    return this.#kubectl(me, `logs ${name} -n ${namespace}${container}${query.previous ? ' --previous' : ''} --tail=${query.tailLines}`, { resource: 'pods', key: query.key });
  }

  why(revision: number): Promise<WhyStep[]> {
    return whyChain(this.#recent, revision, (sequence) => this.#inputStep(sequence));
  }

  effects(causeKind: 'input' | 'write', causeId: number): CausedWrite[] {
    return effectsOf(this.#recent, causeKind, causeId);
  }

  history(ref: ObjectRef): CausedWrite[] {
    return historyOf(this.#recent, ref);
  }

  get #recent(): readonly WatchEvent[] {
    return this.context.cluster().store.recent;
  }

  #stored(ref: ObjectRef): KubeObject {
    const object = this.context.cluster().store.get(ref.resource, ref.key);
    if (!object) throw new ObjectNotFoundError(`${ref.resource} "${ref.key}"`);
    return object;
  }

  async #kubectl(me: Participant, args: string, ref: ObjectRef): Promise<string> {
    const { stdout, stderr, code } = await this.context.run(me.id, `kubectl ${args}`);
    if (code === 0) return stdout;
    if (stderr.includes('(NotFound)')) throw new ObjectNotFoundError(`${ref.resource} "${ref.key}"`);
    throw new SimulationRefusedError(stderr.trim() || `kubectl ended with ${code}`);
  }

  async #inputStep(sequence: number): Promise<InputStep> {
    const entry = await this.context.entry(sequence);
    if (!entry) return { kind: 'input', sequence, time: 0, summary: '' };
    const name = entry.participantId === undefined ? undefined : this.context.nameOf(entry.participantId);
    const line = this.context.lineOf?.(sequence);
    return { kind: 'input', sequence, time: entry.time, summary: summaryOf(entry), ...(line === undefined ? {} : { line }), ...(name === undefined ? {} : { participantName: name }) };
  }
}

/** A log entry in a few words: `POST /apis/apps/v1/namespaces/default/deployments`, `fault.break node-crash worker-1`. */
function summaryOf({ payload }: LogEntry): string {
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
