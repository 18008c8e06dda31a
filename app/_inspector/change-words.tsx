'use client';

/** What a write did, in words, with the object as a link. */
import { useTranslations } from 'use-intl';
import type { CausedWrite, ObjectRef, WriteChange } from '../../server/rooms/service.ts';
import { sameRef } from './kinds.ts';
import { ObjectLink } from './object-link.tsx';

/** @param subject the object that is open: it is named and needs no link */
export function ChangeWords({ caused: { write, change }, subject }: { caused: CausedWrite; subject: ObjectRef }) {
  const t = useTranslations('inspector.changes');
  const ref = { resource: write.resource, key: write.key };
  const object = () => (sameRef(ref, subject) ? <ObjectLink to={ref} withKind inText /> : <ObjectLink to={ref} withKind inText besides={subject.key.includes('/') ? subject.key.split('/')[0] : ''} />);
  const value = (chunks: React.ReactNode) => <b>{chunks}</b>;
  return t.rich(messageOf(change), { object, value, ...valuesOf(change) });
}

type ChangeMessage = WriteChange['kind'] | 'pod-ready' | 'pod-same';

function messageOf(change: WriteChange): ChangeMessage {
  if (change.kind !== 'pod-status' || change.from !== change.to) return change.kind;
  return change.ready === change.readyBefore ? 'pod-same' : 'pod-ready';
}

function valuesOf(change: WriteChange): Record<string, string | number> {
  switch (change.kind) {
    case 'bound':
      return { node: change.node };
    case 'scaled':
      return { from: change.from, to: change.to };
    case 'images':
      return { images: change.images.join(', ') };
    case 'taints':
      return { taints: change.taints.join(', ') || '—' };
    case 'pod-status':
      return { from: change.from, to: change.to, readyBefore: change.readyBefore, ready: change.ready };
    case 'replicas-status':
      return { ready: change.ready, total: change.total };
    case 'disruption':
      return { reason: change.reason, message: change.message };
    case 'node-ready':
    case 'endpoints':
      return { ready: change.ready };
    default:
      return {};
  }
}
