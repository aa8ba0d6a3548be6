import { Injectable } from '@nestjs/common';
import { Refusal } from '#kernel';
import { evaluateForm, inputFaults, type Answer, type ProcessCommand } from '#workflow';
import { Parts } from '../composition/parts.js';
import { StartRules } from '../subscriptions/start-rules.js';
import { formAnswer } from './form-answer.js';
import { formLiveData } from './form-live-data.js';

/** Makes the starting command of a process from the pages of its form. */
@Injectable()
export class StartForm {
  constructor(
    private readonly parts: Parts,
    private readonly rules: StartRules,
  ) {}

  /** Refusal `unknown_workflow` 404; throws a FormAnswer when a page is missing (510) or not valid (400). */
  async command(workflow: string, pages: readonly unknown[], createdBy: string): Promise<ProcessCommand> {
    const { workflows, formOf, clock } = this.parts;
    const found = workflows.latest(workflow);
    if (found === undefined)
      throw new Refusal('unknown_workflow', 404, 'Workflow does not exist', {
        workflows: workflows.all().map(({ key }) => key),
      });
    const result = await evaluateForm(formOf(workflow), pages, formLiveData(this.parts, this.rules, workflow));
    if (result.kind !== 'complete') throw formAnswer(result);
    const state = result.data;
    const errors = inputFaults(found.definition.input, state);
    if (errors.length > 0) throw formAnswer({ kind: 'invalid', errors });
    return {
      type: 'StartProcess',
      workflow,
      state,
      createdBy,
      ...(await this.about(workflow, pages[0], state)),
      time: clock.now(),
    };
  }

  /** The wrapper's page, always the first, names the product or the subscription. */
  private async about(workflow: string, first: unknown, { customer_id }: Answer) {
    const { product, subscription_id } = first as Answer;
    if (typeof subscription_id === 'string') return this.aboutSubscription(workflow, subscription_id);
    const found = typeof product === 'string' ? this.parts.catalogue.find(product) : undefined;
    return {
      ...(found && { product: { productId: found.productId, name: found.name } }),
      ...(typeof customer_id === 'string' && { customerId: customer_id }),
    };
  }

  /** What it works on is what it claims; the subscription decides on the same terms, with what it knows by then. */
  private async aboutSubscription(workflow: string, subscriptionId: string) {
    const { found } = await this.rules.gather(subscriptionId);
    const { usableWhen, outOfSyncAllowed, blockedByUsers } = this.rules.termsOf(found.product_id, workflow);
    return {
      product: { productId: found.product_id, name: found.name },
      customerId: found.customer_id,
      claims: { subscriptionId, usableWhen, outOfSyncAllowed, blockedByUsers },
    };
  }
}
