'use client';

/** What can be broken, and what is broken. The same faults as `quorum break` in a terminal. */
import { Cable, CloudOff, Cog, Database, Flame, HeartPulse, PackageX, Power, Repeat2, ServerCrash, Shuffle, Unplug, Zap } from 'lucide-react';
import { Popover, Switch } from 'radix-ui';
import { useEffect, useId, useMemo, useState, type ComponentType } from 'react';
import { useTranslations } from 'use-intl';
import type { FaultRow } from '../../server/rooms/projection/types.ts';
import { useClusterView } from '../_lib/cluster-source.tsx';
import { elapsedTime } from '../_lib/format-time.ts';
import { useVirtualNow } from '../_lib/virtual-clock.ts';
import { useMe, useRoom, useRoomRow } from '../_room/room-context.tsx';
import { Button } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { useNotices } from '../_ui/notices.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import styles from './fault-palette.module.css';

type Icon = ComponentType<{ size?: number; 'aria-hidden'?: 'true' }>;

type FaultName = 'node-crash' | 'node-partition' | 'kubelet-stop' | 'container-crash' | 'crash-loop' | 'registry-down' | 'scheduler-down' | 'controller-manager-down' | 'apiserver-down' | 'etcd-down' | 'dns-down';
type Group = 'node' | 'workload' | 'network' | 'controlPlane';

/** How the page presents the faults that it knows; others come under their name. */
const LOOKS: Record<FaultName, { group: Group; icon: Icon }> = {
  'node-crash': { group: 'node', icon: Power },
  'node-partition': { group: 'node', icon: Unplug },
  'kubelet-stop': { group: 'node', icon: ServerCrash },
  'container-crash': { group: 'workload', icon: Zap },
  'crash-loop': { group: 'workload', icon: Repeat2 },
  'registry-down': { group: 'network', icon: PackageX },
  'dns-down': { group: 'network', icon: CloudOff },
  'scheduler-down': { group: 'controlPlane', icon: Shuffle },
  'controller-manager-down': { group: 'controlPlane', icon: Cog },
  'apiserver-down': { group: 'controlPlane', icon: Cable },
  'etcd-down': { group: 'controlPlane', icon: Database },
};
const GROUPS: readonly Group[] = ['node', 'workload', 'network', 'controlPlane'];

interface CatalogEntry {
  name: string;
  target: 'node' | 'pod' | 'none';
}

function isKnown(name: string): name is FaultName {
  return name in LOOKS;
}

function useFaultName(): (name: string) => string {
  const t = useTranslations('controls.faults.names');
  return (name) => (isKnown(name) ? t(name) : name);
}

export function FaultPalette() {
  const t = useTranslations('controls.faults');
  const { api } = useRoom();
  const me = useMe();
  const settings = useRoomRow()?.settings;
  const notices = useNotices();
  const [catalog, setCatalog] = useState<readonly CatalogEntry[]>();
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let gone = false;
    api.faults.list.query().then(
      ({ faults }) => !gone && setCatalog(faults),
      (error: unknown) => !gone && setFailure(error),
    );
    return () => {
      gone = true;
    };
  }, [api, attempt]);

  const may = me.role === 'instructor' || (me.role === 'student' && settings?.studentsMayBreak === true);
  const run = (action: 'break' | 'heal', fault: string, target: string): Promise<void> =>
    api.faults[action].mutate({ fault, target }).then(
      () => undefined,
      (error: unknown) => notices.failed(error),
    );

  return (
    <div className={styles.palette}>
      <header className={styles.header}>
        <h2 className={styles.title}>{t('title')}</h2>
        <p className={styles.intro}>{may ? t('intro') : me.role === 'observer' ? t('observer') : t('notAllowed')}</p>
        {me.role === 'instructor' && settings && <StudentsMay on={settings.studentsMayBreak} />}
      </header>
      <ActiveFaults may={may} onHeal={(row) => run('heal', row.name, row.target)} />
      {catalog ? (
        GROUPS.map((group) => {
          const faults = catalog.filter(({ name }) => (isKnown(name) ? LOOKS[name].group : 'controlPlane') === group);
          if (faults.length === 0) return null;
          return (
            <section key={group} className={styles.group}>
              <h3 className={styles.groupTitle}>{t(`groups.${group}`)}</h3>
              <ul className={styles.list}>
                {faults.map((fault) => (
                  <FaultCard key={fault.name} fault={fault} may={may} onBreak={(target) => run('break', fault.name, target)} />
                ))}
              </ul>
            </section>
          );
        })
      ) : failure !== undefined ? (
        <FailedCatalog error={failure} onRetry={() => { setFailure(undefined); setAttempt(attempt + 1); }} />
      ) : (
        <div className={styles.waiting}>
          <Spinner />
        </div>
      )}
    </div>
  );
}

function FailedCatalog({ onRetry }: { error: unknown; onRetry(): void }) {
  const t = useTranslations();
  return <EmptyState title={t('errors.network')} action={<Button onClick={onRetry}>{t('common.retry')}</Button>} />;
}

