/** Runs transcripts through the lab runner and compares what comes out with what was recorded. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from '../lab.ts';
import type { LabSession } from '../lab-session.ts';
import { compare, type StepDifference } from './compare.ts';
import type { Outcome, Transcript } from './transcript.ts';

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

export function transcriptNames(): string[] {
  return readdirSync(CONFORMANCE_FOLDER).filter((file) => /^\d\d-.*\.json$/.test(file)).map((file) => file.replace(/\.json$/, '')).sort();
}

export function readTranscript(name: string): Transcript {
  return JSON.parse(readFileSync(join(CONFORMANCE_FOLDER, `${name}.json`), 'utf8')) as Transcript;
}

export function knownDifferences(): KnownDifference[] {
  return JSON.parse(readFileSync(join(CONFORMANCE_FOLDER, 'known-differences.json'), 'utf8')) as KnownDifference[];
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

export async function check(name: string, makeLab?: MakeLab): Promise<Result> {
  const transcript = readTranscript(name);
  const outcomes = await runTranscript(transcript, makeLab);
  const { steps, differences } = compare(transcript.steps, outcomes, { leaveOut: LEFT_OUT[name] ?? [] });
  const known = knownDifferences().filter((difference) => difference.transcript === name);
  return {
    name,
    steps,
    equal: steps - differences.length,
    differences: differences.map((difference) => {
      const reason = known.find((candidate) => candidate.step === difference.step)?.reason;
      return reason === undefined ? difference : { ...difference, reason };
    }),
  };
}
