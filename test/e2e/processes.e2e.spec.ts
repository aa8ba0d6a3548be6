import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem } from './portfolios.js';
import { until, World } from './world.js';

const preload = `--import=${new URL('./more-workflows.mjs', import.meta.url).href}`;
let world: World;
beforeAll(async () => {
  world = await World.start({ NODE_OPTIONS: preload });
}, 60_000);
afterAll(() => world?.stop());

const start = async (workflow: string, pages: readonly unknown[] = [{}], query = ''): Promise<string> => {
  const answer = await world.api('POST', `/api/processes/${workflow}${query}`, pages);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body.id;
};
const get = async (id: string) => (await world.api('GET', `/api/processes/${id}`)).body;
const reaches = (id: string, status: string) =>
  until(
    () => get(id),
    (found) => found?.last_status === status,
  );
const typesOf = async (id: string) => (await world.events(`process-${id}`)).map(({ type }) => type);

describe('the order of checks on a start', () => {
  it.each([
    ['forbidden', 403, 'start_forbidden'],
    ['unready', 412, 'run_predicate_failed'],
    ['nothing', 404, 'unknown_workflow'],
  ])('%s is %i before its form is looked at', async (workflow, status, code) => {
    const answer = await world.api('POST', `/api/processes/${workflow}`, [{ odd: 1 }]);
    expectProblem(answer, status, code);
    if (status === 412) expect(answer.body.detail).toBe('The moon is wrong');
  });

  it('the reporter is shown in place of the caller', async () => {
    const id = await start('ask', [{}], '?reporter=ada');
    expect(await reaches(id, 'suspended')).toMatchObject({ created_by: 'ada' });
    const long = await world.api('POST', `/api/processes/ask?reporter=${'x'.repeat(101)}`, [{}]);
    expectProblem(long, 400, 'validation_failed');
  });
});

describe('a process that asks', () => {
  let id: string;
  const resume = (body: unknown) => world.api('PUT', `/api/processes/${id}/resume`, body);
  beforeAll(async () => {
    id = await start('ask');
    await reaches(id, 'suspended');
  });

  it('shows the page that waits, and who is to answer', async () => {
    expect(await get(id)).toMatchObject({
      assignee: 'NOC',
      last_step: 'Question',
      form: { title: 'Why blue?', properties: { answer: { type: 'string' } }, required: ['answer'] },
    });
    const [found] = (await world.api('GET', '/api/processes?filter=assignee,NOC,status,suspended')).body;
    expect(found).toMatchObject({ assignee: 'NOC', form: null });
  });

  it('asks page by page, and is left untouched by what does not fit', async () => {
    const first = await resume([]);
    expect([first.status, first.body.form.title, first.body.meta]).toEqual([510, 'Why blue?', { hasNext: true }]);
    expect((await resume({})).status).toBe(510);
    const second = await resume([{ answer: 'sky' }]);
    expect([second.status, second.body.form.title]).toEqual([510, 'Why sky?']);
    const wrong = await resume([{ answer: 'sky' }, { why: 'x' }]);
    expect([wrong.status, wrong.body.validation_errors[0].loc]).toEqual([400, ['why']]);
    expect((await resume('text')).status).toBe(422);
    expect(await typesOf(id)).not.toContain('InputGiven');
  });

  it('goes on with the answers', async () => {
    expect((await resume([{ answer: 'sky' }, { why: 'light' }])).status).toBe(204);
    const done = await reaches(id, 'completed');
    expect(done.current_state).toMatchObject({ colour: 'blue', answer: 'sky', why: 'light' });
    expect(done.form).toBeNull();
    expect((await resume([{}])).body.detail).toBe('Resuming a completed workflow is not possible');
  });
});

describe('a process whose form cannot be made', () => {
  it('is shown without it, and can be given up', async () => {
    const id = await start('odd_form');
    expect(await reaches(id, 'suspended')).toMatchObject({ form: null });
    expect((await world.api('PUT', `/api/processes/${id}/abort`)).status).toBe(204);
    expect(await reaches(id, 'aborted')).toMatchObject({ form: null });
  });
});

