import { describe, expect, it } from '@jest/globals';
import {
  assertMayRun,
  awaitingCallbacksExist,
  inputStep,
  mayResume,
  mayStart,
  noUncompletedInstance,
  step,
  workflow,
  WorkflowRegistry,
  type AuthContext,
  type Authorizer,
} from '../index.js';
import { Driven, meta } from './driving.js';

/** Says who was asked. */
function hooks() {
  const asked: [string, AuthContext][] = [];
  const hook =
    (name: string): Authorizer =>
    async (context) => {
      asked.push([name, context]);
      return context.actor === 'eve';
    };
  return { asked, hook };
}
const who = { actor: 'eve', tenant: 't' };

function setting(own: readonly ('resume' | 'retry')[], all: readonly ('start' | 'resume' | 'retry')[]) {
  const { asked, hook } = hooks();
  const authorize = Object.fromEntries(own.map((key) => [key, hook(`step ${key}`)]));
  const flow = workflow(
    { ...meta, key: 'w', authorize: Object.fromEntries(all.map((key) => [key, hook(`workflow ${key}`)])) },
    [step({ key: 'a', authorize }), inputStep({ key: 'ask', pages: [], adds: {}, authorize })],
  );
  return { asked, compiled: new WorkflowRegistry([flow]).latest('w')!, driven: () => new Driven(flow).begin('w') };
}

describe('who may', () => {
  it('start: whom the workflow lets, everybody where it says nothing', async () => {
    const { asked, compiled } = setting([], ['start']);
    expect([await mayStart(compiled, who), await mayStart(compiled, { ...who, actor: 'bob' })]).toEqual([true, false]);
    expect(asked[0]).toEqual(['workflow start', { ...who, workflow: 'w', action: 'start_workflow' }]);
    expect(await mayStart(setting([], []).compiled, who)).toBe(true);
  });

  it.each([
    [['resume', 'retry'], ['start', 'resume', 'retry'], 'step resume', 'step retry'],
    [['resume'], ['start', 'resume', 'retry'], 'step resume', 'step resume'],
    [[], ['start', 'resume', 'retry'], 'workflow resume', 'workflow retry'],
    [[], ['start'], 'workflow start', 'workflow start'],
  ] as const)('resume with %j of the step and %j of the workflow: %s; retry: %s', async (own, all, resume, retry) => {
    const { asked, compiled, driven } = setting(own, all);
    expect(await mayResume(compiled, driven().done().started, who)).toBe(true);
    expect(await mayResume(compiled, driven().failed().started, { ...who, actor: 'bob' })).toBe(false);
    expect(asked.map(([name]) => name)).toEqual([resume, retry]);
    expect(asked.map(([, { step: at, action }]) => [at, action])).toEqual([
      ['ask', 'resume_workflow'],
      ['a', 'retry_workflow'],
    ]);
  });

  it('is nobody when the hook breaks', async () => {
    const broken = workflow({ ...meta, key: 'w', authorize: { start: () => Promise.reject(new Error('down')) } }, []);
    expect(await mayStart(new WorkflowRegistry([broken]).latest('w')!, who)).toBe(false);
  });
});

describe('a run predicate', () => {
  const facts = (open: number, waiting: number) => ({
    workflow: 'w',
    actor: 'eve',
    uncompleted: () => Promise.resolve(open),
    awaitingCallbacks: () => Promise.resolve(waiting),
  });
  const asks = (runPredicate: typeof noUncompletedInstance) =>
    new WorkflowRegistry([workflow({ ...meta, key: 'w', runPredicate }, [])]).latest('w')!;

  it('refuses with its message, 412', async () => {
    await expect(assertMayRun(asks(noUncompletedInstance), facts(1, 0))).rejects.toMatchObject({
      code: 'run_predicate_failed',
      status: 412,
      message: 'There is already an uncompleted instance of workflow w',
    });
    await expect(assertMayRun(asks(awaitingCallbacksExist), facts(0, 0))).rejects.toMatchObject({ status: 412 });
    await expect(assertMayRun(asks(noUncompletedInstance), facts(0, 0))).resolves.toBeUndefined();
    await expect(assertMayRun(asks(awaitingCallbacksExist), facts(1, 1))).resolves.toBeUndefined();
  });
});
