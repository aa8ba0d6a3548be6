import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Clock } from '#kernel';
import { StoreUnavailable } from '../errors.js';
import { position, type EventFilter, type Position, type StoredEvent } from '../port.js';
import { matcher } from '../rules.js';
import type { Connection } from './connection.js';
import type { Names } from './names.js';
import { Pull, type Ahead } from './pull.js';
import { placeOf, reading, safeInteger, type ParkedEvent } from './records.js';
import { subscribeRequest } from './requests.js';

/** Events handed on at once, and gathered while the consumer is busy or pauses; also the memory a subscription may take. */
const BATCH = 500;
const BATCH_CHARACTERS = 4 * 1024 * 1024;
/** An idle subscription is looked after this often: silence can be a dead connection, or events that the filter leaves out. */
const IDLE_MS = 1_000;

const AHEAD: Ahead<ReadResp> = {
  count: BATCH,
  bytes: BATCH_CHARACTERS,
  sizeOf: (message) => message.getEvent()?.getEvent()?.getData_asU8().length ?? 0,
};

export interface FeedStep {
  readonly events: readonly StoredEvent[];
  /** Everything up to here was delivered or filtered out. */
  readonly position: Position;
  /** Nothing was behind `position` when this was told. */
  readonly caughtUp: boolean;
}

export interface FeedOptions {
  readonly after: Position;
  readonly filter?: EventFilter;
  readonly signal: AbortSignal;
}

/** What a subscription needs of the store around it. */
export interface FeedSource {
  readonly connection: Connection;
  readonly names: Names;
  readonly clock: Clock;
  /** Ms without any message, while history is read, after which the connection counts as dead. */
  readonly silenceMs: number;
  readonly onParked: (parked: ParkedEvent) => void;
  head(): Promise<Position>;
}

/**
 * One server subscription to $all, filtered there, as steps that are pulled. It ends when the signal aborts and throws when the
 * connection fails; whoever supervises it begins again behind the last step's position.
 */
export class Feed {
  private position: Position;
  private caughtUp = false;
  private readonly matches: (event: StoredEvent) => boolean;

  constructor(
    private readonly source: FeedSource,
    private readonly options: FeedOptions,
  ) {
    this.position = options.after;
    this.matches = matcher(options.filter);
  }

  async *steps(): AsyncGenerator<FeedStep, void, void> {
    const { signal } = this.options;
    const { connection, names, clock } = this.source;
    // Read first: whatever is told as caught up by a subscription that began later has delivered everything up to here.
    const head = await this.source.head();
    const request = subscribeRequest(this.position, names.serverFilter(this.options.filter));
    const { stream, abandon } = await connection.read(request);
    const pull = new Pull<ReadResp>(stream, clock, () => stream.cancel(), AHEAD);
    try {
      while (!signal.aborted) {
        const waited = await pull.wait(this.caughtUp ? IDLE_MS : this.source.silenceMs, signal);
        if (signal.aborted) return;
        if (waited === 'end') throw new StoreUnavailable('the subscription was ended by the server', true);
        if (waited === 'idle' && !this.caughtUp) {
          abandon();
          throw new StoreUnavailable(`no message of a subscription within ${this.source.silenceMs} ms`, true);
        }
        const step = waited === 'message' ? this.drain(pull, head) : await this.idle();
        if (step !== undefined) yield step;
      }
    } finally {
      pull.cancel();
    }
  }

  /** Takes what is here, up to a batch. */
  private drain(pull: Pull<ReadResp>, head: Position): FeedStep | undefined {
    const events: StoredEvent[] = [];
    const before = { position: this.position, caughtUp: this.caughtUp };
    let characters = 0;
    let message: ReadResp | undefined;
    while (events.length < BATCH && characters < BATCH_CHARACTERS && (message = pull.now()) !== undefined) {
      const event = this.take(message, head);
      if (event === undefined) continue;
      events.push(event);
      characters += event.data.length + event.metadata.length;
    }
    if (this.position === before.position && this.caughtUp === before.caughtUp) return undefined;
    return { events, position: this.position, caughtUp: this.caughtUp && message === undefined };
  }

  private take(message: ReadResp, head: Position): StoredEvent | undefined {
    if (message.hasCaughtUp()) {
      this.caughtUp = true;
      this.moveTo(head);
    }
    const checkpoint = message.getCheckpoint();
    if (checkpoint !== undefined) this.moveTo(checkpointOf(checkpoint.getCommitPosition()));
    const read = message.getEvent();
    const place = read && placeOf(read);
    if (read === undefined || place === undefined || place <= this.position) return undefined;
    this.moveTo(place);
    const found = reading(read, this.source.names);
    if (found.kind === 'parked') this.source.onParked(found.parked);
    return found.kind === 'event' && this.matches(found.event) ? found.event : undefined;
  }

  private moveTo(place: Position | undefined): void {
    if (place !== undefined && place > this.position) this.position = place;
  }

  /** Silence: proves that the server is there, and moves over events that the filter left out. */
  private async idle(): Promise<FeedStep | undefined> {
    const head = await this.source.head();
    if (head <= this.position) return undefined;
    const to = await this.nothingUpTo();
    if (to === undefined || to <= this.position) return undefined;
    this.position = to;
    return { events: [], position: to, caughtUp: true };
  }

  /** Reads on behind our position on a second subscription: where it has caught up if it found nothing for us. */
  private async nothingUpTo(): Promise<Position | undefined> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.options.signal]);
    for await (const step of new Feed(this.source, { ...this.options, after: this.position, signal }).steps()) {
      if (step.events.length > 0) return undefined;
      if (step.caughtUp) return step.position;
    }
    return undefined;
  }
}

/** Some servers tell a checkpoint beyond any position where nothing matched (kurrent-io/KurrentDB pull 4892): it is left out. */
function checkpointOf(commit: string): Position | undefined {
  return Number(commit) > Number.MAX_SAFE_INTEGER ? undefined : position(safeInteger(commit));
}
