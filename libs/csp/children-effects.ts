import { Refusal, type CommandContext, type Outcome } from '#kernel';
import {
  CHILDREN_EFFECT,
  legalUnder,
  leftOutside,
  PARENT_FACTS,
  type Existing,
  type PlanRegistry,
  type PortfolioCommand,
  type PortfolioState,
} from '#portfolio';
import { uuidV5 } from '#platform';
import type { Effect, EffectCall } from '#runtime';

export interface ChildrenParts {
  readonly plans: PlanRegistry;
  /** Ids of the portfolios that ever named this one as their parent, as of now. */
  readonly childrenOf: (id: string) => Promise<readonly string[]>;
  readonly load: (stream: string) => Promise<PortfolioState>;
  readonly send: (stream: string, command: PortfolioCommand, context: CommandContext) => Promise<unknown>;
  /** ms since the epoch. */
  readonly now: () => number;
}

/**
 * Takes the children of a portfolio back before itself: each is told so under a command id of its own (law 10), and asked after until
 * none has anything left outside. One that cannot be taken back waits for people; the parent waits for it.
 */
export function childrenEffects(parts: ChildrenParts): readonly Effect[] {
  return [
    { name: CHILDREN_EFFECT, run: async () => ({ kind: 'accepted', retryAfterMs: 0 }) },
    { name: `${CHILDREN_EFFECT}.poll`, run: (call) => takeBack(parts, call) },
  ];
}

async function takeBack(parts: ChildrenParts, call: EffectCall): Promise<Outcome> {
  const parent = call.stream.slice('portfolio-'.length);
  const open: string[] = [];
  for (const id of await parts.childrenOf(parent)) {
    const state = await parts.load(`portfolio-${id}`);
    if (state.phase === 'ABSENT' || !names(state, parent) || isGone(parts, state)) continue;
    open.push(id);
    await tell(parts, call, id, state);
  }
  return open.length === 0 ? { kind: 'done', result: {} } : { kind: 'pending' };
}

/** Facts may have been amended since. */
const names = ({ facts }: Existing, parent: string): boolean => PARENT_FACTS.some((name) => facts[name] === parent);

function isGone({ plans }: ChildrenParts, state: Existing): boolean {
  if (state.phase === 'DEPROVISIONED') return true;
  const plan = plans.find(state.csp, state.plan);
  const takenBack = leftOutside(state, plan).every(({ command }) => command === null);
  return plan !== undefined && state.phase === 'ABANDONED' && takenBack;
}

/** Taken back, or given up before it had begun. A person may have been faster: what does not fit is decided at the next look. */
async function tell(parts: ChildrenParts, call: EffectCall, id: string, state: Existing): Promise<void> {
  const legal = legalUnder(state, parts.plans.find(state.csp, state.plan)).map(({ command }) => command);
  const type = (['deprovision', 'abandon'] as const).find((one) => legal.includes(one));
  if (type === undefined) return;
  const reason = `its parent ${call.stream} is taken back`;
  const named = type === 'deprovision' ? 'DeprovisionPortfolio' : 'AbandonPortfolio';
  const { actor, tenant, correlationId, traceparent } = call;
  const commandId = uuidV5(JSON.stringify([call.idempotencyKey, type, id]));
  const context = { commandId, correlationId, causationId: call.idempotencyKey, actor, tenant, traceparent };
  const command: PortfolioCommand = { type: named, reason, time: parts.now() };
  await parts.send(`portfolio-${id}`, command, context).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
  });
}
