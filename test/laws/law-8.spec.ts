import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import type { EventSpec } from '#event-store';
import type { Outcome } from '#kernel';
import { PlanRegistry, portfolioDecider, stagePlan, type StagePlan } from '#portfolio';
import { portfolioEvents } from '#portfolio/published';
import { DEFAULT_RETRY } from '#runtime';
import { processDecider, processEffects, step, workflow, WorkflowRegistry, type WorkflowDefinition } from '#workflow';
import { processEvents } from '#workflow/published';
import { by } from '../../libs/runtime/test/harness.js';
import { Cluster, type Code } from './cluster.js';

/** One context with something pinned: the code of a process that has `present`, and how its instances begin and end. */
interface Case {
  readonly what: string;
  readonly events: readonly EventSpec<string, never>[];
  readonly code: (present: 'all' | 'none' | 'changed', answers: boolean) => Code;
  readonly stream: string;
  readonly begin: { readonly type: string };
  readonly ask: { readonly type: string };
  readonly end: string;
  readonly lacks: RegExp;
  readonly named: object;
}

const never = () => new Promise<never>(() => undefined);

const walk = (answers: boolean, keys: readonly string[]): WorkflowDefinition =>
  workflow(
    { key: 'walk', version: 3, target: 'SYSTEM', description: 'Walk' },
    keys.map((key) => step({ key, handler: () => (answers ? {} : never()) })),
  );
const workflows = (present: string, answers: boolean) =>
  new WorkflowRegistry(present === 'none' ? [] : [walk(answers, present === 'all' ? ['a', 'b'] : ['a'])]);

const plan = (stages: readonly string[]): StagePlan =>
  stagePlan({
    csp: 'here',
    name: 'here',
    version: 3,
    facts: Type.Object({ size: Type.Integer() }),
    stages: stages.map((name) => ({
      name,
      label: name,
      payload: { schema: Type.Object({ size: Type.Integer() }), from: { size: { fact: 'size' } } },
      effect: 'make',
      policy: { retry: DEFAULT_RETRY, unknown: 'repeat', completion: { kind: 'at_once' } },
      result: Type.Object({}),
    })),
  });
const plans = (present: string) => {
  const registry = new PlanRegistry();
  return present === 'none' ? registry : registry.register(plan(present === 'all' ? ['A', 'B'] : ['A']));
};

const cases: readonly Case[] = [
  {
    what: 'workflow definition',
    events: processEvents,
    stream: 'process-1',
    begin: { type: 'StartProcess', workflow: 'walk', state: {}, createdBy: 'ann', time: 0 } as never,
    ask: { type: 'AbortProcess', time: 0 } as never,
    end: 'ProcessCompleted',
    lacks: /^process-1: UnknownDefinition: /,
    named: { workflow: 'walk', version: 3 },
    code: (present, answers) => {
      const registry = workflows(present, answers);
      return {
        deciders: { process: processDecider(registry) },
        effects: (clock, _, dispatcher) => processEffects(registry, { dispatcher, clock }),
      };
    },
  },
  {
    what: 'stage plan',
    events: portfolioEvents,
    stream: 'portfolio-1',
    begin: {
      type: 'CreatePortfolio',
      name: 'n',
      csp: 'here',
      advance: 'automatic',
      facts: { size: 1 },
      time: 0,
    } as never,
    ask: { type: 'ResumeStage', stage: 'A', time: 0 } as never,
    end: 'PortfolioCompleted',
    lacks: /^portfolio-1: UnknownPlan: /,
    named: { csp: 'here', plan: 'here', version: 3 },
    code: (present, answers) => ({
      deciders: { portfolio: portfolioDecider(plans(present)) },
      effects: () => [
        { name: 'make', run: async (): Promise<Outcome> => (answers ? { kind: 'done', result: {} } : never()) },
      ],
    }),
  },
];

/** An instance with its first attempt under way in a process that then dies. */
async function orphan(each: Case): Promise<Cluster> {
  const cluster = new Cluster(each.events);
  const first = cluster.start(each.code('all', false));
  await first.runtime.dispatch(each.stream, each.begin, by('1'));
  await cluster.advance(100);
  first.runtime.kill();
  return cluster;
}

describe.each(cases)('law 8: definitions are pinned: $what', (each) => {
  it.each(['none', 'changed'] as const)(
    'a process that has %s of it leaves the instance untouched',
    async (present) => {
      const cluster = await orphan(each);
      const before = await cluster.types(each.stream);
      const other = cluster.start(each.code(present, true));
      await cluster.advance(30_000);
      expect(await cluster.types(each.stream)).toEqual(before);
      expect(before.at(-1)).toMatch(/Started$/);
      expect(other.stuck.join()).toMatch(each.lacks);
    },
  );

  it('another process that has it carries the instance on beside the one that lacks it', async () => {
    const cluster = await orphan(each);
    cluster.start(each.code('none', true), false);
    cluster.start(each.code('all', true), false);
    await cluster.advance(30_000);
    expect((await cluster.types(each.stream)).at(-1)).toBe(each.end);
  });

  it('the instance goes on by itself when the code returns', async () => {
    const cluster = await orphan(each);
    const lacking = cluster.start(each.code('none', true));
    await cluster.advance(10_000);
    lacking.runtime.kill();
    cluster.start(each.code('all', true));
    await cluster.advance(1_000);
    expect((await cluster.types(each.stream)).at(-1)).toBe(each.end);
  });

  it('refuses what people ask of it with a name, and without a trace', async () => {
    const cluster = await orphan(each);
    const before = await cluster.types(each.stream);
    const { runtime } = cluster.start(each.code('none', true), false);
    await expect(runtime.dispatch(each.stream, each.ask, by('2'))).rejects.toMatchObject({
      code: 'definition_unavailable',
      status: 409,
      extra: each.named,
    });
    expect(await cluster.types(each.stream)).toEqual(before);
  });
});
