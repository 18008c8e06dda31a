/**
 * A real kubectl and the terminal's print the same: lists of commands in `e2e/same-text/`, each typed into two labs that begin alike, one with a
 * kubectl binary against a room, one with the terminal's kubectl. Compared as the recorded transcripts are. What an older binary words otherwise is
 * known by rule (`releases.ts`), or listed with a reason in `known-differences.json` beside the lists.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { kubectlLab, kubectlOnPath, minorRelease } from './kubectl-lab.ts';
import { compare, type StepDifference } from './shell/lab/conformance/compare.ts';
import { releaseReasons } from './shell/lab/conformance/runner.ts';
import type { Outcome } from './shell/lab/conformance/transcript.ts';
import { Lab, splitSteps } from './shell/lab/lab.ts';
import type { LabSession } from './shell/lab/lab-session.ts';

const FOLDER = path.join(import.meta.dirname, '../e2e/same-text');
/** Older releases differ in too much for their text to be worth listing. */
const OLDEST_MINOR = 32;
/** A list takes some tens of seconds of a slow machine. */
const LIMIT_MS = 240_000;

interface KnownDifference {
  list: string;
  run: string;
  /** The last minor release that differs. */
  until: number;
  reason: string;
}

const KUBECTL = kubectlOnPath();
const MINOR = KUBECTL ? minorRelease(KUBECTL) : 0;
const LISTS = readdirSync(FOLDER).filter((file) => file.endsWith('.sh')).map((file) => file.replace('.sh', '')).sort();
const KNOWN = JSON.parse(readFileSync(path.join(FOLDER, 'known-differences.json'), 'utf8')) as KnownDifference[];

/** A list's text; several can begin with the same lines. */
function textOf(list: string): string {
  const text = readFileSync(path.join(FOLDER, `${list}.sh`), 'utf8');
  const beginning = /^# Begins with (\S+)\n/.exec(text);
  return beginning ? readFileSync(path.join(FOLDER, 'beginnings', `${beginning[1] as string}.sh`), 'utf8') + text : text;
}

async function typed(lab: LabSession, lines: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  try {
    for (const line of lines) outcomes.push(await lab.step(line));
  } finally {
    await lab.close();
  }
  return outcomes;
}

function shown({ run, stdout, stderr, code }: StepDifference): string {
  const lines = (title: string, list: StepDifference['stdout']): string[] => (list ? [`  ${title}: (- binary, + terminal)`, ...list.slice(0, 20).map(({ sign, text }) => `    ${sign}${text}`)] : []);
  return [`$ ${run}`, ...(code ? [`  exit code: ${code.expected} binary, ${code.actual} terminal`] : []), ...lines('stderr', stderr), ...lines('stdout', stdout)].join('\n');
}

if (!KUBECTL || MINOR < OLDEST_MINOR) console.warn(`The terminal's text is not compared with a real kubectl: ${KUBECTL ? `that at ${KUBECTL} is of 1.${MINOR}, and only 1.${OLDEST_MINOR} and later are compared` : 'there is none on the PATH, and KUBECTL names none'}.`);

describe.skipIf(!KUBECTL || MINOR < OLDEST_MINOR)(`kubectl 1.${MINOR} and the terminal print the same`, () => {
  // The room's clock runs with that on the wall: on a machine that stalls, something may happen between two commands that would not.
  it.each(LISTS)('%s', { timeout: LIMIT_MS, retry: 2 }, async (list) => {
    const lines = splitSteps(textOf(list));
    const ours = await typed(new Lab(), lines);
    const real = await typed(await kubectlLab(KUBECTL as string), lines);
    const byRelease = releaseReasons({ steps: real }, ours, MINOR);
    const known = new Set(KNOWN.filter((difference) => difference.list === list && difference.until >= MINOR).map(({ run }) => run));
    const unknown = compare(real, ours).differences.filter(({ step, run }) => !byRelease.has(step) && !known.has(run));
    expect(unknown.map(shown).join('\n')).toBe('');
  });

  it('every known difference has a reason and a command that is in its list', () => {
    for (const { list, run, reason } of KNOWN) {
      expect(splitSteps(textOf(list))).toContain(run);
      expect(reason.length).toBeGreaterThan(20);
    }
  });
});
