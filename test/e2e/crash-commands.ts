import { LISTS, type Flow, type Reached, userGroup } from './crash-flows.js';
import { Talk } from './crash-talk.js';
import { until } from './world.js';

/** A command to a process while it runs, and the events of it that are to be lost or kept. */
export interface CommandRow {
  /** Method and path, as the OpenAPI document has them. */
  readonly operation: string;
  /** The step where others have such an event too. */
  readonly records: readonly (readonly [type: string, step?: string])[];
  readonly flow: Flow;
}

/** A process of a workflow of crash-workflows.mjs; `says` is all that people and others say to it until it ends. */
const task = (workflow: string, says: (talk: Talk) => Promise<unknown>, more: Partial<Flow> = {}): Flow => ({
  start: (world, mark) => world.api('POST', `/api/processes/${workflow}`, [{}], { 'idempotency-key': mark }),
  ended: (world, id) => says(new Talk(world, id)),
  queries: async (_world, id) => [...LISTS, `/api/processes/${id}`, `/api/audit/streams/process-${id}/state`],
  streams: async (_world, id) => [`process-${id}`],
  ...more,
});

/** The same of a subscription, behind the process that creates it. */
const group = (says: (talk: Talk, subscription: string, world: Reached) => Promise<unknown>): Flow => ({
  ...userGroup,
  async ended(world, id) {
    const talk = new Talk(world, id);
    await talk.is('completed');
    await says(talk, await talk.subscription(), world);
  },
});

/** Says it once the process is where it is to be said, unless that is past. */
const when = (status: string, said: (talk: Talk) => Promise<unknown>, end: string) => async (talk: Talk) => {
  if ((await talk.is(status, end)) === status) await said(talk);
  await talk.is(end);
};

const waiting = (said: (talk: Talk) => Promise<unknown>) =>
  task(
    'rings',
    when('awaiting_callback', async (talk) => (await said(talk), await talk.rings('ring')), 'completed'),
  );
const failed = (said: (talk: Talk) => Promise<unknown>, end: string) => task('sticks', when('failed', said, end));

const lock = (talk: Talk, global_lock: boolean) => talk.tell('PUT', '/api/settings/status', { global_lock });

async function setInSync(talk: Talk, subscription: string, world: Reached): Promise<void> {
  const taken = { group_name: `${talk.id} taken` };
  const [product] = (await world.api('GET', '/api/products')).body;
  await (await talk.begins('create_user_group', [{ product: product.product_id }, taken])).is('completed');
  const refused = await talk.begins('modify_user_group', [{ subscription_id: subscription }, taken]);
  await when('failed', (its) => its.own('PUT', '/abort'), 'aborted')(refused);
  const shown = async () => (await world.api('GET', `/api/subscriptions/${subscription}`)).body;
  await talk.tell('PUT', `/api/subscriptions/${subscription}/set_in_sync`);
  await until(shown, ({ insync }) => insync);
}

export const COMMANDS: Readonly<Record<string, CommandRow>> = {
  'start on a subscription': {
    operation: 'POST /api/processes/{workflow}',
    records: [['SubscriptionClaimed']],
    flow: group(async (talk, subscription_id) => {
      const renamed = { group_name: `${talk.id} renamed` };
      await (await talk.begins('modify_user_group', [{ subscription_id }, renamed])).is('completed');
    }),
  },
  'resume with input': {
    operation: 'PUT /api/processes/{id}/resume',
    records: [['InputGiven']],
    flow: task(
      'asks',
      when('suspended', (talk) => talk.own('PUT', '/resume', [{ answer: 'why not' }]), 'completed'),
    ),
  },
  retry: {
    operation: 'PUT /api/processes/{id}/resume',
    records: [['StepResumed']],
    flow: failed((talk) => talk.own('PUT', '/resume', {}), 'completed'),
  },
  'resume-all': {
    operation: 'PUT /api/processes/resume-all',
    records: [['StepResumed']],
    flow: failed((talk) => talk.tell('PUT', '/api/processes/resume-all'), 'completed'),
  },
  abort: {
    operation: 'PUT /api/processes/{id}/abort',
    records: [['ProcessAborted']],
    flow: task(
      'rings',
      when('awaiting_callback', (talk) => talk.own('PUT', '/abort'), 'aborted'),
    ),
  },
  compensate: {
    operation: 'POST /api/processes/{id}/compensate',
    records: [['CompensationStarted']],
    flow: failed((talk) => talk.own('POST', '/compensate', { reason: 'not wanted' }), 'aborted'),
  },
  skip: {
    operation: 'POST /api/processes/{id}/skip',
    records: [['StepSkipped']],
    flow: failed(
      (talk) => talk.own('POST', '/skip', { step: 'stuck', reason: 'by hand', result: { made: 'by hand' } }),
      'completed',
    ),
  },
  'set value': {
    operation: 'POST /api/processes/{id}/values',
    records: [['ValueSet']],
    flow: failed(async (talk) => {
      await talk.own('POST', '/values', { path: '/id', value: 'y', reason: 'a typing error' });
      await talk.own('PUT', '/resume', {});
    }, 'completed'),
  },
  note: {
    operation: 'PATCH /api/processes/{id}',
    records: [['ProcessNoteChanged']],
    flow: waiting((talk) => talk.own('PATCH', '', { note: 'the other side is slow' })),
  },
  delete: {
    operation: 'DELETE /api/processes/{id}',
    records: [['ProcessHidden']],
    flow: task(
      'quick',
      when('completed', (talk) => talk.own('DELETE', ''), 'hidden'),
      {
        queries: async (_world, id) => [...LISTS, `/api/audit/streams/process-${id}/state`],
      },
    ),
  },
  callback: {
    operation: 'POST /api/processes/{id}/callback/{token}',
    records: [['StepCompleted', 'ring/action']],
    flow: waiting(async () => undefined),
  },
  progress: {
    operation: 'POST /api/processes/{id}/callback/{token}/progress',
    records: [['StepProgressed']],
    flow: waiting((talk) => talk.rings('ring', '/progress', { percent: 50 })),
  },
  'pause and unpause of the engine': {
    operation: 'PUT /api/settings/status',
    records: [['EnginePaused'], ['EngineContinued']],
    flow: {
      ...waiting(async (talk) => (await lock(talk, true), await lock(talk, false))),
      streams: async (_world, id) => [`process-${id}`, 'settings-engine'],
    },
  },
  set_in_sync: {
    operation: 'PUT /api/subscriptions/{id}/set_in_sync',
    records: [['MarkedInSync']],
    flow: group(setInSync),
  },
};

/** Operations of these paths are commands to a process, or change what it may do. */
export const ABOUT_PROCESSES =
  /^(?!GET )\S+ \/api\/(processes\b|settings\/status$|subscriptions\/\{id\}\/set_in_sync$)/;
/** They write nothing. */
export const WITHOUT_EVENTS: readonly string[] = ['POST /api/processes/{workflow}/dry-run'];
