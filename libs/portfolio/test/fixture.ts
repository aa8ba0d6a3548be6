import { Type } from 'typebox';
import type { Driving, Outcome } from '#kernel';
import type { Request } from '#runtime';
import {
  PlanRegistry,
  portfolioDecider,
  type PortfolioCommand,
  type PortfolioEvent,
  type PortfolioState,
  type Stage,
  type StagePlan,
} from '../index.js';

const retry = { initialMs: 100, coefficient: 2, capMs: 1_000, jitter: 0, limit: 2 };
const text = Type.String({ minLength: 1 });

const stage = (name: string, more: Partial<Stage>): Stage => ({
  name,
  label: name.toLowerCase(),
  payload: { schema: Type.Object({ who: text }), from: { who: { fact: 'who' } } },
  effect: name.toLowerCase(),
  policy: { retry, completion: { kind: 'at_once' }, unknown: 'repeat' },
  result: Type.Object({ id: text }),
  ...more,
});

const deadlineMs = 60_000;

/** Three stages, one of each way of completion; C may be skipped. */
export const plan: StagePlan = {
  csp: 'test',
  name: 'test',
  version: 1,
  facts: Type.Object({ who: text, key: Type.String({ secret: true }) }, { additionalProperties: false }),
  stages: [
    stage('A', { undo: { calls: [{ api: 'a', method: 'DELETE', path: '/{id}' }] } }),
    stage('B', {
      payload: { schema: Type.Object({ a: text }), from: { a: { stage: 'A', field: 'id' } } },
      pollEffect: 'b.poll',
      undo: { cannot: 'nobody can' },
      policy: { retry, completion: { kind: 'poll', everyMs: 50, deadlineMs }, unknown: 'repeat' },
    }),
    stage('C', {
      policy: { retry, completion: { kind: 'callback', deadlineMs }, unknown: 'repeat' },
      skippable: true,
      wire: { result: { id: 'theId' } },
    }),
  ],
};

export const plans = new PlanRegistry().register(plan);
export const decider = portfolioDecider(plans);

export const create = (advance: 'automatic' | 'manual' = 'automatic'): PortfolioCommand => ({
  type: 'CreatePortfolio',
  name: 'one',
  csp: 'test',
  facts: { who: 'me', key: 'vault:k#1' },
  advance,
  time: 1,
});

export const fold = (events: readonly PortfolioEvent[]): PortfolioState =>
  events.reduce((state, event) => decider.evolve(state, event), decider.initial());

/** What can be told to a portfolio in a test: a command, an intent written by a runner, or an outcome of what is under way. */
export type Told = PortfolioCommand | Driving | 'intend' | Outcome;

export const done = (id = 'x'): Outcome => ({ kind: 'done', result: { id } });
export const refused: Outcome = { kind: 'failed', failure: { kind: 'refused', code: 'no', message: 'no' } };
export const lost: Outcome = { kind: 'failed', failure: { kind: 'unknown', code: 'cut', message: 'cut' } };

/** Plays the runner: every step decided against the fold of all before. Answers all events. */
export function play(...told: readonly Told[]): readonly PortfolioEvent[] {
  let events: readonly PortfolioEvent[] = [];
  for (const one of told) events = [...events, ...step(fold(events), one)];
  return events;
}

export function step(state: PortfolioState, one: Told): readonly PortfolioEvent[] {
  if (one === 'intend') return intents(state);
  if ('type' in one) return decider.decide(one, state);
  const last = lastRequest(state);
  if (last === undefined) return [];
  const key = `${last.step}/${last.generation}`;
  return decider.decide({ type: 'Outcome', key, attempt: last.attempt, outcome: one, time: 5, jitter: 0 }, state);
}

/** The request that was begun last, on the way or on the way back. */
function lastRequest(state: PortfolioState): Request | undefined {
  if (state.phase === 'ABSENT') return undefined;
  const last = Object.values(state.undone).at(-1) ?? Object.values(state.stages).at(-1);
  return last === undefined || last.status === 'skipped' || last.status === 'left' ? undefined : last;
}

function intents(state: PortfolioState): readonly PortfolioEvent[] {
  const [owed] = decider.next(state);
  const event = owed?.kind === 'run' && owed.intent?.({ owner: 'me', until: 100, time: 4, tokenKey: 't' });
  return event ? [event] : [];
}

export const types = (events: readonly PortfolioEvent[]): readonly string[] => events.map((event) => event.type);
