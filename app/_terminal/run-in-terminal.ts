/** Lets other panels type a command line into my terminal, as I would. */

type Runner = (line: string) => void;

const runners: Runner[] = [];

/** The dock says how. @returns how to stop. */
export function provideTerminal(runner: Runner): () => void {
  runners.push(runner);
  return () => void runners.splice(runners.indexOf(runner), 1);
}

/** Types a line into the active terminal and runs it. @returns false when there is no terminal. */
export function runInTerminal(line: string): boolean {
  const runner = runners.at(-1);
  runner?.(line);
  return runner !== undefined;
}
