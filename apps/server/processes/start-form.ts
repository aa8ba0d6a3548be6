import { Injectable } from '@nestjs/common';
import { Refusal } from '#kernel';
import { evaluateForm, inputFaults, type Answer, type ProcessCommand } from '#workflow';
import { Parts } from '../composition/parts.js';
import { formAnswer } from './form-answer.js';

/** Makes the starting command of a process from the pages of its form. */
@Injectable()
export class StartForm {
  constructor(private readonly parts: Parts) {}

  /** Refusal `unknown_workflow` 404; throws a FormAnswer when a page is missing (510) or not valid (400). */
  command(workflow: string, pages: readonly unknown[], createdBy: string): ProcessCommand {
    const { workflows, formOf, clock } = this.parts;
    const found = workflows.latest(workflow);
    if (found === undefined)
      throw new Refusal('unknown_workflow', 404, 'Workflow does not exist', {
        workflows: workflows.all().map(({ key }) => key),
      });
    const result = evaluateForm(formOf(workflow), pages, undefined);
    if (result.kind !== 'complete') throw formAnswer(result);
    const state = result.data;
    const errors = inputFaults(found.definition.input, state);
    if (errors.length > 0) throw formAnswer({ kind: 'invalid', errors });
    return { type: 'StartProcess', workflow, state, createdBy, ...this.about(pages[0], state), time: clock.now() };
  }

  /** The wrapper's page, always the first, names the product. */
  private about(first: unknown, { customer_id }: Answer) {
    const { product } = first as Answer;
    const found = typeof product === 'string' ? this.parts.catalogue.find(product) : undefined;
    return {
      ...(found && { product: { productId: found.productId, name: found.name } }),
      ...(typeof customer_id === 'string' && { customerId: customer_id }),
    };
  }
}
