/** Boots everything on one port. Failures of the surroundings end in one sentence and exit code 1. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { keptCertificate, makeCertificate, type Certificate } from './certificate.ts';
import { lockDataFolder, prepareDataFolder, StartupError } from './data-folder.ts';
import { readEnvironment, type Environment } from './env.ts';
import { HttpServer } from './http-server.ts';
import { Rooms } from './rooms/rooms.ts';
import { shellBinding } from './rooms/shell-binding.ts';
import { databaseKind, openDatabase } from './rooms/store/database.ts';
import { PrismaStore } from './rooms/store/prisma-store.ts';
import { Journal } from './rooms/journal.ts';

/** Rooms that cannot be put away in this time are left to the log, from which they come back all the same. */
const SHUTDOWN_MS = 10_000;

async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  const root = projectRoot();
  const log = pino({ level: environment.logLevel, serializers: { error: pino.stdSerializers.err } }, pino.destination(2));
  // Never set back while the process runs, and comparable with that of the process before.
  const wallClock = (): number => performance.timeOrigin + performance.now();
  const embedded = databaseKind(environment.databaseUrl) === 'sqlite';
  let unlock = (): void => {};
  if (embedded) {
    prepareDataFolder(environment.dataFolder);
    unlock = await lockDataFolder(environment.dataFolder);
  }
  const store = new PrismaStore((await open(environment, root)).client);
  const journal = new Journal(store, (error) => log.error({ error }, 'something could not be recorded'));
  const rooms = new Rooms({ store, journal, shell: shellBinding, wallClock, log });
  const http = new HttpServer({ rooms, trustProxy: environment.trustProxy, certificate: certificateOf(environment, log), wallClock, log });
  const port = await listen(http, environment);
  if (environment.pages) await servePages(http, root, environment, port);
  else http.usePages('none');
  rooms.start();

  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    http
      .close()
      .then(() => rooms.close())
      .then(() => store.close())
      .then(unlock)
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ error }, 'the server could not stop in order');
          process.exit(1);
        },
      );
  };
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('unhandledRejection', (error) => log.error({ error }, 'a promise was rejected and nobody waited for it'));
  console.log(`Quorum is ready: ${addresses(environment.host, port).join('  ')}`);
}

/** A folder that cannot be written is no reason not to start: then kubeconfigs last until the server ends. */
function certificateOf({ dataFolder }: Environment, log: { warn(details: object, message: string): void }): Certificate {
  try {
    return keptCertificate(dataFolder, Date.now());
  } catch (error) {
    log.warn({ error }, 'the certificate of the Kubernetes API could not be kept');
    return makeCertificate(Date.now());
  }
}

async function open(environment: Environment, root: string): ReturnType<typeof openDatabase> {
  try {
    return await openDatabase(environment.databaseUrl, path.join(root, 'prisma'));
  } catch (error) {
    const what = error instanceof Error ? (error.message.split('\n').find((line) => line.trim() !== '') ?? error.message) : String(error);
    throw new StartupError(`The database ${environment.databaseUrl.replace(/:[^:@/]*@/, ':…@')} cannot be opened: ${what.trim()}`, { cause: error });
  }
}

function listen(http: HttpServer, { host, port }: Environment): Promise<number> {
  return new Promise((resolve, reject) => {
    http.server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new StartupError(`Port ${port} is already in use: stop the other program or set PORT to another port.`));
      else if (error.code === 'EACCES') reject(new StartupError(`Port ${port} may not be used by this account: set PORT to a port above 1023.`));
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') reject(new StartupError(`${host} is not an address of this machine: set HOST to another one.`));
      else reject(error);
    });
    http.server.listen(port, host, () => {
      const address = http.server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

async function servePages(http: HttpServer, root: string, environment: Environment, port: number): Promise<void> {
  if (!environment.development && !existsSync(path.join(root, '.next/BUILD_ID'))) throw new StartupError('The pages have not been built: run npm run build, or npm start, which does it.');
  const { default: next } = await import('next');
  // Next listens for upgrades on the server that it is given, and closes those that one of its routes matches. It gets one of its own,
  // which hears only of what is not ours: the reload channel of development.
  const upgrades = createServer();
  const app = next({ dev: environment.development, dir: root, hostname: environment.host, port, httpServer: upgrades });
  await app.prepare();
  const request = app.getRequestHandler();
  http.usePages({
    request: (incoming, response) => request(incoming, response),
    ...(environment.development ? { upgrade: (incoming, socket, head) => upgrades.emit('upgrade', incoming, socket, head) } : {}),
  });
}

/** The folder with package.json: this file runs from server/ in development and from .build/ otherwise. */
function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new StartupError('The folder of Quorum was not found.');
    folder = parent;
  }
  return folder;
}

/** Where to point a browser: this machine, and the local network when it is served. */
function addresses(host: string, port: number): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [`http://${host.includes(':') ? `[${host}]` : host}:${port}`];
  const network = Object.values(os.networkInterfaces())
    .flat()
    .find((address) => address && address.family === 'IPv4' && !address.internal);
  return [`http://localhost:${port}`, ...(network ? [`http://${network.address}:${port}`] : [])];
}

main().catch((error: unknown) => {
  if (error instanceof StartupError) console.error(error.message);
  else if (error instanceof Error && error.message.startsWith('The environment variable')) console.error(error.message);
  else console.error(error);
  process.exit(1);
});
