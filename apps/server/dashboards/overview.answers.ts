import { Type } from 'typebox';
import { count, counts, milliseconds, orNull, text } from '../http/answer-schema.js';

export const OverviewSchema = Type.Object({
  portfolios: Type.Object({ byState: counts, byPhase: counts, byStage: counts }),
  processes: Type.Object({ byStatus: counts }),
  subscriptions: Type.Object({ byProduct: counts, byStatus: counts, inSync: count, outOfSync: count }),
  oldestWaiting: orNull(Type.Object({ stream: text, since: milliseconds, due: orNull(milliseconds) })),
  failuresLastDay: Type.Object({ portfolios: count, processes: count }),
  parked: count,
});
