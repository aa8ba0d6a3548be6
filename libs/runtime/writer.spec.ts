import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable, type EventLog, type PreparedAppend } from '#event-store';
import { VirtualClock } from '#testing';
import { Writer } from './writer.js';

const prepared = { stream: 'a-1' } as PreparedAppend;

/** A log that does not tell what became of an append. */
function writing() {
  const clock = new VirtualClock();
  const sent: PreparedAppend[] = [];
  const unknown = new StoreUnavailable('cut', false);
  const append = (each: PreparedAppend) => (sent.push(each), Promise.reject(unknown));
  let gone = false;
  const writer = new Writer({ log: { append } as unknown as EventLog, clock, gone: () => gone });
  return { clock, sent, unknown, writer, kill: () => (gone = true) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('an append whose outcome is unknown', () => {
  it('is repeated as it was', async () => {
    const { clock, sent, writer } = writing();
    writer.write(prepared).catch(() => {});
    for (let n = 0; n < 3; n++) {
      await settled();
      clock.advance(5_000);
    }
    await settled();
    expect(sent).toEqual([prepared, prepared, prepared, prepared]);
  });

  it('is not repeated by a process that was killed meanwhile', async () => {
    const { clock, sent, unknown, writer, kill } = writing();
    const written = writer.write(prepared).catch((error: unknown) => error);
    await settled();
    kill();
    clock.advance(5_000);
    expect([await written, sent.length]).toEqual([unknown, 1]);
  });
});
