import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem } from './portfolios.js';
import { processActions } from './processes.actions.js';
import { callbacksSuite } from './processes.callbacks.js';
import { claimsSuite } from './processes.claims.js';
import { operatorsSuite } from './processes.operators.js';
import { preload } from './programs.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.start(preload('more-workflows'));
}, 60_000);
afterAll(() => world?.stop());
const started = () => world;
const { start, get, reaches, typesOf } = processActions(started);

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
    expect(await reaches(id, 'suspended')).toMatchObject({
      created_by: 'ada',
      explanation: { open: true, waits: [{ for: 'form', on: 'people' }] },
    });
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
  callbacksSuite(started);
});

describe('what operators do', () => {
  operatorsSuite(started);
});

describe('fifty starts at once on one subscription', () => {
  claimsSuite(started);
});
