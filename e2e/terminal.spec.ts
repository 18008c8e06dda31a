/** The terminal in the browser as people use it: history, completion, interrupting, pasting, resizing. */
import type { Page } from '@playwright/test';
import { boxOf, openRoom, setRate, Terminal } from './support/classroom.ts';
import { expect, test } from './support/test.ts';

let page: Page;
let terminal: Terminal;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser, server }) => {
  ({ page } = await openRoom(browser, server.url, 'Ada'));
  terminal = new Terminal(page);
  await setRate(page, 60);
});
test.afterAll(() => page.context().close());

test('the prompt has the name of whoever types, and a typo gets what the shell says', async () => {
  await terminal.shows(/^ada@quorum:\/manifests\$$/m);
  expect(await terminal.run('kubctl get pods')).toBe('bash: kubctl: command not found');
  expect(await terminal.run('kubectl gte pods')).toContain('error: unknown command "gte" for "kubectl"\n\nDid you mean this?');
});

test('what a command prints without a newline at its end stays, before the prompt', async () => {
  expect(await terminal.run('printf "no\\tnewline"')).toBe('no      newline');
  await terminal.run('true');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await terminal.shows(/\nno {6}newlineada@quorum:\/manifests\$$/);
});

test('arrow keys go through the history and edit the line', async () => {
  await terminal.run('echo one');
  await terminal.run('echo two');
  await terminal.clear();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await terminal.shows(/\$ echo one$/);
  await page.keyboard.press('ArrowDown');
  await terminal.shows(/\$ echo two$/);
  await page.keyboard.press('Home');
  for (let steps = 0; steps < 'echo '.length; steps++) await page.keyboard.press('ArrowRight');
  await page.keyboard.type('number ');
  await page.keyboard.press('Enter');
  expect(await terminal.ends('echo')).toBe('number two');
});

test('Tab completes verbs, kinds, names and flags', async () => {
  await terminal.run('kubectl create deployment web --image=nginx:1.27');
  await terminal.clear();
  await page.keyboard.type('kubectl desc');
  await page.keyboard.press('Tab');
  await terminal.shows(/\$ kubectl describe$/);
  await page.keyboard.type('deploym');
  await page.keyboard.press('Tab');
  await terminal.shows(/\$ kubectl describe deployments$/);
  await page.keyboard.type('we');
  await page.keyboard.press('Tab');
  await terminal.shows(/\$ kubectl describe deployments web$/);
  await page.keyboard.type('--show-e');
  await page.keyboard.press('Tab');
  await terminal.shows(/\$ kubectl describe deployments web --show-events/);
  await page.keyboard.press('Control+c');
  // What is not clear is listed.
  await terminal.clear();
  await page.keyboard.type('kubectl rollout ');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  const listed = await terminal.shows(/history/);
  for (const verb of ['history', 'pause', 'restart', 'resume', 'status', 'undo']) expect(listed).toContain(verb);
  await page.keyboard.press('Control+c');
});

test('Ctrl-C ends a watch, and what came before stays', async () => {
  await terminal.start('kubectl get deployments -w');
  await terminal.shows(/^web +1\/1/m);
  await terminal.interrupt();
  const watched = await terminal.ends('kubectl get deployments -w');
  expect(watched).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb /);
  expect(watched).toContain('^C');
  expect(await terminal.run('echo $?')).toBe('130');
});

test('Ctrl-C also ends what waits for the time of the cluster', async () => {
  await terminal.start('sleep 100000');
  await terminal.interrupt();
  await terminal.ends('sleep');
});

test('text is pasted as one piece and copied from the screen', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(() => navigator.clipboard.writeText('echo pasted as it was'));
  await terminal.clear();
  await page.keyboard.press('Control+Shift+V');
  await terminal.shows(/\$ echo pasted as it was$/);
  await page.keyboard.press('Enter');
  expect(await terminal.ends('echo')).toBe('pasted as it was');
  // A double click marks a word; Ctrl-C then copies and interrupts nothing.
  const row = await boxOf(page.locator('.xterm-rows > div', { hasText: /^pasted as it was/ }));
  await page.mouse.dblclick(row.x + 15, row.y + row.height / 2);
  await page.keyboard.press('Control+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('pasted');
});

test('the shell knows the size of the terminal, also after it was changed', async () => {
  const size = async (): Promise<{ rows: number; columns: number }> => {
    const [rows, columns] = (await terminal.run('echo $LINES $COLUMNS')).split(' ').map(Number);
    return { rows: rows ?? 0, columns: columns ?? 0 };
  };
  const before = await size();
  const rowsOnScreen = await page.locator('.xterm-rows > div').count();
  expect(before.rows).toBe(rowsOnScreen);
  const separator = await boxOf(page.getByRole('separator', { name: 'Height of the terminals' }));
  await page.mouse.move(separator.x + separator.width / 2, separator.y + separator.height / 2);
  await page.mouse.down();
  await page.mouse.move(separator.x + separator.width / 2, separator.y - 150, { steps: 4 });
  await page.mouse.up();
  await expect(async () => {
    const after = await size();
    expect(after.rows).toBeGreaterThanOrEqual(before.rows + 6);
    expect(after.columns).toBe(before.columns);
  }).toPass();
});

test('a second terminal is a second shell; both are there after the page was loaded again', async () => {
  await terminal.run('export COLOUR=red; cd /tmp');
  await page.getByTestId('terminal-new').click();
  await terminal.shows(/^ada@quorum:\/manifests\$$/m);
  expect(await terminal.run('echo "[$COLOUR]"')).toBe('[]');
  await page.reload();
  await page.getByRole('tab').first().click();
  await terminal.shows(/ada@quorum:\/tmp\$$/);
  expect(await terminal.run('echo "[$COLOUR]"')).toBe('[red]');
});
