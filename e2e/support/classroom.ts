/** What people do with the pages, in the words of a test. */
import { expect, type Browser, type BrowserContextOptions, type Locator, type Page } from '@playwright/test';
import { Terminal } from './terminal.ts';

export { Terminal } from './terminal.ts';

/** Errors that no page has caught; test.ts lets the test fail in which they happen. */
export const pageErrors: string[] = [];

/** A browser of its own, as another person's. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.on('pageerror', (error) => pageErrors.push(error.stack ?? error.message));
  return page;
}

export interface OpenedRoom {
  /** The instructor's page, in the room. */
  page: Page;
  roomId: string;
  studentLink: string;
  instructorLink: string;
  code: string;
}

/** Makes a room from the front page, as its instructor. */
export async function openRoom(browser: Browser, url: string, name = 'Teacher', options: BrowserContextOptions = {}): Promise<OpenedRoom> {
  const page = await newPage(browser, options);
  await page.goto(url);
  await page.getByTestId('instructor-name').fill(name);
  await page.getByTestId('open-room').click();
  const studentLink = await page.getByTestId('student-link').inputValue();
  const instructorLink = await page.getByTestId('instructor-link').inputValue();
  const code = (await page.getByTestId('room-code').innerText()).trim();
  await page.getByTestId('enter-room').click();
  await expect(page.getByTestId('terminal')).toBeVisible();
  return { page, roomId: roomIdOf(page), studentLink, instructorLink, code };
}

/** Joins by a link, in a browser of its own. */
export async function join(browser: Browser, link: string, name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newPage(browser, options);
  await page.goto(link);
  await page.getByTestId('join-name').fill(name);
  await page.getByTestId('join-submit').click();
  await page.waitForURL('**/room/**');
  return page;
}

/** Joins by the code on the front page, in a browser of its own. */
export async function joinByCode(browser: Browser, url: string, code: string, name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newPage(browser, options);
  await page.goto(url);
  await page.getByTestId('join-code').fill(code);
  await page.getByTestId('join-code-submit').click();
  await page.getByTestId('join-name').fill(name);
  await page.getByTestId('join-submit').click();
  await page.waitForURL('**/room/**');
  return page;
}

export function roomIdOf(page: Page): string {
  return new URL(page.url()).pathname.split('/')[2] ?? '';
}

/** What the browser remembers of the room that it is in: the token of whoever sits there. */
export function tokenOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const roomId = location.pathname.split('/')[2];
    const sessions = JSON.parse(localStorage.getItem('quorum.sessions') ?? '[]') as { roomId: string; token: string }[];
    return sessions.find((session) => session.roomId === roomId)?.token ?? '';
  });
}

/** Opens a panel of the room, or closes the side panel that is open. */
export async function showPanel(page: Page, panel: 'cluster' | 'terminal' | 'object' | 'files' | 'chat' | 'notes' | 'faults'): Promise<void> {
  const button = page.getByTestId(`panel-${panel}`);
  if ((await button.getAttribute('aria-pressed')) !== 'true') await button.click();
}

/** Nearly the whole window for the terminal, so that the longest lines and tables fit. */
export async function enlargeTerminal(page: Page): Promise<Terminal> {
  const open = page.getByRole('navigation').getByRole('button', { pressed: true });
  if ((await open.count()) > 0) await open.first().click();
  const separator = page.getByRole('separator', { name: 'Height of the terminals' });
  const box = await boxOf(separator);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, 0, { steps: 5 });
  await page.mouse.up();
  return new Terminal(page);
}

export async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${locator.toString()} is not on the screen`);
  return box;
}

/** The clock of the cluster on a page, ms. */
export async function clockOf(page: Page): Promise<number> {
  return Number(await page.getByTestId('clock-now').getAttribute('data-time'));
}

/** Lets the time of the cluster pass at a rate. */
export async function setRate(page: Page, rate: 'slow' | 1 | 10 | 60): Promise<void> {
  const button = page.getByTestId(`clock-rate-${rate}`);
  await button.click();
  await expect(button).toHaveAttribute('aria-checked', 'true');
}

export interface HeldClass {
  room: OpenedRoom;
  instructor: Page;
  /** Joined by the link. */
  ada: Page;
  /** Joined by the code. */
  linus: Page;
  close(): Promise<void>;
}

/** A room with its instructor and two students, in three browsers. */
export async function holdClass(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<HeldClass> {
  const room = await openRoom(browser, url, 'Teacher', options);
  const ada = await join(browser, room.studentLink, 'Ada', options);
  const linus = await joinByCode(browser, url, room.code, 'Linus', options);
  const people = [room.page, ada, linus];
  for (const page of people) await expect(page.getByTestId('terminal')).toBeVisible();
  return { room, instructor: room.page, ada, linus, close: async () => void (await Promise.all(people.map((page) => page.context().close()))) };
}
