'use client';

/** What all parts of a review share: the recording, the replay, the play head. */
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { RecordingManifest } from '../../server/recordings/types.ts';
import { ClusterSourceProvider } from '../_lib/cluster-source.tsx';
import { SelectionProvider } from '../_lib/selection.tsx';
import type { Session } from '../_lib/sessions.ts';
import { ReviewClient, type ReviewState } from './client.ts';
import { Playback, PICTURE_MS, type PlaybackState } from './playback.ts';
import { linkTime, readLinkTime } from './times.ts';

/** The address says where one is, this long after the last move. */
const ADDRESS_AFTER_MS = 400;

export interface Review {
  session: Session;
  manifest: RecordingManifest;
  client: ReviewClient;
  playback: Playback;
  /** Goes to a moment of the class (wall clock, ms). */
  seek(at: number): void;
  /** Goes on with a newer manifest of the same room. */
  extend(manifest: RecordingManifest): void;
}

const ReviewContext = createContext<Review | undefined>(undefined);

export function useReview(): Review {
  const review = use(ReviewContext);
  if (!review) throw new Error('useReview needs ReviewProvider');
  return review;
}

/** A part of the review's state; renders again when it changed. @param select must give the same value for the same state */
export function useReviewState<T>(select: (state: ReviewState) => T): T {
  const { client } = useReview();
  return useSyncExternalStore(client.subscribe, () => select(client.state()), () => select(client.state()));
}

export function usePlayback(): PlaybackState {
  const { playback } = useReview();
  return useSyncExternalStore(playback.subscribe, playback.state, playback.state);
}

export function ReviewProvider({ session, manifest: first, fallback, children }: { session: Session; manifest: RecordingManifest; fallback: ReactNode; children: ReactNode }) {
  const [manifest, setManifest] = useState(first);
  const [client, setClient] = useState<ReviewClient>();
  const begin = useRef(first);
  useEffect(() => {
    const { axis } = begin.current;
    const wanted = readLinkTime(new URLSearchParams(location.search).get('t'));
    const replay = new ReviewClient(Math.min(axis.from + (wanted ?? 0), axis.to));
    setClient(replay);
    void replay.open({ server: location.origin, token: session.token, manifest: begin.current });
    return () => {
      setClient(undefined);
      replay.dispose();
    };
  }, [session.token]);
  const extend = useCallback(
    (longer: RecordingManifest) => {
      begin.current = longer;
      setManifest(longer);
      void client?.open({ server: location.origin, token: session.token, manifest: longer });
    },
    [client, session.token],
  );
  const review = useMemo<Omit<Review, 'manifest'> | undefined>(() => {
    if (!client) return undefined;
    const playback = new Playback({ at: () => client.state().at, end: () => begin.current.axis.to, quietAt: (at) => begin.current.quiet.find(({ from, to }) => at >= from && at < to), seek: (at) => client.seek(at), next: (limit) => client.next(limit) });
    const seek = (at: number): void => {
      const { axis } = begin.current;
      const target = Math.round(Math.min(Math.max(at, axis.from), axis.to));
      playback.moved(target);
      void client.seek(target);
    };
    return { session, client, playback, seek, extend };
  }, [client, session, extend]);
  // The manifest grows while it plays on.
  const value = useMemo(() => review && { ...review, manifest }, [review, manifest]);
  if (!value) return fallback;
  return (
    <ReviewContext value={value}>
      <ClusterSourceProvider source={value.client.source}>
        <SelectionProvider>
          <Clockwork />
          {children}
        </SelectionProvider>
      </ClusterSourceProvider>
    </ReviewContext>
  );
}

/** Keeps the play head moving while it plays, and the address up to date while it does not. */
function Clockwork() {
  const { playback, manifest } = useReview();
  const { playing } = usePlayback();
  const at = useReviewState(atOf);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => void playback.tick(performance.now()), PICTURE_MS);
    return () => clearInterval(timer);
  }, [playing, playback]);
  useEffect(() => {
    if (playing) return;
    const timer = setTimeout(() => {
      const url = new URL(location.href);
      url.searchParams.set('t', linkTime(at - manifest.axis.from));
      window.history.replaceState(window.history.state, '', url);
    }, ADDRESS_AFTER_MS);
    return () => clearTimeout(timer);
  }, [playing, at, manifest.axis.from]);
  return null;
}

export const atOf = (state: ReviewState): number => state.at;
export const timeOf = (state: ReviewState): number => state.time;
