import { STAGE_EVENTS, UNDO_EVENTS, PORTFOLIO_CATEGORY } from '#portfolio/published';
import { OPERATION_CATEGORY, REQUEST_EVENTS } from '#provisioning/published';
import { PROCESS, STEP_STATE_BY_EVENT, type StepState } from '#workflow/published';
import type { RequestEvents } from '#runtime';

/** What an open step is in, on whom it is, and what that means. Portfolios, processes and operations embed the same requests. */
export const OPEN_STATES = {
  running: { on: 'engine', means: 'an attempt is under way' },
  retrying: { on: 'engine', means: 'it is tried again later' },
  resumed: { on: 'engine', means: 'a command made it due again' },
  sleeping: { on: 'engine', means: 'it waits for a time' },
  accepted: { on: 'outside', means: 'the other side has taken it and will answer' },
  overdue: { on: 'outside', means: 'the answer is overdue' },
  suspended: { on: 'people', means: 'a form waits for a person' },
  failed: { on: 'people', means: 'it has failed for good' },
} as const satisfies Readonly<Record<string, { on: 'engine' | 'outside' | 'people'; means: string }>>;
export type OpenState = keyof typeof OPEN_STATES;

/** Where an event brings its step: to another state, to its success, or out of what is open without one. */
export type Move = OpenState | 'done' | 'left';

const requestMoves = (names: RequestEvents): readonly (readonly [string, Move])[] => [
  [names.started, 'running'],
  [names.accepted, 'accepted'],
  [names.retryScheduled, 'retrying'],
  [names.completed, 'done'],
  [names.failed, 'failed'],
  [names.handedBack, 'retrying'],
  ...(names.overdue === undefined ? [] : [[names.overdue, 'overdue'] as const]),
];

const OF_STEP_STATE: Readonly<Record<StepState, Move>> = {
  intended: 'running',
  accepted: 'accepted',
  overdue: 'overdue',
  retrying: 'retrying',
  sleeping: 'sleeping',
  suspended: 'suspended',
  failed: 'failed',
  resumed: 'resumed',
  done: 'done',
  passed: 'done',
  skipped: 'left',
};
const stepMoves = [...STEP_STATE_BY_EVENT].map(([event, state]) => [event, OF_STEP_STATE[state]] as const);

/** By category, then by event. */
export const MOVES: Readonly<Record<string, ReadonlyMap<string, Move>>> = {
  [PORTFOLIO_CATEGORY]: new Map([
    ...requestMoves(STAGE_EVENTS),
    ...requestMoves(UNDO_EVENTS),
    ['StageResumed', 'resumed'],
    ['StageSkipped', 'left'],
    ['StageDeprovisioningResumed', 'resumed'],
    ['StageLeftInPlace', 'left'],
  ]),
  [PROCESS]: new Map(stepMoves),
  [OPERATION_CATEGORY]: new Map([...requestMoves(REQUEST_EVENTS), ['RequestResumed', 'resumed']]),
};
