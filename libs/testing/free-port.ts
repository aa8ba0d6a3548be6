import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Jest's workers, each of which runs one file at a time, have a share of the ports to themselves. */
const SHARES = 8;
const SHARE = 2_750;
const lowest = 10_000 + (Number(process.env['JEST_WORKER_ID'] ?? 0) % SHARES) * SHARE;
let taken = randomInt(SHARE);

/**
 * A port of the loopback address that nobody listens on now, and that is given to nobody else: it may be used later, and again. It lies
 * below those that the system gives to outgoing connections (on Linux from 32 768 on), one of which would take it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + (taken++ % SHARE);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
