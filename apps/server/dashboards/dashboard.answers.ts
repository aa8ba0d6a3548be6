import { Type, type TSchema } from 'typebox';
import { OPEN_STATES, FIGURES, GRAINS, RELATIVE_ERROR } from '#read-models';
import { count, counts, flag, milliseconds, orNull, text } from '../http/answer-schema.js';
import { ExplanationSchema } from '../explain/explain.answers.js';
import { EngineStatusSchema, WorkerStatusSchema } from '../settings/settings.answers.js';

const number = Type.Number({ minimum: 0 });
const measured = {
  count,
  seconds: orNull(
    Type.Object(
      { sum: number, p50: orNull(number), p90: orNull(number), p99: orNull(number) },
      { description: `Quantiles of all that is counted here, at most ${RELATIVE_ERROR * 100} % off` },
    ),
  ),
};
const Measured = Type.Object(measured);
const place = { kind: text, step: text };
const MEANINGS = Object.entries(OPEN_STATES)
  .map(([state, { means }]) => `${state}: ${means}`)
  .join('; ');

/** `row`: how the instances of the category are counted. */
const activitySchema = (row: Record<string, TSchema>) =>
  Type.Object({
    from: milliseconds,
    counts: Type.Array(Type.Object({ ...row, count })),
    open: Type.Array(
      Type.Object({
        ...place,
        state: Type.Enum(Object.keys(OPEN_STATES), { description: MEANINGS }),
        on: Type.Enum(['engine', 'outside', 'people'], { description: 'Whom it waits for' }),
        assignee: orNull(text),
        count,
        oldestSince: milliseconds,
        overdue: count,
      }),
      { description: 'Steps that are not over, by where they stand' },
    ),
    begun: Type.Array(Type.Object({ kind: text, count })),
    ended: Type.Array(Type.Object({ kind: text, outcome: text, time: Measured })),
    steps: Type.Array(
      Type.Object({
        ...place,
        time: Measured,
        answer: orNull(Measured),
        attempts: Type.Object({ done: count, retried: count, failed: count, errorRate: orNull(number) }),
      }),
      { description: 'What came to pass in each, the slowest first' },
    ),
    reasons: Type.Array(Type.Object({ ...place, code: text, count, standing: count })),
  });

export const PortfolioActivitySchema = activitySchema({
  csp: text,
  state: text,
  phase: text,
  oldestSince: milliseconds,
});
export const ProcessActivitySchema = activitySchema({ workflow: text, status: text, assignee: text });
export const OperationActivitySchema = activitySchema({ state: text, types: Type.Array(text), overdue: count });

export const SubscriptionFiguresSchema = Type.Object({
  from: milliseconds,
  byProduct: Type.Array(Type.Object({ product: text, status: text, inSync: flag, count })),
  byCustomer: Type.Array(Type.Object({ customer: text, count, active: count }), {
    description: 'The 50 customers with the most subscriptions',
  }),
  changes: Type.Array(Type.Object({ change: text, count })),
});

export const EngineFiguresSchema = Type.Object({
  engine: EngineStatusSchema,
  workers: WorkerStatusSchema,
  views: Type.Array(Type.Object({ group: text, position: count, behind: orNull(count), seconds: number })),
  open: counts,
  parked: count,
  here: Type.Object({ held: count, effects: count }),
});

export const FailuresSchema = Type.Object({
  from: milliseconds,
  total: count,
  items: Type.Array(
    Type.Object({
      stream: text,
      category: text,
      ...place,
      since: milliseconds,
      attempts: count,
      code: orNull(text),
      assignee: orNull(text),
      message: orNull(text),
      commands: ExplanationSchema.properties.commands,
    }),
  ),
});

export const SeriesSchema = Type.Object({
  figure: Type.Enum(Object.keys(FIGURES)),
  grain: Type.Enum(Object.keys(GRAINS)),
  from: milliseconds,
  to: milliseconds,
  points: Type.Array(Type.Object({ at: milliseconds, labels: Type.Record(text, text), ...measured })),
});
