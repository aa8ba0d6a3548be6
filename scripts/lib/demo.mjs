/** Demo data, sent through the public HTTP API like any other client's, once per data directory. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const year = new Date().getUTCFullYear();
const FACTS = {
  domain_name: 'contosodemo',
  first_name: 'Ada',
  last_name: 'Lovelace',
  country_code: 'CH',
  password_recovery_email_address: 'ada@example.org',
  billing_profile_display_name: 'Contoso demo',
  task_orders: [
    {
      number: 'DEMO-0001',
      signed: true,
      clins: [
        {
          number: '0001',
          type: '1',
          obligated_amount: 1000,
          start_date: `${year}-01-01`,
          end_date: `${year + 1}-12-31`,
        },
      ],
    },
  ],
};

const PORTS = [
  { port: 'ams-1:0/1', vlan: 100 },
  { port: 'fra-1:0/1', vlan: 100 },
];

async function send(base, path, body, key) {
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text.slice(0, 400)}`);
  return JSON.parse(text);
}

async function list(base, path) {
  const response = await fetch(base + path);
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  return response.json();
}

/** Product ids by name. */
const productIds = async (base) =>
  Object.fromEntries((await list(base, '/api/products')).map(({ name, product_id }) => [name, product_id]));

/** A user needs an active group; one that is not there within ten seconds is left to people. */
async function activeGroup(base, product) {
  const latest = Date.now() + 10_000;
  while (Date.now() < latest) {
    const [group] = await list(base, `/api/subscriptions?status=active&product=${product}`);
    if (group !== undefined) return group.subscription_id;
    await sleep(200);
  }
  return undefined;
}

async function seed(base) {
  await send(base, '/api/portfolios', { name: 'Contoso demo', csp: 'azure', facts: FACTS }, 'demo-portfolio');
  const ids = await productIds(base);
  const group = [{ product: ids['User Group'] }, { group_name: 'Demo operators' }];
  await send(base, '/api/processes/create_user_group', group, 'demo-user-group');
  const l2vpn = [{ product: ids['L2VPN'] }, { speed: 1000, ports: PORTS }];
  await send(base, '/api/processes/create_l2vpn', l2vpn, 'demo-l2vpn');
  const owner = await activeGroup(base, ids['User Group']);
  const user = [{ product: ids['User internal'] }, { username: 'ada', age: 36, user_group_ids: [owner] }];
  if (owner !== undefined) await send(base, '/api/processes/create_user', user, 'demo-user');
}

/**
 * Seeds unless the marker file says that it was done. The idempotency keys make a seeding that was cut in the middle
 * harmless when it is repeated. Returns what to tell the person who started the server.
 */
export async function seedOnce(base, dataDir) {
  const marker = join(dataDir, '.demo-seeded');
  if (existsSync(marker)) return 'Demo data is there from an earlier start.';
  await seed(base);
  writeFileSync(marker, `${new Date().toISOString()}\n`);
  return 'Demo data sent: one portfolio, a user group with a user, and an L2VPN.';
}
