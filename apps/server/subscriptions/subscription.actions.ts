import { relationsLocked, REASONS, type Hindrance, type StartFacts } from '#subscription';

const KINDS = ['create', 'modify', 'terminate', 'system', 'validate', 'reconcile'] as const;
type Kind = (typeof KINDS)[number];

/** A workflow that a subscription's product offers; no `reason` when it may start. */
export type Action = { readonly name: string; readonly description: string } & Partial<Hindrance>;
export type Actions = Readonly<Record<Kind, readonly Action[]>> & Partial<Hindrance>;

interface Offered {
  readonly name: string;
  readonly target: string;
  readonly description: string;
}

/** The workflows of a product by kind, each with what `hindranceOf` says; and what locks the subscription as a whole. */
export function actionsOf(
  facts: StartFacts,
  workflows: readonly Offered[],
  hindranceOf: (workflow: string) => Hindrance | undefined,
): Actions {
  const of = (kind: Kind): readonly Action[] =>
    workflows
      .filter(({ target }) => target.toLowerCase() === kind)
      .map(({ name, description }) => ({ name, description, ...hindranceOf(name) }));
  const lists = Object.fromEntries(KINDS.map((kind) => [kind, of(kind)])) as Record<Kind, readonly Action[]>;
  const lock = facts.insync ? relationsLocked(facts.lockedRelations ?? []) : { reason: REASONS.notInSync };
  return { ...lock, ...lists };
}
