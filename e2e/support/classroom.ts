/** What a person does with the pages, in the words of a test. */
import { expect, type Browser, type Locator, type Page } from '@playwright/test';

/** `ada@quorum:/manifests$ ` */
const PROMPT = /\S+@quorum:\S*\$/;
/** A command of a lab at 10× real time on a loaded machine. */
const COMMAND_MS = 60_000;

/** The terminal that the page shows. */
export class Terminal {
  readonly #page: Page;
  readonly #root: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#root = page.getByTestId('terminal').first();
  }

  /** What is on the screen, lines that were wrapped joined, without blanks at their ends. */
  async screen(): Promise<string> {
    return this.#root.locator('.xterm').first().evaluate((element) => {
      const rows = [...element.querySelectorAll('.xterm-rows > div')].map((row) => (row.textContent ?? '').replaceAll('\u00a0', ' '));
      return rows.map((row) => row.trimEnd()).join('\n').trimEnd();
    });
  }

  /** Types a line on an empty screen and waits until the shell asks for the next. @returns what the command printed. */
  async run(line: string): Promise<string> {
    await this.start(line);
    let output = '';
    await expect
      .poll(async () => {
        const [, ...rest] = (await this.screen()).split('\n');
        const last = rest.pop() ?? '';
        output = rest.join('\n');
        return PROMPT.test(last) && /\$$/.test(last);
      }, { message: `${line} ends`, timeout: COMMAND_MS })
      .toBe(true);
    return output;
  }

  /** Types a line on an empty screen and does not wait for its end. */
  async start(line: string): Promise<void> {
    await this.#root.click();
    await this.#page.keyboard.press('Control+l');
    await expect.poll(async () => (await this.screen()).split('\n').length, { message: 'the screen is empty' }).toBe(1);
    await this.#page.keyboard.type(line);
    await this.#page.keyboard.press('Enter');
  }

  /** Repeats a command until it prints what is expected. */
  async until(line: string, expected: RegExp): Promise<string> {
    let output = '';
    await expect(async () => {
      output = await this.run(line);
      expect(output, line).toMatch(expected);
    }).toPass({ timeout: COMMAND_MS });
    return output;
  }

  async interrupt(): Promise<void> {
    await this.#page.keyboard.press('Control+c');
  }
}

/** Makes a room. @returns the instructor's page, in the room, and the link for students. */
export async function openRoom(browser: Browser, url: string): Promise<{ page: Page; studentLink: string; instructorLink: string; code: string }> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.getByTestId('open-room').click();
  const studentLink = await textOrValue(page.getByTestId('student-link'));
  const instructorLink = await textOrValue(page.getByTestId('instructor-link'));
  const code = await textOrValue(page.getByTestId('room-code'));
  await page.getByTestId('enter-room').click();
  await expect(page.getByTestId('terminal').first()).toBeVisible();
  return { page, studentLink, instructorLink, code };
}

/** Joins by a link in a browser of its own. */
export async function join(browser: Browser, link: string, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  await page.getByTestId('join-name').fill(name);
  await page.getByTestId('join-submit').click();
  await expect(page.getByTestId('terminal').first()).toBeVisible();
  return page;
}

async function textOrValue(locator: Locator): Promise<string> {
  await locator.waitFor();
  return locator.evaluate((element) => ('value' in element ? String(element.value) : (element.textContent ?? '').trim()));
}
