import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogueId } from './catalogue-id.js';
import { expectProblem } from './portfolios.js';
import { until, World } from './world.js';

const TASK = { workflow_name: 'validate_user_group', workflow_id: catalogueId('workflow', 'validate_user_group') };
const AT = '/api/schedules/';
let world: World;
let subscriptionId: string;
beforeAll(async () => {
  world = await World.start();
  const product = (await world.api('GET', '/api/products')).body.find(({ tag }: { tag: string }) => tag === 'GROUP');
  const pages = [{ product: product.product_id }, { group_name: 'Scheduled' }];
  const { id } = (await world.api('POST', '/api/processes/create_user_group', pages)).body;
  const done = await until(
    async () => (await world.api('GET', `/api/processes/${id}`)).body,
    (found) => found?.last_status === 'completed',
  );
  subscriptionId = done.current_state.subscription_id;
}, 60_000);
afterAll(() => world?.stop());

const validate = (more: object) => ({ ...TASK, user_inputs: [{ subscription_id: subscriptionId }], ...more });
const create = (body: object, headers?: Record<string, string>) => world.api('POST', AT, body, headers);
const listed = async (id: string) =>
  (await world.api('GET', '/api/schedules?range=0,100')).body.find((each: any) => each.schedule_id === id);
const runsOf = async (id: string) =>
  (await world.api('GET', `/api/processes?filter=created_by,schedule:${id}&sort=started_at,asc`)).body;

describe('schedules over HTTP', () => {
  it('one that is made runs once at once, in the name of the schedule; a repeat with its key makes no second', async () => {
    const body = validate({ scheduled_type: 'create', name: 'now', trigger: 'date' });
    const key = { 'idempotency-key': 'once' };
    const made = await create(body, key);
    const { schedule_id: id } = made.body;
    expect([made.status, made.body]).toEqual([
      201,
      { message: 'Added to Create Queue', status: 'CREATED', schedule_id: expect.any(String) },
    ]);
    expect((await create(body, key)).body).toEqual(made.body);
    const [run] = await until(
      () => runsOf(id),
      ([first]) => first?.last_status === 'completed',
    );
    expect(run).toMatchObject({ workflow_name: 'validate_user_group', is_task: true });
    const shown = await until(
      () => listed(id),
      (found) => found?.last_run != null,
    );
    expect(shown).toMatchObject({
      ...TASK,
      name: 'now',
      trigger: 'date',
      missed: 'run_once',
      next_run_time: null,
      last_run: { state: 'fired', process_id: run.process_id },
    });
  }, 30_000);

  it('an interval goes on after a kill, is changed, and ends when it is deleted', async () => {
    const made = await create(validate({ trigger: 'interval', trigger_kwargs: { seconds: 1 } }));
    const { schedule_id } = made.body;
    await until(
      () => runsOf(schedule_id),
      (runs) => runs.length >= 2,
    );
    await world.kill9Server();
    await world.restartServer();
    const before = (await runsOf(schedule_id)).length;
    await until(
      () => runsOf(schedule_id),
      (runs) => runs.length >= before + 2,
    );
    const instants = (await runsOf(schedule_id)).map(({ process_id }: any) => process_id);
    expect(new Set(instants).size).toBe(instants.length);
    const trigger = { trigger: 'cron', trigger_kwargs: { hour: 0, minute: 10, timezone: 'Europe/Amsterdam' } };
    const changed = await world.api('PUT', AT, { schedule_id, name: 'nightly', ...trigger });
    expect([changed.status, changed.body]).toEqual([
      200,
      { message: 'Added to Update Queue', status: 'UPDATED', schedule_id },
    ]);
    const shown = await until(
      () => listed(schedule_id),
      (found) => found?.name === 'nightly' && found.next_run_time !== null,
    );
    expect(shown).toMatchObject({ name: 'nightly', ...trigger });
    const gone = await world.api('DELETE', AT, { workflow_id: TASK.workflow_id, schedule_id });
    expect([gone.status, gone.body]).toEqual([
      200,
      { message: 'Added to Delete Queue', status: 'DELETED', schedule_id },
    ]);
    await until(
      () => listed(schedule_id),
      (found) => found === undefined,
    );
    expectProblem(await world.api('PUT', AT, { schedule_id, name: 'x' }), 404, 'schedule_not_found');
  }, 120_000);

  it('while the engine is paused nothing fires; afterwards what was missed runs once', async () => {
    const made = await create(validate({ trigger: 'interval', trigger_kwargs: { seconds: 2 } }));
    expect(made.status).toBe(201);
    const { schedule_id } = made.body;
    await world.api('PUT', '/api/settings/status', { global_lock: true });
    // What had fired by then has run.
    await until(
      async () => (await world.api('GET', '/api/settings/status')).body,
      ({ global_status }) => global_status === 'PAUSED',
    );
    const before = (await runsOf(schedule_id)).length;
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect((await runsOf(schedule_id)).length).toBe(before);
    await world.api('PUT', '/api/settings/status', { global_lock: false });
    const shown = await until(
      async () => ({ runs: await runsOf(schedule_id), schedule: await listed(schedule_id) }),
      ({ runs }) => runs.length > before,
    );
    expect(shown.schedule).toMatchObject({ schedule_id });
    const all = await world.api('DELETE', AT, { workflow_id: TASK.workflow_id });
    expect([all.status, all.body]).toEqual([200, { message: 'Added to Delete Queue', status: 'DELETED' }]);
    expectProblem(await world.api('DELETE', AT, { workflow_id: TASK.workflow_id }), 404, 'schedule_not_found');
  }, 30_000);

  it('what cannot be scheduled is refused, and nothing is made', async () => {
    const creates = catalogueId('workflow', 'create_user_group');
    expectProblem(
      await create({ workflow_name: 'create_user_group', workflow_id: creates, trigger: 'date' }),
      404,
      'unknown_task',
    );
    const other = await create(validate({ workflow_id: creates, trigger: 'date' }));
    expectProblem(other, 404, 'unknown_task');
    expect(other.body.detail).toBe('Task does not exist');
    const bad = await create(validate({ trigger: 'cron', trigger_kwargs: { hour: 25, day: 'x' } }));
    expectProblem(bad, 422, 'invalid_trigger');
    expect(bad.body.errors.map(({ pointer }: any) => pointer)).toEqual(['/trigger_kwargs/day', '/trigger_kwargs/hour']);
    expectProblem(await create(validate({ trigger: 'sometimes' })), 422, 'invalid_trigger');
    const inputs = await create(validate({ trigger: 'date', user_inputs: [{ subscription_id: 5, more: 1 }] }));
    expectProblem(inputs, 422, 'invalid_user_inputs');
    expect(inputs.body.errors.map(({ pointer }: any) => pointer)).toContain('/user_inputs/more');
    expectProblem(await create({ trigger: 'date' }), 400, 'validation_failed');
    const unknown = '00000000-0000-4000-8000-000000000000';
    const absent = await world.api('PUT', AT, { schedule_id: unknown, name: 'x' });
    expectProblem(absent, 404, 'schedule_not_found');
    expect(absent.body.detail).toBe('Schedule does not exist');
    await until(
      async () => (await world.api('GET', '/api/schedules')).body as object[],
      (left) => left.every((each) => 'trigger' in each && each.trigger === 'date'),
    );
  });
});
