/**
 * Work of the shell that takes wall-clock time, not virtual time. The lab runner, which lets virtual time pass when every
 * command waits for it, must know that a command is not waiting but working.
 */
let working = 0;
let spinning = 0;

export function isWorking(): boolean {
  return working > 0;
}

/** Whether some loop runs without ever waiting for virtual time. */
export function isSpinning(): boolean {
  return spinning > 0;
}

/** Counts a promise that ends without virtual time passing. */
export async function realWork<T>(work: Promise<T>): Promise<T> {
  working++;
  try {
    return await work;
  } finally {
    working--;
  }
}

/** Gives everybody else a turn; to be awaited now and then in loops that may have no end. */
export async function giveWay(): Promise<void> {
  spinning++;
  await new Promise((resolve) => setImmediate(resolve));
  spinning--;
}
