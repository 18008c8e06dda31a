'use client';

/** Time in the cluster: everybody sees it, instructors drive it. What is shown is what the server says, never what was clicked. */
import { ChevronDown, Pause, Play, StepForward } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { ClockCommand } from '../../server/rooms/types.ts';
import { useClusterView } from '../_lib/cluster-source.tsx';
import { clockTime, elapsedTime } from '../_lib/format-time.ts';
import { useVirtualNow } from '../_lib/virtual-clock.ts';
import { useMe, useRoom } from '../_room/room-context.tsx';
import { Button, IconButton } from '../_ui/button.tsx';
import { classes } from '../_ui/classes.ts';
import { Menu, MenuItem } from '../_ui/menu.tsx';
import { useNotices } from '../_ui/notices.tsx';
import styles from './clock-controls.module.css';

const RATES = ['slow', 1, 10, 60] as const;
type Rate = (typeof RATES)[number];
const KEYS = { slow: 'slow', 1: 'r1', 10: 'r10', 60: 'r60' } as const satisfies Record<Rate, string>;
const JUMPS = [30, 60, 300, 900, 3600] as const;

export function ClockControls({ compact }: { compact: boolean }) {
  const me = useMe();
  return (
    <div className={classes(styles.clock, compact && styles.compact)}>
      <ClockFace />
      {me.role === 'instructor' && <ClockDrive compact={compact} />}
    </div>
  );
}

function ClockFace() {
  const t = useTranslations('controls.clock');
  const meta = useClusterView()?.meta;
  const now = useVirtualNow(meta);
  if (!meta || now === undefined) {
    return (
      <div className={styles.face} aria-label={t('loading')}>
        <span className={styles.time}>--:--:--</span>
      </div>
    );
  }
  const elapsed = elapsedTime(now - meta.startedAt);
  const state = meta.rate === 'paused' ? 'paused' : meta.paused ? 'waiting' : meta.rate === 'slow' ? 'slow' : 'running';
  return (
    <div className={styles.face} role="timer" aria-label={t('now', { time: clockTime(now), elapsed })} title={state === 'waiting' ? t('waitingHint') : t('elapsed', { elapsed })}>
      <span className={styles.time} data-testid="clock-now" data-time={Math.round(now)} data-state={state}>
        {clockTime(now)}
      </span>
      <span className={classes(styles.state, styles[state])}>
        {state === 'running' ? t('states.running', { rate: String(meta.rate) }) : t(`states.${state}`)}
      </span>
    </div>
  );
}

function ClockDrive({ compact }: { compact: boolean }) {
  const t = useTranslations('controls.clock');
  const { api } = useRoom();
  const notices = useNotices();
  const meta = useClusterView()?.meta;
  const [busy, setBusy] = useState<ClockCommand['action']>();
  /** The last rate that was not a pause: what «resume» goes back to. */
  const [lastRate, setLastRate] = useState<Rate>(1);
  const paused = meta?.rate === 'paused';
  if (meta && meta.rate !== 'paused' && meta.rate !== lastRate) setLastRate(meta.rate);
  const control = (command: ClockCommand): void => {
    setBusy(command.action);
    api.clock.control
      .mutate(command)
      .catch((error: unknown) => notices.failed(error))
      .finally(() => setBusy(undefined));
  };
  const off = !meta || busy === 'jump' || busy === 'step';

  return (
    <div className={styles.drive} role="group" aria-label={t('label')}>
      <IconButton label={paused ? t('resume') : t('pause')} pressed={paused} disabled={off} data-testid="clock-pause" onClick={() => control(paused ? { action: 'run', rate: lastRate } : { action: 'pause' })}>
        {paused ? <Play size={18} aria-hidden="true" /> : <Pause size={18} aria-hidden="true" />}
      </IconButton>
      <IconButton label={`${t('step')}: ${t('stepHint')}`} disabled={off} data-testid="clock-step" onClick={() => control({ action: 'step' })}>
        <StepForward size={18} aria-hidden="true" />
      </IconButton>
      <ToggleGroup.Root type="single" className={styles.rates} aria-label={t('rate')} value={paused ? '' : String(meta?.rate ?? '')} onValueChange={(value) => {
        const rate = RATES.find((one) => String(one) === value);
        if (rate !== undefined) control({ action: 'run', rate });
      }}>
        {RATES.map((rate) => (
          <ToggleGroup.Item key={rate} value={String(rate)} className={styles.rate} disabled={off} title={t(`rateHints.${KEYS[rate]}`)} aria-label={t(`rateHints.${KEYS[rate]}`)} data-testid={`clock-rate-${rate}`}>
            {t(`rates.${KEYS[rate]}`)}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
      <div className={styles.jump}>
        <Button size="small" className={styles.jumpMain ?? ''} busy={busy === 'jump'} disabled={off} title={t('jump5Hint')} data-testid="clock-jump-5m" onClick={() => control({ action: 'jump', seconds: 300 })}>
          {busy === 'jump' && !compact ? t('jumping') : t('jump5')}
        </Button>
        <Menu
          trigger={
            <button type="button" className={styles.jumpMore} aria-label={t('otherJumps')} disabled={off}>
              <ChevronDown size={15} aria-hidden="true" />
            </button>
          }
        >
          {JUMPS.map((seconds) => (
            <MenuItem key={seconds} onSelect={() => control({ action: 'jump', seconds })}>
              {t(`jumps.s${seconds}`)}
            </MenuItem>
          ))}
        </Menu>
      </div>
    </div>
  );
}
