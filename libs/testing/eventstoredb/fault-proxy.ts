import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** What goes wrong between a client and its node, on the level of TCP. */
export type Fault =
  | { readonly kind: 'none' }
  /** Connections are refused and open ones broken. */
  | { readonly kind: 'refuse' }
  /** Bytes stop in both directions, connections stay: a frozen node, a half-open connection, a cut cable. */
  | { readonly kind: 'hang' }
  /** Every piece travels so many ms. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The next answer is cut in the middle of a frame and its connection broken; then all is well again. */
  | { readonly kind: 'cut' };

/** Stands in front of one node's gRPC server and does to the bytes what it is told. */
export class FaultProxy {
  private fault: Fault = { kind: 'none' };
  private readonly pairs = new Set<Pair>();
  private readonly server: Server;

  constructor(private readonly inner: { readonly host: string; readonly port: number }) {
    this.server = createServer((client) => this.accept(client));
  }

  /** Listens on loopback and answers the port. */
  async listen(port = 0): Promise<number> {
    this.server.listen(port, this.inner.host);
    await once(this.server, 'listening');
    return (this.server.address() as { port: number }).port;
  }

  set(fault: Fault): void {
    this.fault = fault;
    if (fault.kind === 'refuse') this.cut();
    for (const pair of this.pairs) pair.flow(fault);
  }

  /** Breaks all open connections. */
  cut(): void {
    for (const pair of this.pairs) pair.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    if (this.fault.kind === 'refuse') return void client.resetAndDestroy();
    const pair = new Pair(client, createConnection(this.inner), () => this.healed());
    this.pairs.add(pair);
    client.on('close', () => this.pairs.delete(pair));
    pair.flow(this.fault);
  }

  private healed(): void {
    this.set({ kind: 'none' });
  }
}

class Pair {
  private fault: Fault = { kind: 'none' };

  constructor(
    private readonly client: Socket,
    private readonly node: Socket,
    private readonly healed: () => void,
  ) {
    for (const [from, to] of [
      [client, node],
      [node, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (bytes) => this.carry(from, to, bytes));
      from.on('drain', () => this.fault.kind !== 'hang' && to.resume());
      from.on('error', () => this.destroy());
      from.on('close', () => this.destroy());
    }
  }

  flow(fault: Fault): void {
    this.fault = fault;
    for (const socket of [this.client, this.node])
      if (fault.kind === 'hang') socket.pause();
      else socket.resume();
  }

  destroy(): void {
    this.client.destroy();
    this.node.destroy();
  }

  private carry(from: Socket, to: Socket, bytes: Buffer): void {
    if (this.fault.kind === 'cut' && from === this.node) {
      this.healed();
      to.end(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => this.destroy());
    } else if (this.fault.kind === 'delay') setTimeout(() => this.pass(from, to, bytes), this.fault.ms);
    else this.pass(from, to, bytes);
  }

  private pass(from: Socket, to: Socket, bytes: Buffer): void {
    if (!to.writable) return;
    if (!to.write(bytes)) from.pause();
  }
}
