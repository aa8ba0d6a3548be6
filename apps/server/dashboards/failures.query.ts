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
    const told = new Map<string, Explanation>();
    for (const { stream } of items)
      if (!told.has(stream)) told.set(stream, await this.queries.execute(new ExplainStream(stream)));
    return { from, total, items: items.map((failed) => explained(failed, told.get(failed.stream)!)) };
  }
}

/** Of the commands those that are for this step, or for the instance as a whole. */
function explained(failed: FailedStep, { tries, commands }: Explanation): ExplainedFailure {
  const answers = tries.find(({ step }) => step === failed.step)?.answers ?? [];
  const message = answers.findLast(({ failure }) => failure !== null)?.failure?.message ?? null;
  return { ...failed, message, commands: commands.filter(({ step }) => step === null || step === failed.step) };
}
