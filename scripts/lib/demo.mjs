/** Demo data, sent through the public HTTP API like any other client's, once per data directory. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

async function userGroupProduct(base) {
  const response = await fetch(`${base}/api/products`);
  const products = await response.json();
  const product = products.find(({ name }) => name === 'User Group') ?? products[0];
  if (product === undefined) throw new Error('GET /api/products lists no product');
  return product.product_id ?? product.id;
}

async function seed(base) {
  await send(base, '/api/portfolios', { name: 'Contoso demo', csp: 'azure', facts: FACTS }, 'demo-portfolio');
  const forms = [{ product: await userGroupProduct(base) }, { group_name: 'Demo operators' }];
  await send(base, '/api/processes/create_user_group', forms, 'demo-user-group');
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
  return 'Demo data sent: one portfolio and one user group.';
}
