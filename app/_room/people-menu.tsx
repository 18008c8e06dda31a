'use client';

/** Who is in the room: a row of faces, and behind it everybody with role, whereabouts and raised hands. */
import { Hand, MoreHorizontal } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { ROLES, type Participant } from '../../server/rooms/types.ts';
import type { AwarenessState } from '../../server/sync/protocol.ts';
import { Avatar } from '../_ui/avatar.tsx';
import { Button, IconButton } from '../_ui/button.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { Menu, MenuItem, MenuSeparator } from '../_ui/menu.tsx';
import { useNotices } from '../_ui/notices.tsx';
import styles from './people-menu.module.css';
import { useAwareness, useMe, useRoom, useRoomRow } from './room-context.tsx';

const FACES = 4;
const ROLE_ORDER = { instructor: 0, student: 1, observer: 2 } as const;
const PANELS = ['cluster', 'terminal', 'object', 'files', 'chat', 'notes', 'faults'] as const;

export function PeopleMenu() {
  const t = useTranslations('room.people');
  const participants = useRoomRow()?.participants;
  const states = useStatesByParticipant();
  const people = useMemo(
    () => [...(participants ?? [])].sort((x, y) => Number(y.online) - Number(x.online) || ROLE_ORDER[x.role] - ROLE_ORDER[y.role] || x.joinedAt - y.joinedAt),
    [participants],
  );
  const here = people.filter(({ online }) => online);
  const hands = here.filter(({ id }) => states.get(id)?.handRaised).length;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className={styles.trigger} aria-label={t('button', { count: here.length })} data-testid="people">
          <span className={styles.faces}>
            {here.slice(0, FACES).map((person) => (
              <Avatar key={person.id} name={person.name} color={person.color} size={28} />
            ))}
          </span>
          {here.length > FACES && <span className={styles.more}>+{here.length - FACES}</span>}
          {hands > 0 && <Hand size={16} className={styles.hand} aria-hidden="true" />}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content aria-label={t('title')} className={styles.content} align="end" sideOffset={8} collisionPadding={8}>
          <h2 className={styles.title}>{t('title')}</h2>
          <ul className={styles.list}>
            {people.map((person) => (
              <Person key={person.id} person={person} state={states.get(person.id)} />
            ))}
          </ul>
          {people.length < 2 && <p className={styles.alone}>{t('alone')}</p>}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function useStatesByParticipant(): ReadonlyMap<string, AwarenessState> {
  const awareness = useAwareness();
  return useMemo(() => new Map([...awareness.values()].map((state) => [state.user.participantId, state])), [awareness]);
}

function Person({ person, state }: { person: Participant; state: AwarenessState | undefined }) {
  const t = useTranslations('room');
  const roles = useTranslations('common.roles');
  const me = useMe();
  const panel = PANELS.find((one) => one === state?.view);
  const whereabouts = !person.online ? t('people.offline') : state?.selected ? t('people.selected', { object: state.selected.key }) : panel ? t('people.lookingAt', { panel: t(`panels.${panel}`) }) : t('people.online');
  return (
    <li className={styles.person}>
      <Avatar name={person.name} color={person.color} size={34} faded={!person.online} />
      <div className={styles.about}>
        <p className={styles.name}>
          {person.name}
          {person.id === me.id && <span className={styles.you}>{t('people.you')}</span>}
          {state?.handRaised && person.online && <Hand size={15} className={styles.hand} aria-label={t('people.handRaised')} />}
        </p>
        <p className={styles.whereabouts}>
          {roles(person.role)} · {whereabouts}
        </p>
      </div>
      {me.role === 'instructor' && person.id !== me.id && <PersonActions person={person} />}
    </li>
  );
}

function PersonActions({ person }: { person: Participant }) {
  const t = useTranslations('room.people');
  const common = useTranslations('common');
  const { api } = useRoom();
  const notices = useNotices();
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);
  const { id, name } = person;
  const remove = (): void => {
    setBusy(true);
    api.room.remove
      .mutate({ participantId: id })
      .then(() => setRemoving(false), (error: unknown) => notices.failed(error))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t('actions', { name })} size="small">
            <MoreHorizontal size={16} aria-hidden="true" />
          </IconButton>
        }
      >
        {ROLES.filter((role) => role !== person.role).map((role) => (
          <MenuItem key={role} onSelect={() => void api.room.setRole.mutate({ participantId: id, role }).catch((error: unknown) => notices.failed(error))}>
            {t('makeRole', { role: common(`roles.${role}`) })}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem danger onSelect={() => setRemoving(true)}>
          {t('remove')}
        </MenuItem>
      </Menu>
      <Dialog
        open={removing}
        onOpenChange={setRemoving}
        width="narrow"
        title={t('removeTitle', { name })}
        footer={
          <>
            <Button onClick={() => setRemoving(false)}>{common('cancel')}</Button>
            <Button variant="danger" busy={busy} onClick={remove}>
              {t('remove')}
            </Button>
          </>
        }
      >
        <p>{t('removeText', { name })}</p>
      </Dialog>
    </>
  );
}
