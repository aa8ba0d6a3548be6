import { describe, expect, it } from '@jest/globals';
import { EventLog, EventRegistry } from '#event-store';
import { Refusal } from '#kernel';
import { CallbackTokens, Runtime } from '#runtime';
import { scheduleDecider } from '#schedule';
import { SeededIds, SimulatedStore, VirtualClock } from '#testing';
import {
  problemOf,
  processDecider,
  processEffects,
  step,
  workflow,
  WorkflowRegistry,
  type StartedProcess,
} from '#workflow';
import { processEvents, processStream, type StartProcess } from '#workflow/published';
import { defaultSchedules, taskForms, taskWorkflows, type TaskPorts } from './index.js';

const NOTHING: TaskPorts = {
  productTypes: () => ['UserGroup'],
  ranges: async () => [],
  subscriptionsIn: async () => [],
  validating: async () => undefined,
  catalogueFaults: async () => [],
  subscriptionFaults: async () => [],
  endedTasks: async () => [],
  countEndedTasks: async () => 0,
  stopped: async () => [],
};

let answers: (() => object)[] = [];
const validation = workflow({ key: 'v', version: 1, target: 'VALIDATE', isTask: true, description: 'V' }, [
  step({
    key: 'ask',
    policy: { retry: { initialMs: 1, coefficient: 1, capMs: 1, jitter: 0, limit: 1 } },
    handler: () => answers.shift()?.() ?? {},
  }),
]);
const failing = (status: number) => () => {
  throw new Refusal('away', status, 'away');
};

/** The tasks on the shipped runner, in memory and virtual time. */
function machine(ports: Partial<TaskPorts>) {
  answers = [];
  const clock = new VirtualClock();
  const workflows = new WorkflowRegistry([...taskWorkflows({ ...NOTHING, ...ports }), validation]);
  const runtime: Runtime = new Runtime({
    log: new EventLog(new SimulatedStore({ clock }), new EventRegistry().register(processEvents)),
    clock,
    ids: new SeededIds(clock, 1),
    tokens: new CallbackTokens([{ id: 'k', key: new Uint8Array(32) }], 'http://here'),
    effects: processEffects(workflows, { dispatcher: () => runtime, clock }),
    openWork: () => [],
  }).register('process', processDecider(workflows));
  const about = { correlationId: 'c', causationId: 'c', actor: 'ann', tenant: 't' };
  const load = async (id: string) => (await runtime.load<StartedProcess>(processStream(id))).state;
  const later = async (id: string, ms: number) => {
    for (let i = 0; i < 30; i++) {
      for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(ms / 30);
    }
    return load(id);
  };
  const send = async (id: string, command: object) => {
    await runtime.dispatch(processStream(id), command as never, {
      ...about,
      commandId: `${id}-${JSON.stringify(command)}`,
    });
    return later(id, 30);
  };
  const run = (id: string, key: string, state: object = {}) =>
    send(id, { type: 'StartProcess', workflow: key, state, createdBy: 'ann', time: clock.now() });
  return { clock, load, later, run, start: () => runtime.start() };
}

describe('task_clean_up_tasks', () => {
  it('hides what ended before its days, in rounds; what is not over any more stays', async () => {
    const asked: number[] = [];
    const found = [['a', 'b'], ['c']];
    const { clock, run, load, start } = machine({
      countEndedTasks: async (before) => (asked.push(before), 201),
      endedTasks: async () => found.shift()!,
    });
    await start();
    for (const id of ['a', 'c']) await run(id, 'v');
    answers.push(failing(400));
    await run('b', 'v');
    const now = clock.now();
    const task = await run('t', 'task_clean_up_tasks', { retention_days: 2 });
    expect(task).toMatchObject({ status: 'completed', data: { rounds: [0, 1], hidden: [{ count: 2 }, { count: 1 }] } });
    expect(now - asked[0]!).toBe(2 * 86_400_000);
    const hidden = await Promise.all(['a', 'b', 'c'].map(async (id) => (await load(id)).rare?.hidden ?? false));
    expect(hidden).toEqual([true, false, true]);
  });
});

describe('task_resume_workflows', () => {
  it('resumes what a system that did not answer has stopped, and nothing that was refused', async () => {
    const { run, load, start } = machine({ stopped: async () => ['away', 'refused', 'gone'] });
    await start();
    answers.push(failing(503), failing(400));
    await run('away', 'v');
    await run('refused', 'v');
    expect([(await load('away')).status, (await load('refused')).status]).not.toContain('completed');
    const task = await run('t', 'task_resume_workflows');
    expect(task).toMatchObject({ status: 'completed', data: { resumed: ['away'] } });
    expect([(await load('away')).status, (await load('refused')).status]).toEqual(['completed', 'failed']);
  });
});

describe('validating tasks', () => {
  it('start one validation for each subscription, also when a step is repeated, and count what is left out', async () => {
    const selections: unknown[] = [];
    const started: StartProcess[] = [];
    let failures = 1;
    const { run, later, start } = machine({
      ranges: async (of) => (
        selections.push(of),
        [
          { after: '', upTo: 'm' },
          { after: 'm', upTo: 'z' },
        ]
      ),
      subscriptionsIn: async ({ upTo }) => (upTo === 'm' ? ['a', 'b'] : ['n']),
      async validating(id, _, createdBy) {
        if (id === 'n') return undefined;
        if (id === 'b' && failures-- > 0) throw new Refusal('store_unavailable', 503, 'away', { retryAfter: 0 });
        started.push({ type: 'StartProcess', workflow: 'v', state: { id }, createdBy, time: 0 });
        return started.at(-1);
      },
    });
    await start();
    await run('t', 'task_validate_product_type', { product_type: 'UserGroup' });
    expect(started.map(({ state: { id } }) => id)).toEqual(['a']);
    const task = await later('t', 5_000);
    expect(selections).toEqual([{ productType: 'UserGroup', validatable: true }]);
    const validations = [
      { started: 2, left_out: 0 },
      { started: 0, left_out: 1 },
    ];
    expect(task).toMatchObject({ status: 'completed', data: { validations } });
    expect(started.map(({ state: { id }, createdBy }) => [id, createdBy])).toEqual([
      ['a', 'process:t'],
      ['b', 'process:t'],
    ]);
  });

  it('task_validate_products ends as inconsistent data, with the faults', async () => {
    const faults = Array.from({ length: 150 }, (_, i) => ({ pointer: `/products/${i}`, message: 'wrong' }));
    const { run, start } = machine({ catalogueFaults: async () => faults });
    await start();
    const task = await run('t', 'task_validate_products');
    expect(task.status).toBe('inconsistent_data');
    expect(problemOf(task)).toMatchObject({
      failure: { code: 'inconsistent_data', message: expect.stringMatching(/^150 faults/) },
    });
  });
});

describe('what every installation has', () => {
  it('default schedules are valid, of tasks that are there, and have the same ids for ever', () => {
    const keys = taskWorkflows(NOTHING).map(({ key }) => key);
    for (const { command } of defaultSchedules(0)) {
      expect(keys).toContain(command.workflow);
      expect(scheduleDecider.decide(command, scheduleDecider.initial())).toHaveLength(1);
    }
    const ids = (time: number) => defaultSchedules(time).map(({ id }) => id);
    expect(ids(0)).toEqual(ids(1));
    expect(new Set(ids(0)).size).toBe(4);
  });

  it('forms are of tasks that are there', () => {
    const keys = taskWorkflows(NOTHING).map(({ key }) => key);
    expect(Object.keys(taskForms(NOTHING)).filter((key) => !keys.includes(key))).toEqual([]);
  });
});
