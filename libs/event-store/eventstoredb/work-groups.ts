import {
  persistentSubscriptionToAllSettingsFromDefaults,
  streamNameFilter,
  type BaseOptions,
  type EventStoreDBClient,
  type PersistentSubscriptionToAllInfo,
} from '@eventstore/db-client';
import { StoreError } from '../errors.js';
import { revision } from '../port.js';
import type { ParkedMessage, WorkFeed, WorkGroupInfo, WorkGroups } from '../work-feed.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { GroupRefusal } from './failures.js';
import type { FeedSource } from './feed.js';
import type { Troubles } from './health.js';
import { readEvents } from './pages.js';
import { safeInteger } from './records.js';
import { streamRequest } from './requests.js';
import type { Retrying } from './retrying.js';
import { GroupFeed } from './work-feed.js';

const STRATEGY = 'Pinned';
const IN_FLIGHT = 32;
const MESSAGE_TIMEOUT_MS = 10_000;
const RETRIES = 10;

const SETTINGS = persistentSubscriptionToAllSettingsFromDefaults({
  consumerStrategyName: STRATEGY,
  startFrom: 'end',
  messageTimeout: MESSAGE_TIMEOUT_MS,
  maxRetryCount: RETRIES,
});

/** Behind the prefix: without an underscore, as in the names of streams. */
const GROUP_NAME = /^[^_]+$/;

/** What the server writes before the reason that a client gave (23.10). */
const BY_CLIENT = /^Client explicitly NAK'ed message\.\n/;

/** Camel case, as the server writes its JSON. */
interface ParkedMetadata {
  readonly added?: string;
  readonly reason?: string;
}

/** What the groups need of the store around them. */
export interface GroupSource {
  readonly source: FeedSource;
  readonly troubles: Troubles;
  readonly calls: Retrying;
  readonly closing: AbortSignal;
}

/** Persistent subscriptions to $all. Group names on the server begin with our stream prefix, as streams do. */
export class EventStoreDbGroups implements WorkGroups {
  constructor(private readonly around: GroupSource) {}

  async setup(name: string, streamPrefixes: readonly string[]): Promise<'created' | 'updated'> {
    const made = await this.createOrUpdate(name, streamPrefixes);
    const strategy = (await this.info(name))?.strategy;
    // The client sends a strategy it does not know as another one, with a warning only.
    if (strategy !== STRATEGY)
      throw new StoreError('store_refused', `group ${name} has strategy ${strategy}, not ${STRATEGY}`);
    return made;
  }

  async info(name: string): Promise<WorkGroupInfo | undefined> {
    try {
      return this.infoOf(
        await this.call((client, options) => client.getPersistentSubscriptionToAllInfo(this.onServer(name), options)),
      );
    } catch (error) {
      if (isAnswer(error, 'persistent-subscription-does-not-exist')) return undefined;
      throw error;
    }
  }

  async list(): Promise<readonly WorkGroupInfo[]> {
    const all = await this.call((client, options) => client.listPersistentSubscriptionsToAll(options));
    const mine = all.filter(({ groupName }) => GROUP_NAME.test(this.ours(groupName) ?? ''));
    return mine.map((info) => this.infoOf(info));
  }

  async remove(name: string): Promise<void> {
    await this.call((client, options) => client.deletePersistentSubscriptionToAll(this.onServer(name), options));
  }

  async parked(name: string, limit = 100): Promise<readonly ParkedMessage[]> {
    const { source, calls } = this.around;
    const stream = `$persistentsubscription-$all::${this.onServer(name)}-parked`;
    return calls.read(stream, async () => {
      const found: ParkedMessage[] = [];
      for await (const read of readEvents(source, streamRequest(stream, { backwards: false, count: limit })))
        found.push(this.parkedOf(read.getEvent()!));
      return found;
    });
  }

  async replayParked(name: string, count?: number): Promise<void> {
    const stopAt = count === undefined ? {} : { stopAt: count };
    await this.call((client, options) =>
      client.replayParkedMessagesToAll(this.onServer(name), { ...options, ...stopAt }),
    );
  }

  feed(name: string, { inFlight = IN_FLIGHT }: { readonly inFlight?: number } = {}): WorkFeed {
    const { source, troubles, closing } = this.around;
    return new GroupFeed(source, troubles, closing, this.onServer(name), inFlight);
  }

  private async createOrUpdate(name: string, streamPrefixes: readonly string[]): Promise<'created' | 'updated'> {
    const prefixes = streamPrefixes.map((prefix) => this.around.source.names.toServer(prefix));
    const group = this.onServer(name);
    try {
      const filter = streamNameFilter({ prefixes });
      await this.call((client, options) =>
        client.createPersistentSubscriptionToAll(group, SETTINGS, { ...options, filter }),
      );
      return 'created';
    } catch (error) {
      if (!isAnswer(error, 'persistent-subscription-exists')) throw error;
    }
    await this.call((client, options) => client.updatePersistentSubscriptionToAll(group, SETTINGS, options));
    return 'updated';
  }

  private call<T>(run: (client: EventStoreDBClient, options: BaseOptions) => Promise<T>): Promise<T> {
    const { source, calls } = this.around;
    return calls.read('$all', () => source.connection.within((client) => run(client, source.connection.base)));
  }

  private get prefix(): string {
    return this.around.source.names.prefix;
  }

  private onServer(name: string): string {
    return this.prefix + name;
  }

  private ours(onServer: string): string | undefined {
    return onServer.startsWith(this.prefix) ? onServer.slice(this.prefix.length) : undefined;
  }

  private infoOf({ groupName, settings, connections, stats }: PersistentSubscriptionToAllInfo): WorkGroupInfo {
    return {
      name: groupName.slice(this.prefix.length),
      strategy: settings.consumerStrategyName,
      workers: connections.length,
      inFlight: stats.totalInFlightMessages,
      parked: Number(stats.parkedMessageCount),
    };
  }

  /** A parked message is a link: `revision@stream`, with the reason in its metadata. */
  private parkedOf(link: ReadResp.ReadEvent.RecordedEvent): ParkedMessage {
    const [at, ...stream] = Buffer.from(link.getData_asU8()).toString().split('@');
    const { reason = '', added } = JSON.parse(Buffer.from(link.getCustomMetadata_asU8()).toString()) as ParkedMetadata;
    return {
      stream: this.around.source.names.fromServer(stream.join('@')) ?? stream.join('@'),
      revision: revision(safeInteger(at!)),
      reason: reason.replace(BY_CLIENT, ''),
      parkedAt: Date.parse(added ?? '') || 0,
    };
  }
}

const isAnswer = (error: unknown, answer: string) => error instanceof GroupRefusal && error.answer === answer;
