import type { EventLog, RecordedEvent } from '#event-store';
import { Refusal, type Owed } from '#kernel';
import type { AnyDecider } from '#runtime';

/** A stream as it is now with the events it was folded from, and what it owes: undefined where its definition is not known here (law 8). */
export interface Outlook {
  readonly state: unknown;
  /** -1 when the stream does not exist. */
  readonly revision: number;
  readonly position: number;
  readonly events: readonly RecordedEvent[];
  readonly owed: readonly Owed[] | undefined;
}

/** Throws UnknownEvent for a stream with an event that no code here knows. */
export async function readOutlook(log: EventLog, decider: AnyDecider, stream: string): Promise<Outlook> {
  const { events, head, position } = await log.read(stream);
  const state = events.reduce((folded: unknown, event) => decider.evolve(folded, event), decider.initial() as unknown);
  return { state, revision: head.revision, position, events, owed: owedOrNone(decider, state) };
}

function owedOrNone(decider: AnyDecider, state: unknown): Outlook['owed'] {
  try {
    return decider.next?.(state) ?? [];
  } catch (error) {
    if (error instanceof Refusal && error.code === 'definition_unavailable') return undefined;
    throw error;
  }
}
