'use client';

/**
 * A review on the screen, laid out as the room is: the cluster above the terminals, one side panel beside them, and the time line
 * below everything. Narrow: one panel at a time.
 */
import { Boxes, CircleAlert, FileCode2, ListVideo, MessageSquare, NotebookPen, ScanSearch, SquareTerminal, TriangleAlert, Users } from 'lucide-react';
import { useEffect, useState, type ComponentType } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { useTranslations } from 'use-intl';
import { SIMULATION_VERSION } from '../../server/recordings/version.ts';
import { ClusterPanel } from '../_cluster/cluster-panel.tsx';
import { Inspector } from '../_inspector/inspector.tsx';
import { useErrorText } from '../_lib/api.ts';
import { useMedia } from '../_lib/media.ts';
import { useSelection } from '../_lib/selection.tsx';
import shell from '../_room/room-shell.module.css';
import { Button } from '../_ui/button.tsx';
import { classes } from '../_ui/classes.ts';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import type { ReviewState } from './client.ts';
import { MarkerList } from './marker-list.tsx';
import { useReview, useReviewState } from './review-context.tsx';
import { ReviewHeader } from './review-header.tsx';
import styles from './review-page.module.css';
import { ReviewChat, ReviewFiles, ReviewNotes, ReviewPeople } from './review-panels.tsx';
import { ReviewTerminals } from './review-terminals.tsx';
import { reviewTime } from './times.ts';
import { Transport } from './transport.tsx';

const SIDE_PANELS = ['marks', 'object', 'files', 'chat', 'notes', 'people'] as const;
type SidePanel = (typeof SIDE_PANELS)[number];
type NarrowPanel = SidePanel | 'cluster' | 'terminals';

const ICONS: Record<NarrowPanel, ComponentType<{ size?: number; 'aria-hidden'?: 'true' }>> = {
  cluster: Boxes,
  terminals: SquareTerminal,
  marks: ListVideo,
  object: ScanSearch,
  files: FileCode2,
  chat: MessageSquare,
  notes: NotebookPen,
  people: Users,
};

const CONTENT: Record<NarrowPanel, ComponentType> = {
  cluster: ClusterPanel,
  terminals: ReviewTerminals,
  marks: MarkerList,
  object: Inspector,
  files: ReviewFiles,
  chat: ReviewChat,
  notes: ReviewNotes,
  people: ReviewPeople,
};

const statusOf = (state: ReviewState): ReviewState['status'] => state.status;
const errorOf = (state: ReviewState): ReviewState['error'] => state.error;
const loadingOf = (state: ReviewState): ReviewState['loading'] => state.loading;
const fidelityOf = (state: ReviewState): ReviewState['fidelity'] => state.fidelity;

export function ReviewShell() {
  const t = useTranslations('replay.page');
  const narrow = useMedia('(max-width: 899px)');
  const status = useReviewState(statusOf);
  return (
    <div className={shell.room} data-testid="review" data-status={status}>
      <a className={shell.skip} href="#review-main">
        {t('skip')}
      </a>
      <ReviewHeader narrow={narrow} />
      <Banners />
      <main id="review-main" className={classes(shell.main, styles.work)} tabIndex={-1}>
        {status === 'ready' ? narrow ? <Narrow /> : <Wide /> : <NotYet />}
      </main>
      {status !== 'failed' && <Transport />}
    </div>
  );
}

/** What the reader must know about the truth of what is shown. */
function Banners() {
  const t = useTranslations('replay.page');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const { client, manifest } = useReview();
  const status = useReviewState(statusOf);
  const error = useReviewState(errorOf);
  const fidelity = useReviewState(fidelityOf);
  const failures = useReviewState((state) => state.failures);
  const otherVersion = manifest.keyframes.find(({ simulationVersion }) => simulationVersion !== SIMULATION_VERSION)?.simulationVersion;
  const divergedAt = fidelity.kind === 'diverged' ? reviewTime((manifest.keyframes.find(({ sequence }) => sequence === fidelity.keyframe)?.wall ?? manifest.axis.from) - manifest.axis.from) : undefined;
  return (
    <>
      {status === 'ready' && error && (
        <div className={classes(styles.banner, styles.bad)} role="alert">
          <CircleAlert size={16} aria-hidden="true" />
          <span>{t('offline', { reason: errorText(error) })}</span>
          <Button size="small" onClick={() => client.retry()}>{common('retry')}</Button>
        </div>
      )}
      {divergedAt !== undefined && fidelity.kind === 'diverged' && (
        <div className={classes(styles.banner, styles.bad)} role="alert">
          <TriangleAlert size={16} aria-hidden="true" />
          <span>{t(fidelity.otherVersion ? 'divergedVersion' : 'diverged', { time: divergedAt })}</span>
        </div>
      )}
      {(failures > 0 || otherVersion !== undefined) && (
        <div className={styles.banner} role="status">
          <TriangleAlert size={16} aria-hidden="true" />
          <span>
            {otherVersion !== undefined && t('otherVersion', { recorded: otherVersion, playing: SIMULATION_VERSION })}{' '}
            {failures > 0 && t(otherVersion === undefined ? 'simulationFailed' : 'simulationFailedNow', { count: failures })}
          </span>
        </div>
      )}
    </>
  );
}

