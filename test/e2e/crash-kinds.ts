import { LISTS, type Flow, type Reached } from './crash-flows.js';
import { after, before, projected, type Observation } from './crash-points.js';
import { Talk } from './crash-talk.js';

/**
 * Where a process of the workflow `every_kind` (crash-workflows.mjs) is killed, by the name of the function that makes the kind. A kind
 * without a row, and a row that an undisturbed run does not reach, fail the matrix.
 */
export const KINDS: Readonly<Record<string, readonly Observation[]>> = {
  step: [
    { at: 'before call', step: 'step' },
    { at: 'after call', step: 'step' },
    before('StepCompleted', 'step'),
    projected('StepCompleted', 'step'),
  ],
  retryStep: [
    before('StepRetryScheduled', 'retry'),
    after('StepRetryScheduled', 'retry'),
    after('StepCompleted', 'retry'),
  ],
  inputStep: [after('StepSuspended', 'input'), before('InputGiven', 'input'), after('InputGiven', 'input')],
  conditional: [
    after('StepCompleted', 'holds/yes'),
    before('StepSkipped', 'fails/no'),
    after('StepSkipped', 'fails/no'),
  ],
  stepGroup: [after('StepCompleted', 'group/a'), before('StepCompleted', 'group/b')],
  callbackStep: [
    after('StepRequested', 'callback/action'),
    before('StepCompleted', 'callback/action'),
    after('StepCompleted', 'callback/action'),
    after('StepCompleted', 'callback/validate'),
    after('StepStarted', 'callback/clean_up'),
  ],
  focus: [before('StepCompleted', '@part/inner'), after('StepCompleted', '@part/inner')],
  parallel: [
    after('StepStarted', 'all/right/r'),
    after('StepCompleted', 'all/left/l'),
    before('StepCompleted', 'all/right/r'),
    after('StepSleeping', 'first/slow/long'),
    before('BranchesLeft', 'first'),
    after('BranchesLeft', 'first'),
    projected('BranchesLeft', 'first'),
  ],
  forEach: [
    after('StepStarted', 'each/1/one'),
    after('StepCompleted', 'each/0/one'),
    before('StepCompleted', 'each/2/one'),
  ],
  subWorkflow: [
    before('StepRequested', 'sub'),
    after('StepRequested', 'sub'),
    after('StepStarted', 'born'),
    before('ProcessCompleted'),
    after('ProcessCompleted'),
    before('StepCompleted', 'sub'),
    after('StepCompleted', '$tell'),
  ],
  sleep: [after('StepSleeping', 'sleep'), before('StepWoken', 'sleep'), after('StepWoken', 'sleep')],
  operationStep: [
    before('StepRequested', 'operation'),
    after('StepRequested', 'operation'),
    before('StepCompleted', 'operation'),
    projected('StepCompleted', 'operation'),
  ],
};

/** What follows when a step has failed for good and the workflow undoes: no kind of step, but a way of its own. */
export const COMPENSATION: readonly Observation[] = [
  before('CompensationStarted'),
  after('CompensationStarted'),
  { at: 'before call', step: '$undo/step' },
  { at: 'after call', step: '$undo/step' },
  after('StepCompleted', '$undo/step'),
  projected('ProcessAborted'),
];

/** The instances that its steps began, as their requests name them. */
async function children(world: Reached, id: string): Promise<readonly string[]> {
  const events = await world.events(`process-${id}`);
  return events.flatMap(({ type, data }) => (type === 'StepRequested' && data['location'] ? [data['location']] : []));
}

/** One process that goes through every kind of step, with an answer to its form and to its callback. */
export const everyKind: Flow = {
  branches: true,
  start: (world, mark) => world.api('POST', '/api/processes/every_kind', [{}], { 'idempotency-key': mark }),
  async ended(world, id) {
    const talk = new Talk(world, id);
    if ((await talk.is('suspended', 'awaiting_callback', 'aborted')) === 'suspended')
      await talk.own('PUT', '/resume', [{ answer: 'why not' }]);
    // Said again to one that waits for something else it is silence.
    if ((await talk.is('awaiting_callback', 'aborted')) === 'awaiting_callback') await talk.rings('callback');
    await talk.is('aborted');
  },
  async queries(world, id) {
    const streams = await this.streams(world, id);
    return [...LISTS, `/api/processes/${id}`, ...streams.map((stream) => `/api/audit/streams/${stream}/state`)];
  },
  streams: async (world, id) => [`process-${id}`, ...(await children(world, id))],
};
