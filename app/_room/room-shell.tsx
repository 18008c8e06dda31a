'use client';

/**
 * The room on the screen. Wide: the cluster above the terminals, and beside them one side panel chosen from a rail. Narrow: one panel
 * at a time, chosen from a bar at the bottom. Panels that were opened stay mounted, so that switching loses nothing.
 */
import { Boxes, FileCode2, Flame, MessageSquare, NotebookPen, ScanSearch, SquareTerminal } from 'lucide-react';
import { useCallback, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { useTranslations } from 'use-intl';
import { FaultPalette } from '../_controls/fault-palette.tsx';
import { useMedia } from '../_lib/media.ts';
import { useSelection } from '../_lib/selection.tsx';
import { TerminalDock } from '../_terminal/terminal-dock.tsx';
import { classes } from '../_ui/classes.ts';
import { ChatPanel } from '../_workspace/chat-panel.tsx';
import { EditorPanel } from '../_workspace/editor-panel.tsx';
import { NotesPanel } from '../_workspace/notes-panel.tsx';
import { useUnreadChat } from '../_workspace/unread.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { useRoom } from './room-context.tsx';
import { RoomCluster } from './room-cluster.tsx';
import { RoomHeader } from './room-header.tsx';
import { RoomInspector } from './room-inspector.tsx';
import styles from './room-shell.module.css';
import { ShowTerminalProvider } from './show-terminal.ts';

const SIDE_PANELS = ['object', 'files', 'chat', 'notes', 'faults'] as const;
type SidePanel = (typeof SIDE_PANELS)[number];
type NarrowPanel = SidePanel | 'cluster' | 'terminal';

const ICONS: Record<NarrowPanel, ComponentType<{ size?: number; 'aria-hidden'?: 'true' }>> = {
  cluster: Boxes,
  terminal: SquareTerminal,
  object: ScanSearch,
  files: FileCode2,
  chat: MessageSquare,
  notes: NotebookPen,
  faults: Flame,
};

const SIDE_CONTENT: Record<SidePanel, ComponentType> = { object: RoomInspector, files: EditorPanel, chat: ChatPanel, notes: NotesPanel, faults: FaultPalette };

export function RoomShell() {
  const t = useTranslations('room');
  const narrow = useMedia('(max-width: 899px)');
  const { sync } = useRoom();
  const { selected } = useSelection();
  const roomy = useMedia('(min-width: 1200px)');
  const [chosen, setSide] = useState<SidePanel | null>();
  // Until somebody has chosen, a panel without content takes no room from the cluster where there is little.
  const side = chosen === undefined ? (roomy ? 'object' : null) : chosen;
  const [panel, setPanel] = useState<NarrowPanel>('terminal');
  // What is selected is meant to be seen.
  useEffect(() => {
    if (!selected) return;
    setSide('object');
    setPanel('object');
  }, [selected]);
  const looking = narrow ? panel : (side ?? 'cluster');
  useEffect(() => sync.awareness.setLocalStateField('view', looking), [sync, looking]);
  const showDashboard = useCallback(() => setPanel('cluster'), []);
  const showTerminal = useCallback(() => setPanel('terminal'), []);

  return (
    <div className={styles.room}>
      <a className={styles.skip} href="#room-main">
        {t('skipToRoom')}
      </a>
      <RoomHeader narrow={narrow} />
      <ConnectionBanner />
      <main id="room-main" className={styles.main} tabIndex={-1}>
        <ShowTerminalProvider value={showTerminal}>
          {narrow ? <NarrowRoom panel={panel} onPanel={setPanel} onDashboard={showDashboard} /> : <WideRoom side={side} onSide={setSide} />}
        </ShowTerminalProvider>
      </main>
    </div>
  );
}

function WideRoom({ side, onSide }: { side: SidePanel | null; onSide(side: SidePanel | null): void }) {
  const t = useTranslations('room');
  const columns = useDefaultLayout({ id: 'quorum-room-columns', panelIds: side ? ['work', 'side'] : ['work'] });
  const rows = useDefaultLayout({ id: 'quorum-room-rows', panelIds: ['cluster', 'terminals'] });
  return (
    <div className={styles.wide}>
      <Group orientation="horizontal" className={styles.group} defaultLayout={columns.defaultLayout} onLayoutChanged={columns.onLayoutChanged}>
        <Panel id="work" minSize={420}>
          <Group orientation="vertical" className={styles.group} defaultLayout={rows.defaultLayout} onLayoutChanged={rows.onLayoutChanged}>
            <Panel id="cluster" minSize={160} defaultSize="60">
              <section className={styles.panel} aria-label={t('panels.cluster')}>
                <RoomCluster />
              </section>
            </Panel>
            <Separator className={classes(styles.separator, styles.horizontal)} aria-label={t('resizeTerminals')} />
            <Panel id="terminals" minSize={120} defaultSize="40">
              <section className={styles.panel} aria-label={t('panels.terminal')}>
                <TerminalDock />
              </section>
            </Panel>
          </Group>
        </Panel>
        {side && <Separator className={classes(styles.separator, styles.vertical)} aria-label={t('resizeSide')} />}
        {side && (
          <Panel id="side" minSize={300} maxSize={820} defaultSize={420} groupResizeBehavior="preserve-pixel-size">
            <section className={styles.panel} aria-label={t(`panels.${side}`)}>
              <KeptPanels active={side} />
            </section>
          </Panel>
        )}
      </Group>
      <nav className={styles.rail} aria-label={t('sidePanels')}>
        {SIDE_PANELS.map((one) => (
          <RailButton key={one} panel={one} active={side === one} onClick={() => onSide(side === one ? null : one)} />
        ))}
      </nav>
    </div>
  );
}

function NarrowRoom({ panel, onPanel, onDashboard }: { panel: NarrowPanel; onPanel(panel: NarrowPanel): void; onDashboard(): void }) {
  const t = useTranslations('room');
  return (
    <div className={styles.narrow}>
      <section className={styles.panel} aria-label={t(`panels.${panel}`)}>
        <div className={styles.kept} hidden={panel !== 'cluster'}>
          {panel === 'cluster' && <RoomCluster />}
        </div>
        <div className={styles.kept} hidden={panel !== 'terminal'}>
          <TerminalDock onDashboard={onDashboard} />
        </div>
        <div className={styles.kept} hidden={panel === 'cluster' || panel === 'terminal'}>
          <KeptPanels active={panel === 'cluster' || panel === 'terminal' ? null : panel} />
        </div>
      </section>
      <nav className={styles.bar} aria-label={t('allPanels')}>
        {(['cluster', 'terminal', ...SIDE_PANELS] as const).map((one) => (
          <RailButton key={one} panel={one} active={panel === one} onClick={() => onPanel(one)} />
        ))}
      </nav>
    </div>
  );
}

/** Side panels that were opened once stay, hidden: half-written messages and scroll positions are kept. */
function KeptPanels({ active }: { active: SidePanel | null }): ReactNode {
  const [opened, setOpened] = useState<ReadonlySet<SidePanel>>(new Set());
  if (active && !opened.has(active)) setOpened(new Set([...opened, active]));
  return SIDE_PANELS.filter((one) => opened.has(one)).map((one) => {
    const Content = SIDE_CONTENT[one];
    return (
      <div key={one} className={styles.kept} hidden={one !== active}>
        <Content />
      </div>
    );
  });
}

function RailButton({ panel, active, onClick }: { panel: NarrowPanel; active: boolean; onClick(): void }) {
  const t = useTranslations('room');
  const unread = useUnreadChat(panel === 'chat' && active);
  const Icon = ICONS[panel];
  const badge = panel === 'chat' && unread > 0;
  return (
    <button type="button" className={classes(styles.railButton, active && styles.railActive)} aria-pressed={active} onClick={onClick} data-testid={`panel-${panel}`}>
      <span className={styles.railIcon}>
        <Icon size={20} aria-hidden="true" />
        {badge && <span className={styles.badge}>{unread > 99 ? '99+' : unread}</span>}
      </span>
      <span className={styles.railLabel}>{t(`panels.${panel}`)}</span>
      {badge && <span className="visually-hidden">{t('unread', { count: unread })}</span>}
    </button>
  );
}
