import { isRefusal, type DomainEvent, type SubjectKeys } from '#kernel';
import { CHAIN_START, ChainedEvent, chainHash } from './chain.js';
import { dataOf, metadataOf, type EventMetadata, type RecordedEvent } from './metadata.js';
import { seal, unseal, type PersonalView } from './personal.js';
import { revision, type Appended, type EventStore, type StoredEvent } from './port.js';
import { UnknownEvent, type EventRegistry, type RegisteredEvent } from './registry.js';

/** Where a writer stands in a stream: revision -1 and an empty hash before the first event. */
export interface StreamHead {
  readonly revision: number;
  readonly hash: string;
}

export const NEW_STREAM: StreamHead = { revision: -1, hash: CHAIN_START };

/** Encoded once, so that a repeat of an append whose outcome is unknown sends identical bytes. */
export interface PreparedAppend {
  readonly stream: string;
  readonly at: StreamHead;
  readonly head: StreamHead;
  readonly events: readonly ChainedEvent[];
}

/** The log as deciders see it: typed events over an {@link EventStore}, with schemas, upcasting, the hash chain and personal fields. */
export class EventLog {
  private lastMetadata = { text: '', parsed: {} as EventMetadata };

  constructor(
    readonly store: EventStore,
    private readonly registry: EventRegistry,
    private readonly keys?: SubjectKeys,
  ) {}

  /** Makes the keys that these events need. What comes later of a person who was forgotten is recorded without what is theirs. */
  async ensureKeys(stream: string, events: readonly DomainEvent[]): Promise<void> {
    for (const event of events) {
      const personal = this.registered(stream, event.type).spec.personal;
      if (personal === undefined) continue;
      await this.keys?.ensure(personal.subject(event.data, stream)).catch(unlessForgotten);
    }
  }

  /** True when an event has personal fields, so that {@link ensureKeys} must run first. */
  hasPersonal(stream: string, events: readonly DomainEvent[]): boolean {
    return events.some((event) => this.registered(stream, event.type).spec.personal !== undefined);
  }

  /** Checks, encodes and chains. Throws when an event does not fit its schema: a defect of ours, nothing is written. */
  prepare(
    stream: string,
    at: StreamHead,
    events: readonly DomainEvent[],
    metadata: Omit<EventMetadata, 'prev' | 'versions'>,
  ): PreparedAppend {
    const specs = events.map((event) => this.registered(stream, event.type));
    const text = metadataText(metadata, specs, at.hash);
    let { hash, revision: at_ } = at;
    const chained = events.map((event, i) => {
      const data = this.encode(stream, event, specs[i]!);
      const previous = hash;
      hash = chainHash(previous, stream, ++at_, event.type, data, text);
      return new ChainedEvent(event.type, data, text, previous, hash);
    });
    return { stream, at, head: { revision: at_, hash }, events: chained };
  }

  append(prepared: PreparedAppend): Promise<Appended> {
    const expected = prepared.at.revision < 0 ? 'no_stream' : revision(prepared.at.revision);
    return this.store.append(prepared.stream, expected, prepared.events);
  }

  private encode(stream: string, event: DomainEvent, registered: RegisteredEvent): string {
    if (!registered.check(event.data))
      throw new Error(`event ${event.type} of ${stream} does not fit its schema: ${registered.faults(event.data)}`);
    const { personal } = registered.spec;
    return JSON.stringify(personal && this.keys ? seal(event.data, stream, personal, this.keys) : event.data);
  }

  /** Throws {@link UnknownEvent} for a type or version this process does not know (law 8), Corrupt for what cannot be read. */
  decode(stored: StoredEvent): RecordedEvent {
    return this.decodeFor('open', stored);
  }

