import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Parts } from '../composition/parts.js';
import { beatFrame } from './live-event.js';
import { BEAT_MS, LiveFeed } from './live-feed.js';
import type { LiveFilter } from './live-filter.js';

/** A client that takes nothing for so long is let go; it comes again behind what it had, ms. */
const SLOWEST_MS = 30_000;
/** How long a client waits before it comes again, ms. */
const RETRY_MS = 3_000;

export interface Following {
  readonly filter: LiveFilter;
  readonly after: number | undefined;
  /** Whether who follows may still do so; asked as often as a client that is told nothing hears a beat. */
  readonly allowed: () => boolean;
}

/** Writes the live feed to HTTP clients, each as fast as it reads. */
@Injectable()
export class LiveClients implements BeforeApplicationShutdown {
  private readonly feed: LiveFeed;

  constructor(private readonly parts: Parts) {
    const { store, clock, config } = parts;
    this.feed = new LiveFeed({ store, clock, clients: config.liveClients });
  }

  /** Open answers would keep the server from closing. */
  beforeApplicationShutdown(): void {
    this.feed.close();
  }

  /** Resolves when the client is gone or let go. `begin` makes the answer, once the client is taken in. Refusals as {@link LiveFeed.join}. */
  async serve({ filter, after, allowed }: Following, begin: () => ServerResponse): Promise<void> {
    const { clock } = this.parts;
    const { client, at } = await this.feed.join(after);
    let asked = clock.now();
    const out = begin();
    out.on('close', () => client.abort());
    out.on('error', () => client.abort());
    // It may have gone while it was taken in.
    if (out.destroyed) client.abort();
    try {
      out.write(`retry: ${RETRY_MS}\n${beatFrame(at)}`);
      for await (const { events, position } of this.feed.follow(filter, at, client)) {
        if (clock.now() - asked >= BEAT_MS) {
          if (!allowed()) break;
          asked = clock.now();
        }
        const text = events.length === 0 ? beatFrame(position) : events.map(({ frame }) => frame).join('');
        if (!out.write(text)) await drained(out, client.signal);
      }
    } catch {
      // The answer has begun: all that can be said is its end. The client comes again behind what it had.
    } finally {
      client.abort();
      out.end();
    }
  }
}

/** Back-pressure: nothing more is read for a client that does not read. Throws when it takes too long or is gone. */
const drained = (out: ServerResponse, gone: AbortSignal): Promise<unknown> =>
  once(out, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(SLOWEST_MS)]) });
