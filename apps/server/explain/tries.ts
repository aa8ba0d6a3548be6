import type { RecordedEvent } from '#event-store';
import type { Failure } from '#kernel';

/** What became of an attempt, or was said of it later. `at`: ms since the epoch. */
export interface Answer {
  readonly at: number;
  readonly event: string;
  readonly attempt: number | null;
  readonly failure: Failure | null;
}

/** How often a step was tried, since when, and with which answers: the last {@link KEPT_ANSWERS}, oldest first. */
export interface Tries {
  readonly step: string;
  readonly attempts: number;
  readonly since: number;
  readonly answers: readonly Answer[];
}

const KEPT_ANSWERS = 20;

/** What every event of a request may have. */
interface OfStep {
  readonly step?: string;
  readonly attempt?: number;
  readonly owner?: string;
  readonly until?: number;
  readonly failure?: Failure;
}
const dataOf = (event: RecordedEvent): OfStep => event.data ?? {};

/** An intent names its owner and until when the attempt is its own (law 7); a hand-back names the owner only. */
const isIntent = ({ owner, until }: OfStep): boolean => owner !== undefined && until !== undefined;

/** When the last event about a step was recorded, ms since the epoch; undefined before the first. */
export const touchedAt = (events: readonly RecordedEvent[], step: string): number | undefined =>
  events.findLast((event) => dataOf(event).step === step)?.metadata.time;

/** The tries of a step in a stream's events; undefined when it has not begun. Pure. */
export function triesOf(events: readonly RecordedEvent[], step: string): Tries | undefined {
  const own = events.filter((event) => dataOf(event).step === step);
  const [first] = own;
  if (first === undefined) return undefined;
  const answers = own
    .filter((event) => !isIntent(dataOf(event)))
    .slice(-KEPT_ANSWERS)
    .map(answerOf);
  return {
    step,
    attempts: own.length - own.filter((e) => !isIntent(dataOf(e))).length,
    since: first.metadata.time,
    answers,
  };
}

function answerOf(event: RecordedEvent): Answer {
  const { attempt = null, failure = null } = dataOf(event);
  return { at: event.metadata.time, event: event.type, attempt, failure };
}
