import type { Clock, Ids } from './ports.js';

const MAX_TIMEOUT = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.min(Math.max(ms, 0), MAX_TIMEOUT));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** UUIDv7 (RFC 9562 section 5.7) from a time in ms and ten random bytes. */
export function uuidV7(time: number, random: Uint8Array): string {
  const b = new Uint8Array(16);
  for (let i = 5, t = time; i >= 0; i--, t = Math.floor(t / 256)) b[i] = t % 256;
  b.set(random.subarray(0, 10), 6);
  b[6] = (b[6]! & 0x0f) | 0x70;
  b[8] = (b[8]! & 0x3f) | 0x80;
  return uuidFromBytes(b);
}

export function uuidFromBytes(bytes: Uint8Array): string {
  const h = (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, 16)).toString('hex', 0, 16);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/** Random pool refilled in blocks: getRandomValues per id costs more than the id. */
export function systemIds(clock: Clock = systemClock): Ids {
  let pool = new Uint8Array(0);
  let used = 0;
  return {
    uuid() {
      if (used + 10 > pool.length) [pool, used] = [globalThis.crypto.getRandomValues(new Uint8Array(4000)), 0];
      return uuidV7(clock.now(), pool.subarray(used, (used += 10)));
    },
    random: () => Math.random(),
  };
}
