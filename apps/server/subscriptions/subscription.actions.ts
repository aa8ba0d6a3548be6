import type { Product } from '#catalogue';

const KINDS = ['create', 'modify', 'terminate', 'system', 'validate', 'reconcile'] as const;
type Kind = (typeof KINDS)[number];

export interface Action {
  readonly name: string;
  readonly description: string;
  /** Absent when it may start. */
  readonly reason?: string;
  readonly usable_when?: readonly string[];
  readonly status?: string;
  readonly action?: string;
}
export type Actions = Readonly<Record<Kind, readonly Action[]>> & { readonly reason?: string };

/** Lifecycle states in which a workflow may start (rule 3 of the Workflow Orchestrator; a create never starts on a subscription). */
const USABLE_WHEN: Readonly<Record<string, readonly string[]>> = {
  create: [],
  modify: ['active'],
  terminate: ['active', 'provisioning'],
  system: ['active'],
  validate: ['active'],
  reconcile: ['active'],
};
const NOT_IN_SYNC = 'subscription.not_in_sync';

/** Which workflows of its product may start on a subscription, and why the others may not. `isTask` by workflow name. */
export function actionsOf(
  { status, insync }: { readonly status: string; readonly insync: boolean },
  workflows: Product['workflows'],
  isTask: (name: string) => boolean,
): Actions {
  const of = (kind: Kind): readonly Action[] =>
    workflows
      .filter(({ target }) => target.toLowerCase() === kind)
      .map(({ name, description }) => {
        const locked = !insync && kind !== 'reconcile' && !isTask(name);
        return { name, description, ...(locked ? { reason: NOT_IN_SYNC } : misfit(kind, status)) };
      });
  const lists = Object.fromEntries(KINDS.map((kind) => [kind, of(kind)])) as Record<Kind, readonly Action[]>;
  return { ...(!insync && { reason: NOT_IN_SYNC }), ...lists };
}

function misfit(kind: Kind, status: string): Partial<Action> {
  const usable_when = USABLE_WHEN[kind]!;
  if (usable_when.includes(status)) return {};
  const action = kind === 'terminate' ? 'terminated' : 'modified';
  return { reason: 'subscription.no_modify_invalid_status', usable_when, status, action };
}
