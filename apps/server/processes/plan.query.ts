import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { isRefusal, Refusal } from '#kernel';
import { planWorkflow, type Plan } from '#workflow';
import { decidersOf } from '../composition/deciders.js';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { StartForm } from './start-form.js';

/** What a workflow would do if it were started with these pages. */
export class PlanProcess extends Query<Plan> {
  constructor(
    readonly workflow: string,
    readonly pages: readonly unknown[],
    readonly caller: Caller,
  ) {
    super();
  }
}

const PATIENCE_MS = 10_000;

/** Everything a start would check is checked; nothing is claimed, sent or written. */
@QueryHandler(PlanProcess)
export class PlanProcessHandler implements IQueryHandler<PlanProcess> {
  constructor(
    private readonly parts: Parts,
    private readonly form: StartForm,
  ) {}

  async execute({ workflow, pages, caller }: PlanProcess): Promise<Plan> {
    const start = await this.form.command(workflow, pages, caller, caller.actor);
    const { workflows, runtime, clock } = this.parts;
    return planWorkflow(workflows, start, {
      deciders: decidersOf(this.parts),
      load: async (stream) => (await runtime.load<object>(stream)).state,
      now: clock.now(),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch(notNow);
  }
}

/** A system outside that does not answer is no fault of this server. */
function notNow(error: unknown): never {
  if (isRefusal(error)) throw error;
  throw new Refusal('unavailable', 503, 'a system outside that the plan needs does not answer', { retryAfter: 5 });
}
