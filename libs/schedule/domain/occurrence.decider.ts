import { never, type DrivenDecider, type Driving, type Run } from '#kernel';
import type { OccurrenceEvent, PlanOccurrence } from '../published/index.js';
import { PLAN_EFFECT, type PlanInput } from './schedule.decider.js';

export const FIRE_EFFECT = 'schedule.fire';
/** Pace of attempts that came to nothing, ms: the log or the views did not answer. */
const AGAIN_MS = 5_000;

export interface FireInput {
  readonly scheduleId: string;
  readonly generation: number;
  /** ms since the epoch. */
  readonly at: number;
}

/** What became of an instant. `next`: the one that follows, ms since the epoch. */
export type Fired = { readonly next: number | null } & (
  | { readonly kind: 'started'; readonly processId: string }
  | { readonly kind: 'skipped'; readonly code: string; readonly message: string; readonly processId?: string }
);

type OccurrenceState =
  | { readonly status: 'none' }
  | ({ readonly status: 'planned' } & FireInput)
  | ({ readonly status: 'over'; readonly next: number } & FireInput)
  | { readonly status: 'followed' };

/**
 * One instant of a schedule: waits for its time, starts the run or leaves it out, and plans the instant that follows in a stream of its
 * own, so that an instant is never planned before it is known what became of the one before. Its effects write to the log alone and
 * find what they did before, so they need no intents: whoever repeats them changes nothing.
 */
export const occurrenceDecider: DrivenDecider<OccurrenceState, PlanOccurrence, OccurrenceEvent> = {
  initial: () => ({ status: 'none' }),
  decide(command, state) {
    if (command.type === 'PlanOccurrence') return state.status === 'none' ? [planned(command)] : [];
    return command.type === 'Outcome' ? decided(command, state) : [];
  },
  evolve,
  next: owedBy,
};

function planned({ scheduleId, generation, at, time }: PlanOccurrence): OccurrenceEvent {
  return { type: 'OccurrencePlanned', data: { scheduleId, generation, at, time } };
}

function owedBy(state: OccurrenceState): readonly Run<OccurrenceEvent>[] {
  const about = { kind: 'run', attempt: 1, everyMs: AGAIN_MS } as const;
  switch (state.status) {
    case 'planned': {
      const { scheduleId, generation, at } = state;
      const input: FireInput = { scheduleId, generation, at };
      return [{ ...about, key: 'fire/1', effect: FIRE_EFFECT, input, notBefore: at }];
    }
    case 'over': {
      const { scheduleId, generation, next } = state;
      const input: PlanInput = { scheduleId, generation, at: next };
      return [{ ...about, key: 'follow/1', effect: PLAN_EFFECT, input, notBefore: 0 }];
    }
    default:
      return [];
  }
}

function decided(
  { key, outcome, time }: Driving & { type: 'Outcome' },
  state: OccurrenceState,
): readonly OccurrenceEvent[] {
  const [owed] = owedBy(state);
  if (owed === undefined || owed.key !== key || outcome.kind !== 'done') return [];
  if (state.status === 'over') return [{ type: 'OccurrenceFollowed', data: { time } }];
  const fired = outcome.result as Fired;
  const { next } = fired;
  if (fired.kind === 'started') return [{ type: 'OccurrenceFired', data: { processId: fired.processId, next, time } }];
  const { code, message, processId } = fired;
  return [{ type: 'OccurrenceSkipped', data: { code, message, ...(processId && { processId }), next, time } }];
}

function evolve(state: OccurrenceState, event: OccurrenceEvent): OccurrenceState {
  switch (event.type) {
    case 'OccurrencePlanned': {
      const { scheduleId, generation, at } = event.data;
      return { status: 'planned', scheduleId, generation, at };
    }
    case 'OccurrenceFired':
    case 'OccurrenceSkipped': {
      const { next } = event.data;
      return state.status !== 'planned' || next === null ? { status: 'followed' } : { ...state, status: 'over', next };
    }
    case 'OccurrenceFollowed':
      return { status: 'followed' };
    default:
      return never(event);
  }
}
