/** No page has a serious or critical violation that axe finds, in either theme. */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { openRoom, Terminal } from './support/classroom.ts';
import { expect, test } from './support/test.ts';

const THEMES = ['light', 'dark'] as const;
const TABS = ['overview', 'yaml', 'describe', 'events', 'logs', 'why'] as const;
const PANELS = ['files', 'chat', 'notes', 'faults'] as const;

/** What is wrong with the page, each with the elements that have it. */
async function violations(page: Page): Promise<string[]> {
  // Colours on their way from one to the other have the contrast of neither.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const { violations: found } = await new AxeBuilder({ page }).options({ rules: { 'label-content-name-mismatch': { enabled: true } } }).analyze();
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

async function setTheme(context: BrowserContext, url: string, theme: (typeof THEMES)[number]): Promise<void> {
  await context.addCookies([{ name: 'quorum-theme', value: theme, url }]);
}

async function newPage(browser: Browser, url: string, theme: (typeof THEMES)[number]): Promise<Page> {
  const context = await browser.newContext();
  await setTheme(context, url, theme);
  return context.newPage();
}

for (const theme of THEMES) {
  test(`front page, joining and errors, ${theme}`, async ({ browser, server }) => {
    const { studentLink, page: instructor } = await openRoom(browser, server.url);
    await instructor.close();
    const page = await newPage(browser, server.url, theme);
    await page.goto(server.url);
    await expect(page.getByTestId('open-room')).toBeVisible();
    expect(await violations(page), 'front page').toEqual([]);
    await page.getByTestId('open-room').click();
    await expect(page.getByTestId('student-link')).toBeVisible();
    expect(await violations(page), 'links of a new room').toEqual([]);
    await page.goto(studentLink);
    await expect(page.getByTestId('join-name')).toBeVisible();
    expect(await violations(page), 'joining').toEqual([]);
    await page.goto(`${server.url}/join/nothing#there-is-no-such-link`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await violations(page), 'a link that is not valid').toEqual([]);
    await page.goto(`${server.url}/there/is/nothing/here`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await violations(page), 'not found').toEqual([]);
    await page.context().close();
  });

  test(`room and inspector, ${theme}`, async ({ browser, server }) => {
    const { page } = await openRoom(browser, server.url);
    await setTheme(page.context(), server.url, theme);
    await page.reload();
    const terminal = new Terminal(page);
    await terminal.run('kubectl create deployment web --image=nginx --replicas=2');
    await terminal.until('kubectl get deployment web', /2\/2/);
    expect(await violations(page), 'room').toEqual([]);
    for (const panel of PANELS) {
      await page.getByTestId(`panel-${panel}`).click();
      expect(await violations(page), panel).toEqual([]);
    }
    await page.getByTestId('panel-object').click();
    await page.getByTestId('inspector-find').fill('pod web');
    expect(await violations(page), 'search for objects').toEqual([]);
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('inspector-title')).toContainText('web-');
    for (const tab of TABS) {
      await page.getByTestId(`inspector-tab-${tab}`).click();
      await expect(page.getByTestId('inspector-content')).not.toBeEmpty();
      expect(await violations(page), tab).toEqual([]);
    }
    await page.getByTestId('share').click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await violations(page), 'share').toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await page.getByTestId('people').click();
    expect(await violations(page), 'people').toEqual([]);
    await page.context().close();
  });
}
