'use client';

import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import styles from './dialog.module.css';

interface DialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: ReactNode;
  /** Read out after the title. */
  description?: ReactNode;
  children: ReactNode;
  /** Buttons at the end. */
  footer?: ReactNode;
  width?: 'narrow' | 'medium' | 'wide';
}

/** The window itself gets the focus, unless one of its fields took it: on a button, the tooltip would open, and Escape would close only that. */
function focusWhole(event: Event): void {
  event.preventDefault();
  (event.currentTarget as HTMLElement).focus();
}

/** A window above the page; takes the focus and gives it back. */
export function Dialog({ open, onOpenChange, title, description, children, footer, width = 'medium' }: DialogProps) {
  const t = useTranslations('common');
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={styles.overlay} />
        <Primitive.Content onOpenAutoFocus={focusWhole} className={classes(styles.content, styles[width])} {...(description === undefined ? { 'aria-describedby': undefined } : {})}>
          <header className={styles.header}>
            <div>
              <Primitive.Title className={styles.title}>{title}</Primitive.Title>
              {description !== undefined && <Primitive.Description className={styles.description}>{description}</Primitive.Description>}
            </div>
            <Primitive.Close asChild>
              <IconButton label={t('close')}>
                <X size={18} aria-hidden="true" />
              </IconButton>
            </Primitive.Close>
          </header>
          <div className={styles.body}>{children}</div>
          {footer !== undefined && <footer className={styles.footer}>{footer}</footer>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
