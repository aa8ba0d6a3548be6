import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { called, missing } from './contract.called.js';
import type { Known } from './contract.row.js';
import { rows } from './contract.rows.js';
import { until, World } from './world.js';

let world: World;
let known: Known;
beforeAll(async () => {
  world = await World.start();
  const productId = (await world.api('GET', '/api/products')).body[0].product_id as string;
  const pages = [{ product: productId }, { group_name: 'Known' }];
  const processId = (await world.api('POST', '/api/processes/create_user_group', pages)).body.id as string;
  const { current_state } = await until(
    async () => (await world.api('GET', `/api/processes/${processId}`)).body,
    (found) => found?.last_status === 'completed',
  );
  known = { productId, processId, subscriptionId: current_state.subscription_id };
}, 60_000);
afterAll(() => world?.stop());

const given = <T>(of: T | ((known: Known) => T) | undefined): T | undefined =>
  typeof of === 'function' ? (of as (known: Known) => T)(known) : of;

const asked = rows.flatMap(({ row, asked }) =>
  asked.map((each, at) => ({ name: `${row}, question ${at + 1}: ${each.status}`, row, each })),
);

describe('every row of the wire contract answers as the reference says', () => {
  it.each(asked)('$name', async ({ row, each }) => {
    const [method, path] = row.split(' ') as [string, string];
    const at = `/api${given(each.path) ?? path}`;
    const answer = await world.api(method, at, given(each.body), given(each.headers));
    expect({ status: answer.status, text: answer.text }).toEqual({ status: each.status, text: answer.text });
    await each.answer?.(answer, known, world);
  });
});

const { paths } = JSON.parse(readFileSync(new URL('../../docs/reference/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, object>;
};
const shape = (path: string): string => path.replace(/\{[^}]+\}/g, '{}').replace(/\/$/, '');
const described = (row: string): boolean => {
  const [method, path] = row.split(' ') as [string, string];
  const found = Object.entries(paths).filter(([each]) => shape(each) === shape(`/api${path}`));
  return found.some(([, operations]) => method.toLowerCase() in operations);
};

describe('the list of rows', () => {
  it('has every row that a client calls, built or told as missing', () => {
    const there = rows.map(({ row }) => row);
    expect(called.filter((row) => !there.includes(row) && !missing.includes(row))).toEqual([]);
    expect(there.filter((row) => missing.includes(row))).toEqual([]);
  });

  it('tells no row as missing that the server describes', () => {
    expect(missing.filter(described)).toEqual([]);
  });
});