function StudentsMay({ on }: { on: boolean }) {
  const t = useTranslations('controls.faults');
  const { api } = useRoom();
  const notices = useNotices();
  const id = useId();
  return (
    <div className={styles.setting}>
      <label htmlFor={id}>{t('studentsMay')}</label>
      <Switch.Root id={id} className={styles.switch} checked={on} onCheckedChange={(studentsMayBreak) => void api.room.updateSettings.mutate({ studentsMayBreak }).catch((error: unknown) => notices.failed(error))}>
        <Switch.Thumb className={styles.thumb} />
      </Switch.Root>
    </div>
  );
}

function ActiveFaults({ may, onHeal }: { may: boolean; onHeal(row: FaultRow): Promise<void> }) {
  const t = useTranslations('controls.faults');
  const faultName = useFaultName();
  const view = useClusterView();
  const now = useVirtualNow(view?.meta);
  const [busy, setBusy] = useState<string>();
  const active = useMemo(() => [...(view?.tables.faults.values() ?? [])].sort((x, y) => x.since - y.since || (x.key < y.key ? -1 : 1)), [view?.tables.faults]);
  return (
    <section className={styles.group} aria-live="polite">
      <h3 className={styles.groupTitle}>{t('active')}</h3>
      {active.length === 0 ? (
        <p className={styles.nothing}>
          <HeartPulse size={16} aria-hidden="true" />
          {t('nothingActive')}
        </p>
      ) : (
        <ul className={styles.list}>
          {active.map((row) => (
            <li key={row.key} className={styles.active} data-testid={`fault-active-${row.key}`}>
              <Flame size={18} aria-hidden="true" className={styles.flame} />
              <div className={styles.text}>
                <p className={styles.name}>{faultName(row.name)}</p>
                <p className={styles.effect}>
                  {row.target !== '' && <span className={styles.target}>{row.target}</span>}
                  {now !== undefined && t('since', { elapsed: elapsedTime(now - row.since) })}
                </p>
              </div>
              <Button size="small" disabled={!may} busy={busy === row.key} aria-label={t('healLabel', { fault: `${faultName(row.name)} ${row.target}`.trim() })} onClick={() => { setBusy(row.key); void onHeal(row).finally(() => setBusy(undefined)); }}>
                {t('heal')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function FaultCard({ fault, may, onBreak }: { fault: CatalogEntry; may: boolean; onBreak(target: string): Promise<void> }) {
  const t = useTranslations('controls.faults');
  const faultName = useFaultName();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const { name } = fault;
  const FaultIcon = isKnown(name) ? LOOKS[name].icon : Flame;
  const breakIt = (target: string): void => {
    setOpen(false);
    setBusy(true);
    void onBreak(target).finally(() => setBusy(false));
  };
  const button = (
    <Button size="small" variant="danger" disabled={!may} busy={busy} aria-label={t('breakLabel', { fault: faultName(name) })} data-testid={`fault-${name}`} {...(fault.target === 'none' ? { onClick: () => breakIt('') } : {})}>
      {t('break')}
    </Button>
  );
  return (
    <li className={styles.card}>
      <span className={styles.icon}>
        <FaultIcon size={18} aria-hidden="true" />
      </span>
      <div className={styles.text}>
        <p className={styles.name}>{faultName(name)}</p>
        {isKnown(name) && <p className={styles.effect}>{t(`effects.${name}`)}</p>}
      </div>
      {fault.target === 'none' ? (
        button
      ) : (
        <Popover.Root open={open} onOpenChange={setOpen}>
          <Popover.Trigger asChild>{button}</Popover.Trigger>
          <Popover.Portal>
            <Popover.Content aria-label={faultName(name)} className={styles.popover} align="end" sideOffset={6} collisionPadding={8}>
              <Targets kind={fault.target} onChoose={breakIt} />
            </Popover.Content>
          </Popover.Portal>
        </Popover.Root>
      )}
    </li>
  );
}

/** More names than this are searched for and not scrolled through. */
const MAX_SHOWN_TARGETS = 100;

function Targets({ kind, onChoose }: { kind: 'node' | 'pod'; onChoose(target: string): void }) {
  const t = useTranslations('controls.faults');
  const view = useClusterView();
  const [query, setQuery] = useState('');
  const names = useMemo(() => {
    if (!view) return [];
    if (kind === 'node') return [...view.tables.nodes.keys()].sort();
    // System pods last: a class breaks its own things first.
    return [...view.tables.pods.values()].sort((x, y) => Number(x.namespace === 'kube-system') - Number(y.namespace === 'kube-system') || (x.key < y.key ? -1 : 1)).map(({ key }) => key);
  }, [view, kind]);
  const found = names.filter((name) => name.includes(query.trim()));
  return (
    <div className={styles.targets}>
      <p className={styles.targetsTitle}>{kind === 'node' ? t('chooseNode') : t('choosePod')}</p>
      {names.length > 8 && <input className={styles.search} type="search" placeholder={t('search')} aria-label={t('search')} value={query} onChange={(event) => setQuery(event.target.value)} />}
      {found.length === 0 && <p className={styles.nothing}>{names.length === 0 ? t('noTargets') : t('noMatch')}</p>}
      <ul className={styles.targetList}>
        {found.slice(0, MAX_SHOWN_TARGETS).map((name) => (
          <li key={name}>
            <button type="button" className={styles.targetButton} data-testid={`fault-target-${name}`} onClick={() => onChoose(name)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