describe('two answers to one form at once', () => {
  it.each([
    ['another', 'grass'],
    ['the same', 'sky'],
  ])('one is taken; %s is told that it came too late', async (_, second) => {
    const id = await start('ask');
    await reaches(id, 'suspended');
    const answers = ['sky', second].map((answer) =>
      world.api('PUT', `/api/processes/${id}/resume`, [{ answer }, { why: 'light' }]),
    );
    const [taken, late] = (await Promise.all(answers)).sort((a, b) => a.status - b.status);
    expect(taken!.status).toBe(204);
    expectProblem(late!, 409, 'invalid_process_status');
    await reaches(id, 'completed');
    expect((await typesOf(id)).filter((type) => type === 'InputGiven')).toHaveLength(1);
  });

  it('under one Idempotency-Key both are told the same', async () => {
    const id = await start('ask');
    await reaches(id, 'suspended');
    const answer = () =>
      world.api('PUT', `/api/processes/${id}/resume`, [{ answer: 'sky' }, { why: 'light' }], {
        'idempotency-key': `answer-${id}`,
      });
    const [first, again] = [await answer(), await answer()];
    expect([first.status, again.status]).toEqual([204, 204]);
    expect(again.headers.get('purveyor-position')).toBe(first.headers.get('purveyor-position'));
  });
});

describe('a process that is called back', () => {
  let id: string;
  let route: string;
  beforeAll(async () => {
    id = await start('call');
    await reaches(id, 'awaiting_callback');
    route = (await get(id)).note;
  });

  it('takes progress and the answer at its own route, once', async () => {
    expect(route).toMatch(new RegExp(`^/api/processes/${id}/callback/`));
    const text = await world.send('POST', `${route}/progress`, 'half way', { 'content-type': 'text/plain' });
    expect([text.status, text.body]).toEqual([200, null]);
    expect((await world.api('POST', `${route}/progress`, { percent: 60 })).status).toBe(200);
    const shown = await until(
      () => get(id),
      (found) => found.steps[0].progress?.percent === 60,
    );
    expect(shown.last_status).toBe('awaiting_callback');
    expect((await world.api('POST', route, [1])).status).toBe(400);
    expect((await world.api('POST', route, { it: 'works' })).status).toBe(200);
    expect((await reaches(id, 'completed')).current_state).toMatchObject({ callback_result: { it: 'works' } });
    expect((await world.api('POST', route, { it: 'works' })).status).toBe(200);
    const late = await world.api('POST', route, { it: 'differs' });
    expect([late.status, late.body.detail]).toEqual([409, 'This process is not in an awaiting state.']);
  });

  it('of a step that was passed over meanwhile is told so, and is left over', async () => {
    const skipped = await start('call');
    await reaches(skipped, 'awaiting_callback');
    const { note } = await get(skipped);
    const result = { callback_result: 'by phone' };
    const skip = { step: 'ring/action', reason: 'they called', result };
    expect((await world.api('POST', `/api/processes/${skipped}/skip`, skip)).status).toBe(202);
    await reaches(skipped, 'completed');
    const late = await world.api('POST', note, { it: 'works' });
    expect([late.status, late.body.code]).toEqual([409, 'process_not_awaiting']);
    const shown = await until(
      () => get(skipped),
      (found) => found.left_over.length > 0,
    );
    expect(shown.left_over).toEqual([{ step: 'ring/action', outcome: 'success', commands: [] }]);
    expect(shown.current_state).toMatchObject(result);
  });

  it('of a step that was passed over is taken back once, when the process is undone', async () => {
    const id = await start('call_and_ask');
    await reaches(id, 'awaiting_callback');
    const { note } = await get(id);
    const skip = { step: 'ring/action', reason: 'they called', result: { callback_result: { it: 'by phone' } } };
    expect((await world.api('POST', `/api/processes/${id}/skip`, skip)).status).toBe(202);
    await reaches(id, 'suspended');
    expectProblem(await world.api('POST', note, { it: 'works' }), 409, 'process_not_awaiting');
    const shown = await until(
      () => get(id),
      (found) => found.left_over.length > 0,
    );
    expect(shown.left_over).toEqual([{ step: 'ring/action', outcome: 'success', commands: ['compensate'] }]);
    expect((await world.api('POST', `/api/processes/${id}/compensate`, { reason: 'unwanted' })).status).toBe(202);
    expect(await reaches(id, 'aborted')).toMatchObject({ note: 'takes back works', left_over: [] });
    expectProblem(await world.api('POST', note, { it: 'works' }), 409, 'process_not_awaiting');
    const undone = (await world.events(`process-${id}`)).filter(
      ({ type, data }) => type === 'StepStarted' && (data as { step: string }).step === '$undo/ring/action',
    );
    expect(undone).toHaveLength(1);
  });

  it('knows no other token, and not that of another process', async () => {
    const other = await start('call');
    await reaches(other, 'awaiting_callback');
    for (const address of [`/api/processes/${other}/callback/x.y`, route.replace(id, other)]) {
      const answer = await world.api('POST', address, {});
      expect([answer.status, answer.body.detail]).toEqual([404, 'Invalid token']);
    }
    expect((await world.api('PUT', `/api/processes/${other}/abort`)).status).toBe(204);
  });
});

