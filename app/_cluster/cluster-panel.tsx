'use client';

/**
 * The cluster as everybody in a class looks at it: the control plane, the nodes below it and the pods on them, what was asked for beside
 * it, and every API write on its way. It knows the cluster's source, the selection and the clock, and nothing of the room: in a replay
 * it is the same.
 */
import { Server, SquareTerminal } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState, type MouseEvent, type PointerEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { ClusterView } from '../../server/rooms/projection/types.ts';
import { useClusterView } from '../_lib/cluster-source.tsx';
import { useMedia } from '../_lib/media.ts';
import { useSelection } from '../_lib/selection.tsx';
import { classes } from '../_ui/classes.ts';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { ActiveFaults } from './active-faults.tsx';
import { Cables } from './cables.tsx';
import styles from './cluster-panel.module.css';
import { furtherPrograms, programPods, Programs } from './control-plane.tsx';
import { useGeometry, type Geometry } from './geometry.ts';
import { HoverCard, isExplained } from './hover-card.tsx';
import { useArrowKeys } from './keyboard.ts';
import { Links } from './links.tsx';
import { objectOf, sameRef } from './model/object-ref.ts';
import { relatedTo, searchPods, type Related } from './model/relations.ts';
import { SceneBuilder, type Scene, type Scope } from './model/scene.ts';
import { isHeartbeat, isQuiet, WriteLog } from './model/write-log.ts';
import { NodeCard } from './node-card.tsx';
import { PodTile } from './pod-tile.tsx';
import { PointedContext, type Pointed } from './pointed.tsx';
import { useClusterPresence, useOnlookers } from './presence.tsx';
import { Shelf } from './shelf.tsx';
import { Stage } from './stage.ts';
import { Ticker } from './ticker.tsx';
import { Toolbar } from './toolbar.tsx';
import { Writes } from './writes.tsx';

/** Clusters of more nodes get small cards. */
const LARGE_CARDS = 16;
/** From this width on, the list of writes stands beside the map; below it, under it. */
const LIST_BESIDE_PX = 1040;
/** More pods that wait are a number. */
const MAX_WAITING = 300;
const NO_RELATION: Related = { pods: new Set(), services: new Map(), workloads: new Set() };

export function ClusterPanel() {
  const t = useTranslations('cluster');
  const view = useClusterView();
  if (!view) return <EmptyState icon={<Spinner size={26} />} title={t('loading')} live />;
  return <Cluster view={view} />;
}

