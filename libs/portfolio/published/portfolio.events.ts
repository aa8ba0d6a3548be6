import { Type, type Static } from 'typebox';
import type { EventSpec } from '#event-store';
import type { DomainEvent } from '#kernel';
import { requestEventSpecs, type RequestEventData, type RequestEvents } from '#runtime';
import { personalBelow } from './personal.js';

export const PORTFOLIO_CATEGORY = 'portfolio';

/** The stages' names for what can happen to a request; `data.step` is the stage. */
export const STAGE_EVENTS = {
  started: 'StageStarted',
  accepted: 'ProvisioningRequested',
  retryScheduled: 'StageRetryScheduled',
  completed: 'StageCompleted',
  failed: 'StageFailed',
  handedBack: 'StageHandedBack',
  overdue: 'StageOverdue',
} as const satisfies RequestEvents;

/** Step of the request that takes a stage back. */
export const undoStep = (stage: string): string => `${stage}/undo`;
/** The stage of such a step; undefined for any other. */
export const stageOfUndo = (step: string | undefined): string | undefined => /^(.+)\/undo$/.exec(step ?? '')?.[1];

/** Step of something owed after completion. */
export const dutyStep = (name: string): string => `after/${name}`;
/** The name of such a step; undefined for any other. */
export const dutyOf = (step: string | undefined): string | undefined => /^after\/(.+)$/.exec(step ?? '')?.[1];

/** The same for the request that takes a stage back. */
export const UNDO_EVENTS = {
  started: 'StageDeprovisioningStarted',
  accepted: 'StageDeprovisioningRequested',
  retryScheduled: 'StageDeprovisioningRetryScheduled',
  completed: 'StageDeprovisioned',
  failed: 'StageDeprovisioningFailed',
  handedBack: 'StageDeprovisioningHandedBack',
} as const satisfies RequestEvents;

const time = Type.Number({ description: 'ms since the epoch' });
const step = Type.String({ description: 'name of the stage' });
const object = Type.Record(Type.String(), Type.Unknown());

export const schemas = {
  PortfolioCreated: Type.Object({
    name: Type.String(),
    csp: Type.String(),
    plan: Type.Object({ name: Type.String(), version: Type.Integer(), stages: Type.Array(Type.String()) }),
    facts: object,
    advance: Type.Union([Type.Literal('automatic'), Type.Literal('manual')]),
    time,
  }),
  PortfolioStarted: Type.Object({
    time,
    values: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'what the start rule established' }),
    ),
  }),
  PortfolioStartPostponed: Type.Object({
    reason: Type.Object({ code: Type.String(), message: Type.String() }),
    until: Type.Optional(Type.Number({ description: 'when the plan looks again, ms since the epoch' })),
    time,
  }),
  FactsAmended: Type.Object({ facts: object, time }),
  StageResumed: Type.Object({ step, input: Type.Optional(object), time }),
  StageSkipped: Type.Object({ step, reason: Type.String(), result: Type.Optional(object), time }),
  StagesSetBack: Type.Object({
    to: Type.String({ description: 'the stage from which it goes on' }),
    reason: Type.String(),
    time,
  }),
  StageCompletedLate: Type.Object(
    {
      step,
      generation: Type.Integer({ minimum: 1 }),
      attempt: Type.Integer({ minimum: 0 }),
      result: Type.Unknown(),
      time,
    },
    { description: 'the success of what was under way when the portfolio was abandoned: it stays outside' },
  ),
  PlanMigrated: Type.Object({
    plan: Type.Object({ name: Type.String(), version: Type.Integer(), stages: Type.Array(Type.String()) }),
    stages: Type.Record(Type.String(), Type.String(), { description: 'what each stage of the older version became' }),
    facts: Type.Optional(object),
    dropped: Type.Optional(Type.Array(Type.String(), { description: 'facts without a place in this version' })),
    reason: Type.String(),
    time,
  }),
  PortfolioPaused: Type.Object({ reason: Type.String(), time }),
  PortfolioContinued: Type.Object({ time }),
  TransitionTriggered: Type.Object({ time }),
  DeprovisioningRequested: Type.Object({ reason: Type.String(), time }),
  StageDeprovisioningResumed: Type.Object({ step, time }),
  StageLeftInPlace: Type.Object({ step, reason: Type.String(), time }),
  PortfolioDeprovisioned: Type.Object({ time }),
  PortfolioCompleted: Type.Object({ time }),
  PortfolioAbandoned: Type.Object({ reason: Type.String(), time }),
};
type Schemas = typeof schemas;

export type PortfolioCreated = DomainEvent<'PortfolioCreated', Static<Schemas['PortfolioCreated']>>;
export type StageEventType =
  (typeof STAGE_EVENTS)[keyof typeof STAGE_EVENTS] | (typeof UNDO_EVENTS)[keyof typeof UNDO_EVENTS];
export type StageEvent = DomainEvent<StageEventType, RequestEventData>;

/** Everything that can happen to a portfolio. Secrets in `facts` and `input` are vault references. */
export type PortfolioEvent = { [T in keyof Schemas]: DomainEvent<T, Static<Schemas[T]>> }[keyof Schemas] | StageEvent;

const PERSONAL: Readonly<Record<string, readonly string[]>> = {
  PortfolioCreated: personalBelow('facts'),
  FactsAmended: personalBelow('facts'),
  PlanMigrated: personalBelow('facts'),
  StageResumed: personalBelow('input'),
  StageSkipped: personalBelow('result'),
  StageStarted: personalBelow('input'),
  StageDeprovisioningStarted: personalBelow('input'),
  StageDeprovisioned: personalBelow('result'),
  StageCompleted: personalBelow('result'),
  StageCompletedLate: personalBelow('result'),
};

/** A portfolio has one owner, so the portfolio is the data subject: its stream's name is the key's id. */
const withPersonal = (spec: EventSpec<string, never>): EventSpec<string, never> => {
  const fields = PERSONAL[spec.type];
  return fields ? { ...spec, personal: { fields, subject: (_data: never, stream: string) => stream } } : spec;
};

/** To be registered by whoever reads or writes portfolios. */
export const portfolioEvents: readonly EventSpec<string, never>[] = [
  ...Object.entries(schemas).map(([type, schema]) => ({ category: PORTFOLIO_CATEGORY, type, schema })),
  ...requestEventSpecs(PORTFOLIO_CATEGORY, STAGE_EVENTS),
  ...requestEventSpecs(PORTFOLIO_CATEGORY, UNDO_EVENTS),
].map(withPersonal);
