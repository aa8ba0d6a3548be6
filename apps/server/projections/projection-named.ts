import { Refusal } from '#kernel';
import { projections, type Projection } from '#read-models';

/** Refusal `projection_not_found` (404) for a name that no view has. */
export function projectionNamed(name: string): Projection {
  const found = projections.find((projection) => projection.name === name);
  if (found !== undefined) return found;
  const names = projections.map((projection) => projection.name);
  throw new Refusal('projection_not_found', 404, 'there is no such projection', { projections: names });
}
