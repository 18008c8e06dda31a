/**
 * The server's side of SPDY/3.1, as much as kubectl needs for exec, attach and port-forward: streams that the client opens, data, end,
 * reset and ping. There is no flow control, as kubectl's own implementation has none.
 */
import { createInflate, type Inflate } from 'node:zlib';
import { DICTIONARY, DICTIONARY_ID } from './spdy-dictionary.ts';

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;

const FLAG_FIN = 1;
const CANCEL = 5;
const REFUSED_STREAM = 3;
const HEADER_BYTES = 8;
/** A data frame holds at most so much; what is longer goes in several. */
const DATA_BYTES = 64 * 1024;
/** No client of ours sends more in a frame. */
const MAX_FRAME_BYTES = 4 * 1_048_576;
const MAX_HEADER_TEXT = 64 * 1024;
const MAX_STREAMS = 1_000;
const MAX_EARLY_BYTES = 1_048_576;

export class SpdyError extends Error {
  override readonly name = 'SpdyError';
}

/** Who takes what the client sends. */
export interface Reader {
  data(data: Buffer): void;
  /** The client sends no more. */
  end(): void;
}

/** One stream that the client has opened. */
export class SpdyStream {
  /** The stream is gone. */
  onClose: () => void = () => {};
  #reader: Reader | undefined;
  /** What came before anybody read. */
  #early: Buffer[] = [];
  #earlyBytes = 0;
  #inputEnded = false;
  #ended = false;

  constructor(
    readonly id: number,
    /** Names in lower case. */
    readonly headers: ReadonlyMap<string, string>,
    private readonly connection: SpdyConnection,
  ) {}

