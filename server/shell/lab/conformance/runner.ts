/** Runs transcripts through the lab runner and compares what comes out with what was recorded. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from '../lab.ts';
import type { LabSession } from '../lab-session.ts';
import { compare, type CompareOptions, type StepDifference } from './compare.ts';
import { asReleased } from './releases.ts';
import { outcome, type Outcome, type Transcript, type TranscriptStep } from './transcript.ts';

/** Where the project keeps its copy of the transcripts. */
export const CONFORMANCE_FOLDER = join(import.meta.dirname, '../../../../e2e/conformance');

/** See the README of the conformance data: what it says to leave out of the comparison, by transcript. */
const LEFT_OUT: Record<string, string[]> = { '10-crash-loop': ['missing'] };

/** A step that is known to differ, and why. */
export interface KnownDifference {
  transcript: string;
  /** Index of the step, from 0. */
  step: number;
  reason: string;
}

export interface Result {
  name: string;
  steps: number;
  equal: number;
  differences: (StepDifference & { reason?: string })[];
}

/** A kubectl that runs instead of the terminal's. */
export interface Binary {
  makeLab: MakeLab;
  /** Its minor release. */
  minor: number;
}

export function transcriptNames(): string[] {
  return readdirSync(CONFORMANCE_FOLDER).filter((file) => /^\d\d-.*\.json$/.test(file)).map((file) => file.replace(/\.json$/, '')).sort();
}

export function readTranscript(name: string): Transcript {
  return JSON.parse(readFileSync(join(CONFORMANCE_FOLDER, `${name}.json`), 'utf8')) as Transcript;
}

function differencesIn(file: string): KnownDifference[] {
  return JSON.parse(readFileSync(join(CONFORMANCE_FOLDER, file), 'utf8')) as KnownDifference[];
}

/** Differences of the terminal's kubectl. */
export function knownDifferences(): KnownDifference[] {
  return differencesIn('known-differences.json');
}

/** Those that there are besides with a kubectl that is a program of its own, of whatever release. */
export function knownBinaryDifferences(): KnownDifference[] {
  return differencesIn('known-binary-differences.json');
}

/** Steps equal that the last commit had reached, by transcript. */
export function reached(): Record<string, number> {
  return JSON.parse(readFileSync(join(CONFORMANCE_FOLDER, 'reached.json'), 'utf8')) as Record<string, number>;
}

/** Makes the lab of a transcript. */
export type MakeLab = () => LabSession | Promise<LabSession>;

/** Runs one transcript on a fresh cluster. A step at which the shell or the cluster breaks is one that prints nothing but why. */
export async function runTranscript(transcript: Transcript, makeLab: MakeLab = () => new Lab()): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let lab: LabSession | undefined;
  for (const { run } of transcript.steps) {
    try {
      lab ??= await makeLab();
      outcomes.push(await lab.step(run));
    } catch (error) {
      outcomes.push({ run, stdout: '', stderr: `lab runner: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, code: -1 });
    }
  }
  await lab?.close();
  return outcomes;
}

export async function check(name: string, binary?: Binary): Promise<Result> {
  const transcript = readTranscript(name);
  const outcomes = await runTranscript(transcript, binary?.makeLab);
  const options = { leaveOut: LEFT_OUT[name] ?? [] };
  const { steps, differences } = compare(transcript.steps, outcomes, options);
  const known = [...(binary ? knownBinaryDifferences() : []), ...knownDifferences()].filter((difference) => difference.transcript === name);
  const byRelease = binary ? releaseReasons(transcript, outcomes, binary.minor, options) : new Map<number, string>();
  return {
    name,
    steps,
    equal: steps - differences.length,
    differences: differences.map((difference) => {
      const reason = byRelease.get(difference.step) ?? known.find((candidate) => candidate.step === difference.step)?.reason;
      return reason === undefined ? difference : { ...difference, reason };
    }),
  };
}

/** Why steps differ that are equal as soon as both sides are as an older kubectl prints them. */
export function releaseReasons(expected: Pick<Transcript, 'steps'>, actual: Outcome[], minor: number, options: CompareOptions = {}): Map<number, string> {
  const older = (step: TranscriptStep): Outcome => {
    const { run, stdout, stderr, code } = outcome(step);
    return { run, stdout: asReleased(stdout, run, minor).text, stderr: asReleased(stderr, run, minor).text, code };
  };
  const { differences } = compare(expected.steps.map(older), actual.map(older), options);
  const differing = new Set(differences.map(({ step }) => step));
  const reasons = new Map<number, string>();
  for (const [index, step] of expected.steps.entries()) {
    if (differing.has(index)) continue;
    const sides = [outcome(step), actual[index] ?? outcome(step)];
    const found = new Set(sides.flatMap(({ run, stdout, stderr }) => [...asReleased(stdout, run, minor).reasons, ...asReleased(stderr, run, minor).reasons]));
    if (found.size > 0) reasons.set(index, `kubectl 1.${minor}: ${[...found].join('; ')}`);
  }
  return reasons;
}
