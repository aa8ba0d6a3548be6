import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '#kernel';
import { Pull, type Ahead } from './pull.js';

/** As a gRPC client stream: objects, a small buffer, one message after the other. */
function messages(count: number, size = 1) {
  let taken = 0;
  const stream = new Readable({
    objectMode: true,
    read() {
      setImmediate(() => this.push(taken < count ? 'x'.repeat(++taken && size) : null));
    },
  });
  return { stream, taken: () => taken };
}

const drained = (pull: Pull<string>): number => {
  let count = 0;
  while (pull.now() !== undefined) count++;
  return count;
};

describe('messages that are pulled', () => {
  const ahead: Ahead<string> = { count: 500, bytes: 10_000, sizeOf: (text) => text.length };

  it('gather while the consumer pauses, up to the bound, and none is lost or doubled', async () => {
    const { stream, taken } = messages(2_000);
    const pull = new Pull<string>(stream, systemClock, () => {}, ahead);
    let sum = 0;
    for (let pauses = 0; (await pull.wait(1_000)) === 'message'; pauses++) {
      sum += drained(pull);
      // However slow the machine is, they come; then none comes any more.
      if (sum < 1_000) while (taken() - sum < 500) await sleep(10);
      await sleep(100);
      expect(taken() - sum).toBeLessThanOrEqual(500 + 2 * stream.readableHighWaterMark);
      if (sum < 1_000) expect(taken() - sum).toBeGreaterThanOrEqual(500);
    }
    expect(sum).toBe(2_000);
  });

  it('are held no further than the bytes that are allowed', async () => {
    const { stream, taken } = messages(2_000, 1_000);
    const pull = new Pull<string>(stream, systemClock, () => {}, ahead);
    expect(await pull.wait(1_000)).toBe('message');
    await sleep(200);
    expect(taken()).toBeLessThanOrEqual(10 + 2 * stream.readableHighWaterMark);
  });
});
