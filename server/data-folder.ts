/** The data folder: made when missing, checked, and kept to one server at a time. */
import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** Something outside the program prevents it from starting; the message is one sentence for the person who started it. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

/** Longer paths of sockets are not possible on Linux and macOS. */
const MAX_SOCKET_PATH = 100;

/** @throws StartupError when the folder cannot be written. */
export function prepareDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
    const probe = path.join(folder, '.writable');
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new StartupError(`The data folder ${folder} is not writable: make it writable or set DATA_DIR to another folder.`, { cause: error });
  }
}

/**
 * Two servers on one SQLite file would each believe to own its rooms. A listening socket tells whether the other one lives, even
 * after it was killed.
 * @returns how to let the folder go. @throws StartupError when another server holds it.
 */
export async function lockDataFolder(folder: string): Promise<() => void> {
  const socketPath = path.join(folder, 'server.sock');
  if (process.platform === 'win32' || socketPath.length > MAX_SOCKET_PATH) return () => {};
  if (await answers(socketPath)) throw new StartupError(`Another Quorum server is using the data folder ${folder}: stop it or set DATA_DIR to another folder.`);
  rmSync(socketPath, { force: true });
  const server = net.createServer((socket) => socket.end());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  server.unref();
  return () => void server.close();
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
