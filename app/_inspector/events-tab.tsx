'use client';

/** The Events about the object, newest last, as `kubectl events` would list them. */
import { CalendarClock } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { age } from '../../server/simulation/apiserver/tables/duration.ts';
import type { KubeObject } from '../../server/simulation/apiserver/types.ts';
import { useClusterSource, useClusterView } from '../_lib/cluster-source.tsx';
import { useVirtualNow } from '../_lib/virtual-clock.ts';
import { classes } from '../_ui/classes.ts';
import { EmptyState } from '../_ui/empty-state.tsx';
import { ToneMark } from '../_ui/status.tsx';
import styles from './events-tab.module.css';
import { TabState } from './tab-state.tsx';
import type { TabProps } from './tab-props.ts';
import { eventsVersion, useRefreshed } from './use-refreshed.ts';

interface EventObject extends KubeObject {
  type?: string;
  reason?: string;
  message?: string;
  note?: string;
  count?: number;
  firstTimestamp?: string;
  lastTimestamp?: string;
  eventTime?: string;
  series?: { count?: number; lastObservedTime?: string };
  source?: { component?: string; host?: string };
  reportingComponent?: string;
  reportingInstance?: string;
}

/** Nearer to the end than this is at the end. */
const AT_END_PX = 24;

export function EventsTab({ subject, version, object }: TabProps) {
  const t = useTranslations('inspector.events');
  const source = useClusterSource();
  const view = useClusterView();
  const now = useVirtualNow(view?.meta);
  const events = useRefreshed(() => source.events(subject) as Promise<EventObject[]>, subject.key, `${version} ${eventsVersion(view, subject, source.mode)}`);
  const scroll = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const last = events.data?.at(-1)?.metadata.resourceVersion;
  // New ones are seen by who is at the end; who reads further up is left there.
  useLayoutEffect(() => {
    if (atEnd.current && scroll.current) scroll.current.scrollTop = scroll.current.scrollHeight;
  }, [last, events.data?.length]);
  if (events.data === undefined) return <TabState loaded={events} />;
  if (events.data.length === 0) {
    return (
      <EmptyState icon={<CalendarClock size={26} aria-hidden="true" />} title={t('empty')}>
        {object && now !== undefined && now - Date.parse(object.metadata.creationTimestamp) > 3_600_000 ? t('emptyOld') : t('emptyHint')}
      </EmptyState>
    );
  }
  return (
    <div
      ref={scroll}
      className={styles.scroll}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollTop + clientHeight >= scrollHeight - AT_END_PX;
      }}
    >
      <table className={styles.table} data-testid="inspector-events">
        <thead>
          <tr>
            <th scope="col">{t('type')}</th>
            <th scope="col">{t('reason')}</th>
            <th scope="col">{t('age')}</th>
            <th scope="col">{t('count')}</th>
            <th scope="col">{t('message')}</th>
          </tr>
        </thead>
        <tbody>
          {events.data.map((event) => {
            const warning = event.type === 'Warning';
            const count = event.series?.count ?? event.count ?? 1;
            const first = event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
            const latest = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
            const from = [event.source?.component ?? event.reportingComponent, event.source?.host].filter(Boolean).join(' · ');
            return (
              <tr key={event.metadata.uid} className={warning ? styles.warning : undefined}>
                <td className={styles.type}>
                  <ToneMark tone={warning ? 'failing' : 'done'} size={9} /> <span className={styles.typeWord}>{event.type}</span>
                </td>
                <td className={styles.reason}>{event.reason}</td>
                <td className={styles.age}>
                  {now === undefined ? '' : age(latest, now)}
                  {count > 1 && now !== undefined && <span className={styles.faint}>{t('over', { age: age(first, now) })}</span>}
                </td>
                <td className={classes(styles.count, count === 1 && styles.once)}>{count > 1 ? `×${count}` : '1'}</td>
                <td className={styles.message}>
                  {event.message ?? event.note}
                  {from && <span className={styles.faint}>{from}</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
