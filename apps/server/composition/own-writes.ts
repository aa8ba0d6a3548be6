import type { EventStore } from '#event-store';
import { isRefusal } from '#kernel';
import type { Projector } from '#read-models';

/** How long an answer waits for the views: as long as another projector may take to come in the place of one that died (docs/adr/0080), ms. */
export const ANSWER_MS = 10_000;
/** How long what a command is decided from is waited for, ms; it is answered within 3 s. */
export const DECISION_MS = 2_000;

export interface Seen {
  readonly store: EventStore;
  /** Of the main views. */
  readonly projector: Projector;
}

/** Resolves when the views hold all that is in the log by now. Refusal `position_timeout` 503 after `ms`. */
export const viewsCaughtUp = async ({ store, projector }: Seen, ms: number): Promise<void> =>
  projector.waitFor(await store.head(), ms);

/** The same of what is in one stream: at once, unless that was written a moment ago. False for a stream that is not there. */
export async function streamShown({ store, projector }: Seen, stream: string, ms: number): Promise<boolean> {
  const { events } = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const [last] = events;
  if (last !== undefined) await projector.waitFor(last.position, ms);
  return last !== undefined;
}

/** For who takes the views as they are where they do not follow in time. */
export function unlessLate(error: unknown): void {
  if (!isRefusal(error) || error.code !== 'position_timeout') throw error;
}

/** What `find` finds of a stream in the views: also when it was accepted a moment ago, and its address was told but no position. */
export async function findShown<T>(
  seen: Seen,
  stream: string,
  find: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const found = await find();
  if (found !== undefined) return found;
  return (await streamShown(seen, stream, ANSWER_MS)) ? find() : undefined;
}
