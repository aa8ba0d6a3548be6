import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createPortfolio, facts, reaches } from './portfolios.js';
import { World } from './world.js';

const TENANTS = { method: 'POST', path: '/csp/azure/tenants' };
let world: World;
beforeAll(async () => {
  world = await World.start({ PURVEYOR_LOG_LEVEL: 'debug' });
}, 60_000);
afterAll(() => world?.stop());

const bytesOf = (directory: string): Buffer[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path));

it('20 passwords, as facts and as corrected input, are in no file, answer, log or metric', async () => {
  const passwords = Array.from({ length: 20 }, () => randomBytes(18).toString('hex'));
  const seen: string[] = [];
  for (const [index, password] of passwords.entries()) {
    if (index % 2 === 1) continue;
    await world.script(TENANTS, { kind: 'fail', status: 400 });
    const id = await createPortfolio(world, { facts: facts({ password }) });
    await reaches(world, id, 'TENANT_FAILED');
    const input = { password: passwords[index + 1] };
    const resumed = await world.api('POST', `/api/portfolios/${id}/stages/TENANT/resume`, { input });
    expect([resumed.status, id]).toEqual([202, id]);
    await reaches(world, id, 'BILLING_PROFILE_REQUESTED');
    seen.push(resumed.text, (await world.api('GET', `/api/portfolios/${id}`)).text);
    seen.push((await world.api('GET', `/api/audit/streams/portfolio-${id}`)).text);
  }
  seen.push((await world.api('GET', '/api/portfolios')).text, (await world.api('GET', '/metrics')).text, world.log);
  const files = bytesOf(world.dataDir);
  expect(files.length).toBeGreaterThan(2);
  for (const password of passwords) {
    expect(seen.filter((text) => text.includes(password))).toEqual([]);
    expect(files.filter((bytes) => bytes.includes(password))).toHaveLength(0);
  }
}, 60_000);
