'use client';

/** Nothing is selected: what to do about it, and a search that opens any object. */
import { Clock3, ScanSearch, Search } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { useClusterView } from '../_lib/cluster-source.tsx';
import { Button } from '../_ui/button.tsx';
import { classes } from '../_ui/classes.ts';
import { ToneMark } from '../_ui/status.tsx';
import { findObjects, type Found } from './find.ts';
import styles from './find-object.module.css';
import { kindOf, rowOf, sameRef, split } from './kinds.ts';
import { stateOf } from './tone.ts';

const MAX_RECENT = 6;

interface FindObjectProps {
  /** What was open before, the last one last. */
  recent: readonly ObjectRef[];
  onOpen(ref: ObjectRef): void;
  /** Back to the object that is open. */
  onCancel: (() => void) | undefined;
  replay: boolean;
}

export function FindObject({ recent, onOpen, onCancel, replay }: FindObjectProps) {
  const t = useTranslations('inspector.find');
  const common = useTranslations('common');
  const id = useId();
  const view = useClusterView();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (onCancel) input.current?.focus();
    // Only when it opens: typing goes on where it was.

  }, []);
  const results = useMemo(() => findObjects(view, text), [view, text]);
  const current = Math.min(active, results.length - 1);
  const past = useMemo(() => [...recent].reverse().filter((ref, index, all) => all.findIndex((other) => sameRef(other, ref)) === index).slice(0, MAX_RECENT), [recent]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (results.length > 0) setActive((current + (event.key === 'ArrowDown' ? 1 : results.length - 1)) % results.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const chosen = results[current];
      if (chosen) onOpen(chosen.ref);
    } else if (event.key === 'Escape') {
      if (text !== '') setText('');
      else onCancel?.();
    }
  };
  return (
    <div className={styles.find}>
      <div className={styles.bar}>
        <label className={styles.field}>
          <Search size={16} aria-hidden="true" />
          <span className="visually-hidden">{t('label')}</span>
          <input
            ref={input}
            className={styles.input}
            role="combobox"
            aria-expanded={results.length > 0}
            aria-controls={`${id}-list`}
            aria-activedescendant={results.length > 0 ? `${id}-${current}` : undefined}
            aria-autocomplete="list"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder={t('placeholder')}
            maxLength={400}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
            data-testid="inspector-find"
          />
        </label>
        {onCancel && (
          <Button variant="quiet" size="small" onClick={onCancel}>
            {common('cancel')}
          </Button>
        )}
      </div>
      <div className={styles.body}>
        <ul id={`${id}-list`} role="listbox" aria-label={t('results')} className={styles.results}>
          {results.map((found, index) => (
            <Result key={`${found.ref.resource} ${found.ref.key}`} id={`${id}-${index}`} found={found} active={index === current} onOpen={() => onOpen(found.ref)} onHover={() => setActive(index)} />
          ))}
        </ul>
        {text.trim() !== '' && results.length === 0 && <p className={styles.none}>{t('none')}</p>}
        {text.trim() === '' && (
          <>
            <div className={styles.hint}>
              <ScanSearch size={30} aria-hidden="true" />
              <h2 className={styles.title}>
                {t('title')}
              </h2>
              <p>{replay ? t('hintReplay') : t('hint')}</p>
              <p className={styles.examples}>
                {['deploy web', 'svc kubernetes', 'cm -n kube-system coredns'].map((example) => (
                  <button key={example} type="button" className={styles.example} onClick={() => { setText(example); input.current?.focus(); }}>
                    {example}
                  </button>
                ))}
              </p>
            </div>
            {past.length > 0 && (
              <section>
                <h3 className={styles.heading}>{t('recent')}</h3>
                <ul>
                  {past.map((ref) => (
                    <li key={`${ref.resource} ${ref.key}`}>
                      <button type="button" className={styles.past} onClick={() => onOpen(ref)}>
                        <Clock3 size={14} aria-hidden="true" />
                        <span className={styles.kind}>{kindOf(ref.resource)}</span>
                        <span className={styles.name}>{ref.key}</span>
                      </button>
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
      </div>
    </div>
  );
}

function Result({ id, found, active, onOpen, onHover }: { id: string; found: Found; active: boolean; onOpen(): void; onHover(): void }) {
  const t = useTranslations('inspector.find');
  const view = useClusterView();
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (active) row.current?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const { namespace, name } = split(found.ref.key);
  const state = found.guessed ? undefined : stateOf(rowOf(view, found.ref), undefined);
  return (
    <li ref={row} id={id} role="option" aria-selected={active} className={classes(styles.result, active && styles.active)} onClick={onOpen} onPointerMove={onHover}>
      <span className={styles.mark}>{state && <ToneMark tone={state.tone} size={9} />}</span>
      <span className={styles.kind}>{kindOf(found.ref.resource)}</span>
      <span className={styles.name}>{name}</span>
      <span className={styles.end}>{found.guessed ? (namespace === undefined ? t('open') : t('openIn', { namespace })) : namespace}</span>
    </li>
  );
}
