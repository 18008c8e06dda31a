/** Lets other panels type a command line into my terminal, as I would. */

type Typist = (text: string) => void;

const typists: Typist[] = [];

/** The dock says how. @returns how to stop. */
export function provideTerminal(typist: Typist): () => void {
  typists.push(typist);
  return () => void typists.splice(typists.indexOf(typist), 1);
}

/** Types a line into the active terminal and runs it. @returns false when there is no terminal. */
export function runInTerminal(line: string): boolean {
  return type(`${line}\r`);
}

/** Types a line and leaves Enter to the person. @returns false when there is no terminal. */
export function typeInTerminal(line: string): boolean {
  return type(line);
}

function type(text: string): boolean {
  const typist = typists.at(-1);
  typist?.(text);
  return typist !== undefined;
}
