'use client';

import { ToggleGroup } from 'radix-ui';
import styles from './segments.module.css';

/** One of a few, all of them seen. */
export function Segments<T extends string>({ label, value, choices, onChange }: { label: string; value: T; choices: readonly { value: T; label: string }[]; onChange(value: T): void }) {
  return (
    <ToggleGroup.Root type="single" className={styles.group} aria-label={label} value={value} onValueChange={(next) => next !== '' && onChange(next as T)}>
      {choices.map((choice) => (
        <ToggleGroup.Item key={choice.value} value={choice.value} className={styles.segment}>
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
