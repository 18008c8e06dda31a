/** Reads a recording from the server, in browsers and Web Workers. */
import type { Snapshot } from '../simulation/kernel/kernel.ts';
import type { RecordingSource } from './replay.ts';
import type { LogEntry, TerminalChunk, WorkspaceUpdate } from './types.ts';

/** The server did not answer, or refused. */
export class RecordingUnreadableError extends Error {
  override readonly name = 'RecordingUnreadableError';
  constructor(
    /** HTTP status; undefined when there was no answer at all. */
    readonly status: number | undefined,
    options?: { cause: unknown },
  ) {
    super(status === undefined ? 'the server cannot be reached' : `the server answered ${status}`, options);
  }
}

/** All of a recording's bulk data (types.ts has the paths). */
export interface FullRecordingSource extends RecordingSource {
  terminals(from: number, to: number): Promise<TerminalChunk[]>;
  workspace(): Promise<WorkspaceUpdate[]>;
}

/**
 * @param server origin, e.g. `http://localhost:3000`. @param token of a participant of the room.
 * @param onBytes told of what has arrived of one answer, uncompressed, as it arrives.
 */
export function httpSource(server: string, roomId: string, token: string, onBytes: (path: string, bytes: number) => void = () => undefined): FullRecordingSource {
  const get = async (path: string): Promise<unknown> => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${server}/api/recordings/${roomId}/${path}`, { headers: { Authorization: `Bearer ${token}` } });
      if (!response.ok) throw new RecordingUnreadableError(response.status);
      text = await readText(response, (bytes) => onBytes(path, bytes));
    } catch (error) {
      if (error instanceof RecordingUnreadableError) throw error;
      throw new RecordingUnreadableError(undefined, { cause: error });
    }
    return JSON.parse(text);
  };
  return {
    snapshot: async (sequence) => (await get(`keyframes/${sequence}`)) as Snapshot,
    log: async (from, to) => (await get(`log?from=${from}&to=${to}`)) as LogEntry[],
    terminals: async (from, to) => (await get(`terminals?from=${from}&to=${to}`)) as TerminalChunk[],
    workspace: async () => (await get('workspace')) as WorkspaceUpdate[],
  };
}

async function readText(response: Response, onBytes: (bytes: number) => void): Promise<string> {
  if (!response.body) return response.text();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
    onBytes(bytes);
  }
}
