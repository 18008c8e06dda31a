/** Working together, and what nobody may do to the others. */
import type { Page } from '@playwright/test';
import { holdClass, join, setRate, showPanel, Terminal, type HeldClass } from './support/classroom.ts';
import { callAs, forgedUpdate, sendAs } from './support/forged.ts';
import { expect, test } from './support/test.ts';

let room: HeldClass;
const people = (): Page[] => [room.instructor, room.ada, room.linus];

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser, server }) => {
  room = await holdClass(browser, server.url);
});
test.afterAll(() => room.close());

/** The text in the shared editor, without the cursors of others. */
async function textOn(page: Page): Promise<string> {
  return page
    .getByTestId('editor')
    .locator('.cm-line')
    .evaluateAll((lines) =>
      lines
        .map((line) => {
          const copy = line.cloneNode(true) as Element;
          for (const cursor of copy.querySelectorAll('.cm-ySelectionCaret, .cm-widgetBuffer')) cursor.remove();
          return copy.textContent ?? '';
        })
        .join('\n'),
    );
}

/** Puts the cursor to the end of a line that begins so. */
async function toEndOf(page: Page, line: string): Promise<void> {
  await page.getByTestId('editor').locator('.cm-line', { hasText: line }).first().click();
  await page.keyboard.press('End');
}

test('everybody sees who is there', async () => {
  for (const page of people()) {
    await page.getByTestId('people').click();
    for (const [name, role] of [['Teacher', 'Instructor'], ['Ada', 'Student'], ['Linus', 'Student']] as const) {
      await expect(page.getByRole('listitem').filter({ hasText: name }).filter({ hasText: role }).first()).toBeVisible();
    }
    await page.keyboard.press('Escape');
  }
});

test('a file written by two at once is the same for both, each with the other\'s cursor and name', async () => {
  const { ada, linus } = room;
  for (const page of [ada, linus]) await showPanel(page, 'files');
  await ada.getByTestId('file-new').click();
  await ada.getByTestId('file-name').fill('pair');
  await ada.getByTestId('file-name-submit').click();
  await ada.getByTestId('editor').locator('.cm-content').click();
  await ada.keyboard.type('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: pair\n');
  await linus.getByRole('tab', { name: 'pair.yaml' }).click();
  await expect.poll(() => textOn(linus)).toContain('name: pair');
  await toEndOf(linus, 'apiVersion');
  await expect(linus.getByTestId('editor').locator('.cm-ySelectionInfo')).toHaveText('Ada');
  await expect(ada.getByTestId('editor').locator('.cm-ySelectionInfo')).toHaveText('Linus');

  await toEndOf(ada, 'name: pair');
  await Promise.all([ada.keyboard.type(' # written by Ada while Linus was writing', { delay: 15 }), linus.keyboard.type(' # written by Linus while Ada was writing', { delay: 15 })]);
  for (const page of [ada, linus]) {
    await expect.poll(() => textOn(page)).toContain('apiVersion: v1 # written by Linus while Ada was writing');
    await expect.poll(() => textOn(page)).toContain('name: pair # written by Ada while Linus was writing');
  }
  expect(await textOn(ada)).toBe(await textOn(linus));
});

test('the file is applied from the editor, and is a file in every terminal', async () => {
  const { ada, linus, instructor } = room;
  const terminal = new Terminal(ada);
  await terminal.clear();
  await ada.getByTestId('file-apply').click();
  await terminal.shows(/\$ kubectl apply -f pair\.yaml\nconfigmap\/pair created/);
  expect(await new Terminal(linus).run('kubectl get configmap pair -o name')).toBe('configmap/pair');
  expect(await new Terminal(instructor).run('head -1 /manifests/pair.yaml')).toBe('apiVersion: v1 # written by Linus while Ada was writing');
  // And the other way.
  await new Terminal(instructor).run('printf "written: in a terminal\\n" > note.yaml');
  await linus.getByRole('tab', { name: 'note.yaml' }).click();
  await expect.poll(() => textOn(linus)).toContain('written: in a terminal');
});

test('a message is read by all, and counted where the chat is not open', async () => {
  await showPanel(room.ada, 'chat');
  await room.ada.getByTestId('chat-input').fill('Why is my pod Pending?');
  await room.ada.getByTestId('chat-input').press('Enter');
  await expect(room.instructor.getByTestId('panel-chat')).toContainText('1 unread message');
  for (const page of people()) {
    await showPanel(page, 'chat');
    await expect(page.getByTestId('chat-log')).toContainText('Ada');
    await expect(page.getByTestId('chat-log')).toContainText('Why is my pod Pending?');
  }
  await expect(room.instructor.getByTestId('panel-chat')).not.toContainText('unread');
});

test('a raised hand is seen by the instructor until it is lowered', async () => {
  await room.linus.getByTestId('raise-hand').click();
  await room.instructor.getByTestId('people').click();
  const linus = room.instructor.getByRole('listitem').filter({ hasText: 'Linus' }).last();
  await expect(linus.getByLabel('Raised hand')).toBeVisible();
  await room.linus.getByTestId('raise-hand').click();
  await expect(linus.getByLabel('Raised hand')).toHaveCount(0);
  await room.instructor.keyboard.press('Escape');
});

