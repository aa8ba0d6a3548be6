import { causesProjection } from './causes/causes.projection.js';
import { childrenProjection } from './portfolios/children.projection.js';
import { operationsProjection } from './operations/operations.projection.js';
import { portfoliosProjection } from './portfolios/portfolios.projection.js';
import { catalogueProjection } from './products/catalogue.projection.js';
import { processesProjection } from './processes/processes.projection.js';
import type { ProjectionGroup } from './projector/projection.js';
import { occurrencesProjection, schedulesProjection } from './schedules/schedules.projection.js';
import { figuresProjection } from './series/figures.projection.js';
import { streamsProjection } from './streams/streams.projection.js';
import { subscriptionsProjection } from './subscriptions/subscriptions.projection.js';
import { worklistProjection } from './worklist/worklist.projection.js';

/** What commands, timers and people who wait read; nothing slower belongs here. */
export const MAIN = 'main';
/** What an auditor begins with: trees of causes, and which streams there are. */
export const CAUSES = 'causes';
/** What dashboards and metrics tell. */
export const FIGURES_GROUP = 'figures';

/** Every group of views, the one that others wait for first. How to add to it: docs/adr/0054-projection-groups.md. */
export const groups: readonly ProjectionGroup[] = [
  {
    name: MAIN,
    projections: [
      worklistProjection,
      portfoliosProjection,
      childrenProjection,
      processesProjection,
      subscriptionsProjection,
      operationsProjection,
      schedulesProjection,
      occurrencesProjection,
      catalogueProjection,
    ],
  },
  { name: CAUSES, projections: [causesProjection, streamsProjection] },
  { name: FIGURES_GROUP, projections: [figuresProjection], pauseMs: 100 },
];

/** Every view of this library. */
export const projections = groups.flatMap((group) => group.projections);
