'use client';

/** One object: who it is, what can be done, and the tabs. */
import { CircleSlash, RefreshCw, WifiOff } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useTranslations } from 'use-intl';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { useErrorText } from '../_lib/api.ts';
import { useClusterSource, useClusterView } from '../_lib/cluster-source.tsx';
import { Button } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { EventsTab } from './events-tab.tsx';
import { Header } from './header.tsx';
import styles from './inspector.module.css';
import { hasRows, kindOf, rowOf, split } from './kinds.ts';
import { useLiveRoom } from './live.tsx';
import { LogsTab } from './logs-tab.tsx';
import { Overview } from './overview.tsx';
import { DescribeTab } from './describe-tab.tsx';
import { TAB_NAMES, type TabName } from './tabs.ts';
import { isGone, useObjectVersion, useRefreshed } from './use-refreshed.ts';
import { WhyTab } from './why-tab.tsx';
import { YamlTab } from './yaml-tab.tsx';

interface ObjectViewProps {
  subject: ObjectRef;
  tab: TabName;
  onTab(tab: TabName): void;
  onBack: (() => void) | undefined;
  onSearch(): void;
}

export function ObjectView({ subject, tab, onTab, onBack, onSearch }: ObjectViewProps) {
  const t = useTranslations('inspector');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const source = useClusterSource();
  const view = useClusterView();
  const live = useLiveRoom();
  const version = useObjectVersion(view, subject, source.mode);
  const whole = useRefreshed(() => source.object(subject), subject.key, version);
  const known = rowOf(view, subject);
  const gone = isGone(whole.error) || (whole.data !== undefined && view !== undefined && hasRows(subject.resource) && !known);
  const object = whole.data;
  const available = TAB_NAMES.filter((name) => (name === 'logs' ? subject.resource === 'pods' && source.logs : name === 'why' ? source.why : true));
  const shown = available.includes(tab) ? tab : 'overview';
  const shared = { subject, object, version, gone };
  return (
    <>
      <Header subject={subject} object={object} known={known} gone={gone} onBack={onBack} onSearch={onSearch} />
      {live && !live.connected && (
        <p className={styles.notice} role="status">
          <WifiOff size={15} aria-hidden="true" />
          {t('disconnected')}
        </p>
      )}
      {gone && object && (
        <p className={styles.notice} role="status" data-testid="inspector-gone">
          <CircleSlash size={15} aria-hidden="true" />
          {source.mode === 'replay' ? t('goneReplay') : t('gone')}
        </p>
      )}
      {!gone && whole.error !== undefined && object && (
        <p className={styles.notice} role="status">
          <RefreshCw size={15} aria-hidden="true" />
          {errorText(whole.error)}
        </p>
      )}
      <Tabs.Root className={styles.tabs} value={shown} onValueChange={(value) => onTab(value as TabName)} activationMode="manual">
        <Tabs.List className={styles.tabList} aria-label={t('tabsLabel', { kind: kindOf(subject.resource), name: split(subject.key).name })}>
          {available.map((name) => (
            <Tabs.Trigger key={name} value={name} className={styles.tab} data-testid={`inspector-tab-${name}`}>
              {t(`tabs.${name}`)}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value={shown} className={styles.content} data-testid="inspector-content" tabIndex={-1}>
          {gone && !object ? (
            <EmptyState icon={<CircleSlash size={28} aria-hidden="true" />} title={t('neverThere', { kind: kindOf(subject.resource), name: split(subject.key).name })} action={<Button onClick={onSearch}>{t('find.button')}</Button>}>
              {source.mode === 'replay' ? t('neverThereReplay') : t('neverThereHint')}
            </EmptyState>
          ) : whole.loading && !known ? (
            <EmptyState icon={<Spinner size={24} />} title={common('loading')} live />
          ) : whole.error !== undefined && !object && !gone ? (
            <EmptyState icon={<RefreshCw size={26} aria-hidden="true" />} title={t('failed')} live action={<Button onClick={whole.refresh}>{common('retry')}</Button>}>
              {errorText(whole.error)}
            </EmptyState>
          ) : (
            <>
              {shown === 'overview' && <Overview {...shared} known={known} />}
              {shown === 'yaml' && <YamlTab {...shared} />}
              {shown === 'describe' && <DescribeTab {...shared} />}
              {shown === 'events' && <EventsTab {...shared} />}
              {shown === 'logs' && <LogsTab {...shared} />}
              {shown === 'why' && <WhyTab {...shared} />}
            </>
          )}
        </Tabs.Content>
      </Tabs.Root>
    </>
  );
}
