import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

type Mode = 'pass' | 'silent' | ((answer: Buffer) => boolean);

/** Stands between a client and a server on this machine and takes what it is told to take from their talk. */
export class CuttingProxy {
  private mode: Mode = 'pass';
  private heard: (request: Buffer) => void = () => undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(targetPort: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on('connection', (client) => proxy.join(client, connect(targetPort, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** The `nth` answer that `isAnswer` knows is not delivered: the server has done its work, and the connection ends. */
  loseAnswer(isAnswer: (answer: Buffer) => boolean, nth = 1): void {
    let left = nth;
    this.mode = (answer) => isAnswer(answer) && --left === 0;
  }

  /** Hears every piece of what clients say. */
  onRequest(heard: (request: Buffer) => void): void {
    this.heard = heard;
  }

  /** Nothing that the server says arrives any more. */
  silence(): void {
    this.mode = 'silent';
  }

  pass(): void {
    this.mode = 'pass';
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(client: Socket, server: Socket): void {
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', (data) => {
      this.heard(data);
      server.write(data);
    });
    server.on('data', (data) => this.deliver(data, client));
  }

  private deliver(data: Buffer, client: Socket): void {
    if (this.mode === 'silent') return;
    if (this.mode !== 'pass' && this.mode(data)) {
      this.mode = 'pass';
      client.destroy();
    } else client.write(data);
  }
}
