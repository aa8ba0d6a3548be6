import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import {
  leftOutside,
  legalUnder,
  planDescription,
  type Existing,
  type PlanDescription,
  type PortfolioState,
} from '#portfolio';
import {
  listPortfolios,
  portfolio,
  portfolioChildren,
  type PortfolioDetail,
  type PortfolioItem,
  type PortfolioQuery,
  type Slice,
} from '#read-models';
import { findShown } from '../composition/own-writes.js';
import { Parts } from '../composition/parts.js';
import { ListMigrationHandler } from './migration.query.js';

export class ListPortfolios extends Query<Slice<PortfolioItem>> {
  constructor(readonly query: PortfolioQuery) {
    super();
  }
}
export class GetPortfolio extends Query<PortfolioDetail> {
  constructor(readonly id: string) {
    super();
  }
}
export class GetPlan extends Query<PlanDescription> {
  constructor(
    readonly csp: string,
    readonly version?: number,
  ) {
    super();
  }
}

@QueryHandler(ListPortfolios)
export class ListPortfoliosHandler implements IQueryHandler<ListPortfolios> {
  constructor(private readonly parts: Parts) {}

  execute({ query }: ListPortfolios) {
    return listPortfolios(this.parts.readModels, query);
  }
}

@QueryHandler(GetPortfolio)
export class GetPortfolioHandler implements IQueryHandler<GetPortfolio> {
  constructor(private readonly parts: Parts) {}

  /** The view's document; the legal commands are decided from the state as it is, so that they are never stale. */
  async execute({ id }: GetPortfolio) {
    const stream = `portfolio-${id}`;
    const found = await findShown(this.parts, stream, () => portfolio(this.parts.readModels, id));
    if (found === undefined) throw new Refusal('portfolio_not_found', 404, 'there is no such portfolio');
    const children = await portfolioChildren(this.parts.readModels, id);
    if (found.phase === 'CONFIGURATION_ERROR') return { ...found, children, commands: [], leftOutside: [] };
    const { state } = await this.parts.runtime.load<PortfolioState>(stream);
    const existing = state as Existing;
    const plan = this.parts.plans.find(existing.csp, existing.plan);
    return {
      ...found,
      ...(plan ? {} : { phase: 'CONFIGURATION_ERROR' }),
      children,
      commands: legalUnder(existing, plan),
      leftOutside: leftOutside(existing, plan),
    };
  }
}

@QueryHandler(GetPlan)
export class GetPlanHandler implements IQueryHandler<GetPlan> {
  constructor(private readonly parts: Parts) {}

  async execute({ csp, version }: GetPlan) {
    const plan = this.parts.plans.latest(csp, version);
    if (plan === undefined)
      throw new Refusal('unknown_csp', 404, 'there is no such CSP or version of its plan', {
        csps: this.parts.plans.csps(),
      });
    return planDescription(plan);
  }
}

export const portfolioQueryHandlers = [
  ListPortfoliosHandler,
  GetPortfolioHandler,
  GetPlanHandler,
  ListMigrationHandler,
];
