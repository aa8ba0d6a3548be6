import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { catalogueId } from './catalogue-id.js';
import { oddBodies, oddIds, oddQueries, type Asked } from './bad-addresses.js';
import { changed, places, SOUND, WRONG, type Sound } from './bad-bodies.js';
import { ProductsTalk } from './products.js';
import { preload } from './programs.js';
import { request, World } from './world.js';
import { FULL } from '../../libs/testing/full.js';

/** In a slice what has been found to be taken for something else; the rest is for PURVEYOR_FULL=1. */
const IN_A_SLICE = ['null', 'a huge number', 'NUL', 'a list', 'an object', 'many levels'];
const wrongs = [
  ...Object.entries(WRONG).filter(([what]) => FULL || IN_A_SLICE.includes(what)),
  ['left out', undefined] as const,
];
/** Refusals that are about fields say which. */
const ABOUT_FIELDS = ['validation_failed', 'invalid_trigger', 'invalid_user_inputs', 'pages_expected'];

let world: World;
const ids: Record<string, string> = { nobody: '00000000-0000-4000-8000-000000000000' };
const filled = (text: string): string => text.replace(/:([a-z_]+)\b/g, (whole, name: string) => ids[name] ?? whole);

beforeAll(async () => {
  world = await World.start(preload('more-workflows'));
  const talk = new ProductsTalk(world);
  const product = await talk.product('User Group');
  const made = await talk.run('create_user_group', { product }, { group_name: 'Hunted' });
  const [block] = (await world.api('GET', `/api/products/${product}`)).body.product_blocks;
  Object.assign(ids, {
    product,
    block: block.product_block_id,
    resource_type: block.resource_types[0].resource_type_id,
    subscription: made.current_state.subscription_id,
    failed: (await talk.run('stuck', {})).process_id,
    task_id: catalogueId('workflow', 'task_validate_products'),
    other_task_id: catalogueId('workflow', 'task_resume_workflows'),
  });
  const weekly = { trigger: 'interval', trigger_kwargs: { weeks: 9 } };
  const task = { workflow_name: 'task_validate_products', workflow_id: ids['task_id'] };
  ids['schedule'] = (await world.api('POST', '/api/schedules', { ...task, ...weekly })).body.schedule_id;
}, 90_000);
afterAll(() => world?.stop());

/** What is wrong with the answer to a request of which one place was changed; nothing is allowed to be. */
async function faultOf(method: string, path: string, body: unknown): Promise<string | undefined> {
  const answer = await world
    .send(method, path, JSON.stringify(body), { 'content-type': 'application/json' })
    .catch((error: unknown) => error as Error);
  // The OpenAPI document does not foresee it.
  if (answer instanceof Error) return answer.message;
  const { status, body: said } = answer;
  if (status < 400 || status === 510 || said.type === 'FormValidationError') return undefined;
  if (status >= 500 || said.type !== `urn:purveyor:error:${said.code}`) return answer.text;
  return ABOUT_FIELDS.includes(said.code) && !(said.errors?.length > 0) ? answer.text : undefined;
}

it('null is a value that can be set, and in place of what may be left out it is as if it were', async () => {
  const set = await world.api('POST', `/api/processes/${ids['failed']}/values`, {
    path: '/id',
    value: null,
    reason: 'there is none',
  });
  expect(set.status).toBe(202);
  const position = set.headers.get('purveyor-position');
  const shown = await world.api('GET', `/api/processes/${ids['failed']}?min_position=${position}`);
  expect(shown.body.current_state.id).toBeNull();
  const path = `/api/products/${ids['product']}`;
  const before = (await world.api('GET', path)).body;
  const patched = await world.api('PATCH', path, { description: null, status: null });
  expect([patched.status, patched.body]).toEqual([201, before]);
});

/** What of the answers to odd addresses is not a refusal with a code, as our faults would not be. */
async function faultsOf(asked: readonly Asked[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { method, path, body } of asked) {
    const answer = await request(method, world.url + path, body);
    const { status, headers, text, body: said } = answer;
    if (status < 400 || status === 510 || said?.type === 'FormValidationError') continue;
    const told = headers.get('content-type')?.startsWith('application/problem+json') && said.code !== undefined;
    if (status >= 500 || !told || /\bat .*\.js:|node_modules|SQLITE/.test(text))
      faults.push(`${method} ${path.slice(0, 200)}: ${status} ${text.slice(0, 300)}`);
  }
  return faults;
}
const known = (path: string): string =>
  path
    .replace(
      /(processes|explain|audit\/streams)\/\{\w+\}/,
      (_, of: string) => `${of}/${of === 'processes' ? '' : 'process-'}${ids['failed']}`,
    )
    .replace(/subscriptions(\/[a-z-]+)?\/\{id\}/, (_, sub = '') => `subscriptions${sub}/${ids['subscription']}`)
    .replaceAll(/\{\w+\}/g, ids['product']!);

it('an odd id is refused by every operation that takes one', async () => {
  expect(await faultsOf(oddIds)).toEqual([]);
}, 120_000);
it('an odd value of any parameter of any query is refused, or harmless', async () => {
  expect(await faultsOf(oddQueries(known))).toEqual([]);
}, 120_000);
it('a body over 1 MiB is refused by every operation that takes one', async () => {
  const asked = oddBodies(known);
  const statuses = await Promise.all(
    asked.map(async ({ method, path, body }) => (await request(method, world.url + path, body)).status),
  );
  expect(asked.filter((_, n) => statuses[n] !== 413)).toEqual([]);
}, 60_000);
it('an odd entity tag gets the whole answer', async () => {
  for (const path of ['/api/processes', `/api/subscriptions/domain-model/${ids['subscription']}`])
    for (const tag of ['"', 'W/', 'x'.repeat(10_000), 'W/"a", "b', '\u00e9', ',']) {
      const { status } = await request('GET', world.url + path, undefined, { 'if-none-match': tag });
      expect([path, tag, status]).toEqual([path, tag, 200]);
    }
});

it.each(SOUND.map((sound) => [sound.operation, sound] as const))(
  '%s: whatever is wrong is refused with a code and the place, never as a fault of ours',
  async (operation, sound: Sound) => {
    const [method, path] = filled(operation).split(' ') as [string, string];
    const body = JSON.parse(filled(JSON.stringify(sound.body))) as unknown;
    const faults: string[] = [];
    for (const place of places(body))
      for (const [what, wrong] of wrongs) {
        const fault = await faultOf(method, path, changed(body, place, wrong));
        if (fault !== undefined) faults.push(`/${place.join('/')} ${what}: ${fault}`);
      }
    expect(faults).toEqual([]);
  },
  60_000,
);
