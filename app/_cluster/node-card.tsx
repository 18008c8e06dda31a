'use client';

/** A node as a place: its state, what it has to give, its kubelet and kube-proxy, and the pods on it. */
import { Ban, PlugZap, PowerOff, ServerCrash, Unplug } from 'lucide-react';
import { memo, useRef, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { NodePower, NodeRow, ProgramRow, Taint } from '../../server/rooms/projection/types.ts';
import { classes } from '../_ui/classes.ts';
import { ToneMark, type Tone } from '../_ui/status.tsx';
import { FurtherPrograms } from './control-plane.tsx';
import { useFlip } from './flip.ts';
import type { Density, NodeScene } from './model/scene.ts';
import styles from './node-card.module.css';
import { Onlookers } from './onlookers.tsx';
import { PodCanvas } from './pod-canvas.tsx';
import { PodTile } from './pod-tile.tsx';
import type { PresentPerson } from './presence.tsx';

/** Taints that say what the card shows otherwise. */
const KNOWN_TAINTS = new Set(['node.kubernetes.io/unschedulable', 'node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable', 'node-role.kubernetes.io/control-plane']);

const POWER_ICONS = { crashed: PowerOff, partitioned: Unplug, 'kubelet-stopped': ServerCrash } as const;

export interface NodeCardProps {
  scene: NodeScene;
  density: Density;
  /** A card for a cluster of many nodes: name, state and pods only. */
  small: boolean;
  /** Pods of this node that are pointed out; undefined when nothing is. */
  lit: ReadonlySet<string> | undefined;
  /** Key of the open pod, when it is on this node. */
  selectedPod: string | undefined;
  selected: boolean;
  onlookers: ReadonlyMap<string, readonly PresentPerson[]>;
  onShowSystem(): void;
  /** The programs of the control plane, on the first node that runs them. */
  children?: ReactNode;
  /** Those of further nodes of the control plane. */
  programs?: readonly ProgramRow[] | undefined;
}

export const NodeCard = memo(function NodeCard({ scene, density, small, lit, selectedPod, selected, onlookers, onShowSystem, children, programs }: NodeCardProps) {
  const t = useTranslations('cluster.node');
  const { row, pods, hues, hidden, hiddenTone } = scene;
  const list = useRef<HTMLUListElement>(null);
  useFlip(list, pods);
  const tone = nodeTone(row);
  const words = useNodeWords(row);
  return (
    <section
      className={classes(styles.node, small && styles.small, children !== undefined && styles.control, styles[row.power], row.ready !== 'True' && styles.notReady, !row.schedulable && styles.cordoned, selected && styles.selected)}
      aria-label={t('section', { name: row.key })}
      data-testid="node"
      data-key={row.key}
      data-ready={row.ready}
      data-power={row.power}
      data-resource="nodes"
      data-object={row.key}
    >
      <header className={styles.header}>
        <button type="button" tabIndex={-1} data-nav="" data-resource="nodes" data-object={row.key} className={styles.name} aria-label={t('label', { name: row.key, state: words.join(', '), count: row.pods.count })} aria-current={selected || undefined}>
          <ToneMark tone={tone} size={9} />
          <span>{row.key}</span>
        </button>
        <Badges row={row} small={small} />
        {children !== undefined && <Meters row={row} />}
        {!small && (
          <span className={styles.count} title={t('podsHint', { count: row.pods.count, allocatable: row.pods.allocatable })}>
            {row.pods.count}
            <span className={styles.of}>/{row.pods.allocatable}</span>
          </span>
        )}
      </header>
      <span className={styles.port} data-station={`node:${row.key}`} aria-hidden="true" />
      {!small && (
        <div className={styles.agents}>
          <span className={classes(styles.agent, row.power !== 'up' && row.power !== 'partitioned' && styles.dead)} data-lamp={`kubelet ${row.key}`} data-explain="kubelet">
            kubelet
          </span>
          <span className={classes(styles.agent, row.proxy === 'down' && styles.dead, row.proxy === 'stale' && styles.stale)} data-lamp={`kube-proxy ${row.key}`} data-proxy={row.proxy} data-explain="kube-proxy" title={row.proxy === 'synced' ? undefined : t(`proxy.${row.proxy}`)}>
            kube-proxy
            {row.proxy !== 'synced' && <span className="visually-hidden"> {t(`proxy.${row.proxy}`)}</span>}
          </span>
          {children === undefined && <Meters row={row} />}
        </div>
      )}
      {children}
      {programs && !small && <FurtherPrograms rows={programs} />}
      <div className={styles.place}>
        {density === 'dense' ? (
          <PodCanvas node={row.key} nodeReady={row.ready} pods={pods} hues={hues} lit={lit} selectedPod={selectedPod} />
        ) : (
          <ul ref={list} className={classes(styles.pods, styles[density])} aria-label={t('pods', { name: row.key })}>
            {pods.map((pod, index) => (
              <PodTile key={pod.key} pod={pod} nodeReady={row.ready} hue={hues[index] as number} density={density} lit={lit === undefined || lit.has(pod.key)} selected={pod.key === selectedPod} onlookers={onlookers.get(`pods ${pod.key}`)} />
            ))}
          </ul>
        )}
        {hidden > 0 && !small && (
          <button type="button" tabIndex={-1} data-nav="" className={styles.hidden} onClick={(event) => {
              // It is on the node's card, and does not mean the node; and it goes, but the focus stays on the card.
              event.stopPropagation();
              event.currentTarget.closest('section')?.querySelector<HTMLElement>('[data-nav]')?.focus();
              onShowSystem();
            }} aria-label={t('showHidden', { count: hidden })}>
            {hiddenTone !== 'ready' && <ToneMark tone={hiddenTone} size={8} />}
            {t('hidden', { count: hidden })}
          </button>
        )}
      </div>
      <Onlookers people={onlookers.get(`nodes ${row.key}`)} />
    </section>
  );
});

export function nodeTone(row: NodeRow): Tone {
  if (row.power === 'crashed' || row.ready === 'False') return 'failing';
  return row.ready === 'Unknown' ? 'unknown' : 'ready';
}

/** The state in words, as the badges show it. */
function useNodeWords(row: NodeRow): string[] {
  const t = useTranslations('cluster.node');
  const words = [t(`ready.${row.ready}`)];
  if (row.power !== 'up') words.push(t(`power.${row.power}`));
  if (!row.schedulable) words.push(t('cordoned'));
  return words;
}

function Badges({ row, small }: { row: NodeRow; small: boolean }) {
  const t = useTranslations('cluster.node');
  const taints = row.taints.filter(({ key }) => !KNOWN_TAINTS.has(key));
  const Power = row.power === 'up' ? undefined : POWER_ICONS[row.power as Exclude<NodePower, 'up'>];
  return (
    <span className={styles.badges}>
      {Power && (
        <span className={classes(styles.badge, styles.broken)} title={t(`power.${row.power}`)}>
          <Power size={11} aria-hidden="true" />
          {!small && t(`power.${row.power}`)}
        </span>
      )}
      {row.ready !== 'True' && <span className={classes(styles.badge, row.ready === 'Unknown' ? styles.isUnknown : styles.broken)}>{small ? t(`readyShort.${row.ready}`) : t(`ready.${row.ready}`)}</span>}
      {!row.schedulable && (
        <span className={classes(styles.badge, styles.isCordoned)} title={t('cordonedHint')}>
          <Ban size={11} aria-hidden="true" />
          {!small && t('cordoned')}
        </span>
      )}
      {taints.length > 0 && (
        <span className={classes(styles.badge, styles.isTainted)} title={taints.map(taintText).join('\n')}>
          <PlugZap size={11} aria-hidden="true" />
          {!small && t('taints', { count: taints.length })}
        </span>
      )}
    </span>
  );
}

/** As kubectl writes a taint. */
function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined ? '' : `=${value}`}:${effect}`;
}

function Meters({ row }: { row: NodeRow }) {
  const t = useTranslations('cluster.node');
  return (
    <span className={styles.meters}>
      <Meter name={t('cpu')} title={t('cpuHint', { requested: row.cpu.requestedMilli, allocatable: row.cpu.allocatableMilli })} share={row.cpu.requestedMilli / Math.max(1, row.cpu.allocatableMilli)} />
      <Meter name={t('memory')} title={t('memoryHint', { requested: row.memory.requestedMi, allocatable: row.memory.allocatableMi })} share={row.memory.requestedMi / Math.max(1, row.memory.allocatableMi)} />
    </span>
  );
}

function Meter({ name, title, share }: { name: string; title: string; share: number }) {
  return (
    <span className={styles.meter} title={title} role="img" aria-label={title}>
      <span className={styles.meterName}>{name}</span>
      <span className={styles.bar}>
        <span className={classes(styles.fill, share > 0.9 && styles.full)} style={{ width: `${Math.min(100, Math.round(share * 100))}%` }} />
      </span>
    </span>
  );
}

