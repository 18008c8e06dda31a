import { Slot, Tooltip } from 'radix-ui';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { classes } from './classes.ts';
import { Spinner } from './spinner.tsx';
import styles from './button.module.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger';
  size?: 'small' | 'medium' | 'large';
  /** Shows that something is under way and takes no clicks. */
  busy?: boolean;
  icon?: ReactNode;
  /** The only child is the element, e.g. a link that looks like a button. */
  asChild?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ variant = 'secondary', size = 'medium', busy = false, icon, asChild = false, className, children, disabled, ...rest }: ButtonProps) {
  const names = classes(styles.button, styles[variant], styles[size], className);
  if (asChild) return <Slot.Root className={names} {...rest}>{children}</Slot.Root>;
  return (
    <button type="button" className={names} disabled={disabled || busy} aria-busy={busy || undefined} {...rest}>
      {busy ? <Spinner size={16} /> : icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Name for screen readers, and the tooltip. */
  label: string;
  size?: 'small' | 'medium';
  /** For switches: whether it is on. */
  pressed?: boolean;
  side?: 'top' | 'bottom' | 'left' | 'right';
  ref?: Ref<HTMLButtonElement>;
}

/** A button of one icon (the child), with a tooltip. */
export function IconButton({ label, size = 'medium', pressed, side = 'bottom', className, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button type="button" aria-label={label} aria-pressed={pressed} className={classes(styles.icon, size === 'small' && styles.iconSmall, pressed && styles.pressed, className)} {...rest}>
          {children}
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content side={side} sideOffset={6} collisionPadding={8} className={styles.tooltip}>
          {label}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
