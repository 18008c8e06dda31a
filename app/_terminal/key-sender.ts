/**
 * Sends what is typed, in order, and sends it again when the connection broke before the server had answered. The server takes each
 * piece once: pieces carry a number, and those that come again name the shell that they were typed for.
 */

/** More waits than anybody types while a connection is away: the rest is refused. */
const MAX_UNANSWERED = 500;
/** Between attempts while the connection stays away, ms. */
const RETRY_MS = 300;

export interface Keys {
  /** Names this sender among all that ever typed into the terminal. */
  sender: string;
  /** From 1, rising. */
  sequence: number;
  /** Of what comes again: the shell that it was typed for. */
  again?: string;
}

interface Piece {
  sequence: number;
  data: string;
  shell: string;
}

export interface KeySenderPort {
  /** Sends a piece. */
  call(data: string, keys: Keys): Promise<unknown>;
  /** Whether an error means that nobody knows if the piece has arrived. */
  lost(error: unknown): boolean;
  /** A piece was refused; `undefined` when too much waits. */
  refused(error: unknown): void;
  wait(milliseconds: number): Promise<void>;
}

export class KeySender {
  /** The shell that is on the screen. */
  shell = '';
  readonly #port: KeySenderPort;
  readonly #sender: string;
  #sequence = 0;
  #unanswered: Piece[] = [];
  #again = false;
  #closed = false;

  /** @param sender unguessable by accident: random. */
  constructor(sender: string, port: KeySenderPort) {
    this.#sender = sender;
    this.#port = port;
  }

  send(data: string): void {
    if (this.#unanswered.length >= MAX_UNANSWERED) return this.#port.refused(undefined);
    const piece = { sequence: ++this.#sequence, data, shell: this.shell };
    this.#unanswered.push(piece);
    // While older pieces are on their way again, newer ones wait behind them.
    if (!this.#again) void this.#attempt(piece);
  }

  /** Nothing is sent again any more. */
  close(): void {
    this.#closed = true;
  }

  async #attempt(piece: Piece, again = false): Promise<boolean> {
    const { sequence, data, shell } = piece;
    try {
      await this.#port.call(data, { sender: this.#sender, sequence, ...(again ? { again: shell } : {}) });
    } catch (error) {
      if (this.#port.lost(error)) {
        if (!again && !this.#again) void this.#sendAgain();
        return false;
      }
      this.#port.refused(error);
    }
    this.#unanswered = this.#unanswered.filter((one) => one !== piece);
    return true;
  }

  async #sendAgain(): Promise<void> {
    this.#again = true;
    for (let piece = this.#unanswered[0]; piece && !this.#closed; piece = this.#unanswered[0]) {
      if (!(await this.#attempt(piece, true))) await this.#port.wait(RETRY_MS);
    }
    this.#again = false;
  }
}
