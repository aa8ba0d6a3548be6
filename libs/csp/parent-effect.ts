import type { Outcome } from '#kernel';
import { at, resultsOf, type PortfolioState, type Stage } from '#portfolio';
import { fault, type Effect, type EffectCall } from '#runtime';

/** The state of the portfolio with that id, as its log says. */
export type Parents = (id: string) => Promise<PortfolioState>;

/** The effects of a stage that waits for another portfolio to be complete and takes fields of its results. */
export function parentEffects(stage: Stage, parents: Parents): readonly Effect[] {
  return [
    { name: stage.effect, run: async () => ({ kind: 'accepted', retryAfterMs: 0 }) },
    { name: stage.pollEffect!, run: (call) => look(stage, call, parents) },
  ];
}

async function look(stage: Stage, { input }: EffectCall, parents: Parents): Promise<Outcome> {
  const { fact, of, take } = stage.parent!;
  const id = (input as Readonly<Record<string, unknown>>)[fact];
  const parent = await parents(String(id));
  if (parent.phase === 'ABSENT') return fault('refused', 'parent_not_found', `there is no ${fact} ${String(id)}`);
  if (parent.csp !== of)
    return fault('refused', 'parent_of_another_kind', `${fact} ${String(id)} is of ${parent.csp}, not of ${of}`);
  if (parent.phase === 'ABANDONED' || parent.phase.startsWith('DEPROVISION'))
    return fault('refused', 'parent_gone', `${fact} ${String(id)} is ${parent.phase}`);
  if (parent.phase !== 'COMPLETED') return { kind: 'pending' };
  const results = resultsOf(parent);
  const taken = Object.entries(take).map(([field, path]) => [field, at(results, path)] as const);
  return { kind: 'done', result: Object.fromEntries(taken.filter(([, value]) => value !== undefined)) };
}
