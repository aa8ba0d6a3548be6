import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import { Type } from 'typebox';
import {
  callbackStep,
  conditional,
  focus,
  forEach,
  inputStep,
  operationStep,
  parallel,
  sleep,
  step,
  stepGroup,
  subWorkflow,
  workflow,
  type Node,
  type StepPlan,
} from '../index.js';
import { plan } from '../testing/index.js';
import { meta } from './driving.js';

const n = Type.Number();
const never = () => Promise.reject(new Error('a plan does not run this'));
/** A step that would change something outside. */
const making = <const K extends string>(key: K, says: StepPlan<any> = { adds: { [key]: 1 } }) =>
  step({
    key,
    adds: { [key]: n },
    handler: never,
    plan: () => ({ effects: [{ system: 'outside', action: 'make', target: { key } }], ...says }),
  });
const def = (...steps: readonly Node[]) =>
  workflow({ ...meta, key: 'wf', input: { n: Type.Optional(n), items: Type.Optional(Type.Array(n)) } }, steps as never);
const keys = ({ steps }: Awaited<ReturnType<typeof plan>>) => steps.map(({ key }) => key);

describe('a plan of a definition', () => {
  it('is nothing but what the step says', async () => {
    expect(await plan(def(step({ key: 'init', name: 'Start' }), making('a')), {})).toEqual({
      workflow: 'wf',
      steps: [
        { key: 'init', name: 'Start', effects: [], changes: [], waits_for: null },
        {
          key: 'a',
          name: 'a',
          effects: [{ system: 'outside', action: 'make', target: { key: 'a' } }],
          changes: [],
          waits_for: null,
        },
      ],
      changes: [],
      state: { a: 1 },
      stopped: null,
    });
  });

  it('goes through groups, conditions, branches, lists and focus as the run would', async () => {
    const when = (key: string, yes: boolean) => conditional({ key, when: () => yes, steps: [making('x')] });
    const found = await plan(
      def(
        stepGroup('g', [making('a')]),
        when('yes', true),
        when('no', false),
        parallel('both', { l: [making('l')], r: [making('r1'), making('r2')] }),
        parallel('race', { quick: [making('q')], slow: [making('s1'), making('s2')] }, { join: 'first' }),
        forEach('fan', 'items', [making('d')], { concurrency: 1 }),
        focus('sub', [making('f')]),
      ),
      { items: [7, 8] },
    );
    expect(keys(found)).toEqual([
      'g/a',
      'yes/x',
      'both/l/l',
      'both/r/r1',
      'both/r/r2',
      'race/quick/q',
      // It begins beside the other, so it would have its effect.
      'race/slow/s1',
      'fan/0/d',
      'fan/1/d',
      '@sub/f',
    ]);
    expect(found).toMatchObject({ stopped: null, state: { fan: [{ d: 1 }, { d: 1 }], sub: { f: 1 } } });
  });

  it('lets time pass and knows the answers it was given', async () => {
    const pages = [{ schema: () => Type.Object({ n }) }];
    const asking = def(
      sleep({ key: 'night', ms: 86_400_000 }),
      inputStep({ key: 'ask', pages, adds: { n } }),
      step({
        key: 'at',
        adds: { at: n },
        handler: (_, { now }) => ({ at: now() }),
        plan: (_, c) => ({ adds: { at: c.now() } }),
      }),
    );
    const short = await plan(asking, {});
    expect(short.steps.map(({ waits_for }) => waits_for)).toEqual(['time', 'person']);
    expect(short.stopped).toMatchObject({ step: 'ask', code: 'waits_for_person' });
    let began = 0;
    const whole = await plan(asking, {}, (clock) => ((began = clock.now()), { answers: { ask: { n: 5 } } }));
    expect(whole).toMatchObject({ stopped: null, state: { n: 5, at: began + 86_400_000 } });
  });

  it('of a callback step goes on with what it expects, or stops there', async () => {
    const asks = (expected?: unknown) =>
      def(
        callbackStep({
          key: 'cb',
          action: () => undefined,
          plan: expected === undefined ? 'as_it_runs' : () => ({ adds: { callback_result: expected } }),
          deadlineMs: 1_000,
        }),
      );
    expect(await plan(asks('soon'), {})).toMatchObject({ stopped: null, state: { callback_result: 'soon' } });
    expect((await plan(asks(), {})).stopped).toMatchObject({ step: 'cb/action', code: 'waits_for_answer' });
  });

  it('has the steps of a sub-workflow below the step that begins it', async () => {
    const kid = workflow({ ...meta, key: 'kid' }, [making('k')]);
    const result = ({ state }: { state: object }) => ({ k: (state as { k: number }).k + 1 });
    const parent = def(subWorkflow({ key: 'child', workflow: 'kid', adds: { k: n }, input: () => ({}), result }));
    const found = await plan(parent, {}, () => ({ workflows: [kid] }));
    expect([keys(found), found.state]).toEqual([['child', 'child/k'], { k: 2 }]);
    const asks = workflow({ ...meta, key: 'kid' }, [inputStep({ key: 'ask', pages: [], adds: { n } })]);
    const open = await plan(parent, {}, () => ({ workflows: [asks] }));
    expect(open.stopped).toMatchObject({ step: 'child/ask', code: 'waits_for_person' });
  });

  it('of an operation says what is provisioned, and stops where it cannot know what comes of it', async () => {
    const provisions = (result: (resources: any) => any) =>
      def(
        operationStep({
          key: 'op',
          adds: { host: Type.String() },
          manifest: () => ({ needs: [{ id: 'vm', type: 'machine', parameters: { cores: 2 } }] }),
          result,
        }),
      );
    const effects = [{ system: 'machine', action: 'provision', target: { need: 'vm', parameters: { cores: 2 } } }];
    const named = await plan(
      provisions(({ vm }) => ({ host: vm.id })),
      {},
    );
    expect(named).toMatchObject({ stopped: null, steps: [{ effects }], state: { host: '(known after run: vm)' } });
    for (const result of [
      ({ vm }: any) => ({ host: vm.address.net.host }),
      ({ vm }: any) => ({ host: vm.address.host }),
    ]) {
      const found = await plan(provisions(result), {});
      expect(found).toMatchObject({ steps: [{ effects }], stopped: { step: 'op' } });
      expect(['known_after_run', 'invalid_step_result']).toContain(found.stopped!.code);
    }
  });

  it('stops with the failure that the run would stop with', async () => {
    const full = () => {
      throw new Refusal('full', 409, 'there is no room');
    };
    const late = step({ key: 'late', handler: never, plan: full });
    expect((await plan(def(making('a'), late, making('b')), {})).stopped).toEqual({
      step: 'late',
      code: 'full',
      reason: 'there is no room',
    });
    const wrong = making('w', { adds: { w: 'text' } });
    expect((await plan(def(wrong), {})).stopped).toMatchObject({ step: 'w', code: 'invalid_step_result' });
    const odd = conditional({ key: 'odd', when: () => JSON.parse('{'), steps: [making('x')] });
    for (const steps of [[making('a'), odd], [odd]])
      expect((await plan(def(...steps), {})).stopped).toMatchObject({ step: 'odd/x', code: 'condition_failed' });
  });

  it('is refused where a step that is reached does not say what it would do', async () => {
    const silent = step({ key: 'silent', handler: never });
    const off = conditional({ key: 'off', when: () => false, steps: [silent] });
    expect(await plan(def(off), {})).toMatchObject({ stopped: null, steps: [] });
    await expect(plan(def(stepGroup('g', [silent])), {})).rejects.toMatchObject({
      code: 'cannot_plan',
      status: 422,
      extra: { step: 'g/silent' },
    });
  });

  it('stops where one of our own deciders refuses, also for a while', async () => {
    const decide = () => {
      throw new Refusal('changing', 503, 'somebody is at it');
    };
    const deciders = { thing: { initial: () => ({}), evolve: (state: object) => state, decide } };
    const asks = step({
      key: 'asks',
      plan: 'as_it_runs',
      handler: async (_, context) => {
        await context.dispatch('thing-1', { type: 'Take' }, 'take');
        return {};
      },
    });
    expect((await plan(def(asks), {}, () => ({ deciders }))).stopped).toMatchObject({ step: 'asks', code: 'changing' });
  });

  it('is not made while what is outside cannot be asked', async () => {
    const away = () => Promise.reject(new Refusal('unavailable', 503, 'not now'));
    await expect(plan(def(step({ key: 'a', handler: never, plan: away })), {})).rejects.toMatchObject({ status: 503 });
    const broken = () => Promise.reject(new Error('reset'));
    await expect(plan(def(step({ key: 'a', handler: never, plan: broken })), {})).rejects.toThrow('reset');
  });

  it('of a workflow that begins itself has an end', async () => {
    const input = () => ({});
    const again = workflow({ ...meta, key: 'again' }, [subWorkflow({ key: 'c', workflow: 'again', input })]);
    expect((await plan(again, {})).stopped).toMatchObject({ code: 'plan_too_long' });
  }, 60_000);

  it('finds out a step that changes something outside in the course of it', async () => {
    const world = () => {
      const made: string[] = [];
      return { made, outside: () => [...made] };
    };
    type World = ReturnType<typeof world>;
    const lies = ({ made }: World) =>
      def(step({ key: 'lies', handler: () => (made.push('x'), {}), plan: 'as_it_runs' }));
    await expect(plan(lies, {}, world)).rejects.toThrow('making the plan has changed something');
  });
});
