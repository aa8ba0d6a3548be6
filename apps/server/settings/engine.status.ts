import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { countBusy } from '#read-models';
import { TAKE_OVER_MS } from '#runtime';
import { ENGINE_STREAM, type EngineState } from '#settings';
import { Parts } from '../composition/parts.js';

export interface EngineStatus {
  readonly global_lock: boolean;
  readonly global_status: 'RUNNING' | 'PAUSING' | 'PAUSED';
  /** Instances of every kind with an attempt under way, in all processes. */
  readonly running_processes: number;
}

export class GetEngineStatus extends Query<EngineStatus> {}

/** From the log whether it is paused, from the worklist whether anything still runs; what runs here counts before the view shows it. */
@QueryHandler(GetEngineStatus)
export class GetEngineStatusHandler implements IQueryHandler<GetEngineStatus> {
  constructor(private readonly parts: Parts) {}

  async execute(): Promise<EngineStatus> {
    const { runtime, readModels, clock } = this.parts;
    const { state } = await runtime.load<EngineState>(ENGINE_STREAM);
    const busy = await countBusy(readModels, clock.now() - TAKE_OVER_MS);
    const running_processes = Math.max(busy, runtime.figures.effects);
    const global_lock = state.pausedSince !== null;
    const global_status = global_lock ? (running_processes > 0 ? 'PAUSING' : 'PAUSED') : 'RUNNING';
    return { global_lock, global_status, running_processes };
  }
}
