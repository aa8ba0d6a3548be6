import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { countBusy, countQueued } from '#read-models';
import { Parts } from '../composition/parts.js';

export interface WorkerStatus {
  /** `embedded`: this process is the only one; `distributed`: workers share EventStoreDB. */
  readonly executor_type: 'embedded' | 'distributed';
  readonly number_of_workers_online: number;
  /** Instances that owe something now and have no attempt under way. */
  readonly number_of_queued_jobs: number;
  readonly number_of_running_jobs: number;
}

export class GetWorkerStatus extends Query<WorkerStatus> {}

@QueryHandler(GetWorkerStatus)
export class GetWorkerStatusHandler implements IQueryHandler<GetWorkerStatus> {
  constructor(private readonly parts: Parts) {}

  async execute(): Promise<WorkerStatus> {
    const { readModels, clock, config, runtime, work } = this.parts;
    const now = clock.now();
    const busy = await countBusy(readModels, now);
    const here = config.roles.includes('worker') ? 1 : 0;
    return {
      executor_type: config.eventStore === 'embedded' ? 'embedded' : 'distributed',
      number_of_workers_online: Math.max(here, work?.group()?.workers ?? 0),
      number_of_queued_jobs: await countQueued(readModels, now),
      number_of_running_jobs: Math.max(busy, runtime.figures.effects),
    };
  }
}
