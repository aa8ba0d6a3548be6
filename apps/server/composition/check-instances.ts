import { categoryOf, START, type EventLog } from '#event-store';
import { foldStream, type AnyDecider } from '#runtime';

/** An instance that the code at hand could not carry on (law 8), and why. */
export interface Stranded {
  readonly stream: string;
  readonly reason: string;
}

/** What {@link checkInstances} read. */
export interface Checked {
  readonly streams: number;
  readonly stranded: readonly Stranded[];
}

/**
 * Folds every stream of a log with the deciders at hand and asks each what is owed. An instance is stranded when one of its events is of an
 * unknown type or version, when nobody here decides its category, or when its definition is missing or has other steps. Reads only.
 */
export async function checkInstances(log: EventLog, deciders: Readonly<Record<string, AnyDecider>>): Promise<Checked> {
  const stranded: Stranded[] = [];
  const streams = await streamsOf(log);
  for (const stream of streams) {
    const reason = await whyNot(log, deciders[categoryOf(stream)], stream);
    if (reason !== undefined) stranded.push({ stream, reason });
  }
  return { streams: streams.size, stranded };
}

async function whyNot(log: EventLog, decider: AnyDecider | undefined, stream: string): Promise<string | undefined> {
  if (decider === undefined) return `nobody here decides ${categoryOf(stream)} streams`;
  try {
    const { state } = await foldStream(log, decider, stream);
    decider.next?.(state);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function streamsOf({ store }: EventLog): Promise<ReadonlySet<string>> {
  const streams = new Set<string>();
  for (let after = START; ;) {
    const page = await store.readAll({ after });
    for (const { stream } of page.events) streams.add(stream);
    if (page.end) return streams;
    after = page.next;
  }
}
