'use client';

/** What a container of the pod printed. Follows while it is at the end. */
import { FileTerminal } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useClusterSource, useClusterView } from '../_lib/cluster-source.tsx';
import { CopyButton } from '../_ui/copy-button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { ToneMark } from '../_ui/status.tsx';
import styles from './logs-tab.module.css';
import { TabState } from './tab-state.tsx';
import type { TabProps } from './tab-props.ts';
import { useRefreshed } from './use-refreshed.ts';

const EVERY_MS = 2_000;
const AT_END_PX = 24;

interface Named {
  name: string;
  restartCount?: number;
  lastState?: { terminated?: object };
}

export function LogsTab({ subject, object, version }: TabProps) {
  const t = useTranslations('inspector.logs');
  const source = useClusterSource();
  const view = useClusterView();
  const containers = [...((object?.spec?.containers ?? []) as Named[]), ...((object?.spec?.initContainers ?? []) as Named[])];
  const statuses = [...((object?.status?.containerStatuses ?? []) as Named[]), ...((object?.status?.initContainerStatuses ?? []) as Named[])];
  const [chosen, setChosen] = useState<string>();
  const [previous, setPrevious] = useState(false);
  const container = containers.some(({ name }) => name === chosen) ? chosen : containers[0]?.name;
  const hasPrevious = statuses.find(({ name }) => name === container)?.lastState?.terminated !== undefined;
  const showPrevious = previous && hasPrevious;
  const tick = useTick(view?.meta.paused === false && !showPrevious && source.mode === 'live');
  const key = `${subject.key} ${container ?? ''} ${String(showPrevious)}`;
  const logs = useRefreshed(() => source.logs?.({ key: subject.key, previous: showPrevious, ...(container === undefined ? {} : { container }) }) ?? Promise.resolve(''), key, `${version} ${tick}`, EVERY_MS);
  const scroll = useRef<HTMLPreElement>(null);
  const [following, setFollowing] = useState(true);
  useLayoutEffect(() => {
    if (following && scroll.current) scroll.current.scrollTop = scroll.current.scrollHeight;
  }, [logs.data, following]);
  return (
    <div className={styles.tab}>
      <div className={styles.bar}>
        {containers.length > 1 ? (
          <label className={styles.choice}>
            <span className={styles.faint}>{t('container')}</span>
            <select className={styles.select} value={container} onChange={(event) => setChosen(event.target.value)} data-testid="inspector-container">
              {containers.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        ) : (
          <code className={styles.faint}>{container}</code>
        )}
        <label className={styles.choice} title={hasPrevious ? undefined : t('noPrevious')}>
          <input type="checkbox" checked={showPrevious} disabled={!hasPrevious} onChange={(event) => setPrevious(event.target.checked)} />
          <span className={hasPrevious ? undefined : styles.faint}>{t('previous')}</span>
        </label>
        <label className={styles.choice}>
          <input type="checkbox" checked={following} onChange={(event) => setFollowing(event.target.checked)} />
          {t('follow')}
        </label>
        {logs.data !== undefined && logs.data !== '' && (
          <span className={styles.end}>
            <CopyButton text={logs.data} name={t('copyName')} />
          </span>
        )}
      </div>
      {logs.data === undefined ? (
        <TabState loaded={logs} />
      ) : logs.data === '' ? (
        <EmptyState icon={<FileTerminal size={26} aria-hidden="true" />} title={t('empty')}>
          {t('emptyHint')}
        </EmptyState>
      ) : (
        <pre
          ref={scroll}
          className={styles.text}
          tabIndex={0}
          aria-label={t('label', { name: container ?? subject.key })}
          data-testid="inspector-logs"
          onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => setFollowing(scrollTop + clientHeight >= scrollHeight - AT_END_PX)}
        >
          {logs.data}
        </pre>
      )}
      {logs.error !== undefined && logs.data !== undefined && (
        <p className={styles.stale} role="status">
          <ToneMark tone="pending" size={9} /> {t('stale')}
        </p>
      )}
    </div>
  );
}

/** A number that grows every EVERY_MS while `runs` and the page is seen. */
function useTick(runs: boolean): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setTick((before) => before + 1);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [runs]);
  return tick;
}
