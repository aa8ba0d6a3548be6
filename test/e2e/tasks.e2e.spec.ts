import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until, World } from './world.js';

let world: World;
let subscriptionId: string;
beforeAll(async () => {
  world = await World.start({ PURVEYOR_DEFAULT_SCHEDULES: 'on' });
  const product = (await world.api('GET', '/api/products')).body.find(({ tag }: { tag: string }) => tag === 'GROUP');
  const made = await run('create_user_group', [{ product: product.product_id }, { group_name: 'Tasks' }]);
  subscriptionId = made.current_state.subscription_id;
}, 60_000);
afterAll(() => world?.stop());

const detail = async (id: string) => (await world.api('GET', `/api/processes/${id}`)).body;

/** Starts a workflow and waits until nothing of it is under way. */
async function run(workflow: string, pages: readonly object[] = [{}]) {
  const { status, body } = await world.api('POST', `/api/processes/${workflow}`, pages);
  expect({ workflow, status }).toEqual({ workflow, status: 201 });
  return until(
    () => detail(body.id),
    (found) => ['completed', 'failed', 'inconsistent_data'].includes(found?.last_status),
  );
}

const startedBy = async (id: string) => (await world.api('GET', `/api/processes?filter=created_by,process:${id}`)).body;
const schedules = async () => (await world.api('GET', '/api/schedules')).body;

describe('built-in tasks', () => {
  it.each([
    ['task_validate_subscriptions', [{}]],
    ['task_validate_product_type', [{ product_type: 'UserGroup' }]],
  ])('%s starts the validation of each active subscription', async (task, pages) => {
    const found = await run(task, pages);
    expect(found.current_state.validations).toEqual([{ started: 1, left_out: 0 }]);
    const [validation] = await until(
      () => startedBy(found.process_id),
      ([first]) => first?.last_status === 'completed',
    );
    expect(validation).toMatchObject({
      workflow_name: 'validate_user_group',
      subscriptions: [{ subscription_id: subscriptionId }],
    });
  });

  it('task_validate_product_type asks for a type that is there; one without subscriptions starts nothing', async () => {
    const asked = await world.api('POST', '/api/processes/task_validate_product_type', []);
    expect([asked.status, JSON.stringify(asked.body.form)]).toEqual([510, expect.stringContaining('L2VPN')]);
    expect((await world.api('POST', '/api/processes/task_validate_product_type', [{ product_type: 'X' }])).status).toBe(
      400,
    );
    expect((await run('task_validate_product_type', [{ product_type: 'L2VPN' }])).current_state.ranges).toEqual([]);
  });

  it('task_validate_products finds that code, records and subscriptions fit', async () => {
    expect(await run('task_validate_products')).toMatchObject({ last_status: 'completed', failed_reason: null });
  });

  it('task_resume_workflows leaves alone what waits for a person', async () => {
    expect((await run('task_resume_workflows')).current_state.resumed).toEqual([]);
  });

  it('task_clean_up_tasks hides the tasks that ended before, not itself, and nothing younger', async () => {
    const tasks = async () => (await world.api('GET', '/api/processes?filter=is_task,true')).body;
    const before = (await tasks()).length;
    expect((await run('task_clean_up_tasks')).current_state.hidden ?? []).toEqual([]);
    expect(await tasks()).toHaveLength(before + 1);
    const cleaned = await run('task_clean_up_tasks', [{ retention_days: 0 }]);
    expect(cleaned.current_state.hidden).toEqual([{ count: before + 1 }]);
    const left = await until(tasks, (found) => found.length === 1);
    expect(left[0].process_id).toBe(cleaned.process_id);
    expect((await world.api('POST', '/api/processes/task_clean_up_tasks', [{ retention_days: -1 }])).status).toBe(400);
  });
});

describe('default schedules', () => {
  it('are there after the first start, with their next run', async () => {
    const found = await until(schedules, (all) => all.length === 4 && all.every((each: any) => each.next_run_time));
    const shown = found.map(({ workflow_name, trigger, created_by }: any) => [workflow_name, trigger, created_by]);
    expect(shown.sort()).toEqual([
      ['task_clean_up_tasks', 'interval', 'system'],
      ['task_resume_workflows', 'interval', 'system'],
      ['task_validate_products', 'cron', 'system'],
      ['task_validate_subscriptions', 'cron', 'system'],
    ]);
  });

  it('stay as people made them when the server starts again', async () => {
    const [first, second] = await schedules();
    await world.api('PUT', '/api/schedules', { schedule_id: first.schedule_id, name: 'Ours' });
    await world.api('DELETE', '/api/schedules', { workflow_id: second.workflow_id });
    await world.restartServer();
    const names = (await until(schedules, (all) => all.length === 3)).map(({ name }: any) => name);
    expect(names).toContain('Ours');
    expect(names).not.toContain(second.name);
  });
});
