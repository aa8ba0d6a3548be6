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

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** UUIDv7 (RFC 9562 section 5.7) from a time in ms and ten random bytes. */
export function uuidV7(time: number, random: Uint8Array): string {
  const b = new Uint8Array(16);
  for (let i = 5, t = time; i >= 0; i--, t = Math.floor(t / 256)) b[i] = t % 256;
  b.set(random.subarray(0, 10), 6);
  b[6] = (b[6]! & 0x0f) | 0x70;
  b[8] = (b[8]! & 0x3f) | 0x80;
  return uuidFromBytes(b);
}

export function uuidFromBytes(b: Uint8Array): string {
  const h = (from: number, to: number) => Array.from(b.subarray(from, to), (byte) => hex[byte]).join('');
  return `${h(0, 4)}-${h(4, 6)}-${h(6, 8)}-${h(8, 10)}-${h(10, 16)}`;
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
