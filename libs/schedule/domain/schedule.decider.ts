import { never, Refusal, type DrivenDecider, type Driving, type Run } from '#kernel';
import type { ChangeSchedule, CreateSchedule, ScheduleCommand, ScheduleEvent } from '../published/index.js';
import { nextInstant } from './instants.js';
import { readTrigger } from './read-trigger.js';
import type { ActiveSchedule, ScheduleState } from './schedule.state.js';

/** The effect that plans an instant in a stream of its own. A repeat finds it planned, so it needs no intent. */
export const PLAN_EFFECT = 'schedule.plan';
export interface PlanInput {
  /** Absent where the schedule itself owes the plan. */
  readonly scheduleId?: string;
  readonly generation: number;
  /** ms since the epoch. */
  readonly at: number;
}

/** An attempt to start a run under the trigger of before may be under way for so long after a change (law 7), ms. */
const SETTLE_MS = 12_000;
/** Pace of attempts that came to nothing, ms. */
const AGAIN_MS = 1_000;

/** When something runs, and what. Its stream holds what people decided: firing happens in the streams of its occurrences. */
export const scheduleDecider: DrivenDecider<ScheduleState, ScheduleCommand, ScheduleEvent> = {
  initial: () => ({ status: 'none' }),
  decide,
  evolve,
  next: (state) => (state.status === 'active' ? arming(state) : []),
};

function decide(command: ScheduleCommand | Driving, state: ScheduleState): readonly ScheduleEvent[] {
  switch (command.type) {
    case 'CreateSchedule':
      return state.status === 'none' ? [created(command)] : [];
    case 'ChangeSchedule':
      return changed(command, existing(state));
    case 'DeleteSchedule':
      existing(state);
      return [{ type: 'ScheduleDeleted', data: { by: command.by, time: command.time } }];
    case 'Outcome':
      return armed(command, state);
    default:
      return [];
  }
}

function existing(state: ScheduleState): ActiveSchedule {
  if (state.status === 'active') return state;
  throw new Refusal('schedule_not_found', 404, 'Schedule does not exist');
}

function created({ name, workflow, terms, missed, pages, by, time }: CreateSchedule): ScheduleEvent {
  const trigger = readTrigger(terms, time);
  const about = { name, workflow, trigger, given: { ...terms.kwargs }, missed: missed ?? 'run_once' } as const;
  return { type: 'ScheduleCreated', data: { ...about, pages: [...(pages ?? [{}])], by, time } };
}

function changed(command: ChangeSchedule, state: ActiveSchedule): readonly ScheduleEvent[] {
  const { terms, by, time } = command;
  const name = command.name === state.name ? undefined : command.name;
  const missed = command.missed === state.missed ? undefined : command.missed;
  const trigger = terms && readTrigger(terms, time);
  if (name === undefined && missed === undefined && terms === undefined) return [];
  const texts = { ...(name !== undefined && { name }), ...(missed !== undefined && { missed }) };
  const when = terms && { trigger, given: { ...terms.kwargs } };
  return [{ type: 'ScheduleChanged', data: { ...texts, ...when, by, time } }];
}

function armed(command: Driving & { type: 'Outcome' }, state: ScheduleState): readonly ScheduleEvent[] {
  const [owed] = state.status === 'active' ? arming(state) : [];
  if (owed === undefined || command.key !== owed.key || command.outcome.kind !== 'done') return [];
  const { generation, at } = owed.input as PlanInput;
  return [{ type: 'ScheduleArmed', data: { generation, at, time: command.time } }];
}

/** The first run of a trigger is owed a plan. Its stream derives from schedule, generation and instant, so that a repeat is silence. */
function arming(state: ActiveSchedule): readonly Run<ScheduleEvent>[] {
  const { generation, since, trigger } = state;
  if (state.armed === generation) return [];
  const first = nextInstant(trigger, since - 1);
  if (first === null) return [];
  const at = generation === 1 ? first : Math.max(first, since + SETTLE_MS);
  const about = { key: `arm/${generation}`, attempt: 1, notBefore: 0, everyMs: AGAIN_MS } as const;
  const input: PlanInput = { generation, at };
  return [{ kind: 'run', effect: PLAN_EFFECT, input, ...about }];
}

function evolve(state: ScheduleState, event: ScheduleEvent): ScheduleState {
  if (event.type === 'ScheduleCreated') {
    const { name, workflow, trigger, missed, pages, time } = event.data;
    return { status: 'active', name, workflow, trigger, missed, pages, generation: 1, since: time, armed: 0 };
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'ScheduleChanged':
      return withChange(state, event.data);
    case 'ScheduleArmed':
      return { ...state, armed: event.data.generation };
    case 'ScheduleDeleted':
      return { ...state, status: 'deleted' };
    default:
      return never(event);
  }
}

function withChange(
  state: Exclude<ScheduleState, { status: 'none' }>,
  {
    name = state.name,
    missed = state.missed,
    trigger,
    time,
  }: Extract<ScheduleEvent, { type: 'ScheduleChanged' }>['data'],
): ScheduleState {
  const texts = { ...state, name, missed };
  return trigger === undefined ? texts : { ...texts, trigger, generation: state.generation + 1, since: time };
}
