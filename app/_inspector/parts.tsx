/** Small pieces that the overviews are made of. */
import { Fragment, type ReactNode } from 'react';
import { ToneMark, type Tone } from '../_ui/status.tsx';
import styles from './parts.module.css';

export function Section({ title, count, children }: { title: ReactNode; count?: number; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>
        {title}
        {count !== undefined && <span className={styles.count}>{count}</span>}
      </h3>
      {children}
    </section>
  );
}

/** Names and values; those without a value are left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}

/** Labels or a selector. */
export function Pairs({ pairs }: { pairs: Readonly<Record<string, string>> }) {
  return (
    <ul className={styles.pairs}>
      {Object.entries(pairs).map(([key, value]) => (
        <li key={key} className={styles.pair}>
          <span className={styles.pairKey}>{key}</span>
          {value !== '' && <span>={value}</span>}
        </li>
      ))}
    </ul>
  );
}

export function Rows({ children }: { children: ReactNode }) {
  return <ul className={styles.rows}>{children}</ul>;
}

/** One line of a list: a mark, a name, and what is said at its end. */
export function Row({ tone, end, detail, children }: { tone?: Tone | undefined; end?: ReactNode; detail?: ReactNode; children: ReactNode }) {
  return (
    <li className={styles.row}>
      <span className={styles.rowMain}>
        {tone && <ToneMark tone={tone} size={9} />}
        <span className={styles.rowName}>{children}</span>
        {end !== undefined && <span className={styles.rowEnd}>{end}</span>}
      </span>
      {detail !== undefined && detail !== '' && <span className={styles.detail}>{detail}</span>}
    </li>
  );
}

/** How much of something is taken. @param share 0 to 1, or more */
export function Bar({ label, words, share }: { label: string; words: string; share: number }) {
  const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
  return (
    <div className={styles.bar}>
      <span className={styles.barLabel}>{label}</span>
      <span className={styles.track} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={words}>
        <span className={styles.fill} data-level={share > 0.9 ? 'high' : share > 0.7 ? 'some' : 'low'} style={{ width: `${percent}%` }} />
      </span>
      <span className={styles.barWords}>{words}</span>
    </div>
  );
}

/** Big numbers beside each other. */
export function Numbers({ numbers }: { numbers: readonly (readonly [name: string, value: ReactNode, tone?: Tone | undefined])[] }) {
  return (
    <dl className={styles.numbers}>
      {numbers.map(([name, value, tone]) => (
        <div key={name} className={styles.number}>
          <dt>{name}</dt>
          <dd data-tone={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
