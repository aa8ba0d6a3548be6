import type { FactOf, RequestFact } from '#audit';
import { categoryOf } from '#event-store';
import { PORTFOLIO_CATEGORY, STAGE_EVENTS, UNDO_EVENTS } from '#portfolio/published';
import { OPERATION_CATEGORY, REQUEST_EVENTS } from '#provisioning/published';
import type { RequestEvents } from '#runtime';
import { PROCESS, STEP_EVENTS } from '#workflow/published';

/** By category, then by event type. */
const FACTS: ReadonlyMap<string, ReadonlyMap<string, RequestFact>> = new Map([
  [
    PORTFOLIO_CATEGORY,
    facts([STAGE_EVENTS, UNDO_EVENTS], { StageSkipped: 'skipped', StageCompletedLate: 'completed' }),
  ],
  [PROCESS, facts([STEP_EVENTS], { StepSkipped: 'skipped' })],
  [OPERATION_CATEGORY, facts([REQUEST_EVENTS], {})],
]);

function facts(named: readonly RequestEvents[], further: Readonly<Record<string, RequestFact>>) {
  const own = named.flatMap((names) =>
    Object.entries(names).map(([fact, type]) => [type as string, fact as RequestFact] as const),
  );
  return new Map([...own, ...Object.entries(further)]);
}

/** What an event says of a request, in each context's own names. */
export const factOf: FactOf = (stream, type) => FACTS.get(categoryOf(stream))?.get(type);