function Cluster({ view }: { view: ClusterView }) {
  const t = useTranslations('cluster');
  const { tables, meta } = view;
  const { selected, select } = useSelection();
  const { stale } = useClusterPresence();
  const onlookers = useOnlookers();
  const [scope, setScope] = useScope();
  const [search, setSearch] = useState('');
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const [builder] = useState(() => new SceneBuilder());
  const scene = useMemo(() => builder.build({ tables }, scope), [builder, tables, scope]);
  const query = useDeferredValue(search);
  const found = useMemo(() => searchPods(query, tables.pods.values()), [query, tables.pods]);
  const about = pointed && pointed.explain === undefined ? pointed.ref : selected;
  const related = useMemo(() => (about ? relatedTo(about, tables) : NO_RELATION), [about, tables]);
  // A pod that is pointed at does not put the others in the shade; a Service or a workload does.
  const lit = useStableLit(related.pods.size > 0 && about?.resource !== 'pods' ? related.pods : found, scene);
  const programs = useSameMap(useMemo(() => programPods(tables.pods.values(), tables.programs.values()), [tables.pods, tables.programs]));
  const body = useRef<HTMLDivElement>(null);
  const map = useRef<HTMLDivElement>(null);
  const powers = scene.nodes.map(({ row }) => `${row.key} ${row.power}`).join('\n');
  const names = scene.nodes.map(({ row }) => `${row.role} ${row.key}`).join(' ');
  const geometry = useGeometry(map, `${names} ${scene.waiting.length > 0} ${scene.density}`);
  const keyboard = useArrowKeys();
  const { stage, layer, log, writes, single } = useTraffic(view, map, geometry, scene);
  const root = useRef<HTMLDivElement>(null);
  const wide = useWiderThan(root, LIST_BESIDE_PX);
  const [listChoice, setListChoice] = useListChoice();
  const listOpen = listChoice ?? wide;
  const showSystem = useCallback(() => setScope((before) => ({ ...before, system: true })), [setScope]);
  const pointing = useMemo(() => ({ point: setPointed }), []);

  const open = (event: MouseEvent): void => {
    const object = objectOf(event.target);
    if (object) select(object.ref);
  };
  const point = (event: PointerEvent | React.FocusEvent): void => {
    const object = objectOf(event.target);
    const explained = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-explain]') : null;
    if (explained) {
      const name = explained.dataset.explain;
      if (isExplained(name)) setPointed((before) => (before?.explain === name ? before : { ref: { resource: '', key: name }, box: explained.getBoundingClientRect(), explain: name }));
      return;
    }
    if (!object || object.ref.resource === 'nodes') return setPointed(null);
    setPointed((before) => (before && sameRef(before.ref, object.ref) ? before : { ref: object.ref, box: object.element.getBoundingClientRect() }));
  };

  const [head, ...others] = scene.nodes;
  const hasHead = head?.row.role === 'control-plane';
  const small = scene.nodes.length > LARGE_CARDS;
  const cards = hasHead ? others : scene.nodes;
  const selectedPod = selected?.resource === 'pods' ? selected.key : undefined;
  const selectedNode = selected?.resource === 'nodes' ? selected.key : undefined;
  const further = useMemo(() => furtherPrograms(tables.programs.values()), [tables.programs]);
  const programsPart = useMemo(() => <Programs programs={tables.programs} pods={programs} selectedPod={selectedPod} />, [tables.programs, programs, selectedPod]);
  const card = (node: (typeof scene.nodes)[number], children?: React.ReactNode): React.ReactNode => (
    <NodeCard
      key={node.row.key}
      scene={node}
      density={scene.density}
      small={small && children === undefined}
      lit={lit?.get(node.row.key)}
      selectedPod={selectedPod !== undefined && tables.pods.get(selectedPod)?.node === node.row.key ? selectedPod : undefined}
      selected={selectedNode === node.row.key}
      onlookers={onlookers}
      onShowSystem={showSystem}
      programs={children === undefined ? further.get(node.row.key) : undefined}
    >
      {children}
    </NodeCard>
  );

  return (
    <PointedContext value={pointing}>
      <div ref={root} className={classes(styles.cluster, stale && styles.stale)} data-testid="cluster-view" data-revision={meta.revision}>
        <Toolbar scene={scene} scope={scope} onScope={setScope} search={search} onSearch={setSearch} found={found?.size} />
        <ActiveFaults faults={tables.faults} meta={meta} />
        <div className={classes(styles.middle, listOpen && (wide ? styles.listBeside : styles.listBelow))}>
        <div ref={body} className={styles.body} onClick={open} onPointerOver={point} onPointerLeave={() => setPointed(null)} onFocus={point} onBlur={() => setPointed(null)} onKeyDown={keyboard}>
          <Links body={body} about={about} related={related} tables={tables} cause={geometry} />
          <Shelf workloads={scene.workloads} services={scene.services} ingresses={scene.ingresses} supports={scene.supports} relatedWorkloads={related.workloads} relatedServices={related.services} selected={selected ? `${selected.resource} ${selected.key}` : undefined} onlookers={onlookers} />
          {scene.nodes.length === 0 ? (
            <EmptyState icon={<Server size={28} aria-hidden="true" />} title={t('noNodes')}>
              {t('noNodesHint')}
            </EmptyState>
          ) : (
            <div className={styles.scroll} data-navgroup="" role="group" aria-label={t('map')}>
              <div className={styles.map} ref={map}>
                {geometry && <Cables geometry={geometry} nodes={powers} programs={tables.programs} />}
                <div className={styles.head}>
                  <span className={styles.kubectl} data-station="kubectl" data-explain="kubectl">
                    <SquareTerminal size={15} aria-hidden="true" />
                    <span className={styles.kubectlName}>kubectl</span>
                    <span className={styles.acting} data-acting="kubectl" aria-hidden="true" />
                  </span>
                  {hasHead ? card(head, programsPart) : programsPart}
                </div>
                {scene.waiting.length > 0 && (
                  <section className={styles.waiting} aria-label={t('waiting', { count: scene.waiting.length })} data-testid="waiting">
                    <h3 className={styles.waitingTitle}>{t('waiting', { count: scene.waiting.length })}</h3>
                    <ul className={classes(styles.waitingPods, styles[scene.density])}>
                      {scene.waiting.slice(0, MAX_WAITING).map((pod, index) => (
                        <PodTile key={pod.key} pod={pod} nodeReady={undefined} hue={scene.waitingHues[index] as number} density={scene.density === 'dense' ? 'compact' : scene.density} lit={lit?.get('')?.has(pod.key) ?? lit === undefined} selected={pod.key === selectedPod} onlookers={onlookers.get(`pods ${pod.key}`)} />
                      ))}
                    </ul>
                  </section>
                )}
                <div className={classes(styles.nodes, small && styles.smallNodes)}>{cards.map((node) => card(node))}</div>
                {scene.podCount === 0 && <p className={styles.hint}>{t('noPods')}</p>}
                <div className={styles.layer} ref={layer} aria-hidden="true" />
              </div>
            </div>
          )}
        </div>
        {listOpen && <Writes log={log} writes={writes} onOpen={select} />}
        </div>
        <HoverCard pointed={pointed} tables={tables} />
        <Ticker stage={stage} latest={writes.findLast((write) => !isQuiet(write))} single={single} listOpen={listOpen} onToggleList={() => setListChoice(!listOpen)} onOpen={select} />
      </div>
    </PointedContext>
  );
}

