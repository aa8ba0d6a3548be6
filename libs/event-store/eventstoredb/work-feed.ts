import type { Readable } from 'node:stream';
import type { AllStreamJSONRecordedEvent, PersistentSubscriptionToAll } from '@eventstore/db-client';
import { StoreUnavailable } from '../errors.js';
import type { EventMetadata } from '../metadata.js';
import { revision } from '../port.js';
import type { WorkFeed, WorkMessage } from '../work-feed.js';
import { backOffMs, pause } from './back-off.js';
import { reasonOf } from './failures.js';
import type { FeedSource } from './feed.js';
import type { Troubles } from './health.js';
import { Pull } from './pull.js';
import { safeInteger } from './records.js';

/** A quiet worker makes sure this often that the server is still there. */
const IDLE_MS = 1_000;

type Resolved = { readonly event?: AllStreamJSONRecordedEvent; readonly retryCount: number };

/** A worker's connection to its group, made again for ever when it is lost or the group is missing. */
export class GroupFeed implements WorkFeed {
  constructor(
    private readonly source: FeedSource,
    private readonly troubles: Troubles,
    private readonly closing: AbortSignal,
    private readonly group: string,
    private readonly inFlight: number,
  ) {}

  async *messages(until: AbortSignal): AsyncGenerator<WorkMessage, void, void> {
    const signal = AbortSignal.any([until, this.closing]);
    const part = {};
    try {
      for (let attempt = 0; !signal.aborted; attempt++) {
        try {
          for await (const message of this.connected(signal)) {
            attempt = 0;
            this.troubles.recovered(part);
            if (message !== undefined) yield message;
          }
        } catch (error) {
          if (signal.aborted) return;
          this.troubles.failed(part, `group ${this.group}: ${reasonOf(error)}`);
          await pause(this.source.clock, backOffMs(attempt), signal);
        }
      }
    } finally {
      this.troubles.recovered(part);
    }
  }

  /** One connection; undefined each time it proved to be alive without a message. */
  private async *connected(signal: AbortSignal): AsyncGenerator<WorkMessage | undefined, void, void> {
    const { connection, clock, silenceMs } = this.source;
    const { client } = connection;
    const options = { ...connection.base, bufferSize: this.inFlight };
    const subscription = client.subscribeToPersistentSubscriptionToAll(this.group, options);
    let confirmed = false;
    subscription.on('confirmation', () => (confirmed = true));
    const pull = new Pull<Resolved>(
      subscription as unknown as Readable,
      clock,
      () => void subscription.unsubscribe().catch(() => {}),
    );
    try {
      while (!signal.aborted) {
        const waited = await pull.wait(confirmed ? IDLE_MS : silenceMs, signal);
        if (signal.aborted) return;
        if (waited === 'end') throw new StoreUnavailable('the group was ended by the server', true);
        if (waited === 'idle') yield await this.proven(confirmed, () => connection.abandon(client));
        else yield this.messageOf(subscription, pull.now()!);
      }
    } finally {
      pull.cancel();
    }
  }

  private async proven(confirmed: boolean, abandon: () => void): Promise<undefined> {
    if (confirmed) await this.source.head();
    else {
      abandon();
      throw new StoreUnavailable(`group ${this.group} did not answer`, true);
    }
  }

  /** Undefined for what is none of ours: it is taken off the group. */
  private messageOf(subscription: PersistentSubscriptionToAll, resolved: Resolved): WorkMessage | undefined {
    const { event, retryCount: retries } = resolved;
    const stream = event && this.source.names.fromServer(event.streamId);
    if (event === undefined || stream === undefined) return sent(subscription.ack(resolved));
    if (typeof event.metadata !== 'object' || event.metadata === null || !event.isJson)
      return sent(subscription.nack('park', 'it is no event of ours', resolved));
    return {
      stream,
      revision: revision(safeInteger(String(event.revision))),
      metadata: event.metadata as unknown as EventMetadata,
      retries,
      ack: () => sent(subscription.ack(resolved)),
      nack: (reason) => sent(subscription.nack('retry', reason, resolved)),
    };
  }
}

/** A connection that is lost meanwhile means that the message is delivered again. */
function sent(sending: Promise<void>): undefined {
  void sending.catch(() => {});
}
