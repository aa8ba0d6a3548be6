import { matching, type RecordFilter } from './filter.js';
import type { LogRecord, StandInLog } from './log.js';
import { leastLoaded, Pins } from './pins.js';

export interface GroupSettings {
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  readonly maxRetryCount: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly messageTimeoutMs: number;
  readonly checkpointAfterMs: number;
  readonly strategy: 'DispatchToSingle' | 'RoundRobin' | 'Pinned';
}

export interface GroupConfig {
  readonly name: string;
  readonly filter?: RecordFilter;
  /** Position behind which the group begins. */
  readonly start: number;
  readonly settings: GroupSettings;
}

/** A message of the group: an event, or one that was parked and is replayed by its link. */
export interface GroupMessage {
  readonly record: LogRecord;
  readonly link?: LogRecord;
  readonly retries: number;
}

export interface Consumer {
  readonly capacity: number;
  readonly inFlight: Map<string, { readonly message: GroupMessage; readonly timer: NodeJS.Timeout }>;
  send(message: GroupMessage): void;
  drop(): void;
}

export const parkedStream = (group: string) => `$persistentsubscription-$all::${group}-parked`;
const checkpointStream = (group: string) => `$persistentsubscription-$all::${group}-checkpoint`;

/** One persistent subscription to $all: at least once, competing consumers, parking. Its state but the checkpoint is in memory. */
export class Group {
  readonly consumers = new Set<Consumer>();
  private readonly pins = new Pins<Consumer>();
  private readonly retries: GroupMessage[] = [];
  /** Index in the log of the next record to look at. */
  private next: number;
  private stopWaiting: () => void = () => {};
  private checkpointed: number;
  private readonly matches: (record: LogRecord) => boolean;
  private checkpointTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: StandInLog,
    public config: GroupConfig,
  ) {
    this.matches = matching(config.filter);
    const stored = log.stream(checkpointStream(config.name)).at(-1);
    this.checkpointed = stored === undefined ? config.start : Number(JSON.parse(stored.data.toString()));
    this.next = log.indexBehind(this.checkpointed);
  }

  get parkedCount(): number {
    const stream = parkedStream(this.config.name);
    return this.log.stream(stream).length - this.log.truncatedBefore(stream);
  }

  get inFlight(): number {
    let count = 0;
    for (const consumer of this.consumers) count += consumer.inFlight.size;
    return count;
  }

  join(consumer: Consumer): void {
    this.consumers.add(consumer);
    this.pins.joined(this.consumers);
    this.push();
  }

  /** What it had not acknowledged goes to others at once. */
  leave(consumer: Consumer): void {
    if (!this.consumers.delete(consumer)) return;
    for (const { message, timer } of consumer.inFlight.values()) {
      clearTimeout(timer);
      this.retries.push(message);
    }
    consumer.inFlight.clear();
    this.pins.left(consumer);
    this.push();
  }

  ack(consumer: Consumer, id: string): void {
    this.taken(consumer, id);
    this.checkpointSoon();
    this.push();
  }

  nack(consumer: Consumer, id: string, action: 'park' | 'retry' | 'skip', reason: string): void {
    const message = this.taken(consumer, id);
    if (message === undefined) return;
    if (action === 'park') this.park(message, `Client explicitly NAK'ed message.\n${reason}`);
    else if (action === 'retry') this.again(message);
    this.checkpointSoon();
    this.push();
  }

  replayParked(count: number): void {
    const stream = parkedStream(this.config.name);
    const first = this.log.truncatedBefore(stream);
    const links = this.log.stream(stream).slice(first, first + count);
    for (const link of links) {
      const target = this.log.targetOf(link);
      if (target !== undefined) this.retries.push({ record: target, link, retries: 0 });
    }
    if (links.length > 0) this.log.appendOwn(`$$${stream}`, '$metadata', { $tb: first + links.length });
    this.push();
  }

  /** Ends all connections: the group was deleted or its leader is gone. What was in flight is delivered again from the checkpoint. */
  stop(): void {
    this.stopWaiting();
    clearTimeout(this.checkpointTimer);
    for (const consumer of this.consumers) {
      for (const { timer } of consumer.inFlight.values()) clearTimeout(timer);
      consumer.drop();
    }
    this.consumers.clear();
  }

  /** Gives what can be given: retries first, then the log; a message whose consumer is full waits, and so does what follows it. */
  private push(): void {
    this.stopWaiting();
    if (this.consumers.size === 0) return;
    for (let i = 0; i < this.retries.length;) {
      if (this.give(this.retries[i]!)) this.retries.splice(i, 1);
      else i++;
    }
    while (this.retries.length < this.config.settings.liveBufferSize && this.next < this.log.all.length) {
      const record = this.log.all[this.next++]!;
      if (!this.matches(record)) continue;
      const message = { record, retries: 0 };
      if (!this.give(message)) this.retries.push(message);
    }
    this.stopWaiting = this.log.onNext(() => this.push());
  }

  private give(message: GroupMessage): boolean {
    const consumer = this.consumerFor(message.record);
    if (consumer === undefined || consumer.inFlight.size >= consumer.capacity) return false;
    const { id } = message.link ?? message.record;
    const timer = setTimeout(() => {
      consumer.inFlight.delete(id);
      this.again(message);
      this.push();
    }, this.config.settings.messageTimeoutMs);
    consumer.inFlight.set(id, { message, timer });
    consumer.send(message);
    return true;
  }

  private consumerFor(record: LogRecord): Consumer | undefined {
    return this.config.settings.strategy === 'Pinned'
      ? this.pins.of(record.stream, this.consumers)
      : leastLoaded(this.consumers, (each) => each.inFlight.size);
  }

  private taken(consumer: Consumer, id: string): GroupMessage | undefined {
    const held = consumer.inFlight.get(id);
    if (held === undefined) return undefined;
    clearTimeout(held.timer);
    consumer.inFlight.delete(id);
    return held.message;
  }

  private again(message: GroupMessage): void {
    const retries = message.retries + 1;
    const { maxRetryCount } = this.config.settings;
    if (retries > maxRetryCount) this.park(message, `Reached retry count of ${maxRetryCount}`);
    else this.retries.push({ ...message, retries });
  }

  private park({ record }: GroupMessage, reason: string): void {
    const metadata = { added: new Date().toISOString(), reason, subscriptionEventNumber: record.revision };
    this.log.appendOwn(parkedStream(this.config.name), '$>', `${record.revision}@${record.stream}`, metadata);
  }

  private checkpointSoon(): void {
    this.checkpointTimer ??= setTimeout(() => {
      this.checkpointTimer = undefined;
      this.checkpoint();
    }, this.config.settings.checkpointAfterMs).unref();
  }

  /** Behind it everything is acknowledged, parked or none of the group's. */
  private checkpoint(): void {
    const open = [
      ...this.retries,
      ...[...this.consumers].flatMap((each) => [...each.inFlight.values()].map((held) => held.message)),
    ];
    const oldest = Math.min(...open.filter(({ link }) => link === undefined).map(({ record }) => record.position));
    const last = Number.isFinite(oldest)
      ? this.log.all[this.log.indexBehind(oldest - 1) - 1]
      : this.log.all[this.next - 1];
    if (last === undefined || last.position <= this.checkpointed) return;
    this.checkpointed = last.position;
    this.log.appendOwn(checkpointStream(this.config.name), '$SubscriptionCheckpoint', last.position);
  }
}
