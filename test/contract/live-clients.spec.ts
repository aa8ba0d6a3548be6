import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it } from '@jest/globals';
import { SimulatedStore, VirtualClock } from '#testing';
import { LiveClients } from '../../apps/server/events/live-clients.js';
import { filterOf } from '../../apps/server/events/live-filter.js';
import { fillStream } from './contract.support.js';

/** Takes whatever is written at once. */
class Answer extends EventEmitter {
  text = '';
  destroyed = false;
  ended = false;
  write = (text: string): boolean => ((this.text += text), true);
  end = (): void => void (this.ended = true);
}
const settled = async () => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

it('lets go a client that may not follow any more, also while there is always something to tell', async () => {
  const clock = new VirtualClock();
  const store = new SimulatedStore({ clock });
  const clients = new LiveClients({ store, clock, config: { liveClients: 1 } } as never);
  const answer = new Answer();
  let may = true;
  const following = { filter: filterOf(undefined, undefined), after: 0, allowed: () => may };
  const served = clients.serve(following, () => answer as unknown as ServerResponse);
  for (let second = 0; second < 40; second++) {
    may = second < 10;
    await fillStream(store, `portfolio-${second}`, [1]);
    await settled();
    clock.advance(1_000);
    await settled();
  }
  const told = [...answer.text.matchAll(/"stream":"portfolio-(\d+)"/g)].map(([, n]) => Number(n));
  expect(told.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(told.length).toBeLessThan(30);
  expect(answer.ended).toBe(true);
  await served;
});
