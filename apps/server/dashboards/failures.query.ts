import { Query, QueryBus, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { failedSteps, type FailedStep } from '#read-models';
import { Parts } from '../composition/parts.js';
import type { Explanation } from '../explain/explain.js';
import { ExplainStream } from '../explain/explain.query.js';
import { lastDays } from './window.js';

/** A step that failed, what it was told, and what would help. */
export interface ExplainedFailure extends FailedStep {
  readonly message: string | null;
  readonly commands: Explanation['commands'];
}
export interface Failures {
  readonly from: number;
  readonly total: number;
  readonly items: readonly ExplainedFailure[];
}

/** Today's, in UTC, that still stand. */
export class GetFailures extends Query<Failures> {
  constructor(readonly limit = 20) {
    super();
  }
}

@QueryHandler(GetFailures)
export class GetFailuresHandler implements IQueryHandler<GetFailures> {
  constructor(
    private readonly parts: Parts,
    private readonly queries: QueryBus,
  ) {}

  async execute({ limit }: GetFailures): Promise<Failures> {
    const { from } = lastDays(this.parts.clock.now(), 1);
    const { items, total } = await failedSteps(this.parts.readModels, from, limit);
    const explained: ExplainedFailure[] = [];
    for (const failed of items) explained.push(await this.explained(failed));
    return { from, total, items: explained };
  }

  /** Of the commands those that are for this step, or for the instance as a whole. */
  private async explained(failed: FailedStep): Promise<ExplainedFailure> {
    const { tries, commands } = await this.queries.execute(new ExplainStream(failed.stream));
    const answers = tries.find(({ step }) => step === failed.step)?.answers ?? [];
    const message = answers.findLast(({ failure }) => failure !== null)?.failure?.message ?? null;
    return { ...failed, message, commands: commands.filter(({ step }) => step === null || step === failed.step) };
  }
}
