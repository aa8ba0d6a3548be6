import { Query, QueryBus, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { countOpenWork, countParked } from '#read-models';
import { Parts } from '../composition/parts.js';
import { GetEngineStatus, type EngineStatus } from '../settings/engine.status.js';
import { GetWorkerStatus, type WorkerStatus } from '../settings/worker.status.js';

export interface EngineFigures {
  readonly engine: EngineStatus;
  readonly workers: WorkerStatus;
  /** How far each group of views is; `behind` is null while the log does not answer. */
  readonly views: readonly {
    readonly group: string;
    readonly position: number;
    readonly behind: number | null;
    readonly seconds: number;
  }[];
  /** Instances that are not at rest, by category. */
  readonly open: Readonly<Record<string, number>>;
  /** Events that a view could not take in. */
  readonly parked: number;
  /** Of the process that answers. */
  readonly here: { readonly held: number; readonly effects: number };
}

export class GetEngineFigures extends Query<EngineFigures> {}

@QueryHandler(GetEngineFigures)
export class GetEngineFiguresHandler implements IQueryHandler<GetEngineFigures> {
  constructor(
    private readonly parts: Parts,
    private readonly queries: QueryBus,
  ) {}

  async execute(): Promise<EngineFigures> {
    const { readModels, runtime } = this.parts;
    const { held, effects } = runtime.figures;
    return {
      engine: await this.queries.execute(new GetEngineStatus()),
      workers: await this.queries.execute(new GetWorkerStatus()),
      views: await this.views(),
      open: await countOpenWork(readModels),
      parked: await countParked(readModels),
      here: { held, effects },
    };
  }

  private async views(): Promise<EngineFigures['views']> {
    const { store, trouble, views } = this.parts;
    const head = trouble() === undefined ? await store.head() : undefined;
    return [...views.groups].map(([group, { projector, age }]) => {
      const position = projector.position();
      const behind = head === undefined ? null : Math.max(0, head - position);
      return { group, position, behind, seconds: age.ms() / 1_000 };
    });
  }
}
