import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { ChatMessage } from './protocol.ts';
import { judgeUpdate } from './update-guard.ts';

/** A server document with a file and a chat message, and a client that has synchronised with it. */
function scene() {
  const server = new Y.Doc();
  server.getMap('files').set('web.yaml', new Y.Text('kind: Pod'));
  server.getArray<Partial<ChatMessage>>('chat').push([{ id: '1', text: 'hello' }]);
  server.getMap('notes').set('n', { id: 'n', text: 'note' });
  const client = new Y.Doc();
  Y.applyUpdate(client, Y.encodeStateAsUpdate(server));
  /** The update that a change on the client would send. */
  const update = (change: (doc: Y.Doc) => void): Uint8Array => {
    const before = Y.encodeStateVector(client);
    const updates: Uint8Array[] = [];
    const keep = (one: Uint8Array): void => void updates.push(one);
    client.on('update', keep);
    client.transact(() => change(client));
    client.off('update', keep);
    return updates.length > 0 ? Y.mergeUpdates(updates) : Y.encodeStateAsUpdate(client, before);
  };
  const judge = (one: Uint8Array, roots: readonly string[] = ['files'], mayWriteAs: (id: number) => boolean = () => true) => judgeUpdate(server, one, roots, mayWriteAs);
  return { server, client, update, judge };
}

function textOf(doc: Y.Doc, name: string): Y.Text {
  return doc.getMap<Y.Text>('files').get(name) as Y.Text;
}

describe('judgeUpdate', () => {
  it('allows typing into a file, at either end and within', () => {
    const { update, judge, server } = scene();
    for (const change of [
      (doc: Y.Doc) => textOf(doc, 'web.yaml').insert(0, '# '),
      (doc: Y.Doc) => textOf(doc, 'web.yaml').insert(5, 'xyz'),
      (doc: Y.Doc) => textOf(doc, 'web.yaml').insert(textOf(doc, 'web.yaml').length, '\n'),
      (doc: Y.Doc) => textOf(doc, 'web.yaml').delete(1, 4),
    ]) {
      const one = update(change);
      expect(judge(one)).toEqual({ allowed: true });
      Y.applyUpdate(server, one);
    }
  });

  it('allows making, renaming into place and removing a file', () => {
    const { update, judge, server } = scene();
    for (const change of [
      (doc: Y.Doc) => doc.getMap('files').set('new.yaml', new Y.Text('a')),
      (doc: Y.Doc) => doc.getMap('files').set('new.yaml', new Y.Text('b')),
      (doc: Y.Doc) => doc.getMap('files').delete('new.yaml'),
    ]) {
      const one = update(change);
      expect(judge(one)).toEqual({ allowed: true });
      Y.applyUpdate(server, one);
    }
  });

  it('allows what a client that was away for long sends in one piece', () => {
    const { client, server, judge } = scene();
    const before = Y.encodeStateVector(server);
    for (let i = 0; i < 300; i++) textOf(client, 'web.yaml').insert(i % 7, String(i));
    textOf(client, 'web.yaml').delete(3, 50);
    expect(judge(Y.encodeStateAsUpdate(client, before))).toEqual({ allowed: true });
  });

  it('allows an answer that holds nothing new', () => {
    const { client, server, judge } = scene();
    server.getMap('notes').delete('n');
    Y.applyUpdate(client, Y.encodeStateAsUpdate(server));
    expect(judge(Y.encodeStateAsUpdate(client, Y.encodeStateVector(server)), [])).toEqual({ allowed: true });
  });

  it.each([
    ['a chat message', (doc: Y.Doc) => doc.getArray('chat').push([{ text: 'forged' }])],
    ['a chat message before another one', (doc: Y.Doc) => doc.getArray('chat').insert(0, [{ text: 'forged' }])],
    ['a note over an existing one', (doc: Y.Doc) => doc.getMap('notes').set('n', { text: 'forged' })],
    ['the deletion of a chat message', (doc: Y.Doc) => doc.getArray('chat').delete(0, 1)],
    ['a root of its own', (doc: Y.Doc) => doc.getMap('mine').set('a', 1)],
    ['a file among forged chat', (doc: Y.Doc) => {
      doc.getMap('files').set('b.yaml', new Y.Text('b'));
      doc.getArray('chat').push([{ text: 'forged' }]);
    }],
    ['a file that is not a text', (doc: Y.Doc) => doc.getMap('files').set('b.yaml', 'plain')],
    ['a file that is a map', (doc: Y.Doc) => doc.getMap('files').set('b.yaml', new Y.Map())],
    ['a file with a path as its name', (doc: Y.Doc) => doc.getMap('files').set('../../etc/passwd', new Y.Text('x'))],
    ['an object inside a file', (doc: Y.Doc) => textOf(doc, 'web.yaml').insertEmbed(0, { big: true })],
  ])('refuses %s', (_what, change) => {
    const { update, judge } = scene();
    expect(judge(update(change)).allowed).toBe(false);
  });

  it('refuses everything of a role that writes nothing', () => {
    const { update, judge } = scene();
    expect(judge(update((doc) => textOf(doc, 'web.yaml').insert(0, 'x')), []).allowed).toBe(false);
  });

  it('refuses content in the name of another connection', () => {
    const { update, judge, client } = scene();
    expect(judge(update((doc) => textOf(doc, 'web.yaml').insert(0, 'x')), ['files'], (id) => id !== client.clientID).allowed).toBe(false);
  });

  it('refuses what depends on something unknown, in which anything might be hidden', () => {
    const { client, judge } = scene();
    textOf(client, 'web.yaml').insert(0, 'first');
    const before = Y.encodeStateVector(client);
    textOf(client, 'web.yaml').insert(3, 'second');
    expect(judge(Y.encodeStateAsUpdate(client, before)).allowed).toBe(false);
  });

  it('throws on bytes that are no update', () => {
    const { judge } = scene();
    expect(() => judge(new Uint8Array([255, 255, 255, 1, 2, 3]))).toThrow();
  });
});
