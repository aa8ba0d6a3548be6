import type { Delivery } from '../port.js';
import { backOffMs, pause } from './back-off.js';
import { reasonOf } from './failures.js';
import { Feed, type FeedOptions, type FeedSource } from './feed.js';
import type { Troubles } from './health.js';

/**
 * A subscription that outlives connections: begins again behind what was delivered last, with back-off, for ever, and shows in the
 * store's health meanwhile. Ends only when the signal aborts. The consumer's own position is what it stores.
 */
export async function* supervised(
  source: FeedSource,
  options: FeedOptions,
  troubles: Troubles,
): AsyncGenerator<Delivery, void, void> {
  const { signal } = options;
  const part = {};
  let { after } = options;
  try {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        for await (const step of new Feed(source, { ...options, after }).steps()) {
          attempt = 0;
          troubles.recovered(part);
          after = step.position;
          if (step.events.length > 0 || !step.caughtUp) yield { kind: 'events', events: step.events, position: after };
          if (step.caughtUp && !signal.aborted) yield { kind: 'caughtUp', position: after };
        }
      } catch (error) {
        if (signal.aborted) return;
        troubles.failed(part, `a subscription: ${reasonOf(error)}`);
        await pause(source.clock, backOffMs(attempt), signal);
      }
    }
  } finally {
    troubles.recovered(part);
  }
}
