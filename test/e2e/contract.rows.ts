import { expect } from '@jest/globals';
import { catalogueId } from './catalogue-id.js';
import type { Known, Row } from './contract.row.js';
import type { Answer } from './world.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const NIGHTLY = {
  scheduled_type: 'create',
  workflow_name: 'validate_user_group',
  workflow_id: catalogueId('workflow', 'validate_user_group'),
  trigger: 'interval',
  trigger_kwargs: { days: 1 },
};
const nightly = ({ subscriptionId }: Known) => ({ ...NIGHTLY, user_inputs: [{ subscription_id: subscriptionId }] });
const GROUP = { group_name: 'Rows' };
const isStatus = ({ body }: Answer) =>
  expect(body).toEqual({ global_lock: false, global_status: 'RUNNING', running_processes: expect.any(Number) });
const isEmpty = ({ text }: Answer) => expect(text).toBe('');
const says = (detail: string) => (answer: Answer) => expect(answer.body.detail).toBe(detail);

/** One thing of the catalogue whose description is all that can be changed. */
const described = (kind: string, id: string): Row => ({
  row: `PATCH /${kind}/{id}`,
  asked: [
    { path: `/${kind}/${NOBODY}`, body: { description: 'x' }, status: 404 },
    {
      path: `/${kind}/${id}`,
      body: { description: 'Ours' },
      status: 201,
      answer: ({ body }) => expect(body).toMatchObject({ description: 'Ours' }),
    },
  ],
});

