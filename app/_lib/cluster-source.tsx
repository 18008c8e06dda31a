'use client';

/**
 * Where a cluster on the screen comes from: the live room, or a replay. The cluster view and the inspector know this and nothing
 * else, so that they are the same in class and in review.
 */
import { createContext, use, useSyncExternalStore, type ReactNode } from 'react';
import type { ClusterView } from '../../server/rooms/projection/types.ts';
import type { CausedWrite, ObjectRef, WhyStep } from '../../server/rooms/service.ts';
import type { KubeObject } from '../../server/simulation/apiserver/types.ts';

export interface LogsQuery {
  /** `namespace/name` of the pod. */
  key: string;
  container?: string;
  previous: boolean;
}

export interface ClusterSource {
  mode: 'live' | 'replay';
  /** The present view; undefined while nothing has arrived. The same object until something changes. */
  view(): ClusterView | undefined;
  /** Called when the view changed. @returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** Whole objects, as kubectl prints them. All reject with what useErrorText can word. */
  object(ref: ObjectRef): Promise<KubeObject>;
  yaml(ref: ObjectRef): Promise<string>;
  describe(ref: ObjectRef): Promise<string>;
  events(ref: ObjectRef): Promise<KubeObject[]>;
  /** Absent where there are none to be had. */
  logs?(query: LogsQuery): Promise<string>;
  /** The chain of writes and inputs that led to a revision, newest first. */
  why?(revision: number): Promise<WhyStep[]>;
  /** What followed from a write or an input, oldest first. */
  effects?(causeKind: 'input' | 'write', causeId: number): Promise<CausedWrite[]>;
  /** The latest writes of an object that are remembered, newest first. */
  history?(ref: ObjectRef): Promise<CausedWrite[]>;
}

const SourceContext = createContext<ClusterSource | undefined>(undefined);

export function ClusterSourceProvider({ source, children }: { source: ClusterSource; children: ReactNode }) {
  return <SourceContext value={source}>{children}</SourceContext>;
}

export function useClusterSource(): ClusterSource {
  const source = use(SourceContext);
  if (!source) throw new Error('useClusterSource needs ClusterSourceProvider');
  return source;
}

const NOTHING = (): undefined => undefined;

/** The cluster as it is now; renders again when it changed. */
export function useClusterView(): ClusterView | undefined {
  const source = useClusterSource();
  return useSyncExternalStore(source.subscribe, source.view, NOTHING);
}