test('a student has no clock and breaks nothing, until the instructor allows it', async () => {
  await expect(room.ada.getByTestId('clock-now')).toBeVisible();
  await expect(room.ada.getByTestId('clock-pause')).toHaveCount(0);
  await showPanel(room.ada, 'faults');
  await expect(room.ada.getByTestId('fault-node-crash')).toBeDisabled();
  const terminal = new Terminal(room.ada);
  expect(await terminal.run('quorum break node-crash worker-1')).not.toBe('');
  await expect(room.ada.locator('[data-testid=node][data-key=worker-1]')).toHaveAttribute('data-power', 'up');
  await showPanel(room.instructor, 'faults');
  await room.instructor.getByRole('switch', { name: 'Students may break and heal' }).click();
  await expect(room.ada.getByTestId('fault-registry-down')).toBeEnabled();
  await room.ada.getByTestId('fault-registry-down').click();
  for (const page of people()) {
    await showPanel(page, 'faults');
    await expect(page.getByTestId('fault-active-registry-down')).toBeVisible();
  }
  await room.ada.getByTestId('fault-active-registry-down').getByRole('button').click();
  for (const page of people()) await expect(page.getByTestId('fault-active-registry-down')).toHaveCount(0);
});

test('an observer watches, and can neither type nor write', async ({ browser }) => {
  await room.instructor.getByTestId('share').click();
  const link = await room.instructor.getByTestId('observer-link').inputValue();
  await room.instructor.keyboard.press('Escape');
  const observer = await join(browser, link, 'Guest');
  await expect(observer.getByTestId('cluster-view')).toBeVisible();
  await expect(observer.getByTestId('terminal')).toHaveCount(0);
  await expect(observer.getByTestId('terminal-new')).toHaveCount(0);
  await showPanel(observer, 'files');
  await observer.getByRole('tab', { name: 'pair.yaml' }).click();
  await expect.poll(() => textOn(observer)).toContain('written by Ada');
  await expect(observer.getByTestId('file-apply')).toHaveCount(0);
  const before = await textOn(observer);
  await observer.getByTestId('editor').locator('.cm-content').click();
  await observer.keyboard.type('an observer writes');
  expect(await textOn(observer)).toBe(before);
  // Nor by a client of their own.
  expect(await sendAs(observer, 'workspace', forgedUpdate((doc) => doc.getMap('files').set('observer.yaml', 'x')))).toBe(4403);
  expect(await callAs(observer, 'chat.post', { text: 'an observer speaks' })).toEqual({ status: 403, roomCode: 'role-forbidden' });
  expect(await callAs(observer, 'terminal.create', { columns: 80, rows: 24 })).toEqual({ status: 403, roomCode: 'role-forbidden' });
  // A terminal that is shared with everyone can be watched.
  await room.ada.getByTestId('terminal-visibility').click();
  await observer.getByTestId('terminal-watch').click();
  await observer.getByRole('menuitem', { name: /Ada/ }).click();
  await new Terminal(room.ada).run('echo for all to see');
  await new Terminal(observer, 'watched-terminal').shows(/^for all to see$/m);
  await observer.context().close();
});

test('forged updates, calls and messages are refused and logged, and nobody else notices', async ({ server }) => {
  const mallory = room.linus;
  await room.instructor.getByTestId('clock-rate-1').click();
  const participants = await room.ada.getByTestId('people').getAttribute('aria-label');

  const pod = { key: 'default/forged', namespace: 'default', name: 'forged', node: 'worker-1', status: 'Running' };
  expect(await sendAs(mallory, 'cluster', forgedUpdate((doc) => doc.getMap('pods').set('default/forged', pod)))).toBe(4403);
  expect(await sendAs(mallory, 'workspace', forgedUpdate((doc) => doc.getArray('chat').push([{ id: 'x', participantId: 'x', name: 'Teacher', role: 'instructor', text: 'No homework today', time: 0, sentAt: 0 }])))).toBe(4403);
  expect(await sendAs(mallory, 'workspace', [250, 1, 2, 3])).toBe(4400);
  expect(await sendAs(mallory, 'workspace', { zeros: 300 * 1024 })).toBe(4413);
  expect(await sendAs(mallory, 'workspace', { zeros: 2 * 1024 * 1024 })).toBe(1009);
  expect(await callAs(mallory, 'clock.control', { action: 'pause' })).toEqual({ status: 403, roomCode: 'role-forbidden' });
  expect(await callAs(mallory, 'room.updateSettings', { studentsMayBreak: false })).toEqual({ status: 403, roomCode: 'role-forbidden' });
  expect(await callAs(mallory, 'chat.post', { text: '' })).toEqual({ status: 400, roomCode: 'invalid-input' });

  const log = server.log();
  for (const reason of ['forbiddenWrite', 'badRequest', 'tooLarge']) expect(log.filter((entry) => entry.msg === 'a sync message was refused' && entry.reason === reason)).not.toEqual([]);
  for (const path of ['clock.control', 'room.updateSettings']) expect(log.filter((entry) => entry.msg === 'a call was refused' && entry.path === path)).not.toEqual([]);

  // The pages of all, also Mallory's own, have lost nothing and go on.
  for (const page of people()) {
    await expect(page.getByTestId('connection-lost')).toHaveCount(0);
    await expect(page.getByTestId('connection-closed')).toHaveCount(0);
    await expect(page.locator('[data-key="default/forged"]')).toHaveCount(0);
    await expect(page.getByTestId('clock-now')).toHaveAttribute('data-state', 'running');
    await showPanel(page, 'chat');
    await expect(page.getByTestId('chat-log')).not.toContainText('No homework today');
  }
  expect(await room.ada.getByTestId('people').getAttribute('aria-label')).toBe(participants);
  await setRate(room.instructor, 60);
  await new Terminal(mallory).run('kubectl create deployment honest --image=nginx:1.27');
  for (const page of people()) await expect(page.locator('[data-testid=pod][data-key^="default/honest-"]')).toHaveAttribute('data-ready', 'true');
});
