import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Refusal } from '#kernel';
import { whyNotMoved, type PortfolioState, type Reason, type StagePlan } from '#portfolio';
import { listPortfolios, type Page, type PortfolioItem } from '#read-models';
import { Parts } from '../composition/parts.js';
import type { MigrationDto } from './portfolio.query.dto.js';

interface MigrationItem {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly version: number;
  readonly movable: boolean;
  /** What stands in the way. */
  readonly reason: Reason | null;
}
interface MigrationPage extends Page<MigrationItem> {
  /** The version to which they would move. */
  readonly to: number;
}

export class ListMigration extends Query<MigrationPage> {
  constructor(
    readonly csp: string,
    readonly query: MigrationDto,
  ) {
    super();
  }
}

/** One page of the CSP's portfolios, each decided from its log; who is on the version already, or cannot be read here, is left out. */
@QueryHandler(ListMigration)
export class ListMigrationHandler implements IQueryHandler<ListMigration> {
  constructor(private readonly parts: Parts) {}

  async execute({ csp, query: { to: version, cursor, limit } }: ListMigration) {
    const { plans, readModels } = this.parts;
    const to = plans.latest(csp, version);
    if (to === undefined)
      throw new Refusal('unknown_csp', 404, 'there is no such CSP or version of its plan', { csps: plans.csps() });
    const { items, next } = await listPortfolios(readModels, { csp, cursor, limit });
    const readable = items.filter(({ phase }) => phase !== 'CONFIGURATION_ERROR');
    const rows = await Promise.all(readable.map((item) => this.judged(item, to)));
    return { to: to.version, items: rows.flat(), next };
  }

  private async judged({ id, name, state: shown }: PortfolioItem, to: StagePlan): Promise<readonly MigrationItem[]> {
    const { state } = await this.parts.runtime.load<PortfolioState>(`portfolio-${id}`);
    if (state.phase === 'ABSENT' || state.plan.version === to.version) return [];
    const reason = whyNotMoved(state, to) ?? null;
    return [{ id, name, state: shown, version: state.plan.version, movable: reason === null, reason }];
  }
}
