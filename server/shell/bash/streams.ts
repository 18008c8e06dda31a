/** Streams between commands: pipes, files, buffers. */
import type { ShellFiles, ShellInput, ShellOutput } from '../types.ts';

/** What a pipe or a substitution holds at most; a writer that goes on is ended, as if memory had run out. */
const MAX_BUFFERED_CHARACTERS = 16 * 1024 * 1024;
/** A writer that can wait should, when this much is unread. */
const HIGH_WATER_CHARACTERS = 64 * 1024;

/** An output that tells when more should be written. Commands that can produce without end wait for it. */
export interface PacedOutput extends ShellOutput {
  /** Resolves when the reader has caught up, or has gone. */
  ready(): Promise<void>;
}

/** Waits for a slow reader, where the output can tell. */
export async function ready(output: ShellOutput): Promise<void> {
  if ('ready' in output) await (output as PacedOutput).ready();
}

export class Pipe {
  #chunks: string[] = [];
  #size = 0;
  #written = false;
  #readerGone = false;
  #waitingReader: ((chunk: string | undefined) => void) | undefined;
  #waitingWriters: (() => void)[] = [];

  /** @param broken called when something is written that nobody will read. */
  constructor(private readonly broken: () => void) {}

  readonly input: ShellInput = {
    isTerminal: false,
    read: () => this.#read(),
    readAll: async () => {
      let text = '';
      for (let chunk = await this.#read(); chunk !== undefined; chunk = await this.#read()) text += chunk;
      return text;
    },
  };

  readonly output: PacedOutput = {
    isTerminal: false,
    write: (text) => this.#write(text),
    ready: () => {
      if (this.#size < HIGH_WATER_CHARACTERS || this.#readerGone) return Promise.resolve();
      return new Promise((resolve) => this.#waitingWriters.push(resolve));
    },
  };

  /** No more will be written. */
  closeWriter(): void {
    this.#written = true;
    this.#waitingReader?.(undefined);
    this.#waitingReader = undefined;
  }

  /** No more will be read. */
  closeReader(): void {
    this.#readerGone = true;
    this.#chunks = [];
    this.#size = 0;
    this.#waitingReader?.(undefined);
    this.#waitingReader = undefined;
    this.#release();
  }

  #write(text: string): void {
    if (text === '' || this.#written) return;
    if (this.#readerGone || this.#size > MAX_BUFFERED_CHARACTERS) return this.broken();
    if (this.#waitingReader) {
      const give = this.#waitingReader;
      this.#waitingReader = undefined;
      return give(text);
    }
    this.#chunks.push(text);
    this.#size += text.length;
  }

  #read(): Promise<string | undefined> {
    if (this.#chunks.length > 0) {
      const text = this.#chunks.length === 1 ? (this.#chunks[0] as string) : this.#chunks.join('');
      this.#chunks = [];
      this.#size = 0;
      this.#release();
      return Promise.resolve(text);
    }
    if (this.#written || this.#readerGone) return Promise.resolve(undefined);
    return new Promise((resolve) => (this.#waitingReader = resolve));
  }

  #release(): void {
    for (const resume of this.#waitingWriters.splice(0)) resume();
  }
}

/** Input that reads a text which is there already. */
export function textInput(text: string): ShellInput {
  let left: string | undefined = text;
  const take = (): string | undefined => {
    const chunk = left === '' ? undefined : left;
    left = undefined;
    return chunk;
  };
  return { isTerminal: false, read: () => Promise.resolve(take()), readAll: () => Promise.resolve(take() ?? '') };
}

/** Output that keeps what is written, up to the limit of a pipe. */
export class TextOutput implements ShellOutput {
  readonly isTerminal = false;
  text = '';

  write(text: string): void {
    if (this.text.length <= MAX_BUFFERED_CHARACTERS) this.text += text;
  }
}

export const NO_OUTPUT: ShellOutput = { isTerminal: false, write: () => {} };

/** Writes into a file. What comes within one turn of the event loop is written at once. */
export class FileOutput implements ShellOutput {
  readonly isTerminal = false;
  #pending = '';
  #scheduled = false;

  /** @throws Error when the file cannot be written. */
  constructor(
    private readonly files: ShellFiles,
    private readonly path: string,
    append: boolean,
    /** Told when a later write fails (the file grew too large, …). */
    private readonly onError: (error: unknown) => void,
  ) {
    if (!append || files.read(path) === undefined) files.write(path, '');
  }

  write(text: string): void {
    this.#pending += text;
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    try {
      this.files.write(this.path, (this.files.read(this.path) ?? '') + text);
    } catch (error) {
      this.onError(error);
    }
  }
}

/** An input read line by line; what is behind the line stays for the next reader. */
export class LineReader implements ShellInput {
  #buffer = '';
  #ended = false;

  constructor(private readonly source: ShellInput) {}

  get isTerminal(): boolean {
    return this.source.isTerminal;
  }

  get setRaw(): ShellInput['setRaw'] {
    return this.source.setRaw?.bind(this.source);
  }

  get giveUp(): ShellInput['giveUp'] {
    return this.source.giveUp?.bind(this.source);
  }

  get typed(): ShellInput['typed'] {
    return this.source.typed?.bind(this.source);
  }

  async read(): Promise<string | undefined> {
    if (this.#buffer !== '') {
      const text = this.#buffer;
      this.#buffer = '';
      return text;
    }
    if (this.#ended) return undefined;
    const chunk = await this.source.read();
    if (chunk === undefined && !this.source.isTerminal) this.#ended = true;
    return chunk;
  }

  async readAll(): Promise<string> {
    let text = '';
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) text += chunk;
    return text;
  }

  /** A line with its newline; the last may be without; undefined at the end. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf('\n');
      if (end >= 0) {
        const line = this.#buffer.slice(0, end + 1);
        this.#buffer = this.#buffer.slice(end + 1);
        return line;
      }
      const chunk = this.#ended ? undefined : await this.source.read();
      if (chunk === undefined) {
        if (!this.source.isTerminal) this.#ended = true;
        const line = this.#buffer;
        this.#buffer = '';
        return line === '' ? undefined : line;
      }
      this.#buffer += chunk;
    }
  }

  /** Whole lines that are there or come next, with their newlines: for tools that work line by line and print as they go. */
  async lines(): Promise<string[] | undefined> {
    const first = await this.line();
    if (first === undefined) return undefined;
    const lines = [first];
    for (let end = this.#buffer.indexOf('\n'); end >= 0; end = this.#buffer.indexOf('\n')) {
      lines.push(this.#buffer.slice(0, end + 1));
      this.#buffer = this.#buffer.slice(end + 1);
    }
    return lines;
  }
}
