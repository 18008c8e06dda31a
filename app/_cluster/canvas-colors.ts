'use client';

/** The colours of the design tokens for a canvas, which cannot read custom properties. Read once for all canvases, again when the page turns light or dark. */
import { useSyncExternalStore } from 'react';
import { TONES, type Tone } from './model/pod-state.ts';

export interface CanvasColors {
  accent: string;
  dark: boolean;
  tones: Record<Tone, string>;
}

const listeners = new Set<() => void>();
let colors: CanvasColors | undefined;
let stop: (() => void) | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= watchTheme();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = undefined;
    colors = undefined;
  };
}

function watchTheme(): () => void {
  const changed = (): void => {
    colors = undefined;
    for (const listener of listeners) listener();
  };
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    media.removeEventListener('change', changed);
  };
}

/** The same object until the theme changes. */
export function useCanvasColors(): CanvasColors {
  return useSyncExternalStore(subscribe, () => (colors ??= readColors()), () => NO_COLORS);
}

const NO_COLORS: CanvasColors = { accent: '', dark: false, tones: { ready: '', pending: '', failing: '', leaving: '', unknown: '', done: '' } };

function readColors(): CanvasColors {
  // Tokens hold light-dark(); only a property that uses one says which of both it is.
  const probe = document.createElement('span');
  document.body.append(probe);
  const resolve = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const [red = 255, green = 255, blue = 255] = (resolve('surface').match(/[\d.]+/g) ?? []).map(Number);
  const read: CanvasColors = { accent: resolve('accent'), dark: red + green + blue < 384, tones: Object.fromEntries(TONES.map((tone) => [tone, resolve(tone)])) as Record<Tone, string> };
  probe.remove();
  return read;
}
