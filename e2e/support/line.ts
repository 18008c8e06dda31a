/** A line to the server that can be cut and mended, as a network fails: connections die, and new ones are refused. */
import net from 'node:net';

export class Line {
  readonly #target: { host: string; port: number };
  readonly #sockets = new Set<net.Socket>();
  readonly #server: net.Server;
  #whole = true;

  /** @param to address of the server, `http://host:port` */
  constructor(to: string) {
    const { hostname, port } = new URL(to);
    this.#target = { host: hostname, port: Number(port) };
    this.#server = net.createServer((socket) => this.#connected(socket));
  }

  /** Address for browsers, once it is open. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  cut(): void {
    this.#whole = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#whole = true;
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #connected(near: net.Socket): void {
    if (!this.#whole) return void near.destroy();
    const far = net.connect(this.#target);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      this.#sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
