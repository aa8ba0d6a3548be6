import {
  chainHash,
  chainNext,
  chainStart,
  Corrupt,
  metadataOf,
  revision,
  type ChainState,
  type EventStore,
  type StoredEvent,
} from '#event-store';

/** Streams whose end is held in memory; one that is met again later is read again where it stands. */
const HELD = 50_000;

/** The hash chains of all streams while the log goes by, from any place in it on. */
export class Chains {
  private readonly ends = new Map<string, ChainState>();

  constructor(private readonly store: EventStore) {}

  /** Checks the next event of its stream and answers its chain hash. Throws Corrupt. */
  async next(event: StoredEvent): Promise<string> {
    const { stream, revision: at } = event;
    const before = this.ends.get(stream) ?? (await chainBefore(this.store, stream, at));
    return this.hold(stream, chainNext(before, event));
  }

  private hold(stream: string, state: ChainState): string {
    this.ends.delete(stream);
    this.ends.set(stream, state);
    if (this.ends.size > HELD) this.ends.delete(this.ends.keys().next().value!);
    return state.hash;
  }
}

/** Where the chain of a stream stands before a revision: from the events of one append back, whose metadata hold the hash before it. */
async function chainBefore(store: EventStore, stream: string, at: number): Promise<ChainState> {
  if (at === 0) return chainStart;
  const append: StoredEvent[] = [];
  for (let from = at - 1; from >= 0;) {
    const events = await eventsBefore(store, stream, from, at);
    const same = events.filter(({ metadata }) => metadata === (append[0] ?? events[0])!.metadata);
    append.push(...same);
    if (events.length === 0 || same.length < events.length) break;
    from = events.at(-1)!.revision - 1;
  }
  return endOf(append.reverse());
}

/** What stands before `at` and cannot be read is told of the event that would continue it, as where the whole chain is gone along. */
async function eventsBefore(
  store: EventStore,
  stream: string,
  from: number,
  at: number,
): Promise<readonly StoredEvent[]> {
  try {
    return (await store.readStream(stream, { from: revision(from), direction: 'backwards', limit: 64 })).events;
  } catch (error) {
    if (!(error instanceof Corrupt)) throw error;
    throw new Corrupt(`${stream}@${at}: it continues what cannot be read: ${error.message}`, { stream, revision: at });
  }
}

function endOf(append: readonly StoredEvent[]): ChainState {
  const last = append.at(-1);
  if (last === undefined) return chainStart;
  const { prev: appendPrev } = metadataOf(last);
  const hash = append.reduce(
    (hash, e) => chainHash(hash, e.stream, e.revision, e.type, e.data, e.metadata),
    appendPrev,
  );
  return { revision: last.revision, hash, metadata: last.metadata, appendPrev };
}

/** Checks an append, whole and alone, from the hash before it that it tells. Throws Corrupt. */
export function checkAppend(append: readonly StoredEvent[]): void {
  const [first] = append;
  if (first === undefined) return;
  const { prev: hash } = metadataOf(first);
  append.reduce(chainNext, { ...chainStart, revision: first.revision - 1, hash, appendPrev: hash });
}
