'use client';

/** The xterm of a terminal on the page, live or of a recording: it looks the same in both. */
import type { ITerminalAddon, ITerminalOptions, Terminal } from '@xterm/xterm';
import { terminalTheme } from './terminal-theme.ts';

const SCROLLBACK_LINES = 5_000;
/** Pixels. */
export const FONT_SIZE = 13;

/**
 * Loads xterm and the font, and opens a terminal in an element.
 * @param label name for screen readers
 * @param options what is particular to this one
 * @param addons loaded beside xterm, active before it opens
 */
export async function openScreen(parent: HTMLElement, label: string, options: Pick<ITerminalOptions, 'cursorBlink' | 'disableStdin'>, addons: Promise<readonly ITerminalAddon[]> = Promise.resolve([])): Promise<Terminal> {
  const [{ Terminal: XTerm }, { Unicode11Addon }, others] = await Promise.all([import('@xterm/xterm'), import('@xterm/addon-unicode11'), addons]);
  await document.fonts.load(`${FONT_SIZE}px "JetBrains Mono Variable"`).catch(() => undefined);
  const xterm = new XTerm({
    allowProposedApi: true,
    fontFamily: '"JetBrains Mono Variable", "Noto Sans Mono CJK TC", ui-monospace, monospace',
    fontSize: FONT_SIZE,
    lineHeight: 1.25,
    scrollback: SCROLLBACK_LINES,
    theme: terminalTheme(),
    minimumContrastRatio: 4.5,
    ...options,
  });
  for (const addon of [...others, new Unicode11Addon()]) xterm.loadAddon(addon);
  xterm.unicode.activeVersion = '11';
  xterm.open(parent);
  xterm.textarea?.setAttribute('aria-label', label);
  return xterm;
}
