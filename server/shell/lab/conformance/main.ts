/** `npm run conformance [-- NAME…] [--verbose]`: how far ours behaves like the recorded real thing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LineDifference } from './compare.ts';
import { check, CONFORMANCE_FOLDER, reached, readTranscript, runTranscript, transcriptNames, type Binary, type Result } from './runner.ts';

const USAGE = `Usage: npm run conformance [-- [NAME...] [--verbose] [--print] [--update] [--kubectl PATH]]

Runs the transcripts whose names begin with NAME (default: all) and compares them step by step.
  --verbose   all differences instead of the first of each transcript
  --print     what ours prints, without comparing
  --kubectl PATH  runs kubectl as a program of its own, over HTTP against a room, instead of the terminal's
  --update    raise e2e/conformance/reached.json to what was reached
`;

/** Lines of one difference that are printed unless --verbose. */
const MAX_LINES = 40;

function showLines(stream: string, lines: LineDifference[], limit: number): string {
  const shown = lines.slice(0, limit).map(({ sign, text }) => `      ${sign}${text}`);
  return [`    ${stream}:  (- real, + ours)`, ...shown, ...(lines.length > limit ? [`      … ${lines.length - limit} more lines`] : [])].join('\n');
}

function show(difference: Result['differences'][number], limit: number): string {
  const parts = [`  step ${difference.step}: ${difference.run.split('\n')[0]}`];
  if (difference.reason !== undefined) parts.push(`    known: ${difference.reason}`);
  if (difference.code) parts.push(`    exit code: ${difference.code.expected} real, ${difference.code.actual} ours`);
  if (difference.stderr) parts.push(showLines('stderr', difference.stderr, limit));
  if (difference.stdout) parts.push(showLines('stdout', difference.stdout, limit));
  return parts.join('\n');
}

function report({ name, steps, equal, differences }: Result, verbose: boolean): string {
  const explained = differences.filter((difference) => difference.reason !== undefined).length;
  const head = `${name}: ${equal} of ${steps} steps equal, ${steps - equal} not${explained > 0 ? ` (${explained} known)` : ''}`;
  const steps_ = differences.length > 0 ? `\n  differing steps: ${differences.map((difference) => difference.step).join(' ')}` : '';
  const first = differences.find((difference) => difference.reason === undefined) ?? differences[0];
  const shown = verbose ? differences.map((difference) => show(difference, Infinity)) : first ? [show(first, MAX_LINES)] : [];
  return [head + steps_, ...shown].join('\n');
}

async function programAt(binary: string): Promise<Binary> {
  const { kubectlLab, minorRelease } = await import('../../../kubectl-lab.ts');
  return { minor: minorRelease(binary), makeLab: () => kubectlLab(binary) };
}

async function main(given: string[]): Promise<number> {
  const args = [...given];
  const at = args.indexOf('--kubectl');
  const binary = at < 0 ? undefined : args.splice(at, 2)[1];
  if (at >= 0 && binary === undefined) {
    console.error(USAGE);
    return 2;
  }
  const program = binary === undefined ? undefined : await programAt(binary);
  const flags = args.filter((arg) => arg.startsWith('-'));
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  const unknown = flags.find((flag) => !['--verbose', '-v', '--print', '--update', '--help'].includes(flag));
  if (unknown !== undefined || flags.includes('--help')) {
    console.log(USAGE);
    return unknown === undefined ? 0 : 2;
  }
  const names = transcriptNames().filter((name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));
  if (names.length === 0) {
    console.error(`no transcript begins with ${wanted.join(' or ')}; there are ${transcriptNames().join(', ')}`);
    return 2;
  }
  if (flags.includes('--print')) {
    for (const name of names) {
      for (const [index, { run, stdout, stderr, code }] of (await runTranscript(readTranscript(name), program?.makeLab)).entries()) {
        console.log(`[${index}] $ ${run}\n${stdout}${stderr ? `STDERR: ${stderr}` : ''}${code ? `CODE ${code}\n` : ''}`.trimEnd());
      }
    }
    return 0;
  }
  const results: Result[] = [];
  for (const name of names) {
    const result = await check(name, program);
    results.push(result);
    console.log(report(result, flags.includes('--verbose') || flags.includes('-v')));
  }
  const steps = results.reduce((sum, result) => sum + result.steps, 0);
  const equal = results.reduce((sum, result) => sum + result.equal, 0);
  const explained = results.reduce((sum, result) => sum + result.differences.filter(({ reason }) => reason !== undefined).length, 0);
  const share = (part: number): string => `${((part / steps) * 100).toFixed(1)} %`;
  console.log(`\n${equal} of ${steps} steps equal (${share(equal)}), ${explained} differ for known reasons, ${steps - equal - explained} for unknown ones`);
  if (flags.includes('--update') && !program) {
    const before = reached();
    const after = { ...before, ...Object.fromEntries(results.map((result) => [result.name, Math.max(before[result.name] ?? 0, result.equal)])) };
    writeFileSync(join(CONFORMANCE_FOLDER, 'reached.json'), `${JSON.stringify(after, null, 2)}\n`);
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`conformance cannot run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = 1;
}