describe('what operators do', () => {
  const post = (id: string, what: string, body: unknown) => world.api('POST', `/api/processes/${id}/${what}`, body);

  it('retry a task, note it, delete it', async () => {
    const id = await start('broken');
    const failed = await reaches(id, 'failed');
    expect(failed).toMatchObject({ failed_reason: 'not today', traceback: expect.stringContaining('refused nope') });
    expect((await world.api('PUT', `/api/processes/${id}/resume`, [{ odd: 1 }])).status).toBe(400);
    expect((await world.api('PUT', `/api/processes/${id}/resume`, {})).status).toBe(204);
    const done = await reaches(id, 'completed');
    expect(done.steps[0]).toMatchObject({ status: 'success', state_delta: { made: 'by the second attempt' } });
    const noted = await world.api('PATCH', `/api/processes/${id}`, { note: 'was slow' });
    expect([noted.status, noted.body.note]).toEqual([200, 'was slow']);
    const { headers } = await world.api('DELETE', `/api/processes/${id}`);
    const after = await world.api('GET', `/api/processes/${id}?min_position=${headers.get('purveyor-position')}`);
    expectProblem(after, 404, 'process_not_found');
    expect((await typesOf(id)).at(-1)).toBe('ProcessHidden');
  });

  it('set a value, skip, undo: each with its reason and who it was; what does not fit is 409 with what would', async () => {
    const id = await start('stuck');
    await reaches(id, 'failed');
    expectProblem(await post(id, 'skip', { step: 'sticks' }), 400, 'validation_failed');
    expectProblem(await post(id, 'skip', { step: 'makes', reason: 'r' }), 409, 'step_not_skippable');
    expect((await post(id, 'values', { path: '/id', value: 'y', reason: 'a typing error' })).status).toBe(202);
    expectProblem(await post(id, 'skip', { step: 'sticks', reason: 'r' }), 400, 'validation_failed');
    const skipped = { step: 'sticks', reason: 'done by hand', result: { made: 'by hand' } };
    expect((await post(id, 'skip', skipped)).status).toBe(202);
    const done = await reaches(id, 'completed');
    expect(done.current_state).toMatchObject({ id: 'y', made: 'by hand' });
    expect(done.steps.at(-1)).toMatchObject({ status: 'skipped', reason: 'done by hand' });
    const refused = await post(id, 'compensate', { reason: 'too late' });
    expectProblem(refused, 409, 'invalid_process_status');
    expect(refused.body).toMatchObject({ state: 'completed', commands: [] });
    const events = await world.events(`process-${id}`);
    expect(events.find(({ type }) => type === 'ValueSet')!.data).toMatchObject({ by: expect.any(String), value: 'y' });

    const other = await start('stuck');
    await reaches(other, 'failed');
    expect((await post(other, 'compensate', { reason: 'not wanted' })).status).toBe(202);
    await reaches(other, 'aborted');
    expect(await typesOf(other)).toContain('CompensationStarted');
  });

  it('may be forbidden to retry', async () => {
    const id = await start('guarded');
    await reaches(id, 'failed');
    expectProblem(await world.api('PUT', `/api/processes/${id}/resume`, {}), 403, 'resume_forbidden');
    expect((await world.api('PUT', `/api/processes/${id}/abort`)).status).toBe(204);
    const { data } = (await world.events(`process-${id}`)).find(({ type }) => type === 'ProcessAborted')!;
    expect(data).toMatchObject({ by: expect.any(String) });
  });

  it('resume all tasks at once, and count', async () => {
    const ids = [await start('broken'), await start('broken')];
    await Promise.all(
      ids.map((id) =>
        until(
          () => get(id),
          ({ last_status: s }) => s === 'failed' || s === 'completed',
        ),
      ),
    );
    const failed = (await Promise.all(ids.map(get))).filter(({ last_status }) => last_status === 'failed').length;
    const resumeAll = () =>
      world.api('PUT', '/api/processes/resume-all', undefined, { 'idempotency-key': 'all-of-them' });
    expect((await resumeAll()).body).toEqual({ count: failed });
    expect((await resumeAll()).body).toEqual({ count: failed });
    const counts = await world.api('GET', '/api/processes/status-counts');
    expect(counts.body).toMatchObject({ process_counts: { completed: expect.any(Number) } });
  });
});

