/** A terminal on a page, in the words of a test: what is typed, what is on the screen. */
import { expect, type Locator, type Page } from '@playwright/test';

/** `ada@quorum:/manifests$ ` */
const PROMPT = /^(\S+)@quorum:\S*\$$/;
/** A command on a loaded machine. */
const COMMAND_MS = 60_000;
/** How soon the screen is looked at again, ms: a lab is hundreds of commands. */
const INTERVALS = [30, 60, 100];

export class Terminal {
  readonly #page: Page;
  readonly #root: Locator;
  /** Whose terminal it is, as the last empty prompt said. */
  #user = '';

  /** @param kind `terminal` is one's own that is on top, `watched-terminal` somebody else's. */
  constructor(page: Page, kind: 'terminal' | 'watched-terminal' = 'terminal') {
    this.#page = page;
    this.#root = page.getByTestId(kind);
  }

  /** The lines on the screen, without blanks at their ends. Empty lines below the last one that is not are left out. */
  async lines(): Promise<string[]> {
    const rows = await this.#root.locator('.xterm-rows > div').evaluateAll((elements) => elements.map((element) => element.textContent ?? ''));
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n').trimEnd().split('\n');
  }

  async screen(): Promise<string> {
    return (await this.lines()).join('\n');
  }

  /** Types a line on an empty screen and waits until the shell asks for the next. @returns what the command printed, as far as it fits. */
  async run(line: string): Promise<string> {
    await this.start(line);
    return this.ends(line);
  }

  /** Waits until the shell asks for the next line. @returns what stands between the first line of the screen and the prompt. */
  async ends(what: string): Promise<string> {
    let output = '';
    await expect
      .poll(
        async () => {
          const [, ...rest] = await this.lines();
          const last = rest.pop() ?? '';
          const prompt = new RegExp(`${this.#user || '\\S+'}@quorum:\\S*\\$$`).exec(last);
          // What ends without a newline stands before the prompt.
          output = [...rest, ...(prompt && prompt.index > 0 ? [last.slice(0, prompt.index)] : [])].join('\n');
          return prompt !== null;
        },
        { message: `${what} ends`, timeout: COMMAND_MS, intervals: INTERVALS },
      )
      .toBe(true);
    return output;
  }

  /** Types a line on an empty screen and does not wait for its end. */
  async start(line: string): Promise<void> {
    await this.clear();
    await this.#page.keyboard.type(line);
    await this.#page.keyboard.press('Enter');
  }

  /** Gives the terminal the keyboard and leaves nothing but a prompt on it. */
  async clear(): Promise<void> {
    await this.focus();
    await this.#page.keyboard.press('Control+l');
    await expect
      .poll(
        async () => {
          const lines = await this.lines();
          this.#user = PROMPT.exec(lines[0] ?? '')?.[1] ?? '';
          return lines.length === 1 && this.#user !== '';
        },
        { message: 'nothing but a prompt', timeout: COMMAND_MS, intervals: INTERVALS },
      )
      .toBe(true);
  }

  async focus(): Promise<void> {
    await this.#root.locator('.xterm-helper-textarea').focus();
  }

  /** Waits until the screen shows something. @returns the screen. */
  async shows(something: RegExp): Promise<string> {
    await expect.poll(() => this.screen(), { timeout: COMMAND_MS, intervals: INTERVALS }).toMatch(something);
    return this.screen();
  }

  /** Repeats a command until it prints what is expected. @returns what it printed. */
  async until(line: string, expected: RegExp): Promise<string> {
    let output = '';
    await expect(async () => {
      output = await this.run(line);
      expect(output, line).toMatch(expected);
    }).toPass({ timeout: COMMAND_MS, intervals: INTERVALS });
    return output;
  }

  /** Starts a command in the background, waits for what it says when it is ready, and gets a new prompt. */
  async background(line: string, ready: RegExp): Promise<void> {
    await this.start(`${line} &`);
    await this.shows(ready);
    await this.#page.keyboard.press('Enter');
    await this.ends(line);
  }

  /** A here-document or another text of several lines, typed line by line. @returns what was printed after its last line. */
  async typeLines(text: string): Promise<string> {
    const lines = text.split('\n');
    await this.clear();
    for (const line of lines) {
      await this.#page.keyboard.type(line);
      await this.#page.keyboard.press('Enter');
    }
    const last = lines.at(-1) ?? '';
    const output = await this.ends(last);
    return output.slice(output.lastIndexOf(`> ${last}\n`) + `> ${last}\n`.length);
  }

  async interrupt(): Promise<void> {
    await this.focus();
    await this.#page.keyboard.press('Control+c');
  }
}
