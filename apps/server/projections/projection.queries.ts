import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { listProjections, type ProjectionStatus } from '#read-models';
import { Parts } from '../composition/parts.js';
import { STALE_MS } from '../composition/views.js';

export interface ProjectionItem {
  readonly name: string;
  readonly group: string;
  readonly version: number;
  readonly checkpoint: number;
  readonly lag: { readonly events: number | null; readonly positions: number; readonly seconds: number };
  readonly state: 'live' | 'lagging' | 'stopped';
  readonly reason: string | null;
  readonly parked: number;
}

export class ListProjections extends Query<{ readonly items: readonly ProjectionItem[] }> {}

@QueryHandler(ListProjections)
export class ListProjectionsHandler implements IQueryHandler<ListProjections> {
  constructor(private readonly parts: Parts) {}

  async execute() {
    const { readModels, store } = this.parts;
    const [statuses, head] = await Promise.all([listProjections(readModels), store.head()]);
    return { items: statuses.map((status) => this.item(status, head)) };
  }

  private item({ name, group, version, position, parked }: ProjectionStatus, head: number): ProjectionItem {
    const { projector, age } = this.parts.views.of(group);
    const positions = Math.max(0, head - position);
    const events = this.parts.config.eventStore === 'embedded' ? positions : null;
    const lag = { events, positions, seconds: age.ms() / 1_000 };
    const failure = projector.failure();
    const state = failure !== undefined ? 'stopped' : age.ms() > STALE_MS ? 'lagging' : 'live';
    return { name, group, version, checkpoint: position, lag, state, reason: failure ?? null, parked };
  }
}

export const projectionQueryHandlers = [ListProjectionsHandler];