/** The writes on their way over the map, and the log of all of them. */
function useTraffic(view: ClusterView, map: React.RefObject<HTMLDivElement | null>, geometry: Geometry | undefined, scene: Scene) {
  const [log] = useState(() => new WriteLog());
  const [stage] = useState(() => new Stage());
  const layer = useRef<HTMLDivElement>(null);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const single = view.meta.rate === 'slow' || view.meta.rate === 'paused';
  const shown = useRef<number>(undefined);
  // Taking the same writes in twice is the same as once.
  const writes = useMemo(() => {
    log.add(view.writes);
    return log.writes;
  }, [log, view.writes]);
  useEffect(() => {
    stage.set(map.current && layer.current && geometry ? { map: map.current, layer: layer.current, routes: geometry.routes, nodes: scene.nodes.map(({ row }) => row.key) } : undefined, single ? 'single' : 'flow', still);
  }, [stage, map, geometry, scene.nodes, single, still]);
  useEffect(() => {
    const newest = view.writes.at(-1)?.revision ?? 0;
    const since = shown.current;
    shown.current = newest;
    // What was there before this screen came, or before a replay went back, has been and is not on its way.
    if (since === undefined || newest < since) return stage.clear();
    stage.show(view.writes.filter((write) => write.revision > since && !(single ? isHeartbeat(write) : isQuiet(write))));
  }, [stage, view.writes, single]);
  useEffect(() => () => stage.stop(), [stage]);
  return { stage, layer, log, writes, single };
}

let lastListChoice: boolean | undefined;

/** Whether the list is open; undefined until somebody has chosen. */
function useListChoice(): [boolean | undefined, (open: boolean) => void] {
  const [choice, setChoice] = useState(lastListChoice);
  return [
    choice,
    (open) => {
      lastListChoice = open;
      setChoice(open);
    },
  ];
}

function useWiderThan(element: React.RefObject<HTMLElement | null>, width: number): boolean {
  const [wide, setWide] = useState(false);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => setWide((entry?.contentRect.width ?? 0) >= width));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, width]);
  return wide;
}

/** On a phone the view goes and comes again; what was chosen stays. */
let lastScope: Scope = { namespace: null, system: false };

function useScope(): [Scope, (change: Scope | ((before: Scope) => Scope)) => void] {
  const [scope, setScope] = useState(lastScope);
  useEffect(() => {
    lastScope = scope;
  }, [scope]);
  return [scope, setScope];
}

/** The map of before when it has the same entries. */
function useSameMap<V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
  const last = useRef(map);
  if (last.current.size !== map.size || [...map].some(([key, value]) => last.current.get(key) !== value)) last.current = map;
  return last.current;
}

/**
 * Keys that are pointed out, by node, so that only nodes where something is different draw again. Undefined when nothing is pointed out;
 * a node without any has an empty set.
 */
function useStableLit(keys: ReadonlySet<string> | undefined, scene: Scene): ReadonlyMap<string, ReadonlySet<string>> | undefined {
  const last = useRef<ReadonlyMap<string, ReadonlySet<string>> | undefined>(undefined);
  return useMemo(() => {
    if (!keys) return (last.current = undefined);
    const before = last.current;
    const map = new Map<string, ReadonlySet<string>>();
    const pick = (name: string, pods: Scene['waiting']): void => {
      const lit = new Set<string>();
      for (const { key } of pods) if (keys.has(key)) lit.add(key);
      const known = before?.get(name);
      map.set(name, known && known.size === lit.size && [...lit].every((key) => known.has(key)) ? known : lit);
    };
    for (const { row, pods } of scene.nodes) pick(row.key, pods);
    pick('', scene.waiting);
    return (last.current = map);
  }, [keys, scene]);
}