describe('fifty starts at once on one subscription', () => {
  let product: string;
  const group = async (group_name: string): Promise<string> => {
    const id = await start('create_user_group', [{ product }, { group_name }]);
    return (await reaches(id, 'completed')).current_state.subscription_id;
  };
  const rename = (subscription_id: string, n: number) => {
    // The directory has a name once.
    const group_name = `${subscription_id} ${n}`;
    return world.api('POST', '/api/processes/modify_user_group', [{ subscription_id }, { group_name }]);
  };
  const released = (id: string) =>
    until(
      async () => (await world.events(`subscription-${id}`)).map(({ type }) => type),
      (types) =>
        types.filter((type) => type === 'SubscriptionClaimed').length ===
        types.filter((type) => type === 'SubscriptionReleased').length - 1,
    );
  beforeAll(async () => {
    const { body } = await world.api('GET', '/api/products');
    product = (body as { name: string; product_id: string }[]).find(({ name }) => name === 'User Group')!.product_id;
  });

  it('one gets it, the others get the reason', async () => {
    const subscription = await group('Wanted');
    // So long that nobody can come after it.
    await world.script({ path: '/scim/v2/Groups' }, { kind: 'delay', ms: 3_000 });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => rename(subscription, n)));
    const won = answers.filter(({ status }) => status === 201);
    const lost = answers.filter(({ status }) => status !== 201);
    expect([won.length, lost.length]).toEqual([1, 49]);
    for (const { status, body } of lost)
      if (status === 409) expect(body.code).toMatch(/^subscription_(claimed|not_in_sync)$/);
      else expect([status, body.validation_errors[0].msg]).toEqual([400, expect.stringMatching(/cannot be started/)]);
    await reaches(won[0]!.body.id, 'completed');
    expect((await world.api('GET', `/api/processes?filter=subscription_id,${subscription}`)).body).toHaveLength(2);
    expect((await released(subscription)).at(-1)).toBe('SubscriptionReleased');
  }, 60_000);

  it('killed in between: nobody is left with a claim of a process that does not exist', async () => {
    const subscription = await group('Killed');
    const answers = Array.from({ length: 20 }, (_, n) => rename(subscription, n).catch(() => undefined));
    await until(
      async () => (await world.events(`subscription-${subscription}`).catch(() => [])).map(({ type }) => type),
      (types) => types.includes('SubscriptionClaimed'),
      10_000,
      1,
    );
    await world.kill9Server();
    await Promise.all(answers);
    await world.restartServer();
    // Those that were on record without an answer are answered now: one after the other may get it.
    await until(
      async () => (await world.api('GET', `/api/processes?filter=subscription_id,${subscription}`)).body,
      (found: { last_status: string }[]) => found.every(({ last_status }) => last_status === 'completed'),
    );
    await released(subscription);
    const again = await until(
      () => rename(subscription, 99),
      ({ status }) => status === 201,
    );
    await reaches(again.body.id, 'completed');
    expect((await released(subscription)).at(-1)).toBe('SubscriptionReleased');
  }, 60_000);
});
