/** Rooms for tests: a store in memory unless another is given, a wall clock that the test moves, and a very small shell. */
import { Journal } from './journal.ts';
import { Rooms } from './rooms.ts';
import type { ShellBinding } from './shell.ts';
import { MemoryStore } from './store/memory-store.ts';
import type { RoomStore } from './store/types.ts';

/**
 * Understands `create NAME` (a ConfigMap), `read PATH`, `write PATH TEXT`, `sleep SECONDS`, `break FAULT TARGET`, `exit`. Echoes what is typed.
 */
export const testShell: ShellBinding = {
  open({ host, files, user, onOutput, onLine, onExit }) {
    let line = '';
    const run = async (text: string): Promise<void> => {
      const [command = '', ...args] = text.split(' ');
      onLine(text);
      try {
        switch (command) {
          case 'create': {
            const response = await host.request({
              method: 'POST',
              path: '/api/v1/namespaces/default/configmaps',
              body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: args[0] } },
              userAgent: 'kubectl-create',
            });
            onOutput(response.status === 201 ? `configmap/${args[0]} created\r\n` : `error ${response.status}\r\n`);
            break;
          }
          case 'read':
            onOutput(`${files.read(args[0] ?? '') ?? 'no such file'}\r\n`);
            break;
          case 'write':
            files.write(args[0] ?? '', args.slice(1).join(' '));
            onOutput('written\r\n');
            break;
          case 'sleep':
            await host.sleep(Number(args[0]) * 1_000);
            onOutput('slept\r\n');
            break;
          case 'break':
            await host.operation({ name: 'fault.break', args: { fault: args[0], target: args[1] ?? '' } });
            onOutput('broken\r\n');
            break;
          case 'exit':
            return onExit();
          default:
            onOutput(`${command}: command not found\r\n`);
        }
      } catch (error) {
        onOutput(`${error instanceof Error ? error.message : String(error)}\r\n`);
      }
      onOutput(`${user}$ `);
    };
    onOutput(`${user}$ `);
    return {
      input(data) {
        for (const character of data) {
          if (character === '\r') {
            onOutput('\r\n');
            const entered = line;
            line = '';
            void run(entered);
          } else {
            line += character;
            onOutput(character);
          }
        }
      },
      resize() {},
      close() {},
    };
  },
  run: async (line) => ({ stdout: `ran ${line}`, stderr: '', code: 0 }),
};

export interface TestRooms {
  rooms: Rooms;
  store: RoomStore;
  /** Moves the wall clock, ticking 20 times a second, and lets what was begun finish. */
  pass(milliseconds: number): Promise<void>;
  /** Log lines, as `level message`. */
  logged: string[];
}

/** @param lookMs how much the wall clock moves whenever somebody looks at it: some things take no time otherwise. */
export function testRooms(store: RoomStore = new MemoryStore(), shell: ShellBinding = testShell, lookMs = 0): TestRooms {
  let wall = 1_000;
  const logged: string[] = [];
  const keep = (level: string) => (details: object, message: string) => void logged.push(`${level} ${message} ${JSON.stringify(details, (_key, value: unknown) => (value instanceof Error ? value.message : value))}`);
  const log = { info: keep('info'), warn: keep('warn'), error: keep('error') };
  const journal = new Journal(store, (error) => log.error({ error }, 'journal'), 0);
  const rooms = new Rooms({ store, journal, shell, wallClock: () => (wall += lookMs), log });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    rooms,
    store,
    logged,
    async pass(milliseconds) {
      for (let left = milliseconds; left > 0; left -= 50) {
        wall += Math.min(50, left);
        rooms.tick();
        await settle();
      }
    },
  };
}