/** Every row that a client of the Workflow Orchestrator calls (marked Y in the table), and how it answers here. Whoever adds a row of the API adds its line. */
export const rows: readonly Row[] = [
  {
    row: 'POST /processes/{workflow_key}',
    asked: [
      { path: '/processes/create_user_group', body: [], status: 510 },
      { path: '/processes/create_user_group', body: [{ product: NOBODY }], status: 400 },
      { path: '/processes/create_user_group', status: 422 },
      { path: '/processes/create_user_group', body: {}, status: 422 },
      { path: '/processes/nothing', body: [], status: 404, answer: says('Workflow does not exist') },
      {
        path: '/processes/create_user_group',
        body: ({ productId }) => [{ product: productId }, GROUP],
        status: 201,
        answer: ({ body }) => expect(body).toEqual({ id: expect.any(String) }),
      },
    ],
  },
  {
    row: 'PUT /processes/{id}/resume',
    asked: [
      { path: `/processes/${NOBODY}/resume`, body: {}, status: 404 },
      {
        path: ({ processId }) => `/processes/${processId}/resume`,
        body: {},
        status: 409,
        answer: says('Resuming a completed workflow is not possible'),
      },
    ],
  },
  { row: 'PUT /processes/{id}/abort', asked: [{ path: `/processes/${NOBODY}/abort`, status: 404 }] },
  {
    row: 'GET /processes/{id}',
    asked: [
      { path: `/processes/${NOBODY}`, status: 404 },
      {
        path: ({ processId }) => `/processes/${processId}`,
        status: 200,
        answer: ({ body }) =>
          expect(body.steps.at(-1)).toMatchObject({ status: expect.stringMatching(/success|complete/) }),
      },
    ],
  },
  {
    row: 'PUT /processes/resume-all',
    asked: [{ status: 200, answer: ({ body }) => expect(body).toEqual({ count: 0 }) }],
  },
  {
    row: 'PATCH /processes/{id}',
    asked: [
      { path: `/processes/${NOBODY}`, body: { note: 'x' }, status: 404 },
      {
        path: ({ processId }) => `/processes/${processId}`,
        body: { note: 'Ask Ada' },
        status: 200,
        answer: ({ body }, { processId }) => expect(body).toMatchObject({ process_id: processId, note: 'Ask Ada' }),
      },
    ],
  },
  {
    row: 'DELETE /processes/{id}',
    asked: [
      { path: `/processes/${NOBODY}`, status: 404 },
      { path: ({ processId }) => `/processes/${processId}`, status: 400 },
    ],
  },
  {
    row: 'GET /processes/status-counts',
    asked: [
      {
        status: 200,
        answer: ({ body }) =>
          expect(body).toMatchObject({ process_counts: { completed: expect.any(Number) }, task_counts: {} }),
      },
    ],
  },
  {
    row: 'POST /processes/{id}/callback/{token}',
    asked: [
      { path: `/processes/${NOBODY}/callback/wrong`, body: {}, status: 404, answer: says('Invalid token') },
      { path: `/processes/${NOBODY}/callback/wrong/progress`, body: {}, status: 404, answer: says('Invalid token') },
    ],
  },
  {
    row: 'GET /settings/status',
    asked: [{ status: 200, answer: isStatus }],
  },
  {
    row: 'PUT /settings/status',
    asked: [{ body: { global_lock: false }, status: 200, answer: isStatus }],
  },
  {
    row: 'GET /settings/worker-status',
    asked: [
      {
        status: 200,
        answer: ({ body }) =>
          expect(body).toEqual({
            executor_type: 'embedded',
            number_of_workers_online: 1,
            number_of_queued_jobs: expect.any(Number),
            number_of_running_jobs: expect.any(Number),
          }),
      },
    ],
  },
  {
    row: 'GET /settings/cache-names',
    asked: [{ status: 200, answer: ({ body }) => expect(body).toMatchObject({ all: expect.any(String) }) }],
  },
  {
    row: 'DELETE /settings/cache/{name}',
    asked: [
      { path: '/settings/cache/all', status: 200, answer: ({ body }) => expect(body).toEqual(expect.any(Number)) },
      { path: '/settings/cache/nothing', status: 400 },
    ],
  },
  {
    row: 'POST /settings/search-index/reset',
    asked: [{ status: 200, answer: ({ body }) => expect(body).toBeNull() }],
  },
  {
    row: 'GET /settings/overview',
    asked: [
      {
        status: 200,
        answer: ({ body, text }) => {
          const all = (body as { variables: { env_name: string; env_value: unknown }[] }[]).flatMap((g) => g.variables);
          expect(all.find(({ env_name }) => env_name === 'PURVEYOR_SCIM_TOKEN')!.env_value).toBe('**********');
          expect(text).not.toMatch(/whsec_|e2e-scim-token/);
        },
      },
    ],
  },
  {
    row: 'GET /translations/{ll-CC}',
    asked: [
      {
        path: '/translations/en-GB',
        status: 200,
        answer: ({ body }) => expect(body.workflow.create_user_group).toEqual(expect.any(String)),
      },
      { path: '/translations/english', status: 422 },
    ],
  },
  {
    row: 'POST /forms/{form_key}',
    asked: [
      { path: '/forms/nothing', body: [], status: 404, answer: says('Form nothing does not exist.') },
      { path: '/forms/configure_schedule', body: [], status: 510 },
      { path: '/forms/configure_schedule', body: [{ trigger: 'never' }], status: 400 },
      { path: '/forms/configure_schedule', body: [{ trigger: 'interval' }, {}], status: 400 },
      {
        path: '/forms/configure_schedule',
        body: [{ trigger: 'interval', name: 'nightly' }, { hours: 24 }],
        status: 200,
        answer: ({ body }) =>
          expect(body).toMatchObject({ trigger: 'interval', trigger_kwargs: { hours: 24, days: 0 } }),
      },
    ],
  },
  {
    row: 'GET /subscriptions/workflows/{id}',
    asked: [
      { path: `/subscriptions/workflows/${NOBODY}`, status: 404 },
      {
        path: ({ subscriptionId }) => `/subscriptions/workflows/${subscriptionId}`,
        status: 200,
        answer: ({ body }) => expect(body).toMatchObject({ modify: expect.any(Array), terminate: expect.any(Array) }),
      },
    ],
  },
  {
    row: 'PUT /subscriptions/{id}/set_in_sync',
    asked: [
      { path: `/subscriptions/${NOBODY}/set_in_sync`, status: 404 },
      { path: ({ subscriptionId }) => `/subscriptions/${subscriptionId}/set_in_sync`, status: 200 },
    ],
  },
  {
    row: 'POST /subscription_customer_descriptions/',
    asked: [
      { body: { subscription_id: NOBODY, customer_id: 'c', description: 'Ours' }, status: 404 },
      {
        body: ({ subscriptionId }) => ({ subscription_id: subscriptionId, customer_id: 'c', description: 'Ours' }),
        status: 204,
        answer: isEmpty,
      },
    ],
  },
  {
    row: 'PUT /subscription_customer_descriptions/',
    asked: [{ body: { id: NOBODY, subscription_id: NOBODY, customer_id: 'c', description: 'Theirs' }, status: 404 }],
  },
  {
    row: 'PATCH /products/{id}',
    asked: [
      { path: `/products/${NOBODY}`, body: { description: 'x' }, status: 404 },
      { path: ({ productId }) => `/products/${productId}`, body: { status: 'gone' }, status: 400 },
      { path: ({ productId }) => `/products/${productId}`, body: { status: 'end of life' }, status: 400 },
      {
        path: ({ productId }) => `/products/${productId}`,
        body: { description: 'Groups of people' },
        status: 201,
        answer: ({ body }) => expect(body).toMatchObject({ description: 'Groups of people', status: 'active' }),
      },
    ],
  },
  described('product_blocks', catalogueId('product_block', 'UserGroupBlock')),
  described('resource_types', catalogueId('resource_type', 'group_name')),
  described('workflows', catalogueId('workflow', 'create_user_group')),
  {
    row: 'POST /schedules/',
    asked: [
      { body: { ...NIGHTLY, workflow_id: NOBODY }, status: 404, answer: says('Task does not exist') },
      { body: { ...NIGHTLY, trigger: 'cron', trigger_kwargs: { hour: 25 } }, status: 422 },
      {
        body: nightly,
        status: 201,
        answer: ({ body }) => expect(body).toMatchObject({ message: 'Added to Create Queue', status: 'CREATED' }),
      },
    ],
  },
  {
    row: 'PUT /schedules/',
    asked: [{ body: { schedule_id: NOBODY, name: 'x' }, status: 404, answer: says('Schedule does not exist') }],
  },
  {
    row: 'DELETE /schedules/',
    asked: [
      { body: { workflow_id: NIGHTLY.workflow_id, schedule_id: NOBODY }, status: 404 },
      {
        body: { workflow_id: NIGHTLY.workflow_id },
        status: 200,
        answer: ({ body }) => expect(body).toEqual({ message: 'Added to Delete Queue', status: 'DELETED' }),
      },
    ],
  },
  // Not called by the client, and there.
  {
    row: 'GET /processes/',
    asked: [
      {
        path: '/processes/?range=0,1&sort=started_at,desc',
        status: 200,
        answer: async ({ headers, body }, _, world) => {
          const known = { 'if-none-match': headers.get('etag')! };
          const again = await world.api('GET', '/api/processes/?range=0,1&sort=started_at,desc', undefined, known);
          expect([again.status, again.text]).toEqual([304, '']);
          expect(headers.get('content-range')).toMatch(/^processes 0-1\/\d+$/);
          expect(headers.get('etag')).toMatch(/^W\//);
          expect(body[0]).toMatchObject({ steps: null, current_state: null });
        },
      },
      { path: '/processes/?filter=a', status: 400 },
    ],
  },
  {
    row: 'POST /user/error',
    asked: [{ body: { message: 'x' }, status: 200, answer: ({ body }) => expect(body).toEqual({}) }],
  },
  { row: 'POST /user/log/{user_name}', asked: [{ path: '/user/log/ada', body: { message: 'x' }, status: 200 }] },
];
