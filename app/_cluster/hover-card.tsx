'use client';

/** What one sees of a thing by pointing at it. Everything here is in the object's page too, which opens with a click. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslations } from 'use-intl';
import type { PodRow, Tables } from '../../server/rooms/projection/types.ts';
import { StatusBadge } from '../_ui/status.tsx';
import styles from './hover-card.module.css';
import { podTone } from './model/pod-state.ts';
import type { Pointed } from './pointed.tsx';

const DELAY_MS = 260;
const GAP = 8;

const EXPLAINED = ['kubectl', 'kube-apiserver', 'etcd', 'kube-scheduler', 'kube-controller-manager', 'kubelet', 'kube-proxy'] as const;
type Explained = (typeof EXPLAINED)[number];

export function isExplained(name: string | undefined): name is Explained {
  return (EXPLAINED as readonly (string | undefined)[]).includes(name);
}

/** Pods and programs have a card; the others show what they have on themselves. */
export function HoverCard({ pointed, tables }: { pointed: Pointed | null; tables: Tables }) {
  const [shown, setShown] = useState<Pointed | null>(null);
  useEffect(() => {
    if (!pointed) {
      setShown(null);
      return;
    }
    const timer = setTimeout(() => setShown(pointed), DELAY_MS);
    return () => clearTimeout(timer);
  }, [pointed]);
  useEffect(() => {
    if (!shown) return;
    const hide = (): void => setShown(null);
    window.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => window.removeEventListener('scroll', hide, { capture: true });
  }, [shown]);
  // While the pointer rests on something else, the card of before would only be in the way.
  if (!shown || shown !== pointed) return null;
  const pod = shown.ref.resource === 'pods' ? tables.pods.get(shown.ref.key) : undefined;
  if (shown.explain !== undefined) {
    return (
      <Card box={shown.box}>
        <Explanation name={shown.explain as Explained} />
      </Card>
    );
  }
  return pod ? (
    <Card box={shown.box}>
      <PodFacts pod={pod} tables={tables} />
    </Card>
  ) : null;
}

function Card({ box, children }: { box: DOMRect; children: React.ReactNode }) {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = card.current;
    if (!element) return;
    const { offsetWidth: width, offsetHeight: height } = element;
    const left = Math.max(GAP, Math.min(box.left, window.innerWidth - width - GAP));
    const below = box.bottom + GAP + height < window.innerHeight;
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(below ? box.bottom + GAP : Math.max(GAP, box.top - GAP - height))}px)`;
  });
  return createPortal(
    <div ref={card} className={styles.card} aria-hidden="true">
      {children}
    </div>,
    document.body,
  );
}

function Explanation({ name }: { name: Explained }) {
  const t = useTranslations('cluster.explain');
  return (
    <>
      <p className={styles.title}>{name}</p>
      <p className={styles.text}>{t(name)}</p>
    </>
  );
}

function PodFacts({ pod, tables }: { pod: PodRow; tables: Tables }) {
  const t = useTranslations('cluster.facts');
  const facts: [string, string][] = [
    [t('namespace'), pod.namespace],
    [t('ready'), pod.ready],
    ...(pod.restarts > 0 ? ([[t('restarts'), String(pod.restarts)]] as [string, string][]) : []),
    [t('node'), pod.node || t('none')],
    ...(pod.ip ? ([[t('ip'), pod.ip]] as [string, string][]) : []),
    [t('image'), pod.images.join(', ')],
    ...(pod.owner ? ([[t('owner'), `${pod.owner.kind}/${pod.owner.name}`]] as [string, string][]) : []),
  ];
  return (
    <>
      <p className={styles.title}>{pod.name}</p>
      <StatusBadge tone={podTone(pod, tables.nodes.get(pod.node))}>{pod.status}</StatusBadge>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
