import { Injectable } from '@nestjs/common';
import { Refusal } from '#kernel';
import {
  assertMayRun,
  evaluateForm,
  inputFaults,
  mayStart,
  type Answer,
  type Compiled,
  type StartProcess,
} from '#workflow';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { StartRules } from '../subscriptions/start-rules.js';
import { formAnswer } from './form-answer.js';
import { formLiveData } from './form-live-data.js';
import { runFacts } from './run-facts.js';

type Who = Pick<Caller, 'actor' | 'tenant'>;

/** Makes the starting command of a process from the pages of its form. */
@Injectable()
export class StartForm {
  constructor(
    private readonly parts: Parts,
    private readonly rules: StartRules,
  ) {}

  /**
   * In the Workflow Orchestrator's order: refusals `unknown_workflow` 404, `start_forbidden` 403, `run_predicate_failed` 412; then the
   * form, a FormAnswer when a page is missing (510) or not valid (400). `patient`: what is in the way for a moment only is waited for.
   */
  async command(
    workflow: string,
    pages: readonly unknown[],
    who: Who,
    createdBy: string,
    patient = false,
  ): Promise<StartProcess> {
    const found = this.find(workflow);
    await this.admit(found, who);
    const gather = (id: string) => (patient ? this.rules.gatherToStart(id, workflow) : this.rules.gather(id));
    const live = formLiveData(this.parts, this.rules, workflow, gather);
    const result = await evaluateForm(this.parts.formOf(workflow), pages, live);
    if (result.kind !== 'complete') throw formAnswer(result);
    const state = result.data;
    const errors = inputFaults(found.definition.input, state);
    if (errors.length > 0) throw formAnswer({ kind: 'invalid', errors });
    const about = await this.about(workflow, pages[0], state);
    return { type: 'StartProcess', workflow, state, createdBy, ...about, time: this.parts.clock.now() };
  }

  private find(workflow: string): Compiled {
    const { workflows } = this.parts;
    const found = workflows.latest(workflow);
    if (found !== undefined) return found;
    const all = workflows.all().map(({ key }) => key);
    throw new Refusal('unknown_workflow', 404, 'Workflow does not exist', { workflows: all });
  }

  private async admit(found: Compiled, { actor, tenant }: Who): Promise<void> {
    if (!(await mayStart(found, { actor, tenant })))
      throw new Refusal('start_forbidden', 403, 'You may not start this workflow');
    await assertMayRun(found, runFacts(this.parts.readModels, found.definition.key, actor));
  }

  /** The wrapper's page, always the first, names the product or the subscription. */
  private async about(workflow: string, first: unknown, { customer_id }: Answer) {
    const { product, subscription_id, version } = first as Answer;
    if (typeof subscription_id === 'string')
      return this.aboutSubscription(workflow, subscription_id, typeof version === 'number' ? version : undefined);
    const found = typeof product === 'string' ? this.parts.catalogue.find(product) : undefined;
    return {
      ...(found && { product: { productId: found.productId, name: found.name } }),
      ...(typeof customer_id === 'string' && { customerId: customer_id }),
    };
  }

  /** What it works on is what it claims; the subscription decides on the same terms, with what it knows by then. */
  private async aboutSubscription(workflow: string, subscriptionId: string, version: number | undefined) {
    const gathered = await this.rules.gather(subscriptionId);
    const { found } = gathered;
    const { usableWhen, outOfSyncAllowed, blockedByUsers } = this.rules.termsOf(gathered, workflow);
    return {
      product: { productId: found.product_id, name: found.name },
      customerId: found.customer_id,
      claims: {
        subscriptionId,
        usableWhen,
        outOfSyncAllowed,
        blockedByUsers,
        ...(version !== undefined && { version }),
      },
    };
  }
}
