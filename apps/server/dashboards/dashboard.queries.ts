import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { categories } from './categories.js';
import { totalsOf, activity, subscriptionsByCustomer, subscriptionsByProduct, type Activity } from '#read-models';
import { Parts } from '../composition/parts.js';
import { lastDays } from './window.js';

export type Active = keyof typeof categories;

/** What goes on in the instances of a category, with their counts. */
export class GetActivity extends Query<Activity & { readonly from: number; readonly counts: readonly object[] }> {
  constructor(
    readonly category: Active,
    readonly days?: number,
  ) {
    super();
  }
}

@QueryHandler(GetActivity)
export class GetActivityHandler implements IQueryHandler<GetActivity> {
  constructor(private readonly parts: Parts) {}

  async execute({ category, days }: GetActivity) {
    const { readModels, clock } = this.parts;
    const now = clock.now();
    const window = lastDays(now, days);
    const counts = await categories[category](readModels, now);
    return { from: window.from, counts, ...(await activity(readModels, category, window, now)) };
  }
}

export interface SubscriptionFigures {
  readonly from: number;
  readonly byProduct: Awaited<ReturnType<typeof subscriptionsByProduct>>;
  readonly byCustomer: Awaited<ReturnType<typeof subscriptionsByCustomer>>;
  readonly changes: readonly { readonly change: string; readonly count: number }[];
}

export class GetSubscriptionFigures extends Query<SubscriptionFigures> {
  constructor(readonly days?: number) {
    super();
  }
}

@QueryHandler(GetSubscriptionFigures)
export class GetSubscriptionFiguresHandler implements IQueryHandler<GetSubscriptionFigures> {
  constructor(private readonly parts: Parts) {}

  async execute({ days }: GetSubscriptionFigures) {
    const { readModels, clock } = this.parts;
    const window = lastDays(clock.now(), days);
    const changes = await totalsOf(readModels, { figure: 'subscriptions' }, window);
    return {
      from: window.from,
      byProduct: await subscriptionsByProduct(readModels),
      byCustomer: await subscriptionsByCustomer(readModels),
      changes: changes.map(({ labels, count }) => ({ change: labels['change']!, count })),
    };
  }
}
