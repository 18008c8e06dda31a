/** `npm run lab -- FILE [--json]`: runs a lab file and prints the session. */
import { readFileSync } from 'node:fs';
import { Lab, LabScript } from './lab.ts';
import type { Step } from './lab-session.ts';

const USAGE = `Usage: npm run lab -- FILE [--json]

Runs the shell lines of FILE ("-": standard input) on a fresh, settled cluster. Time is virtual: "sleep 300" costs none.
  --json    print {"steps": [{"run", "stdout", "stderr", "code"}]} instead of the session
`;

async function main(args: string[]): Promise<number> {
  const json = args.includes('--json');
  const files = args.filter((arg) => arg !== '--json');
  const [file] = files;
  if (file === undefined || files.length > 1 || (file.startsWith('-') && file !== '-')) {
    const help = file === '--help' || file === '-h';
    (help ? process.stdout : process.stderr).write(USAGE);
    return help ? 0 : 2;
  }
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    process.stderr.write(`lab: ${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message}\n`);
    return 1;
  }
  const script = new LabScript(text);
  const nextLine = (): string | undefined => script.line();
  const lab = new Lab(json ? { nextLine } : { nextLine, onOutput: (stream, chunk) => process[stream].write(chunk) });
  const steps: Step[] = [];
  for (let run = script.next(); run !== undefined; run = script.next()) {
    if (!json) process.stdout.write(`$ ${run}\n`);
    steps.push(await lab.step(run));
    if (lab.exited) break;
  }
  await lab.close();
  if (json) process.stdout.write(`${JSON.stringify({ steps }, null, 2)}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
