/** Compares a transcript with what ours printed, by the rules of the conformance data's README. */
import { flatten, groups, layOut, render, type Block, type Line } from './layout.ts';
import { equalLines } from './masks.ts';
import { NameFinder } from './names.ts';
import { pair, type Run } from './pairing.ts';
import { outcome, type Outcome, type TranscriptStep } from './transcript.ts';

export interface LineDifference {
  /** `-`: only the real thing prints it; `+`: only ours; ` `: both do. */
  sign: '-' | '+' | ' ';
  text: string;
}

export interface StepDifference {
  /** Index of the step, from 0. */
  step: number;
  run: string;
  stdout?: LineDifference[];
  stderr?: LineDifference[];
  code?: { expected: number; actual: number };
}

export interface Comparison {
  steps: number;
  differences: StepDifference[];
}

export interface CompareOptions {
  /** Names of objects that the recorder got wrong: lines about them, and steps that ask for them, are not compared. */
  leaveOut?: string[];
}

const LOGS = /^\s*kubectl\b.*\blogs\b/;
/** The recorder's runtime writes this line into every log; a real one does not. */
const STARTED = /^(?:\[[^\]]*\] )?(?:\S+Z )?started \S+$/;

export function compare(expectedSteps: TranscriptStep[], actual: Outcome[], { leaveOut = [] }: CompareOptions = {}): Comparison {
  const about = leaveOut.map((name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`));
  const concerns = (text: string): boolean => about.some((pattern) => pattern.test(text));
  const clean = (step: Outcome): Outcome => ({ ...step, stdout: dropLines(step.stdout, concerns), stderr: dropLines(step.stderr, concerns) });
  const pairs = expectedSteps.map((step, index) => {
    const expected = outcome(step);
    const ours = actual[index] ?? { run: step.run, stdout: '', stderr: '', code: -1 };
    return leaveOutLogs({ expected: clean(expected), actual: clean(ours) });
  });
  const commands = expectedSteps.map((step) => step.run);
  const sides = (['expected', 'actual'] as const).map((side) => {
    const finder = new NameFinder(commands, pairs.flatMap((both) => [both[side].stdout, both[side].stderr]));
    return pairs.map((both) => ({ stdout: layOut(both[side].stdout, both[side].run, finder), stderr: layOut(both[side].stderr, both[side].run, finder) }));
  });
  const [expectedBlocks, actualBlocks] = sides as [{ stdout: Block[]; stderr: Block[] }[], { stdout: Block[]; stderr: Block[] }[]];
  const pairing = pair(runOf(expectedBlocks, commands), runOf(actualBlocks, commands));
  const differences: StepDifference[] = [];
  pairs.forEach(({ expected, actual: ours }, step) => {
    if (concerns(argumentsOf(expected.run))) return;
    const difference: StepDifference = { step, run: expected.run };
    for (const stream of ['stdout', 'stderr'] as const) {
      const left = flatten((expectedBlocks[step] as { stdout: Block[]; stderr: Block[] })[stream], (name) => pairing('expected', name)).map((line) => ({ line, text: render(line, (name) => pairing('expected', name)) }));
      const right = flatten((actualBlocks[step] as { stdout: Block[]; stderr: Block[] })[stream], (name) => pairing('actual', name)).map((line) => ({ line, text: render(line, (name) => pairing('actual', name)) }));
      const found = differingLines(left, right);
      if (found) difference[stream] = found;
    }
    if (expected.code !== ours.code) difference.code = { expected: expected.code, actual: ours.code };
    if (difference.stdout || difference.stderr || difference.code) differences.push(difference);
  });
  return { steps: expectedSteps.length, differences };
}

/** The words of a command line that could name an object; not those of a here-document. */
function argumentsOf(run: string): string {
  const [first = ''] = run.split('\n');
  return /\b(?:run|create|apply)\b/.test(first) ? '' : first;
}

function dropLines(text: string, drop: (line: string) => boolean): string {
  return text.split('\n').filter((line) => !drop(line)).join('\n');
}

function runOf(blocks: { stdout: Block[]; stderr: Block[] }[], commands: string[]): Run {
  return blocks.map(({ stdout, stderr }, step) => [...groups(stdout, commands[step] as string), ...groups(stderr, commands[step] as string)]);
}

/** Logs are what the images print: the runtime's own line goes, and where nothing else was recorded, anything may be there. */
function leaveOutLogs(both: { expected: Outcome; actual: Outcome }): { expected: Outcome; actual: Outcome } {
  const { expected, actual } = both;
  if (!LOGS.test(expected.run) || expected.code !== 0) return both;
  const withoutStart = dropLines(expected.stdout, (line) => STARTED.test(line));
  if (withoutStart.trim() === '') return { expected: { ...expected, stdout: '' }, actual: { ...actual, stdout: '' } };
  return { expected: { ...expected, stdout: withoutStart }, actual: { ...actual, stdout: dropLines(actual.stdout, (line) => STARTED.test(line)) } };
}

interface Rendered {
  line: Line;
  text: string;
}

/** Lines of context around a difference. */
const CONTEXT = 1;

function differingLines(expected: Rendered[], actual: Rendered[]): LineDifference[] | undefined {
  if (expected.length === actual.length && expected.every((entry, index) => equalLines(entry.text, (actual[index] as Rendered).text))) return undefined;
  const script = align(expected, actual);
  const keep = script.map((entry, index) => entry.sign !== ' ' || script.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some((near) => near.sign !== ' '));
  return script.filter((_, index) => keep[index]);
}

/** The longest common subsequence, as a list of lines that stay, go and come. */
function align(expected: Rendered[], actual: Rendered[]): LineDifference[] {
  const [rows, columns] = [expected.length, actual.length];
  const lengths = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  const at = (row: number, column: number): number => (lengths[row] as Uint32Array)[column] as number;
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const same = equalLines((expected[row] as Rendered).text, (actual[column] as Rendered).text);
      (lengths[row] as Uint32Array)[column] = same ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const script: LineDifference[] = [];
  let row = 0;
  let column = 0;
  while (row < rows || column < columns) {
    const left = expected[row];
    const right = actual[column];
    if (left && right && equalLines(left.text, right.text)) {
      script.push({ sign: ' ', text: right.line.original });
      row++;
      column++;
    } else if (left && (!right || at(row + 1, column) >= at(row, column + 1))) {
      script.push({ sign: '-', text: shown(left, actual) });
      row++;
    } else {
      script.push({ sign: '+', text: shown(right as Rendered, expected) });
      column++;
    }
  }
  return script;
}

/** The line as printed; with its names' titles when the other side prints the very same text, so that the difference is seen. */
function shown({ line, text }: Rendered, others: Rendered[]): string {
  const alike = others.some((other) => other.line.original === line.original || other.line.masked.replace(/[a-z0-9]{5}\b/g, '') === line.masked.replace(/[a-z0-9]{5}\b/g, ''));
  return alike && line.names.length > 0 ? `${line.original}   «${text}»` : line.original;
}