/** While nothing can be shown: how far it is, or why not. */
function NotYet() {
  const t = useTranslations('replay.page');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const { client } = useReview();
  const status = useReviewState(statusOf);
  const error = useReviewState(errorOf);
  const loading = useReviewState(loadingOf);
  if (status === 'failed') {
    const workerEnded = error !== undefined && 'code' in error && error.code === 'worker-failed';
    return (
      <div className={styles.loading}>
        <EmptyState
          icon={<CircleAlert size={32} aria-hidden="true" />}
          title={workerEnded ? t('workerFailed') : t('failed')}
          live
          action={<Button variant="primary" onClick={() => (workerEnded ? location.reload() : client.retry())}>{workerEnded ? common('reload') : common('retry')}</Button>}
        >
          {errorText(error)}
        </EmptyState>
      </div>
    );
  }
  const size = Math.ceil((loading?.bytes ?? 0) / 1024);
  return (
    <div className={styles.loading}>
      <EmptyState icon={<Spinner size={28} />} title={loading?.part === 'keyframe' ? t('keyframe', { size }) : loading?.part === 'log' ? t('log', { size }) : t('replaying')} live />
    </div>
  );
}

function Wide() {
  const t = useTranslations('replay');
  const { selected } = useSelection();
  const [side, setSide] = useState<SidePanel | null>('marks');
  useEffect(() => {
    if (selected) setSide('object');
  }, [selected]);
  const columns = useDefaultLayout({ id: 'quorum-review-columns', panelIds: side ? ['work', 'side'] : ['work'] });
  const rows = useDefaultLayout({ id: 'quorum-review-rows', panelIds: ['cluster', 'terminals'] });
  const Side = side ? CONTENT[side] : undefined;
  return (
    <div className={shell.wide}>
      <Group orientation="horizontal" className={shell.group} defaultLayout={columns.defaultLayout} onLayoutChanged={columns.onLayoutChanged}>
        <Panel id="work" minSize={420}>
          <Group orientation="vertical" className={shell.group} defaultLayout={rows.defaultLayout} onLayoutChanged={rows.onLayoutChanged}>
            <Panel id="cluster" minSize={140} defaultSize="58">
              <section className={shell.panel} aria-label={t('panels.cluster')}>
                <h2 className="visually-hidden">{t('panels.cluster')}</h2>
                <ClusterPanel />
              </section>
            </Panel>
            <Separator className={classes(shell.separator, shell.horizontal)} aria-label={t('resizeTerminals')} />
            <Panel id="terminals" minSize={110} defaultSize="42">
              <section className={shell.panel} aria-label={t('panels.terminals')}>
                <ReviewTerminals />
              </section>
            </Panel>
          </Group>
        </Panel>
        {Side && <Separator className={classes(shell.separator, shell.vertical)} aria-label={t('resizeSide')} />}
        {side && Side && (
          <Panel id="side" minSize={300} maxSize={820} defaultSize={400} groupResizeBehavior="preserve-pixel-size">
            <section className={shell.panel} aria-label={t(`panels.${side}`)}>
              <Side />
            </section>
          </Panel>
        )}
      </Group>
      <nav className={shell.rail} aria-label={t('sidePanels')}>
        {SIDE_PANELS.map((one) => (
          <RailButton key={one} panel={one} active={side === one} onClick={() => setSide(side === one ? null : one)} />
        ))}
      </nav>
    </div>
  );
}

function Narrow() {
  const t = useTranslations('replay');
  const { selected } = useSelection();
  const [panel, setPanel] = useState<NarrowPanel>('cluster');
  useEffect(() => {
    if (selected) setPanel('object');
  }, [selected]);
  const Content = CONTENT[panel];
  return (
    <div className={shell.narrow}>
      <section className={shell.panel} aria-label={t(`panels.${panel}`)}>
        {panel === 'cluster' && <h2 className="visually-hidden">{t('panels.cluster')}</h2>}
        <Content />
      </section>
      <nav className={shell.bar} aria-label={t('allPanels')}>
        {(['cluster', 'terminals', ...SIDE_PANELS] as const).map((one) => (
          <RailButton key={one} panel={one} active={panel === one} onClick={() => setPanel(one)} />
        ))}
      </nav>
    </div>
  );
}

function RailButton({ panel, active, onClick }: { panel: NarrowPanel; active: boolean; onClick(): void }) {
  const t = useTranslations('replay.panels');
  const Icon = ICONS[panel];
  return (
    <button type="button" className={classes(shell.railButton, active && shell.railActive)} aria-pressed={active} onClick={onClick} data-testid={`review-panel-${panel}`}>
      <span className={shell.railIcon}>
        <Icon size={20} aria-hidden="true" />
      </span>
      <span className={shell.railLabel}>{t(panel)}</span>
    </button>
  );
}
