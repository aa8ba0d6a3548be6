import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { CspState, GateStatus } from '#csp';
import { Parts } from '../composition/parts.js';

interface CspItem extends GateStatus {
  readonly csp: string;
  readonly planVersions: readonly number[];
  readonly paused: CspState['paused'];
}

export class ListCsps extends Query<readonly CspItem[]> {}

@QueryHandler(ListCsps)
export class ListCspsHandler implements IQueryHandler<ListCsps> {
  constructor(private readonly parts: Parts) {}

  execute() {
    const { gates, plans, runtime } = this.parts;
    return Promise.all(
      [...gates].map(async ([csp, gate]) => {
        const { state } = await runtime.load<CspState>(`csp-${csp}`);
        const planVersions = plans.versions(csp);
        return { csp, planVersions, paused: state.paused, ...gate.status() };
      }),
    );
  }
}
