/** A request that is right, of which one field at a time is then made wrong. `:name` stands for an id of the world. */
export interface Sound {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>> | readonly unknown[];
}

const WORKFLOW = ':task_id';
const REASON = 'because';

/** Every operation that changes something about settings, schedules, subscriptions, products and processes. */
export const SOUND: readonly Sound[] = [
  {
    operation: 'POST /api/schedules',
    body: {
      scheduled_type: 'create',
      name: 'Once',
      workflow_name: 'task_validate_products',
      workflow_id: WORKFLOW,
      trigger: 'cron',
      trigger_kwargs: {
        year: '2099',
        month: '1-6',
        day: '*/2',
        day_of_week: 'mon',
        hour: '3',
        minute: '0',
        second: '0',
      },
      user_inputs: [{}],
      missed: 'skip',
    },
  },
  {
    operation: 'POST /api/schedules',
    body: {
      workflow_name: 'task_validate_products',
      workflow_id: WORKFLOW,
      trigger: 'interval',
      trigger_kwargs: { weeks: 500, days: 1, hours: 1, minutes: 1, seconds: 1, start_date: '2099-01-01T00:00:00Z' },
    },
  },
  {
    operation: 'POST /api/schedules',
    body: {
      workflow_name: 'task_validate_products',
      workflow_id: WORKFLOW,
      trigger: 'date',
      trigger_kwargs: { run_date: '2099-01-01T00:00:00Z' },
    },
  },
  {
    operation: 'PUT /api/schedules',
    body: {
      scheduled_type: 'update',
      schedule_id: ':schedule',
      name: 'Other',
      trigger: 'interval',
      trigger_kwargs: { weeks: 500 },
      missed: 'run_once',
    },
  },
  {
    operation: 'DELETE /api/schedules',
    body: { scheduled_type: 'delete', workflow_id: ':other_task_id', schedule_id: ':nobody' },
  },
  { operation: 'PUT /api/subscriptions/:subscription/note', body: { note: 'n' } },
  { operation: 'PUT /api/subscriptions/:subscription/metadata', body: { metadata: { owner: 'ops' } } },
  {
    operation: 'POST /api/subscription_customer_descriptions',
    body: { subscription_id: ':subscription', customer_id: 'customer', description: 'd' },
  },
  {
    operation: 'PUT /api/subscription_customer_descriptions',
    body: { subscription_id: ':subscription', id: ':nobody', customer_id: 'customer', description: 'd', version: 1 },
  },
  { operation: 'PATCH /api/products/:product', body: { description: 'd', status: 'active' } },
  { operation: 'PATCH /api/product_blocks/:block', body: { description: 'd' } },
  { operation: 'PATCH /api/resource_types/:resource_type', body: { description: 'd' } },
  { operation: 'PATCH /api/workflows/:task_id', body: { description: 'd' } },
  { operation: 'PATCH /api/processes/:failed', body: { note: 'n' } },
  { operation: 'POST /api/processes/:failed/skip', body: { step: 'nothing', reason: REASON, result: { a: 1 } } },
  { operation: 'POST /api/processes/:failed/values', body: { path: '/x/y', value: 1, reason: REASON } },
  { operation: 'PUT /api/processes/:failed/resume', body: [{ a: 1 }] },
  // Without a step all of it is undone, and the process is aborted.
  { operation: 'POST /api/processes/:failed/compensate', body: { step: 'nothing', reason: REASON } },
  {
    operation: 'POST /api/processes/create_user_group',
    body: [{ product: ':product' }, { group_name: '', customer_id: 'c' }],
  },
  {
    operation: 'POST /api/processes/create_user_group/dry-run',
    body: [{ product: ':product' }, { group_name: 'g', customer_id: 'c' }],
  },
  {
    operation: 'POST /api/processes/modify_user_group',
    body: [{ subscription_id: ':subscription', version: 999 }, { group_name: 'g' }],
  },
  { operation: 'POST /api/forms/configure_schedule', body: [{ a: 1 }] },
  { operation: 'POST /api/user/error', body: { message: 'm' } },
  { operation: 'POST /api/user/log/ann', body: { message: 'm' } },
  // Last, because a right one pauses the engine.
  { operation: 'PUT /api/settings/status', body: { global_lock: false } },
];

const deep = (levels: number): unknown => (levels === 0 ? 'deep' : { down: deep(levels - 1) });
/** What stands in place of a value, by what it is. Bodies over 1 MiB are refused unread and have cases of their own. */
export const WRONG: Readonly<Record<string, unknown>> = {
  null: null,
  true: true,
  'a number': 5,
  'a negative fraction': -1.5,
  'a huge number': 1e308,
  'no text': '',
  blanks: '   ',
  'a long text': 'x'.repeat(100_000),
  NUL: 'a\u0000b',
  'half a surrogate pair': 'a\ud83d',
  'a path': '../../etc/passwd',
  'an empty list': [],
  'a list': [1, 'a', null, {}],
  'an empty object': {},
  'an object': { constructor: 1, toString: 'x' },
  'fifty levels': deep(50),
  'many levels': deep(2_000),
};

type Path = readonly (string | number)[];

/** Every place in a document, itself included, outside in. */
export function places(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, part]) =>
      places(part, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

/** The document with another value, or, with undefined, without the place. */
export function changed(value: unknown, [first, ...rest]: Path, to: unknown): unknown {
  if (first === undefined) return to;
  const copy: any = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  copy[first] = changed(copy[first], rest, to);
  return copy;
}
