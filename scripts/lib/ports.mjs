/** Questions to the network that start and doctor share; loopback only. */
import { connect, createServer } from 'node:net';

/** True when nothing listens on the port, that is, when this process could. */
export function isFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** True when something accepts connections on the port. */
export function isListening(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks every 100 ms until the answer is true; false when the time is up or `stopped` says that it is pointless. */
export async function waitUntil(ask, { seconds, stopped = () => false }) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end && !stopped()) {
    if (await ask().catch(() => false)) return true;
    await pause(100);
  }
  return false;
}
