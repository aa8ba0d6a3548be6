import { expect } from '@jest/globals';
import { until, type Answer, type World } from './world.js';

/** What the form of a workflow says of a subscription that is out of sync. */
export const NOT_IN_SYNC = 'This workflow cannot be started: Subscription already has a running process or task';

/** Talks to the world as people do who work with products. */
export class ProductsTalk {
  constructor(readonly world: World) {}

  /** Id of a product by its name. */
  async product(name: string): Promise<string> {
    const { body } = await this.world.api('GET', '/api/products');
    return (body.items ?? body).find((each: any) => each.name === name).product_id;
  }

  start(workflow: string, ...pages: object[]): Promise<Answer> {
    return this.world.api('POST', `/api/processes/${workflow}`, pages);
  }

  /** Starts a workflow whose form is complete, and waits for its end, or until it has failed. */
  async run(workflow: string, ...pages: object[]): Promise<any> {
    const answer = await this.start(workflow, ...pages);
    expect([workflow, answer.status, answer.text]).toEqual([workflow, 201, expect.any(String)]);
    return this.ended(answer.body.id);
  }

  ended(id: string): Promise<any> {
    const done = ['completed', 'failed', 'aborted', 'inconsistent_data', 'api_unavailable'];
    return until(
      async () => (await this.world.api('GET', `/api/processes/${id}`)).body,
      (found) => done.includes(found?.last_status),
    );
  }

  /** As the views have it when they have seen everything up to now. */
  async subscription(id: string, satisfied: (found: any) => boolean = () => true): Promise<any> {
    return until(async () => (await this.world.api('GET', `/api/subscriptions/${id}`)).body, satisfied);
  }

  /** One that nobody holds any more: its last process has let go. */
  async free(id: string): Promise<void> {
    await until(
      async () => (await this.world.events(`subscription-${id}`)).at(-1)?.type,
      (last) => last === 'SubscriptionReleased',
    );
    const [last] = (await this.world.events(`subscription-${id}`)).slice(-1);
    await this.world.api('GET', `/api/subscriptions/${id}?min_position=${last!.position}`);
  }

  /** Reason for which a workflow may not start, by the list of actions. */
  async reason(id: string, workflow: string): Promise<any> {
    const { body } = await this.world.api('GET', `/api/subscriptions/workflows/${id}`);
    const all = ['create', 'modify', 'terminate', 'system', 'validate', 'reconcile'].flatMap((kind) => body[kind]);
    return all.find(({ name }: any) => name === workflow);
  }
}

/** The fault that a form page names first. */
export const firstFault = ({ status, body }: Answer): unknown[] => [
  status,
  body.validation_errors?.[0]?.loc,
  body.validation_errors?.[0]?.msg,
];

/** The steps that a process shows. */
export const keys = (process: any): string[] => process.steps.map((step: any) => step.key);
