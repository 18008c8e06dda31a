import { beforeAll, describe, expect, it } from 'vitest';
import type { FullRecordingSource } from '../../server/recordings/source.ts';
import { RecordingUnreadableError } from '../../server/recordings/source.ts';
import { LOG_PAGE_ENTRIES, type RecordingManifest } from '../../server/recordings/types.ts';
import { testRooms } from '../../server/rooms/for-tests.ts';
import { readSnapshot } from '../../server/rooms/restore.ts';
import { shellBinding } from '../../server/rooms/shell-binding.ts';
import { MemoryStore } from '../../server/rooms/store/memory-store.ts';
import { CodedError } from '../_lib/api.ts';
import { ReviewClient, type ReviewState, type WorkerPort } from './client.ts';
import type { ReviewRequest } from './worker/protocol.ts';
import { ReviewService } from './worker/service.ts';

const POD = { resource: 'pods', key: 'default/web' };

interface Class {
  manifest: RecordingManifest;
  source: FullRecordingSource;
  /** What a live room printed about the pod at a moment. */
  printed: { at: number; yaml: string; describe: string };
  /** Moments before the pod, and after it was deleted. */
  before: number;
  after: number;
}

/** A short class with a real shell: a pod is made, talked about, and deleted. */
async function recordedClass(): Promise<Class> {
  const { rooms, store, pass } = testRooms(new MemoryStore(), shellBinding);
  const { roomId, me } = await rooms.create({ roomName: 'Monday', name: 'Grace', address: 'here' });
  const room = await rooms.wake(roomId);
  const terminal = await room.terminals.create(me, { columns: 100, rows: 30 });
  await pass(2_000);
  const before = room.wall;
  await pass(1_000);
  room.terminals.input(me, terminal.id, 'kubectl run web --image=nginx\r');
  await pass(15_000);
  await room.workspace.postChat(me, 'there it is');
  await room.controlClock(me, { action: 'pause' });
  await pass(100);
  const printed = { at: room.wall, yaml: await room.inspect.yaml(me, POD), describe: await room.inspect.describe(me, POD) };
  await pass(100);
  await room.controlClock(me, { action: 'run', rate: 1 });
  await pass(1_000);
  room.terminals.input(me, terminal.id, 'kubectl delete pod web --now\r');
  await pass(40_000);
  await rooms.close();
  const manifest = await rooms.recordings.manifest(roomId, me);
  const source: FullRecordingSource = {
    snapshot: async (sequence) => readSnapshot((await store.keyframe(roomId, sequence)) as { snapshot: Uint8Array }),
    log: (from, to) => store.logEntries(roomId, from, Math.min(to, from + LOG_PAGE_ENTRIES - 1)),
    terminals: (from, to) => rooms.recordings.terminalChunks(roomId, me, from, to),
    workspace: () => rooms.recordings.workspace(roomId),
  };
  return { manifest, source, printed, before, after: manifest.axis.to };
}

/** A worker in the same thread: whatever passes is copied as postMessage copies it. */
function port(source: FullRecordingSource): WorkerPort & { requests: ReviewRequest[] } {
  const requests: ReviewRequest[] = [];
  const self: WorkerPort & { requests: ReviewRequest[] } = {
    requests,
    onmessage: null,
    onerror: null,
    terminate: () => undefined,
    postMessage: (request) => {
      requests.push(request);
      void service.receive(structuredClone(request));
    },
  };
  const service = new ReviewService((message) => self.onmessage?.({ data: structuredClone(message) } as MessageEvent), () => source);
  return self;
}

/** Waits until the client's state fulfils a condition; the test's own limit ends a wait that is in vain. */
function until(client: ReviewClient, condition: (state: ReviewState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!condition(client.state())) return;
      stop();
      resolve();
    };
    const stop = client.subscribe(look);
    look();
  });
}

