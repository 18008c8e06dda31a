/** What surrounds a class: addresses that lead nowhere, links and codes that are wrong, language, colours, a telephone. */
import { boxOf, join, newPage, openRoom, showPanel, Terminal } from './support/classroom.ts';
import { expect, test, TestServer } from './support/test.ts';

test('an address that leads nowhere says so and leads back', async ({ browser, server }) => {
  const page = await newPage(browser);
  const response = await page.goto(`${server.url}/nothing/here`);
  expect(response?.status()).toBe(404);
  await expect(page.getByText('There is nothing at this address.')).toBeVisible();
  await page.getByRole('link', { name: 'Front page' }).click();
  await expect(page.getByTestId('open-room')).toBeVisible();
  await page.context().close();
});

test('wrong and incomplete links are refused in words, and so is a room that one has not joined', async ({ browser, server }) => {
  const { page: instructor, studentLink, roomId } = await openRoom(browser, server.url);
  const page = await newPage(browser);
  const wrong = studentLink.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  await page.goto(wrong);
  await expect(page.getByText('There is no such room, or the link is not valid.')).toBeVisible();
  await expect(page.getByTestId('join-name')).toHaveCount(0);
  await page.goto(studentLink.split('#')[0] as string);
  await expect(page.getByText('This link is not complete.', { exact: false })).toBeVisible();
  await page.goto(`${server.url}/room/${roomId}`);
  await expect(page.getByText('You have not joined this room.')).toBeVisible();
  await expect(page.getByTestId('terminal')).toHaveCount(0);
  // A name is needed.
  await page.goto(studentLink);
  await page.getByTestId('join-name').fill('   ');
  await page.getByTestId('join-submit').click();
  await expect(page.getByText('Type a name, so that the others know who you are.')).toBeVisible();
  await page.context().close();
  await instructor.context().close();
});

test('wrong codes are refused, and after a few tries a minute so are right ones', async ({ browser }) => {
  // Its own server: the limit is for the address that all tests have.
  const server = new TestServer();
  await server.start();
  try {
    const { page: instructor, code } = await openRoom(browser, server.url);
    const page = await newPage(browser);
    await page.goto(server.url);
    const tryCode = async (typed: string): Promise<void> => {
      await page.getByTestId('join-code').fill(typed);
      await page.getByTestId('join-code-submit').click();
      await page.getByTestId('join-name').fill('Eve');
      await page.getByTestId('join-submit').click();
    };
    await page.getByTestId('join-code').fill('AB1');
    await page.getByTestId('join-code-submit').click();
    await expect(page.getByText('The code has six letters and digits.')).toBeVisible();
    const wrong = code === 'ZZZZZZ' ? 'YYYYYY' : 'ZZZZZZ';
    await tryCode(wrong);
    await expect(page.getByText('There is no such room, or the link is not valid.')).toBeVisible();
    const limited = page.getByText('Too many tries. Wait a minute, then try again.');
    for (let tries = 1; tries <= 8 && !(await limited.isVisible()); tries++) {
      await page.getByTestId('join-name').fill(`Eve ${tries}`);
      await page.getByTestId('join-submit').click();
      await expect(page.getByRole('dialog').getByText(/There is no such room|Too many tries/)).toBeVisible();
    }
    await expect(limited).toBeVisible();
    await page.keyboard.press('Escape');
    await tryCode(code);
    await expect(limited).toBeVisible();
    await expect(page).toHaveURL(`${server.url}/`);
    await page.context().close();
    await instructor.context().close();
  } finally {
    await server.end();
  }
});

test('whoever is removed is told so, and the way back in is closed', async ({ browser, server }) => {
  const { page: instructor, studentLink, roomId } = await openRoom(browser, server.url);
  const student = await join(browser, studentLink, 'Mallory');
  await expect(student.getByTestId('terminal')).toBeVisible();
  await instructor.getByTestId('people').click();
  await instructor.getByRole('button', { name: 'What to do with Mallory' }).click();
  await instructor.getByRole('menuitem', { name: 'Remove from the room' }).click();
  await instructor.getByRole('dialog').getByRole('button', { name: 'Remove from the room' }).click();
  await expect(student.getByTestId('connection-closed')).toContainText('The instructor removed you from the room.');
  await student.reload();
  await expect(student.getByTestId('connection-closed')).toContainText('You are not in this room any more.');
  await student.getByTestId('connection-closed').getByRole('button', { name: 'To the front page' }).click();
  await expect(student.getByTestId('open-room')).toBeVisible();
  await student.goto(`${server.url}/room/${roomId}`);
  await expect(student.getByText('You have not joined this room.')).toBeVisible();
  await student.context().close();
  await instructor.context().close();
});

test('the language follows the browser, is changed in the room, and is remembered', async ({ browser, server }) => {
  const { page } = await openRoom(browser, server.url, '老師', { locale: 'zh-TW' });
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-TW');
  await expect(page.getByTestId('panel-chat')).toContainText('聊天');
  await page.getByTestId('preferences').click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByTestId('panel-chat')).toContainText('Chat');
  // The room went on under it.
  expect(await new Terminal(page).run('echo the same terminal')).toBe('the same terminal');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByTestId('panel-chat')).toContainText('Chat');
  await page.context().close();
});

test('the colours follow the system, are chosen, and are remembered', async ({ browser, server }) => {
  const page = await newPage(browser, { colorScheme: 'dark' });
  await page.goto(server.url);
  /** 0 is black and 255 is white. */
  const brightness = (): Promise<number> =>
    page.evaluate(() => {
      const context = document.createElement('canvas').getContext('2d');
      if (!context) return -1;
      context.fillStyle = getComputedStyle(document.body).backgroundColor;
      context.fillRect(0, 0, 1, 1);
      return context.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((sum, part) => sum + part / 3, 0);
    });
  await expect.poll(brightness).toBeLessThan(60);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(brightness).toBeGreaterThan(200);
  await page.getByTestId('preferences').click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect.poll(brightness).toBeLessThan(60);
  await page.reload();
  await expect.poll(brightness).toBeLessThan(60);
  await page.context().close();
});

test('on a telephone one part of the room is seen at a time, and nothing is cut off', async ({ browser, server }) => {
  const { page: instructor, studentLink } = await openRoom(browser, server.url);
  const width = 390;
  const page = await join(browser, studentLink, 'Grace', { viewport: { width, height: 844 }, hasTouch: true, isMobile: true });
  await expect(page.getByTestId('terminal')).toBeVisible();
  const terminal = new Terminal(page);
  expect(await terminal.run('echo from a telephone')).toBe('from a telephone');
  await showPanel(page, 'cluster');
  await expect(page.getByTestId('cluster-view')).toBeVisible();
  await expect(page.getByTestId('terminal')).toBeHidden();
  for (const panel of ['object', 'files', 'chat', 'notes', 'faults', 'terminal', 'cluster'] as const) {
    await showPanel(page, panel);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${panel}: width of the page`).toBeLessThanOrEqual(width);
    const bar = await boxOf(page.getByTestId(`panel-${panel}`));
    expect(bar.x + bar.width, `${panel}: its button`).toBeLessThanOrEqual(width);
  }
  await showPanel(page, 'terminal');
  await terminal.start('minikube dashboard');
  await expect(page.getByTestId('cluster-view')).toBeVisible();
  await page.context().close();
  await instructor.context().close();
});
