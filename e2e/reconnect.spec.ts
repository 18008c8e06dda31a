/** Connections that break and a server that is killed: everybody comes back by themselves, to what they had. */
import type { Page } from '@playwright/test';
import { holdClass, join, openRoom, showPanel, tokenOf, Terminal, type HeldClass } from './support/classroom.ts';
import { Line } from './support/line.ts';
import { expect, test, TestServer } from './support/test.ts';

test('a participant who loses the connection comes back to the same terminal and state', async ({ browser, server }) => {
  const line = new Line(server.url);
  await line.open();
  const { page: instructor, studentLink } = await openRoom(browser, server.url);
  const student = await join(browser, studentLink.replace(server.url, line.url), 'Ada');
  const [teacher, ada] = [new Terminal(instructor), new Terminal(student)];
  await ada.run('export COLOUR=green; cd /tmp');
  await ada.start('echo begun; sleep 3; echo the long command has ended');
  await ada.shows(/^begun$/m);
  line.cut();
  await expect(student.getByTestId('connection-lost')).toBeVisible();
  await teacher.run('kubectl create deployment meanwhile --image=nginx:1.27');
  await teacher.until('kubectl get deployments', /^meanwhile +1\/1/m);
  await showPanel(instructor, 'chat');
  await instructor.getByTestId('chat-input').fill('Where is Ada?');
  await instructor.getByTestId('chat-input').press('Enter');
  await expect(instructor.getByTestId('chat-log')).toContainText('Where is Ada?');
  await expect(student.locator('[data-testid=pod][data-key^="default/meanwhile-"]')).toHaveCount(0);

  line.mend();
  await expect(student.getByTestId('connection-lost')).toHaveCount(0, { timeout: 40_000 });
  await expect(student.locator('[data-testid=pod][data-key^="default/meanwhile-"]')).toHaveCount(1);
  await showPanel(student, 'chat');
  await expect(student.getByTestId('chat-log')).toContainText('Where is Ada?');
  // What ran while nobody was connected is on the screen, and the shell is the one from before.
  await ada.shows(/begun\nthe long command has ended\nada@quorum:\/tmp\$$/);
  expect(await ada.run('echo $COLOUR')).toBe('green');
  await expect(student.getByTestId('terminal')).toHaveCount(1);
  await student.context().close();
  await instructor.context().close();
  await line.close();
});

test.describe('after kill -9 and a new start on the same data', () => {
  let server: TestServer;
  let room: HeldClass;
  const people = (): Page[] => [room.instructor, room.ada, room.linus];

  test.describe.configure({ mode: 'serial' });
  test.beforeAll(async ({ browser }) => {
    server = new TestServer();
    await server.start();
    room = await holdClass(browser, server.url);
  });
  test.afterAll(async () => {
    await room.close();
    await server.end();
  });

  test('every page comes back by itself to the room that was acknowledged', async () => {
    const ada = new Terminal(room.ada);
    expect(await ada.run('kubectl create deployment kept --image=nginx:1.27 --replicas=2')).toBe('deployment.apps/kept created');
    await ada.until('kubectl get deployments', /^kept +2\/2/m);
    await showPanel(room.linus, 'chat');
    await room.linus.getByTestId('chat-input').fill('I am Linus.');
    await room.linus.getByTestId('chat-input').press('Enter');
    await expect(room.linus.getByTestId('chat-log')).toContainText('I am Linus.');
    await new Terminal(room.linus).run('echo what Linus has typed');
    // Commands are durable before they show; what a terminal printed is a moment later.
    await expect.poll(() => printed(room.linus)).toMatch(/echo what Linus has typed[^]*what Linus has typed/);
    const shown = await Promise.all(people().map((page) => revisionOn(page)));

    await server.stop('SIGKILL');
    for (const page of people()) await expect(page.getByTestId('connection-lost')).toBeVisible();
    await server.start();
    for (const page of people()) await expect(page.getByTestId('connection-lost')).toHaveCount(0, { timeout: 60_000 });

    for (const [index, page] of people().entries()) {
      await expect(page.locator('[data-testid=pod][data-key^="default/kept-"]')).toHaveCount(2);
      await expect.poll(() => revisionOn(page), 'no page falls behind what it has shown').toBeGreaterThanOrEqual(shown[index] ?? Infinity);
    }
    await expect(room.linus.getByTestId('chat-log')).toContainText('I am Linus.');
  });

  test('terminals show what they showed, say that the shell is a new one, and go on', async () => {
    const linus = new Terminal(room.linus);
    await linus.shows(/what Linus has typed\n[^]*new shell[^]*linus@quorum:\/manifests\$$/);
    expect(await new Terminal(room.ada).run('kubectl get deployments')).toMatch(/^kept +2\/2/m);
    await linus.run('kubectl delete deployment kept');
    for (const page of people()) await expect(page.locator('[data-testid=pod][data-key^="default/kept-"]')).toHaveCount(0, { timeout: 60_000 });
  });

  test('everybody is who they were, and the clock obeys', async () => {
    await room.instructor.getByTestId('clock-rate-60').click();
    for (const page of people()) await expect(page.getByTestId('clock-now')).toHaveAttribute('data-state', 'running');
    await room.instructor.getByTestId('clock-pause').click();
    for (const page of people()) await expect(page.getByTestId('clock-now')).toHaveAttribute('data-state', 'paused');
    const me = await room.ada.evaluate(async (token) => (await fetch('/trpc/room.info', { headers: { authorization: `Bearer ${token}` } })).json() as Promise<{ result: { data: { me: { name: string; role: string } } } }>, await tokenOf(room.ada));
    expect(me.result.data.me).toMatchObject({ name: 'Ada', role: 'student' });
  });
});

async function revisionOn(page: Page): Promise<number> {
  return Number(await page.getByTestId('cluster-view').getAttribute('data-revision'));
}

/** All that terminals have printed, as the recording has it. */
async function printed(page: Page): Promise<string> {
  const chunks = await page.evaluate(
    async (token) => (await fetch(`/api/recordings/${location.pathname.split('/')[2]}/terminals`, { headers: { authorization: `Bearer ${token}` } })).json() as Promise<{ kind: string; data: string }[]>,
    await tokenOf(page),
  );
  return chunks.filter(({ kind }) => kind === 'output').map(({ data }) => data).join('');
}