describe('ReviewClient and its worker', () => {
  let recorded: Class;
  beforeAll(async () => {
    recorded = await recordedClass();
  });
  const access = () => ({ server: '', token: '', manifest: recorded.manifest });

  it('show what was there at three instants: cluster, chat, terminal, and what kubectl printed', async () => {
    const client = new ReviewClient(recorded.before, () => port(recorded.source));
    await client.open(access());
    const { source } = client;
    expect(client.state().status).toBe('ready');
    expect(source.view()?.tables.pods.has('default/web')).toBe(false);
    await until(client, (state) => state.workspaceHere && state.terminalsUntil === recorded.manifest.axis.to);

    let screen = '';
    const stop = client.watchTerminal(recorded.manifest.terminals[0]?.id ?? '', ({ reset, parts }) => {
      if (reset) screen = '';
      for (const part of parts) if ('data' in part) screen += part.data;
    });
    await client.seek(recorded.printed.at);
    expect(source.view()?.tables.pods.get('default/web')).toMatchObject({ status: 'Running' });
    expect(client.state().workspace.chat.map(({ text }) => text)).toEqual(['there it is']);
    expect(screen).toContain('pod/web created');
    expect(screen).not.toContain('deleted');
    expect(await source.yaml(POD)).toBe(recorded.printed.yaml);
    expect(await source.describe(POD)).toBe(recorded.printed.describe);
    expect(await source.object(POD)).toMatchObject({ kind: 'Pod', metadata: { name: 'web' } });
    expect((await source.events(POD)).map(({ reason }) => reason)).toContain('Scheduled');
    const chain = await source.why?.(Number((await source.object(POD)).metadata.resourceVersion));
    expect(chain?.at(-1)).toMatchObject({ kind: 'input', participantName: 'Grace' });

    await client.seek(recorded.after);
    expect(source.view()?.tables.pods.has('default/web')).toBe(false);
    expect(screen).toContain('pod "web" deleted');
    await expect(source.yaml(POD)).rejects.toMatchObject({ code: 'object-not-found' });

    // And back: the screen is drawn anew.
    await client.seek(recorded.before);
    expect(screen).not.toContain('created');
    expect(client.state().workspace.chat).toEqual([]);
    expect(client.state().fidelity).toMatchObject({ kind: 'faithful' });
    stop();
    client.dispose();
  });

  it('while one seek is under way only the newest wish is kept', async () => {
    const worker = port(recorded.source);
    const client = new ReviewClient(recorded.before, () => worker);
    await client.open(access());
    worker.requests.length = 0;
    const { from } = recorded.manifest.axis;
    await Promise.all([1, 2, 3, 4, 5].map((seconds) => client.seek(from + seconds * 1_000)));
    expect(client.state().at).toBe(from + 5_000);
    expect(worker.requests.filter(({ call }) => call === 'seek').length).toBeLessThan(5);
    client.dispose();
  });

  it('sends only what changed, and keeps the tables that did not', async () => {
    const client = new ReviewClient(recorded.before, () => port(recorded.source));
    await client.open(access());
    const first = client.source.view();
    await client.seek(recorded.before + 500);
    const second = client.source.view();
    expect(second?.meta.now).toBe((first?.meta.now ?? 0) + 500);
    expect(second?.tables.services).toBe(first?.tables.services);
    client.dispose();
  });

  it('plays on to the next thing that happens', async () => {
    const client = new ReviewClient(recorded.before, () => port(recorded.source));
    await client.open(access());
    await client.next(recorded.manifest.axis.to);
    expect(client.state().at).toBeGreaterThan(recorded.before);
    expect(client.state().at).toBeLessThan(recorded.printed.at);
    client.dispose();
  });

  it('goes on with a longer recording at the same instant', async () => {
    const shorter = { ...recorded.manifest, axis: { ...recorded.manifest.axis, to: recorded.printed.at } };
    const client = new ReviewClient(recorded.before, () => port(recorded.source));
    await client.open({ ...access(), manifest: shorter });
    await client.seek(recorded.after);
    expect(client.state().at).toBe(recorded.printed.at);
    await client.open(access());
    expect(client.state().at).toBe(recorded.printed.at);
    await client.seek(recorded.after);
    expect(client.state().at).toBe(recorded.after);
    client.dispose();
  });

  it('says why it cannot show anything, and can when it is tried again', async () => {
    let broken = true;
    const unreliable: FullRecordingSource = { ...recorded.source, snapshot: (sequence) => (broken ? Promise.reject(new RecordingUnreadableError(undefined)) : recorded.source.snapshot(sequence)) };
    const client = new ReviewClient(recorded.before, () => port(unreliable));
    await client.open(access());
    expect(client.state()).toMatchObject({ status: 'failed', error: { code: 'network' } });
    broken = false;
    client.retry();
    await until(client, (state) => state.status === 'ready');
    expect(client.state().error).toBeUndefined();
    client.dispose();
  });

  it('tells of a worker that ended, and refuses what is asked afterwards', async () => {
    const worker = port(recorded.source);
    const client = new ReviewClient(recorded.before, () => worker);
    await client.open(access());
    worker.onerror?.({} as ErrorEvent);
    expect(client.state().status).toBe('failed');
    await expect(client.source.yaml(POD)).rejects.toBeInstanceOf(CodedError);
    client.dispose();
  });
});
