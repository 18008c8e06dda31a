/**
 * What the review page and its Web Worker say to each other. The page calls, the worker answers each call by its number, and sends
 * notices of its own. Plain data only.
 */
import type { Fidelity, ReplayFrame } from '../../../server/recordings/replay.ts';
import type { TerminalUpdate } from '../../../server/recordings/terminals.ts';
import type { RecordingManifest } from '../../../server/recordings/types.ts';
import type { WorkspaceView } from '../../../server/recordings/workspace.ts';
import type { CausedWrite, ObjectRef, WhyStep } from '../../../server/rooms/service.ts';
import type { KubeObject } from '../../../server/simulation/apiserver/types.ts';

/** Everything that is on the screen at one instant, as a difference to the frame before. */
export interface ReviewFrame {
  /** The moment of the class, wall clock, ms. */
  at: number;
  /** The cluster's virtual time then, ms. */
  time: number;
  cluster: ReplayFrame;
  /** Absent when it is as it was. */
  workspace?: WorkspaceView;
  /** Of the terminals that are watched. */
  terminals: TerminalUpdate[];
  /** Ids of terminals that had been opened by then. */
  opened: string[];
  /** The terminal in which something happened last. */
  lastActive?: string;
  fidelity: Fidelity;
  /** How often a part of the simulation failed, as it did in the recorded room. */
  failures: number;
  /** What it took to get here, ms. */
  tookMs: number;
}

/** What a screen wants of a frame. */
export interface FrameWish {
  /** Terminals on the screen. */
  watched: string[];
  /** Those of them that begin empty. */
  fresh: string[];
}

export interface ReviewCalls {
  /** Begins with a recording, or goes on with a longer one of the same room. */
  open: { argument: { server: string; token: string; manifest: RecordingManifest }; result: undefined };
  /** Goes to a moment. */
  seek: { argument: FrameWish & { at: number }; result: ReviewFrame };
  /** Plays on until something happens, at most to a moment. */
  next: { argument: FrameWish & { limit: number }; result: ReviewFrame };
  object: { argument: ObjectRef; result: KubeObject };
  yaml: { argument: ObjectRef; result: string };
  describe: { argument: ObjectRef; result: string };
  events: { argument: ObjectRef; result: KubeObject[] };
  logs: { argument: { key: string; container?: string; previous: boolean }; result: string };
  why: { argument: number; result: WhyStep[] };
  effects: { argument: { causeKind: 'input' | 'write'; causeId: number }; result: CausedWrite[] };
  history: { argument: ObjectRef; result: CausedWrite[] };
}

export type CallName = keyof ReviewCalls;

export type ReviewRequest = { [Name in CallName]: { id: number; call: Name; argument: ReviewCalls[Name]['argument'] } }[CallName];

/** Why a call failed: a code of the errors that the pages can word, and what the cluster said where it was the cluster. */
export interface ReviewFailure {
  code: string;
  message: string;
}

export type ReviewAnswer = { id: number; ok: true; result: unknown } | { id: number; ok: false; failure: ReviewFailure };

/** What is being fetched. */
export type LoadingPart = 'keyframe' | 'log' | 'terminals' | 'workspace';

export type ReviewNotice =
  /** Some of a part has arrived, uncompressed bytes. */
  | { notice: 'loading'; part: LoadingPart; bytes: number }
  /** A part is there, as far as the moment `until`: the same instant may look different now. */
  | { notice: 'arrived'; part: 'terminals' | 'workspace'; until: number }
  | { notice: 'failed'; part: 'terminals' | 'workspace'; failure: ReviewFailure };

export type ReviewMessage = ReviewAnswer | ReviewNotice;
