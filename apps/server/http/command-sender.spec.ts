import { describe, expect, it } from '@jest/globals';
import type { Caller } from './caller.js';
import { CommandSender } from './command-sender.js';
import { Parts } from '../composition/parts.js';

const caller = (route: string): Caller => ({
  tenant: 't',
  actor: 'ann',
  correlationId: 'c',
  route,
  idempotencyKey: 'one',
});
const ROUTE = 'POST /api/portfolios';
const make = async () => ({ type: 'CreatePortfolio' });

/** A log that holds nothing when it is looked at first, and then what another process appended under the same command id. */
function raced(bodyHash: string) {
  let looks = 0;
  const stored = (commandId: string) => ({
    position: 7,
    revision: 0,
    metadata: JSON.stringify({ commandId, bodyHash, time: 1 }),
  });
  const parts = {
    ids: { uuid: () => 'fresh' },
    clock: { after: () => () => {} },
    config: { vaultKey: new Uint8Array(32) },
    store: {
      readStream: async (stream: string) => ({
        events: looks++ === 0 ? [] : [stored(stream.slice('portfolio-'.length))],
        end: true,
      }),
    },
    runtime: { dispatch: async () => ({ position: 7, repeated: true }) },
  };
  return new CommandSender(parts as unknown as Parts);
}

describe('a request with an Idempotency-Key', () => {
  it('has another command id on another route: two portfolios do not meet', () => {
    const sender = raced('');
    const ids = [ROUTE, 'POST /api/portfolios/1/abandon', ROUTE].map((route) => sender.commandId(caller(route)));
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[0]).toBe(ids[2]);
  });

  it('is refused while the first with it is still being worked on here, and not afterwards', async () => {
    const sender = raced('');
    const id = sender.commandId({ ...caller(ROUTE) });
    let free = () => {};
    const freed = new Promise<void>((resolve) => (free = resolve));
    const slow = () => freed.then(make);
    const first = sender.send(`portfolio-${id}`, caller(ROUTE), id, {}, slow).catch((error: unknown) => error);
    const second = () => sender.send(`portfolio-${id}`, caller(ROUTE), id, {}, make);
    await expect(second()).rejects.toMatchObject({ code: 'request_in_flight', status: 409 });
    free();
    await first;
    await expect(second()).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('is refused when another process took the key for another body meanwhile', async () => {
    const sender = raced('of another body');
    const id = sender.commandId(caller(ROUTE));
    await expect(sender.send(`portfolio-${id}`, caller(ROUTE), id, {}, make)).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      status: 422,
    });
  });
});
