import { chainNext, chainStart, eventId, type ChainState } from '../chain.js';
import { Corrupt, StoreError } from '../errors.js';
import { revision, START, type EventStore, type Position, type StoredEvent } from '../port.js';
import { eventsOf } from './verify.js';

export interface Moved {
  readonly events: number;
  readonly streams: number;
  /** Events that this run has written; the others were there from an earlier one. */
  readonly copied: number;
}

/** What is being done, and up to which position of the source's head. */
export interface MoveProgress {
  readonly doing: 'comparing' | 'copying' | 'verifying';
  readonly at: Position;
  readonly of: Position;
}

type Tell = (progress: MoveProgress) => void;

/**
 * Copies a log into another store: every event at its revision, with its id and to the letter, in log order, one append for each append.
 * What the target holds must be the beginning of the source, so a run that was killed is repeated and goes on where it ended. At the
 * end both are read in full and compared, every chain is checked, and every stream's head is read by its name. Nobody may append to
 * either meanwhile. Throws {@link StoreError} `store_refused` when the target holds anything else, `corrupt` when the copy is not whole.
 */
export async function moveLog(source: EventStore, target: EventStore, tell: Tell = () => {}): Promise<Moved> {
  const of = await source.head();
  const there = await compare(source, target, (event) => tell({ doing: 'comparing', at: event.position, of }));
  let copied = 0;
  for await (const events of appendsOf(eventsOf(source, there.last))) {
    await copy(target, events);
    copied += events.length;
    tell({ doing: 'copying', at: events.at(-1)!.position, of });
  }
  return { ...(await verify(source, target, (at) => tell({ doing: 'verifying', at, of }))), copied };
}

/** The events as they were appended: those of one append follow each other and carry the same metadata, which no other append has. */
async function* appendsOf(events: AsyncIterable<StoredEvent>): AsyncGenerator<readonly StoredEvent[], void, void> {
  let append: StoredEvent[] = [];
  for await (const event of events) {
    const [first] = append;
    if (first !== undefined && (first.stream !== event.stream || first.metadata !== event.metadata)) {
      yield append;
      append = [];
    }
    append.push(event);
  }
  if (append.length > 0) yield append;
}

async function copy(target: EventStore, events: readonly StoredEvent[]): Promise<void> {
  const { stream, revision: first } = events[0]!;
  const written = await target.append(stream, first === 0 ? 'no_stream' : revision(first - 1), events);
  const last = events.at(-1)!.revision;
  if (written.revision !== last)
    throw new Corrupt(`${stream} is at ${written.revision} after an append up to ${last}`, { stream, revision: last });
}

/** Goes along both logs for as long as the target lasts; `each` gets the source's event and its copy. */
async function compare(
  source: EventStore,
  target: EventStore,
  each: (event: StoredEvent, found: StoredEvent) => void,
): Promise<{ readonly last: Position; readonly events: number; readonly whole: boolean }> {
  const copies = eventsOf(target);
  let [last, events] = [START, 0];
  for await (const event of eventsOf(source)) {
    const { value: found } = await copies.next();
    if (found === undefined) return { last, events, whole: false };
    if (!isCopy(event, found)) throw foreign(found);
    each(event, found);
    last = event.position;
    events++;
  }
  const { value: more } = await copies.next();
  if (more !== undefined) throw foreign(more);
  return { last, events, whole: true };
}

const PARTS = ['stream', 'revision', 'id', 'type', 'data', 'metadata'] as const;
const isCopy = (event: StoredEvent, found: StoredEvent): boolean => PARTS.every((part) => event[part] === found[part]);

const foreign = ({ stream, revision: at }: StoredEvent) =>
  new StoreError(
    'store_refused',
    `the target holds ${stream}@${at}, which is not the next event of this log; move into an empty store, or set another PURVEYOR_STREAM_PREFIX`,
  );

async function verify(
  source: EventStore,
  target: EventStore,
  tell: (at: Position) => void,
): Promise<{ readonly events: number; readonly streams: number }> {
  const chains = new Map<string, ChainState>();
  const { events, whole } = await compare(source, target, (event, found) => {
    chains.set(found.stream, chainNext(chains.get(found.stream) ?? chainStart, found));
    tell(event.position);
  });
  if (!whole) throw new Corrupt(`the target ends after ${events} events, the source does not`);
  for (const [stream, chain] of chains) await checkHead(target, stream, chain);
  return { events, streams: chains.size };
}

/** By name: an access rule or a limit on a stream does not show where all of them are read together. */
async function checkHead(target: EventStore, stream: string, chain: ChainState): Promise<void> {
  const { events } = await target.readStream(stream, { direction: 'backwards', limit: 1 });
  if (events[0]?.revision !== chain.revision || events[0].id !== eventId(chain.hash))
    throw new Corrupt(`${stream} ends at ${events[0]?.revision ?? 'nothing'}, not at ${chain.revision}`, {
      stream,
      revision: chain.revision,
    });
}
