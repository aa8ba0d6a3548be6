import { causesProjection } from './causes/causes.projection.js';
import { childrenProjection } from './portfolios/children.projection.js';
import { operationsProjection } from './operations/operations.projection.js';
import { portfoliosProjection } from './portfolios/portfolios.projection.js';
import { catalogueProjection } from './products/catalogue.projection.js';
import { processesProjection } from './processes/processes.projection.js';
import type { Projection } from './projector/projection.js';
import { occurrencesProjection, schedulesProjection } from './schedules/schedules.projection.js';
import { subscriptionsProjection } from './subscriptions/subscriptions.projection.js';
import { worklistProjection } from './worklist/worklist.projection.js';

export * from './audit/streams.query.js';
export * from './audit/verify.query.js';
export * from './causes/causes.query.js';
export type { FieldFilter } from './database/list-fields.js';
export type { ListQuery } from './database/listing.js';
export type { Page, Range, Slice, Sort } from './database/paging.js';
export * from './database/read-models.js';
export { contendForTimerLock, type TimerLock } from './database/timer-lock.js';
export type * from './database/tables.js';
export * from './dashboard/overview.query.js';
export * from './operations/operations.query.js';
export type * from './operations/operation.view.js';
export * from './portfolios/portfolios.query.js';
export type { CatalogueDoc } from './products/catalogue.projection.js';
export * from './products/catalogue.query.js';
export type { PortfolioDoc, StageDoc, StageState } from './portfolios/portfolio.doc.js';
export * from './processes/process-counts.query.js';
export * from './processes/processes.query.js';
export type * from './processes/process.shape.js';
export { SecondProjector, type Value } from './database/view-store.js';
export { checkpointsOf } from './projector/claim.js';
export type { Decode } from './projector/batch.js';
export type { Projection, ProjectionRun } from './projector/projection.js';
export * from './projector/projector.js';
export type * from './projector/projector.types.js';
export { superviseProjector } from './projector/supervisor.js';
export { serveProjector } from './projector/serve.js';
export { ProjectorThread } from './projector/thread.js';
export { watchProjector } from './projector/watching.js';
export * from './schedules/schedules.query.js';
export * from './processes/task-upkeep.query.js';
export * from './subscriptions/relations.query.js';
export * from './subscriptions/subscription-ranges.query.js';
export * from './subscriptions/customer-descriptions.query.js';
export * from './subscriptions/history.query.js';
export type * from './subscriptions/subscription.item.js';
export * from './subscriptions/subscriptions.query.js';
export * from './worklist/worklist.query.js';

/** Every view of this library. */
export const projections: readonly Projection[] = [
  worklistProjection,
  portfoliosProjection,
  childrenProjection,
  processesProjection,
  subscriptionsProjection,
  operationsProjection,
  schedulesProjection,
  occurrencesProjection,
  catalogueProjection,
  causesProjection,
];
