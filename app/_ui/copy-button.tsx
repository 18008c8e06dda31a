'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button, IconButton } from './button.tsx';
import { useNotices } from './notices.tsx';

const SHOWN_MS = 2_000;

/** Copies a text. With `label` it is a button with words, without one an icon. */
export function CopyButton({ text, label, name }: { text: string; label?: string; /** What is copied, for screen readers. */ name?: string }) {
  const t = useTranslations('common');
  const notices = useNotices();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    writeClipboard(text).then(
      () => setCopied(true),
      () => notices.failedWith(t('copyFailed')),
    );
  };
  const icon = copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />;
  const words = copied ? t('copied') : (label ?? t('copy'));
  if (label === undefined) return <IconButton label={name && !copied ? `${t('copy')}: ${name}` : words} onClick={copy}>{icon}</IconButton>;
  return <Button onClick={copy} icon={icon} aria-live="polite">{words}</Button>;
}

/** Also where the clipboard API is not to be had: a class on a local network is often plain HTTP. */
export async function writeClipboard(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('copying is not allowed');
}
