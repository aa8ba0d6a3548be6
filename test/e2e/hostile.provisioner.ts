import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a provisioner was asked, by idempotency key: address and signatures. */
export type Asked = Map<string, { callbackUrl: string; text: string; headers: Record<string, string> }>;

/** Answers 202 to everything; callbacks are what the tests send. */
export class Provisioner {
  readonly asked: Asked = new Map();
  private readonly server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      const { callbackUrl } = JSON.parse(text) as { callbackUrl: string };
      this.asked.set(headers['idempotency-key']!, { callbackUrl, text, headers });
      response.writeHead(202).end();
    });
  });

  /** Answers its endpoint. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    await new Promise((closed) => this.server.close(closed).closeAllConnections());
  }
}
