import { createHash } from 'node:crypto';
import { position, type EventStore, type StoredEvent } from '#event-store';
import { Chains } from './chains.js';

/** A place in the whole log: how many events came up to it, and what they hash to. */
export interface Place {
  /** To read on behind; of the last event, or of what a store has passed over since. */
  readonly position: number;
  readonly count: number;
  /** Rolling hash over (stream, revision, chain hash) of all events so far, SHA-256 in base64url. */
  readonly hash: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Before the first event: another log has another start. */
export const logStart = (logId: string): Place => ({ position: 0, count: 0, hash: sha256(`purveyor log ${logId}`) });

/** The place behind one more event. The three parts contain no line break. */
export const rolled = (place: Place, event: StoredEvent, chainHash: string): Place => ({
  position: event.position,
  count: place.count + 1,
  hash: sha256(`${place.hash}\n${event.stream}\n${event.revision}\n${chainHash}`),
});

export interface Walked {
  readonly place: Place;
  readonly event: StoredEvent;
}

/** A part of the log as it was read: its events, where they lead, and whether there was more. */
export interface Stretch {
  readonly walked: readonly Walked[];
  readonly end: boolean;
  /** To go on from. */
  readonly place: Place;
}

const PAGE = 1_000;

/** Goes along the log in its order, checking every event and every chain. Throws Corrupt, naming the first bad event. */
export class Walk {
  private readonly chains: Chains;

  constructor(
    private readonly store: EventStore,
    private place: Place = logStart(store.logId),
  ) {
    this.chains = new Chains(store);
  }

  /** Checks the next part, about a thousand events. */
  async next(): Promise<Stretch> {
    const page = await this.store.readAll({ after: position(this.place.position), limit: PAGE });
    const walked: Walked[] = [];
    let { place } = this;
    for (const event of page.events) {
      place = rolled(place, event, await this.chains.next(event));
      walked.push({ place, event });
    }
    this.place = { ...place, position: page.next };
    return { walked, end: page.end, place: this.place };
  }
}
