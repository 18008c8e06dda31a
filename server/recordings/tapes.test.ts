import * as Y from 'yjs';
import { describe, expect, it } from 'vitest';
import { WORKSPACE_ROOTS, type ChatMessage } from '../sync/protocol.ts';
import { TerminalTape } from './terminals.ts';
import type { TerminalChunk, WorkspaceUpdate } from './types.ts';
import { WorkspaceTape } from './workspace.ts';

/** The cluster's clock stands still all the while. */
const time = 7;

function chunk(terminalId: string, sequence: number, wall: number, kind: TerminalChunk['kind'], data = ''): TerminalChunk {
  return { terminalId, sequence, time, wall, kind, data };
}

const CLASS = [
  chunk('t1', 1, 100, 'resize', '100x30'),
  chunk('t1', 2, 110, 'output', 'one '),
  chunk('t2', 1, 150, 'resize', '80x24'),
  chunk('t1', 3, 200, 'line', 'ls'),
  chunk('t1', 4, 200, 'output', 'two '),
  chunk('t2', 2, 250, 'output', 'other'),
  chunk('t1', 5, 300, 'resize', '90x20'),
  chunk('t1', 6, 310, 'output', 'three'),
  chunk('t1', 7, 400, 'closed'),
];

describe('TerminalTape', () => {
  const tape = new TerminalTape();
  tape.add(CLASS);

  it('draws a terminal of an instant anew, with the size that it had', () => {
    expect(tape.update('t1', undefined, tape.position('t1', 205))).toEqual({ terminalId: 't1', reset: true, closed: false, opened: true, parts: [{ columns: 80, rows: 24 }, { columns: 100, rows: 30 }, { data: 'one two ' }] });
    expect(tape.update('t1', undefined, tape.position('t1', 99))).toMatchObject({ reset: true, opened: false, parts: [{ columns: 80, rows: 24 }] });
  });

  it('goes forward by what was printed since, and back by drawing anew', () => {
    const at200 = tape.position('t1', 200);
    expect(tape.update('t1', at200, tape.position('t1', 1_000))).toEqual({ terminalId: 't1', reset: false, closed: true, opened: true, parts: [{ columns: 90, rows: 20 }, { data: 'three' }] });
    expect(tape.update('t1', at200, tape.position('t1', 110))).toMatchObject({ reset: true, parts: [{}, {}, { data: 'one ' }] });
  });

  it('knows which terminals were open, which one was used last, and when the next thing is printed', () => {
    expect(tape.openedAt(149)).toEqual(['t1']);
    expect(tape.openedAt(150)).toEqual(['t1', 't2']);
    expect([tape.lastActive(99), tape.lastActive(205), tape.lastActive(260)]).toEqual([undefined, 't1', 't2']);
    expect([tape.nextAfter(110), tape.nextAfter(310)]).toEqual([200, undefined]);
  });

  it('takes the same chunks twice once', () => {
    const twice = new TerminalTape();
    twice.add(CLASS.slice(0, 5));
    twice.add(CLASS.slice(3));
    expect(twice.update('t1', undefined, twice.position('t1', 1_000))).toEqual(tape.update('t1', undefined, tape.position('t1', 1_000)));
  });

  it('keeps to what a screen can hold, from the beginning of a line', () => {
    const long = new TerminalTape();
    long.add([chunk('t', 1, 1, 'resize', '120x40'), chunk('t', 2, 2, 'output', `${'x'.repeat(99)}\n`.repeat(4_000)), chunk('t', 3, 3, 'output', 'end')]);
    const { parts } = long.update('t', undefined, 3);
    expect(parts[0]).toEqual({ columns: 120, rows: 40 });
    const text = (parts[1] as { data: string }).data;
    expect(text.length).toBeLessThanOrEqual(256 * 1024);
    expect(text.startsWith('x'.repeat(99))).toBe(true);
    expect(text.endsWith('\nend')).toBe(true);
  });
});

/** A workspace in which message `n` is said and the file grows at moment `n`. */
function workspace(count: number): WorkspaceUpdate[] {
  const doc = new Y.Doc();
  const updates: WorkspaceUpdate[] = [];
  doc.on('update', (update: Uint8Array) => updates.push({ sequence: updates.length + 1, time, wall: updates.length + 1, update: Buffer.from(update).toString('base64') }));
  for (let n = 1; n <= count; n++) {
    doc.transact(() => {
      doc.getArray<ChatMessage>(WORKSPACE_ROOTS.chat).push([{ id: String(n), participantId: 'p', name: 'Ada', role: 'student', text: `message ${n}`, time: n, sentAt: n }]);
      const files = doc.getMap<Y.Text>(WORKSPACE_ROOTS.files);
      if (n === 1) files.set('a.yaml', new Y.Text());
      files.get('a.yaml')?.insert(0, `${n} `);
    });
  }
  return updates;
}

describe('WorkspaceTape', () => {
  it('is the document of any instant, forward and back over its checkpoints', () => {
    const tape = new WorkspaceTape();
    tape.load(workspace(900));
    for (const time of [1, 700, 900, 500, 250, 251, 3, 899]) {
      const view = tape.at(tape.position(time));
      expect([time, view.chat.length, view.chat.at(-1)?.text]).toEqual([time, time, `message ${time}`]);
      expect(view.files).toEqual([{ name: 'a.yaml', text: Array.from({ length: time }, (_, index) => `${time - index} `).join('') }]);
    }
    expect(tape.at(tape.position(0))).toEqual({ chat: [], notes: [], pins: [], files: [] });
    expect([tape.nextAfter(0), tape.nextAfter(900)]).toEqual([1, undefined]);
  });

  it('goes on with a longer tape', () => {
    const all = workspace(30);
    const tape = new WorkspaceTape();
    tape.load(all.slice(0, 10));
    expect(tape.at(tape.position(99)).chat).toHaveLength(10);
    tape.load(all);
    expect(tape.at(tape.position(99)).chat).toHaveLength(30);
  });
});
