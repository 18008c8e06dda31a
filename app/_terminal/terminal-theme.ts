'use client';

/** xterm's colours, from the page's tokens: it wants values and not variables. */
import type { ITheme } from '@xterm/xterm';

const TOKENS = {
  background: '--surface',
  foreground: '--text',
  cursor: '--accent',
  cursorAccent: '--surface',
  black: '--text-faint',
  red: '--failing',
  green: '--ready',
  yellow: '--pending',
  blue: '--accent',
  magenta: '--unknown',
  cyan: '--done',
  white: '--text-muted',
} as const satisfies Partial<Record<keyof ITheme, string>>;

/** The theme as the page's colours are now. */
export function terminalTheme(): ITheme {
  const probe = document.createElement('span');
  document.body.append(probe);
  const theme: ITheme = {};
  for (const [name, token] of Object.entries(TOKENS)) {
    probe.style.color = `var(${token})`;
    theme[name as keyof typeof TOKENS] = getComputedStyle(probe).color;
  }
  probe.remove();
  const { black, red, green, yellow, blue, magenta, cyan, foreground } = theme;
  return {
    ...theme,
    brightBlack: black ?? '',
    brightRed: red ?? '',
    brightGreen: green ?? '',
    brightYellow: yellow ?? '',
    brightBlue: blue ?? '',
    brightMagenta: magenta ?? '',
    brightCyan: cyan ?? '',
    brightWhite: foreground ?? '',
    selectionBackground: 'rgba(110, 140, 255, 0.35)',
  };
}
