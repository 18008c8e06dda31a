'use client';

/** A bar of tabs above what they show: tabs, which scroll where they are too many, what adds another, and what can be done with the shown one. */
import { X } from 'lucide-react';
import { Children, type KeyboardEvent, type ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './tabs.module.css';

export interface TabItem {
  /** Unique on the page. */
  id: string;
  label: ReactNode;
  icon?: ReactNode;
  selected: boolean;
  disabled?: boolean;
  title?: string | undefined;
  onSelect(): void;
  /** A button beside the name. */
  close?: { label: string; onClose(): void };
  /** For tests: data attributes. */
  data?: Readonly<Record<`data-${string}`, string>>;
}

export function TabBar({ label, tabs, add, children }: { label: string; tabs: readonly TabItem[]; add?: ReactNode; children?: ReactNode }) {
  const actions = Children.toArray(children);
  if (tabs.length === 0 && !add && actions.length === 0) return null;
  // One tab is in the order of the Tab key; arrows lead to the others.
  const reached = tabs.find(({ selected }) => selected)?.id ?? tabs.find(({ disabled }) => !disabled)?.id;
  return (
    <div className={styles.bar}>
      <div className={styles.tabs} onKeyDown={moveFocus}>
        {/* Buttons that close stand between the tabs, where a list of tabs may have none: it owns the tabs from beside them. */}
        {tabs.length > 0 && <span role="tablist" aria-label={label} aria-owns={tabs.map(({ id }) => id).join(' ')} />}
        {tabs.map(({ id, label: name, icon, selected, disabled, title, onSelect, close, data }) => (
          <div key={id} className={classes(styles.tab, selected && styles.selected)}>
            <button type="button" role="tab" id={id} aria-selected={selected} tabIndex={id === reached ? 0 : -1} disabled={disabled} title={title} className={styles.name} onClick={onSelect} {...data}>
              {icon}
              {name}
            </button>
            {close && (
              <button type="button" className={styles.close} aria-label={close.label} onClick={close.onClose}>
                <X size={13} aria-hidden="true" />
              </button>
            )}
          </div>
        ))}
        {add}
      </div>
      {actions.length > 0 && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLElement) || event.target.role !== 'tab') return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('[role="tab"]:not(:disabled)')];
  const next = tabs.at((tabs.indexOf(event.target as HTMLButtonElement) + step) % tabs.length);
  event.preventDefault();
  next?.focus();
}
