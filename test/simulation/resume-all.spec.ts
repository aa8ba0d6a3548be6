import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventLog } from '#event-store';
import { openReadModels, type ReadModels } from '#read-models';
import { taskWorkflows } from '#tasks';
import { processDecider, processEffects, step, workflow, WorkflowRegistry, type ProcessState } from '#workflow';
import { processEvents, processStream } from '#workflow/published';
import { CommandSender } from '../../apps/server/http/command-sender.js';
import type { Caller } from '../../apps/server/http/caller.js';
import type { Parts } from '../../apps/server/composition/parts.js';
import { ResumeAll } from '../../apps/server/processes/process.commands.js';
import { ResumeAllHandler } from '../../apps/server/processes/resume-all.js';
import { by } from '../../libs/runtime/test/harness.js';
import { Cluster, type Code } from '../laws/cluster.js';
import type { Node } from './node.js';

const TASKS = ['t1', 't2', 't3'];
const ROW = { workflow: 'fails', target: 'SYSTEM', is_task: 1, created_by: 'ann', doc: '{}' };
const NEVER = {
  position: 1,
  revision: 1,
  updated_at: 0,
  failed_at: 0,
  last_step: null,
  failed_reason: null,
  note: null,
};
const NOBODY = { product_id: null, customer_id: null, assignee: 'SYSTEM', hidden: 0, last_status: 'failed' };

/** Fails under its first key, and then as long as it is told. */
let works: Promise<void>;
const registry = new WorkflowRegistry([
  ...taskWorkflows({} as never),
  workflow({ key: 'fails', version: 1, target: 'SYSTEM', isTask: true, description: 'F' }, [
    step({
      key: 'a',
      handler: async (_, { idempotencyKey }) => {
        if (idempotencyKey.endsWith('/1'))
          return { kind: 'failed', failure: { kind: 'refused', code: 'no', message: 'no' } };
        await works;
        return {};
      },
    }),
  ]),
]);
const code: Code = {
  deciders: { process: processDecider(registry) },
  effects: (clock, _, dispatcher) => processEffects(registry, { dispatcher, clock }),
};

describe('resume-all over several API processes', () => {
  let cluster: Cluster;
  let nodes: Node[];
  let readModels: ReadModels;
  beforeEach(async () => {
    works = Promise.resolve();
    cluster = new Cluster(processEvents);
    nodes = [cluster.start(code, false), cluster.start(code, false)];
    readModels = await openReadModels({ directory: ':memory:' });
    for (const [n, id] of TASKS.entries()) {
      const start = { type: 'StartProcess', workflow: 'fails', state: {}, createdBy: 'ann', time: n };
      await nodes[0]!.runtime.dispatch(processStream(id), start, by(id));
      await readModels.db
        .insertInto('processes')
        .values({ id, ...ROW, ...NEVER, ...NOBODY, started_at: n } as never)
        .execute();
    }
    await cluster.advance(1_000);
    expect(await statuses()).toEqual(['failed', 'failed', 'failed']);
  });
  afterEach(() => readModels.close());

  const statuses = () =>
    Promise.all(TASKS.map(async (id) => (await nodes[0]!.runtime.load<ProcessState>(processStream(id))).state.status));

  /** The handler as each process has it. */
  function api({ runtime }: Node) {
    const { clock, store } = cluster;
    const config = { vaultKey: randomBytes(32) };
    const ids = { uuid: () => randomBytes(16).toString('hex') };
    const log = new EventLog(store, cluster.registry);
    const parts = { runtime, store, log, clock, config, ids, readModels } as unknown as Parts;
    const handler = new ResumeAllHandler(parts, new CommandSender(parts));
    return (idempotencyKey?: string): Promise<number> => {
      const caller: Caller = { actor: 'ann', tenant: 't', correlationId: 'c', route: 'PUT', idempotencyKey };
      return handler.execute(new ResumeAll(caller));
    };
  }
  const busy = expect.objectContaining({ code: 'resume_all_in_progress', status: 409 });

  it('of two calls at once one resumes them, oldest first, and the other is told that it is in progress', async () => {
    const answers = await Promise.allSettled(nodes.map((node) => api(node)()));
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const answer of answers)
      if (answer.status === 'fulfilled') expect(answer.value).toBe(3);
      else expect(answer.reason).toEqual(busy);
    await cluster.advance(5_000);
    expect(await statuses()).toEqual(['completed', 'completed', 'completed']);
    const { events } = await cluster.store.readAll({ after: 0 as never });
    const resumed = events.filter(({ type }) => type === 'StepResumed').map(({ stream }) => stream);
    expect(resumed).toEqual(TASKS.map(processStream));
  });

  it('while it goes on nobody begins another, a repeat answers the same, and afterwards one can', async () => {
    for (const { runtime } of nodes) runtime.pause();
    const [first, second] = nodes.map(api);
    const unpaused = async () => {
      for (const { runtime } of nodes) await runtime.unpause(cluster.clock.now());
    };
    await expect(first!()).rejects.toMatchObject({ code: 'engine_paused' });
    await unpaused();
    const [answer] = await Promise.all([first!('key'), Promise.resolve()]);
    await expect(second!()).rejects.toEqual(busy);
    expect([answer, await first!('key')]).toEqual([3, 3]);
    await cluster.advance(5_000);
    for (const expected of [3, 3]) {
      expect(await second!()).toBe(expected);
      await cluster.advance(5_000);
    }
  });

  it('goes on when the process that was asked is gone', async () => {
    expect(await api(nodes[0]!)()).toBe(3);
    nodes[0]!.crash(1_000_000);
    nodes.shift();
    await cluster.advance(60_000);
    expect(await statuses()).toEqual(['completed', 'completed', 'completed']);
  });
});
