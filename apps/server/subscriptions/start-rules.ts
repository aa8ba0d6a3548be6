import { Injectable } from '@nestjs/common';
import type { Product } from '#catalogue';
import { Refusal } from '#kernel';
import {
  catalogueRecord,
  subscription,
  usedBy,
  usersOf,
  type RelatedSubscription,
  type SubscriptionDetail,
} from '#read-models';
import {
  claimTerms,
  hindrance,
  subscriptionStream,
  type ExistingSubscription,
  type Hindrance,
  type Lifecycle,
  type Startable,
  type StartFacts,
  type SubscriptionState,
} from '#subscription';
import type { ClaimTerms } from '#subscription/published';
import { mayStart } from '#workflow';
import { lookUntil } from '../composition/look-until.js';
import { DECISION_MS, streamShown, unlessLate } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';
import type { Caller } from '../http/caller.js';
import { reconcileOutOfSync } from '../products/catalogue.views.js';

/** A subscription with what the rules look at. */
export interface Gathered {
  readonly found: SubscriptionDetail;
  readonly facts: StartFacts;
  /** Of its product. */
  readonly reconcileOutOfSync: boolean;
}

/**
 * Which workflow may start on a subscription (reference 1.13), for the list of actions and for the first page of a form. Both read the
 * views, so they advise: rules 1, 3 and 4 are decided again, in the subscription's own stream, when the process claims it. Rule 2 is not:
 * it looks at other subscriptions, as the views have them at the position the caller waited for, and stays advice.
 */
@Injectable()
export class StartRules {
  constructor(private readonly parts: Parts) {}

  /** Refusal `subscription_not_found` 404. */
  async gather(id: string): Promise<Gathered> {
    const { readModels } = this.parts;
    const found = await subscription(readModels, id);
    if (found === undefined) throw new Refusal('subscription_not_found', 404, 'there is no such subscription');
    const [users, used, record] = await Promise.all([
      usersOf(readModels, id),
      usedBy(readModels, id),
      catalogueRecord(readModels, found.product_id),
    ]);
    const facts: StartFacts = {
      status: found.status as Lifecycle,
      insync: found.insync,
      creation: found.creation,
      holder: found.holder ?? undefined,
      users: users.filter(({ told }) => told !== 'terminated').map(neighbour),
      lockedRelations: [...users, ...used].filter(isLocked).map(neighbour),
    };
    const product = this.parts.catalogue.find(found.product_id);
    return { found, facts, reconcileOutOfSync: reconcileOutOfSync(product, record) };
  }

  /**
   * The same for a person's start of this workflow, which may come as soon as something is seen elsewhere: the views hold all that the
   * subscription's stream does. A process lets go of what it holds after its end (ADR 33), so a start that only the holder is in the way
   * of waits for it, up to 2 s. As the views are by then, where they do not follow.
   */
  async gatherToStart(id: string, workflow: string): Promise<Gathered> {
    const { clock, runtime } = this.parts;
    const stream = subscriptionStream(id);
    const latest = clock.now() + DECISION_MS;
    const leftMs = () => Math.max(0, latest - clock.now());
    const gather = async () => {
      await streamShown(this.parts, stream, leftMs()).catch(unlessLate);
      return this.gather(id);
    };
    const gathered = await gather();
    if (!this.isOnlyHeld(gathered, workflow)) return gathered;
    const { holder, insync } = gathered.facts;
    const look = async () => (await runtime.load<SubscriptionState>(stream)).state;
    await lookUntil(clock, leftMs(), look, (now) => !isHeldBy(holder!.processId, now) || now.insync !== insync);
    return gather();
  }

  /** Whether it may start as soon as the holder lets go: a create that does so before it is done leaves what was aborted. */
  private isOnlyHeld(gathered: Gathered, workflow: string): boolean {
    const { holder, creation } = gathered.facts;
    if (holder === undefined) return false;
    const left = creation === 'running' ? 'aborted' : creation;
    const facts: StartFacts = { ...gathered.facts, holder: undefined, creation: left };
    return this.hindranceOf({ ...gathered, facts }, workflow) === undefined;
  }

  /** The terms on which a workflow of a product claims; of one that the product does not name, those of its target. */
  termsOf(
    { found, reconcileOutOfSync: allowed }: Gathered,
    workflow: string,
  ): ClaimTerms & { readonly target: string } {
    const product = this.parts.catalogue.find(found.product_id);
    const definition = this.parts.workflows.latest(workflow)?.definition;
    const offered = product?.workflows.find(({ name }) => name === workflow);
    const startable = this.startable(offered ?? { name: workflow, target: definition?.target ?? 'SYSTEM' });
    return { ...claimTerms(startable, { reconcileOutOfSync: allowed }), target: startable.target };
  }

  /** Why it may not start, as far as the views know; undefined when it may. `authorised` is the answer to rule 5. */
  hindranceOf(gathered: Gathered, workflow: string, authorised = true): Hindrance | undefined {
    return hindrance({ ...gathered.facts, authorised }, this.termsOf(gathered, workflow));
  }

  /** Names of the workflows whose own rule forbids the caller to start them (rule 5); asked and awaited each time. */
  async forbidden(
    offered: readonly { readonly name: string }[],
    { actor, tenant }: Pick<Caller, 'actor' | 'tenant'>,
  ): Promise<ReadonlySet<string>> {
    const asked = offered.map(async ({ name }) => {
      const found = this.parts.workflows.latest(name);
      return found === undefined || (await mayStart(found, { actor, tenant })) ? [] : [name];
    });
    return new Set((await Promise.all(asked)).flat());
  }

  /** Whether it is a task is told by its definition. */
  private startable(offered: Product['workflows'][number] | Startable): Startable {
    const isTask = this.parts.workflows.latest(offered.name)?.definition.isTask ?? false;
    return { isTask, ...offered };
  }
}

const isHeldBy = (processId: string, state: SubscriptionState): state is ExistingSubscription =>
  state.status !== 'none' && state.holder?.processId === processId;

const neighbour = ({ subscription_id, description }: RelatedSubscription) => ({
  subscription_id,
  subscription_description: description,
});

/** One that is terminated is never brought in sync again, and has nothing left that could be in the way. */
const isLocked = ({ insync, status }: RelatedSubscription): boolean => !insync && status !== 'terminated';
