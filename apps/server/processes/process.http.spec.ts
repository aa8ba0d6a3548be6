import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { PROCESS_STATUSES, workflow, WorkflowRegistry } from '#workflow';
import { formAnswer, type FormAnswer } from './form-answer.js';
import { pagesOf, refuseAnswers } from './process.pages.js';
import { StartForm } from './start-form.js';
import { contentRange, nextLink, pairsOf, rangeOf, sortOf } from '../http/slice.js';

const refusal = (code: string) => expect.objectContaining({ code, status: 400 });
const thrown = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('lists', () => {
  it('read range, sort and filter pairs', () => {
    expect(rangeOf('5,10')).toEqual([5, 10]);
    expect(rangeOf(undefined)).toBeUndefined();
    expect(sortOf('started_at,desc,workflow_name,asc')).toEqual([
      { field: 'started_at', direction: 'desc' },
      { field: 'workflow_name', direction: 'asc' },
    ]);
    expect(pairsOf('a,b,c,d', 'filter')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(contentRange('processes', [5, 10], { items: [1, 2], total: 7 })).toBe('processes 5-7/7');
  });

  it('link to the next page', () => {
    expect(nextLink('/api/subscriptions?status=active&cursor=old', 'new')).toBe(
      '</api/subscriptions?status=active&cursor=new>; rel="next"',
    );
  });

  it.each(['5', 'a,b', '-1,3', '1,2,3', ''])('refuse the range %j', (text) => {
    expect(thrown(() => rangeOf(text))).toEqual(refusal('bad_range'));
  });

  it('refuse odd pairs and other directions', () => {
    expect(thrown(() => pairsOf('a', 'filter'))).toEqual(refusal('bad_filter'));
    expect(thrown(() => sortOf('a,up'))).toEqual(refusal('bad_filter'));
  });
});

/** A workflow whose form asks for less than the workflow takes. */
const starting = () => {
  const wants = { group_name: Type.String({ minLength: 1 }), size: Type.Integer() };
  const definition = workflow({ key: 'w', version: 1, target: 'CREATE', description: 'W', input: wants }, []);
  const page = { schema: () => Type.Object({ group_name: Type.String(), size: Type.Optional(Type.Unknown()) }) };
  const workflows = new WorkflowRegistry([definition]);
  const parts = { workflows, formOf: () => [page], clock: { now: () => 7 }, catalogue: { find: () => undefined } };
  return new StartForm(parts as never, {} as never);
};

const ANN = { actor: 'ann', tenant: 'default' };
const answered = (pages: readonly unknown[]): Promise<FormAnswer> =>
  starting()
    .command('w', pages, ANN, 'ann')
    .then(
      () => Promise.reject(new Error('it started')),
      (error: FormAnswer) => error,
    );

describe('a start', () => {
  it('is refused with loc and msg when the state is not what the workflow takes', async () => {
    const refused = await answered([{ group_name: '', size: 'big' }]);
    expect(refused.body).toMatchObject({
      type: 'FormValidationError',
      status: 400,
      validation_errors: [
        { loc: ['group_name'], input: '' },
        { loc: ['size'], input: 'big' },
      ],
    });
    const missing = await answered([{ group_name: 'g' }]);
    expect(missing.body).toMatchObject({ validation_errors: [{ loc: ['size'], msg: 'Field required', input: null }] });
  });

  it('becomes a command when it is', async () => {
    const command = await starting().command('w', [{ group_name: 'g', size: 3 }], ANN, 'ann');
    expect(command).toMatchObject({ type: 'StartProcess', state: { group_name: 'g', size: 3 }, time: 7 });
  });
});

describe('forms', () => {
  it('ask for a page by 510', () => {
    const form = { type: 'object' };
    expect(formAnswer({ kind: 'more', form, hasNext: true }).body).toEqual({
      type: 'FormNotCompleteError',
      title: 'Form not complete',
      status: 510,
      detail: 'The form asks for another page',
      form,
      meta: { hasNext: true },
    });
  });

  it('refuse answers by 400', () => {
    const errors = [{ loc: ['a'], msg: 'Field required', type: 'missing', input: null }];
    expect(formAnswer({ kind: 'invalid', errors }).body).toEqual({
      type: 'FormValidationError',
      title: 'Form not valid',
      status: 400,
      detail: '1 validation error in the form',
      validation_errors: errors,
    });
  });

  it('are arrays of pages', () => {
    expect(pagesOf([{}])).toEqual([{}]);
    for (const body of [undefined, null, {}, 'x'])
      expect(thrown(() => pagesOf(body))).toMatchObject({ code: 'pages_expected', status: 422 });
  });

  it('are not taken by a resume', () => {
    for (const body of [undefined, null, {}, [], [{}]]) expect(refuseAnswers(body)).toBeUndefined();
    for (const body of [[{ a: 1 }], { a: 1 }, [{}, {}], 'x', 5])
      expect(thrown(() => refuseAnswers(body))).toEqual(refusal('validation_failed'));
  });
});

describe('a resume', () => {
  it('is taken in the statuses of reference 1.6, and in no other', () => {
    const taken = Object.entries(PROCESS_STATUSES).filter(([, { commands }]) =>
      commands.some((each) => each === 'resume'),
    );
    expect(taken.map(([status]) => status).sort()).toEqual(
      'suspended waiting awaiting_callback failed api_unavailable inconsistent_data resumed'.split(' ').sort(),
    );
  });
});
