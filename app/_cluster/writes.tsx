'use client';

/** What just happened: every write in words, the newest first, by whom, and opening what it was about. */
import { Check, Cog, Cpu, ListFilter, Network, Shuffle, SquareTerminal, Waypoints, type LucideIcon } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { WriteRow } from '../../server/rooms/projection/types.ts';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { clockTime } from '../_lib/format-time.ts';
import { Avatar } from '../_ui/avatar.tsx';
import { IconButton } from '../_ui/button.tsx';
import { classes } from '../_ui/classes.ts';
import { Menu, MenuItem, MenuSeparator } from '../_ui/menu.tsx';
import { actorOf, type ActorKind } from './model/actor.ts';
import { captionOf } from './model/caption.ts';
import { isQuiet, type WriteLog } from './model/write-log.ts';
import { useClusterPresence } from './presence.tsx';
import { WriteSentence } from './write-sentence.tsx';
import styles from './writes.module.css';

/** Rows on the screen at once; what is older is found by filtering. */
const MAX_ROWS = 150;

const ICONS: Record<ActorKind, LucideIcon> = { client: SquareTerminal, apiserver: Network, scheduler: Shuffle, controller: Cog, kubelet: Cpu, agent: Waypoints };

type Filter = { kind: 'all' } | { kind: 'person'; name: string } | { kind: 'program'; name: string };

interface WritesProps {
  log: WriteLog;
  writes: readonly WriteRow[];
  onOpen(ref: ObjectRef): void;
}

export const Writes = memo(function Writes({ log, writes, onOpen }: WritesProps) {
  const t = useTranslations('cluster.write');
  const [filter, setFilter] = useState<Filter>({ kind: 'all' });
  const [events, setEvents] = useState(true);
  const { people, programs, rows } = useMemo(() => {
    const loud = writes.filter((write) => !isQuiet(write));
    const people = new Set<string>();
    const programs = new Set<string>();
    for (const write of loud) {
      const person = log.personOf(write);
      if (person !== undefined) people.add(person);
      const actor = actorOf(write);
      if (actor.kind !== 'client') programs.add(actor.program);
    }
    const rows = loud
      .filter((write) => (events || !write.event) && (filter.kind === 'all' || (filter.kind === 'person' ? log.personOf(write) === filter.name : actorOf(write).program === filter.name)))
      .slice(-MAX_ROWS)
      .reverse();
    return { people: [...people].sort(), programs: [...programs].sort(), rows };
  }, [writes, log, filter, events]);
  const choice = (kind: 'person' | 'program', name: string): React.ReactNode => (
    <MenuItem key={`${kind} ${name}`} icon={filter.kind === kind && filter.name === name && <Check size={15} aria-hidden="true" />} onSelect={() => setFilter({ kind, name })}>
      {name}
    </MenuItem>
  );
  return (
    <section className={styles.writes} aria-label={t('title')} data-navgroup="">
      <header className={styles.header}>
        <h3 className={styles.title}>{t('title')}</h3>
        {filter.kind !== 'all' && <span className={styles.filter}>{filter.name}</span>}
        <Menu
          trigger={
            <IconButton label={t('filter')} size="small" pressed={filter.kind !== 'all' || !events} data-testid="writes-filter">
              <ListFilter size={15} aria-hidden="true" />
            </IconButton>
          }
        >
          <MenuItem icon={filter.kind === 'all' && <Check size={15} aria-hidden="true" />} onSelect={() => setFilter({ kind: 'all' })}>
            {t('everybody')}
          </MenuItem>
          {people.length > 0 && <MenuSeparator />}
          {people.map((name) => choice('person', name))}
          {programs.length > 0 && <MenuSeparator />}
          {programs.map((name) => choice('program', name))}
          <MenuSeparator />
          <MenuItem icon={events && <Check size={15} aria-hidden="true" />} onSelect={() => setEvents(!events)}>
            {t('events')}
          </MenuItem>
        </Menu>
      </header>
      {rows.length === 0 ? (
        <p className={styles.nothing}>{t('nothing')}</p>
      ) : (
        <ol className={styles.list}>
          {rows.map((write) => (
            <Write key={write.revision} write={write} person={log.personOf(write)} onOpen={onOpen} />
          ))}
        </ol>
      )}
    </section>
  );
});

export const Write = memo(function Write({ write, person, onOpen }: { write: WriteRow; person: string | undefined; onOpen(ref: ObjectRef): void }) {
  const t = useTranslations('cluster.write');
  const caption = captionOf(write);
  return (
    <li>
      <button type="button" tabIndex={-1} data-nav="" className={classes(styles.write, write.event && styles.event, write.event?.warning && styles.warning)} data-testid="write" data-revision={write.revision} data-writer={write.writer} onClick={() => onOpen(caption.object)}>
        <ActorMark write={write} />
        <span className={styles.text}>
          <WriteSentence caption={caption} />
        </span>
        <span className={styles.meta}>
          <time dateTime={new Date(write.time).toISOString()}>{clockTime(write.time)}</time>
          {person !== undefined && person !== write.person && <span className={styles.because}>{t('because', { name: person })}</span>}
        </span>
      </button>
    </li>
  );
});

/** The face of the person who wrote, or the sign of the program. */
export function ActorMark({ write, size = 20 }: { write: Pick<WriteRow, 'writer' | 'person'>; size?: number }) {
  const { people } = useClusterPresence();
  const actor = actorOf(write);
  const person = write.person === undefined ? undefined : people.find(({ name }) => name === write.person);
  if (write.person !== undefined) return <Avatar name={write.person} color={person?.color ?? '#888888'} size={size} />;
  const Icon = ICONS[actor.kind];
  return (
    <span className={classes(styles.mark, styles[actor.kind])} style={{ width: size, height: size }}>
      <Icon size={size * 0.62} aria-hidden="true" />
    </span>
  );
}