  /** The same for a reader who may not see everything. */
  decodeFor(view: PersonalView, stored: StoredEvent): RecordedEvent {
    const metadata = this.metadataOf(stored);
    const registered = this.registered(stored.stream, stored.type);
    const version = metadata.versions?.[stored.type] ?? 1;
    if (version > registered.version) throw new UnknownEvent(stored.stream, stored.type, version);
    let data: unknown = dataOf(stored);
    const { personal, upcasts } = registered.spec;
    if (personal && this.keys) data = unseal(data, personal, this.keys, view);
    for (let v = version; v < registered.version; v++) data = upcasts?.[v]?.(data as never) ?? data;
    return {
      type: stored.type,
      data,
      id: stored.id,
      stream: stored.stream,
      revision: stored.revision,
      position: stored.position,
      metadata,
    };
  }

  /** All events up to and including `upTo`, and the head there. A missing stream is empty. */
  async read(
    stream: string,
    upTo = Infinity,
  ): Promise<{ events: readonly RecordedEvent[]; head: StreamHead; position: number }> {
    const events: RecordedEvent[] = [];
    let hash = CHAIN_START;
    for (let from = 0, end = false; !end && from <= upTo;) {
      const page = await this.store.readStream(stream, { from: revision(from) });
      for (const stored of page.events) {
        if (stored.revision > upTo) break;
        hash = chainHash(hash, stream, stored.revision, stored.type, stored.data, stored.metadata);
        events.push(this.decode(stored));
      }
      end = page.end || page.events.length === 0;
      from += page.events.length;
    }
    const last = events.at(-1);
    return { events, head: { revision: last?.revision ?? -1, hash }, position: last?.position ?? 0 };
  }

  /** Events of one append carry the same text, and readers meet them in a row. */
  private metadataOf(stored: StoredEvent): EventMetadata {
    const text = stored.metadata;
    if (text !== this.lastMetadata.text) this.lastMetadata = { text, parsed: metadataOf(stored) };
    return this.lastMetadata.parsed;
  }

  private registered(stream: string, type: string): RegisteredEvent {
    const found = this.registry.find(stream, type);
    if (found === undefined) throw new UnknownEvent(stream, type, 1);
    return found;
  }
}

/**
 * For readers that are given the same events one after the other: what one of them had decoded is not decoded again. It is kept beside what
 * it came from and as long as that; a WeakMap of as many events costs the collector more than decoding.
 */
export function decodingOnce(decode: (stored: StoredEvent) => RecordedEvent): (stored: StoredEvent) => RecordedEvent {
  const decoded = Symbol('decoded');
  return (stored: StoredEvent & { [decoded]?: RecordedEvent }) => (stored[decoded] ??= decode(stored));
}

function unlessForgotten(error: unknown): void {
  if (!isRefusal(error) || error.code !== 'subject_forgotten') throw error;
}

/** Ids and names need no escaping; a test costs less than JSON.stringify. */
const PLAIN = /^[\w:.#/@ -]*$/;
const quote = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** Concatenated rather than stringified as one object: this runs once an append on the hot path. */
function metadataText(
  m: Omit<EventMetadata, 'prev' | 'versions'>,
  specs: readonly RegisteredEvent[],
  prev: string,
): string {
  let text = `{"$correlationId":${quote(m.$correlationId)},"$causationId":${quote(m.$causationId)},"actor":${quote(m.actor)},"tenant":${quote(m.tenant)},"commandId":${quote(m.commandId)},"time":${m.time}`;
  if (specs.some((spec) => spec.version !== 1)) text += `,"versions":${JSON.stringify(versionsOf(specs))}`;
  if (m.traceparent !== undefined) text += `,"traceparent":${quote(m.traceparent)}`;
  if (m.bodyHash !== undefined) text += `,"bodyHash":${quote(m.bodyHash)}`;
  if (m.owed !== undefined) text += owedText(m.owed);
  if (m.goesOn) text += ',"goesOn":true';
  return `${text},"prev":"${prev}"}`;
}

const owedText = ({ run, due, busy }: NonNullable<EventMetadata['owed']>): string =>
  `,"owed":{"run":${run},"due":${due}${busy === undefined ? '' : `,"busy":${busy}`}}`;

const versionsOf = (specs: readonly RegisteredEvent[]): Record<string, number> =>
  Object.fromEntries(specs.filter(({ version }) => version !== 1).map(({ spec, version }) => [spec.type, version]));