  /** From now on what the client sends goes here; what it has sent already comes at once. */
  read(reader: Reader): void {
    this.#reader = reader;
    for (const data of this.#early.splice(0)) reader.data(data);
    if (this.#inputEnded) reader.end();
  }

  /** The connection has received something for this stream. */
  received(data: Buffer, end: boolean): void {
    if (this.#inputEnded) return;
    if (data.length > 0 && this.#reader) this.#reader.data(data);
    else if (data.length > 0) {
      this.#earlyBytes += data.length;
      if (this.#earlyBytes > MAX_EARLY_BYTES) return this.reset();
      this.#early.push(data);
    }
    if (!end) return;
    this.#inputEnded = true;
    this.#reader?.end();
  }

  write(data: Buffer): void {
    if (this.#ended) return;
    for (let at = 0; at < data.length; at += DATA_BYTES) this.connection.sendData(this.id, 0, data.subarray(at, at + DATA_BYTES));
  }

  /** We send no more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.connection.sendData(this.id, FLAG_FIN, Buffer.alloc(0));
  }

  reset(): void {
    this.#ended = true;
    this.connection.sendReset(this.id, CANCEL);
  }
}

export class SpdyConnection {
  readonly #send: (bytes: Buffer) => void;
  readonly #onStream: (stream: SpdyStream) => void;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #inflate: Inflate = createInflate({ dictionary: DICTIONARY });
  #received: Buffer[] = [];
  #size = 0;
  #replied = false;
  #closed = false;
  /** Frames are taken one after another, since headers are inflated as a stream. */
  #working: Promise<void> = Promise.resolve();

  constructor(send: (bytes: Buffer) => void, onStream: (stream: SpdyStream) => void) {
    this.#send = send;
    this.#onStream = onStream;
    this.#inflate.on('error', () => {});
  }

  /** Bytes have come. @returns when they have been dealt with. @throws SpdyError when they are no SPDY. */
  receive(bytes: Buffer): Promise<void> {
    this.#received.push(bytes);
    this.#size += bytes.length;
    this.#working = this.#working.then(() => this.#frames());
    return this.#working;
  }

  /** The connection has ended. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inflate.close();
    for (const stream of this.#streams.values()) stream.onClose();
    this.#streams.clear();
  }

  sendData(stream: number, flags: number, data: Buffer): void {
    if (this.#closed) return;
    const head = Buffer.alloc(HEADER_BYTES);
    head.writeUInt32BE(stream);
    head.writeUInt32BE(flags * 2 ** 24 + data.length, 4);
    this.#send(Buffer.concat([head, data]));
  }

  sendReset(stream: number, status: number): void {
    const body = Buffer.alloc(8);
    body.writeUInt32BE(stream);
    body.writeUInt32BE(status, 4);
    this.#control(RST_STREAM, body);
  }

  async #frames(): Promise<void> {
    for (;;) {
      if (this.#closed || this.#size < HEADER_BYTES) return;
      const all = this.#received.length === 1 ? (this.#received[0] as Buffer) : Buffer.concat(this.#received);
      const length = all.readUIntBE(5, 3);
      if (length > MAX_FRAME_BYTES) throw new SpdyError('a frame is too long');
      const end = HEADER_BYTES + length;
      this.#received = [all];
      if (all.length < end) return;
      this.#received = [all.subarray(end)];
      this.#size = all.length - end;
      const flags = all[4] as number;
      const body = all.subarray(HEADER_BYTES, end);
      const first = all.readUInt32BE(0);
      if (first >= 2 ** 31) await this.#controlFrame(first & 0xffff, flags, body);
      else this.#data(first, flags, body);
    }
  }

  #data(id: number, flags: number, body: Buffer): void {
    this.#streams.get(id)?.received(body, (flags & FLAG_FIN) !== 0);
  }

  async #controlFrame(type: number, flags: number, body: Buffer): Promise<void> {
    switch (type) {
      case SYN_STREAM: {
        if (body.length < 10) throw new SpdyError('a frame is too short');
        const id = body.readUInt32BE(0) & 0x7fffffff;
        const headers = await this.#headers(body.subarray(10));
        if (this.#streams.size >= MAX_STREAMS) return this.sendReset(id, REFUSED_STREAM);
        const stream = new SpdyStream(id, headers, this);
        this.#streams.set(id, stream);
        this.#reply(id);
        this.#onStream(stream);
        if (flags & FLAG_FIN) stream.received(Buffer.alloc(0), true);
        return;
      }
      case RST_STREAM: {
        const id = body.readUInt32BE(0) & 0x7fffffff;
        this.#streams.get(id)?.onClose();
        this.#streams.delete(id);
        return;
      }
      case PING:
        return this.#control(PING, body);
      case GOAWAY:
        return this.close();
      default:
        // Settings, window updates and further headers change nothing for us.
        return;
    }
  }

  /** Forgets a stream that both sides are done with. */
  forget(stream: SpdyStream): void {
    this.#streams.delete(stream.id);
  }

  async #headers(block: Buffer): Promise<Map<string, string>> {
    const plain = await new Promise<Buffer>((resolve, reject) => {
      const failed = (): void => reject(new SpdyError('headers cannot be inflated'));
      this.#inflate.once('error', failed);
      this.#inflate.write(block, () => {
        this.#inflate.off('error', failed);
        resolve((this.#inflate.read() as Buffer | null) ?? Buffer.alloc(0));
      });
    });
    const headers = new Map<string, string>();
    if (plain.length < 4 || plain.length > MAX_HEADER_TEXT) throw new SpdyError('headers are too short or too long');
    let at = 4;
    const text = (): string => {
      if (at + 4 > plain.length) throw new SpdyError('headers end early');
      const length = plain.readUInt32BE(at);
      at += 4 + length;
      if (at > plain.length) throw new SpdyError('headers end early');
      return plain.toString('utf8', at - length, at);
    };
    for (let left = plain.readUInt32BE(0); left > 0; left--) {
      const name = text().toLowerCase();
      headers.set(name, text());
    }
    return headers;
  }

  /** SYN_REPLY without headers: a stored block, which needs no compressor; the first one opens the zlib stream. */
  #reply(id: number): void {
    const opening = Buffer.alloc(this.#replied ? 0 : 6);
    if (!this.#replied) {
      opening.writeUInt16BE(0x78bb);
      opening.writeUInt32BE(DICTIONARY_ID, 2);
    }
    this.#replied = true;
    const body = Buffer.alloc(4);
    body.writeUInt32BE(id);
    // No header pairs: four zero bytes, stored; LEN and its complement come first. An empty block after it makes readers give them out.
    const block = Buffer.from([0x00, 0x04, 0x00, 0xfb, 0xff, 0, 0, 0, 0, 0x00, 0x00, 0x00, 0xff, 0xff]);
    this.#control(SYN_REPLY, Buffer.concat([body, opening, block]));
  }

  #control(type: number, body: Buffer): void {
    if (this.#closed) return;
    const head = Buffer.alloc(HEADER_BYTES);
    head.writeUInt16BE(0x8003);
    head.writeUInt16BE(type, 2);
    head.writeUInt32BE(body.length, 4);
    this.#send(Buffer.concat([head, body]));
  }
}
