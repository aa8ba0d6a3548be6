import { revision, type EventStore, type StoredEvent } from '#event-store';
import { addressOf, appendsIn, keyOf, type Append, type FactOf } from './appends.js';

export interface FlowPorts {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly factOf: FactOf;
  /** Where in the log something is due to one of these causes: correlation ids, or keys of requests; at most `limit` streams. */
  readonly begunBy: (
    causes: readonly string[],
    limit: number,
  ) => Promise<readonly { readonly stream: string; readonly revision: number }[]>;
}

/** So much of the log is read for one flow. */
const MAX_EVENTS = 20_000;
const MAX_STREAMS = 1_000;

interface Read {
  readonly from: number;
  readonly appends: readonly Append[];
}

/**
 * Finds what belongs to a flow: what bears its id; what a request of it sent to another stream; what an instance did next because of it;
 * and whatever was decided later about a step of it, whoever's request or callback that was.
 */
export class Gathering {
  /** False when there was more than is read for one flow. */
  complete = true;
  private readonly streams = new Map<string, Read>();
  private readonly found = new Set<Append>();
  private readonly keys = new Set<string>();
  private readonly addresses = new Set<string>();
  private readonly eventIds = new Set<string>();
  private events = 0;

  constructor(
    private readonly ports: FlowPorts,
    private readonly correlationId: string,
  ) {}

  /** The appends of the flow in the order of the log. Throws Corrupt where one cannot be read. */
  async appends(): Promise<readonly Append[]> {
    for (let causes: readonly string[] = [this.correlationId]; causes.length > 0 && this.complete;) {
      const before = new Set(this.keys);
      const begun = await this.ports.begunBy(causes, MAX_STREAMS + 1);
      for (const { stream, revision: from } of begun.slice(0, MAX_STREAMS)) await this.read(stream, from);
      if (begun.length > MAX_STREAMS) this.complete = false;
      this.close();
      causes = [...this.keys].filter((key) => !before.has(key));
    }
    return [...this.found].sort((a, b) => a.events[0]!.position - b.events[0]!.position);
  }

  /** A stream is read from the first place that is known, to its end. */
  private async read(stream: string, from: number): Promise<void> {
    const known = this.streams.get(stream);
    if (known !== undefined && known.from <= from) return;
    const stored: StoredEvent[] = [];
    for (let at = from, end = false; !end && this.complete;) {
      const page = await this.ports.store.readStream(stream, { from: revision(at) });
      stored.push(...page.events);
      this.events += page.events.length;
      if (this.events > MAX_EVENTS) this.complete = false;
      at += page.events.length;
      end = page.end || page.events.length === 0;
    }
    for (const append of known?.appends ?? []) this.found.delete(append);
    this.streams.set(stream, { from, appends: appendsIn(stored, this.ports.factOf) });
  }

  /** Until nothing more follows from what was found. */
  private close(): void {
    for (let size = -1; size !== this.found.size;) {
      size = this.found.size;
      for (const { appends } of this.streams.values())
        for (const append of appends) if (!this.found.has(append) && this.belongs(append)) this.take(append);
    }
  }

  private belongs({ stream, metadata, events }: Append): boolean {
    const { $correlationId, $causationId } = metadata;
    if ($correlationId === this.correlationId || this.keys.has($causationId) || this.eventIds.has($causationId))
      return true;
    return events.some(({ of }) => of !== undefined && this.addresses.has(addressOf(stream, of)));
  }

  private take(append: Append): void {
    this.found.add(append);
    for (const { id, of } of append.events) {
      this.eventIds.add(id);
      if (of === undefined) continue;
      this.addresses.add(addressOf(append.stream, of));
      const key = keyOf(append.stream, of);
      if (key !== undefined) this.keys.add(key);
    }
  }
}
