import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { openCircuits, type CspState, type GateStatus, type OpenCircuit } from '#csp';
import { Parts } from '../composition/parts.js';

interface CspItem extends GateStatus {
  readonly csp: string;
  readonly planVersions: readonly number[];
  readonly paused: CspState['paused'];
  readonly circuits: readonly OpenCircuit[];
}

export class ListCsps extends Query<readonly CspItem[]> {}

@QueryHandler(ListCsps)
export class ListCspsHandler implements IQueryHandler<ListCsps> {
  constructor(private readonly parts: Parts) {}

  execute() {
    const { gates, plans, runtime, clock } = this.parts;
    return Promise.all(
      [...gates].map(async ([csp, gate]) => {
        const { state } = await runtime.load<CspState>(`csp-${csp}`);
        const planVersions = plans.versions(csp);
        const circuits = openCircuits(state, clock.now());
        return { csp, planVersions, paused: state.paused, circuits, ...gate.status() };
      }),
    );
  }
}
