import { describe, expect, it } from '@jest/globals';
import { EventLog, EventRegistry } from '#event-store';
import {
  operationDecider,
  operationEvents,
  ProvisionerRegistry,
  provisioningEffects,
  type Operation,
} from '#provisioning';
import { foldStream } from '#runtime';
import { MemoryVault } from '#testing';
import {
  leftOver,
  operationStep,
  processDecider,
  processEffects,
  workflow,
  WorkflowRegistry,
  type StartedProcess,
} from '#workflow';
import { processEvents } from '#workflow/published';
import { exists, nowhere, outsideProvisioners, resources } from './operations.js';
import { World, type Scenario } from './world.js';
import { FULL } from '../../libs/testing/full.js';
import { SEED } from '../../libs/testing/seed.js';

const SCHEDULES = FULL ? 1_000 : 40;
console.log(`simulation of aborted operations: seed ${SEED}, ${SCHEDULES} schedules each`);

const NEEDS = ['at_once', 'poll', 'callback'];
const workflows = new WorkflowRegistry([
  workflow({ key: 'make', version: 1, target: 'SYSTEM', description: 'Make' }, [
    operationStep({
      key: 'op',
      manifest: () => ({ needs: NEEDS.map((type) => ({ id: type, type })) }),
      result: () => ({}),
    }),
  ]),
]);
const decider = processDecider(workflows);
const known = (...from: Parameters<typeof outsideProvisioners>) =>
  new ProvisionerRegistry().register(...outsideProvisioners(...from));
const events = [...processEvents, ...operationEvents];
const vault = new MemoryVault();

/** Processes that are aborted, undone and resumed, and steps that are to be passed over, at any time while their operations run. */
const scenario: Scenario = {
  deciders: { process: decider, operation: operationDecider(known(nowhere, undefined as never, () => true)) },
  events,
  effects: (outside, clock, alive, dispatcher) => [
    ...processEffects(workflows, { dispatcher, clock }),
    ...provisioningEffects(known(outside, clock, alive), { vault, clock, dispatcher }),
  ],
  result: resources,
  begin: [1, 2, 3].map((n) => ({
    stream: `process-${n}`,
    command: { type: 'StartProcess', workflow: 'make', state: {}, createdBy: 'sim', time: 0 },
  })),
  meddle(random) {
    const at = random();
    if (at > 0.9) return { type: 'SkipStep', step: 'op', reason: 'because', result: {}, time: 0 } as never;
    const type = at < 0.4 ? 'AbortProcess' : at < 0.6 ? 'CompensateProcess' : 'ResumeProcess';
    return { type, time: 0 } as never;
  },
  rescue: (state: StartedProcess | { status: 'none' }) =>
    state.status === 'failed' ? ({ type: 'ResumeProcess', time: 0 } as never) : undefined,
  ended: (state: StartedProcess | { status: 'none' }) =>
    state.status !== 'none' && 'endedAt' in state && decider.next(state).length === 0,
  recordedBy: ['RequestCompleted'],
};

/** Every operation there is, by the stream of its parent. */
async function operationsOf({ store }: World) {
  const log = new EventLog(store, new EventRegistry().register(events));
  const streams = new Set<string>();
  for (let after = 0, end = false; !end;) {
    const page = await store.readAll({ after: after as never, filter: { streamPrefixes: ['operation-'] } });
    for (const { stream } of page.events) streams.add(stream);
    [after, end] = [page.next, page.end];
  }
  return Promise.all(
    [...streams].map(async (stream) => {
      const { state } = await foldStream(log, scenario.deciders['operation']!, stream);
      return { stream, state: state as Operation };
    }),
  );
}

async function run(seed: number, processes: number, trouble: number) {
  const world = new World(scenario, seed, processes, trouble);
  const { open, states } = await world.run();
  const stuck = world.nodes.flatMap((node) => node.stuck);
  expect({ seed, open, violations: world.violations, stuck }).toEqual({ seed, open: [], violations: [], stuck: [] });
  const found = await operationsOf(world);
  for (const { stream, state } of found) {
    const there = NEEDS.filter((need) => exists(world, `${stream}/${need}`));
    expect({ seed, stream, status: state.status, there }).toEqual({
      seed,
      stream,
      status: state.status,
      there: state.status === 'PROVISIONED' ? NEEDS : [],
    });
  }
  for (const [stream, state] of states) {
    const { status } = state as StartedProcess;
    const kept = found.filter((each) => each.state.parent?.stream === stream && each.state.status === 'PROVISIONED');
    const shown = leftOver(workflows.latest('make')!, state as StartedProcess);
    // What stays outside is what the process was for, or is shown as left over with the command that takes it back.
    const expected = kept.length === 0 || status === 'completed' ? [] : [['compensate']];
    expect({ seed, stream, shown: shown.map(({ commands }) => commands) }).toEqual({ seed, stream, shown: expected });
    expect(kept.length).toBeLessThanOrEqual(1);
  }
  return [
    ...[...states.values()].map((state) => (state as StartedProcess).status),
    ...found.map(({ state }) => state.status),
  ];
}

describe('operations of processes that are aborted', () => {
  it('stay where nobody aborts', async () => {
    const three = (status: string) => [status, status, status];
    expect(await run(SEED, 1, 0)).toEqual([...three('completed'), ...three('PROVISIONED')]);
  });

  for (const count of [1, 3])
    it(`leave nothing that is not shown under random schedules with ${count} process${count > 1 ? 'es' : ''}`, async () => {
      const ends = new Set<string>();
      for (let i = 0; i < SCHEDULES; i++) for (const status of await run(SEED + i, count, 0.3)) ends.add(status);
      expect([...ends]).toEqual(expect.arrayContaining(['aborted', 'completed', 'PROVISIONED', 'DEPROVISIONED']));
    }, 900_000);
});
