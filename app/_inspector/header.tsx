'use client';

/** Who an object is: kind, name, state, age, owners; and what can be done with it. */
import { ArrowLeft, Pin, PinOff, Search, SquareTerminal, X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { humanDuration } from '../../server/simulation/apiserver/tables/duration.ts';
import type { KubeObject } from '../../server/simulation/apiserver/types.ts';
import { useClusterView } from '../_lib/cluster-source.tsx';
import { useSelection } from '../_lib/selection.tsx';
import { useVirtualNow } from '../_lib/virtual-clock.ts';
import { IconButton } from '../_ui/button.tsx';
import { StatusBadge } from '../_ui/status.tsx';
import { CommandMenu } from './command-menu.tsx';
import styles from './header.module.css';
import { kindOf, split, type KnownRow } from './kinds.ts';
import { useLiveRoom } from './live.tsx';
import { ObjectLink } from './object-link.tsx';
import { ownersOf } from './owners.ts';
import { stateOf } from './tone.ts';

interface HeaderProps {
  subject: ObjectRef;
  object: KubeObject | undefined;
  known: KnownRow | undefined;
  gone: boolean;
  onBack: (() => void) | undefined;
  onSearch(): void;
}

export function Header({ subject, object, known, gone, onBack, onSearch }: HeaderProps) {
  const t = useTranslations('inspector');
  const { select } = useSelection();
  const live = useLiveRoom();
  const view = useClusterView();
  const { namespace, name } = split(subject.key);
  const state = stateOf(known, object);
  const owners = ownersOf(view, known, object);
  const createdAt = known?.row.createdAt ?? (object ? Date.parse(object.metadata.creationTimestamp) : undefined);
  const pinned = live?.isPinned(subject) ?? false;
  return (
    <header className={styles.header}>
      <div className={styles.top}>
        {onBack && (
          <IconButton label={t('back')} size="small" onClick={onBack}>
            <ArrowLeft size={16} aria-hidden="true" />
          </IconButton>
        )}
        <p className={styles.kind}>
          {kindOf(subject.resource)}
          {namespace !== undefined && <span className={styles.namespace}>{t('inNamespace', { namespace })}</span>}
        </p>
        <div className={styles.buttons}>
          <IconButton label={t('find.button')} size="small" onClick={onSearch} data-testid="inspector-search">
            <Search size={16} aria-hidden="true" />
          </IconButton>
          {live?.togglePin && (
            <IconButton label={pinned ? t('unpin') : t('pin')} size="small" pressed={pinned} onClick={() => live.togglePin?.(subject)} data-testid="inspector-pin">
              {pinned ? <PinOff size={16} aria-hidden="true" /> : <Pin size={16} aria-hidden="true" />}
            </IconButton>
          )}
          <CommandMenu subject={subject} object={object} known={known} gone={gone}>
            <IconButton label={t('commands.button')} size="small" data-testid="inspector-commands">
              <SquareTerminal size={16} aria-hidden="true" />
            </IconButton>
          </CommandMenu>
          <IconButton label={t('close')} size="small" onClick={() => select(null)}>
            <X size={16} aria-hidden="true" />
          </IconButton>
        </div>
      </div>
      <h2 className={styles.title} data-testid="inspector-title">
        {name}
      </h2>
      <div className={styles.facts}>
        {gone ? object && <StatusBadge tone="leaving">{t('deleted')}</StatusBadge> : state && <StatusBadge tone={state.tone}>{state.word}</StatusBadge>}
        {!gone && object?.metadata.deletionTimestamp && state?.word !== 'Terminating' && <StatusBadge tone="leaving">Terminating</StatusBadge>}
        {createdAt !== undefined && !gone && <Age since={createdAt} />}
        {owners.length > 0 && (
          <span className={styles.owners}>
            <span className={styles.faint}>{t('ownedBy')}</span>
            {owners.map((owner, index) => (
              <span key={`${owner.resource} ${owner.key}`} className={styles.owner}>
                {index > 0 && <span aria-hidden="true" className={styles.faint}>←</span>}
                <ObjectLink to={owner} withKind besides={namespace} />
              </span>
            ))}
          </span>
        )}
      </div>
    </header>
  );
}

function Age({ since }: { since: number }) {
  const t = useTranslations('inspector');
  const now = useVirtualNow(useClusterView()?.meta);
  if (now === undefined) return null;
  return (
    <time className={styles.age} dateTime={new Date(since).toISOString()} title={new Date(since).toISOString()}>
      {t('age', { age: humanDuration(Math.max(0, now - since)) })}
    </time>
  );
}
