import { expect } from '@jest/globals';
import { type Answer, until, type World } from './world.js';

/** Facts that version 1 of the Azure plan accepts. */
export const facts = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  password: 'correct-horse-battery',
  domain_name: `d${Math.random().toString(36).slice(2, 12)}`,
  first_name: 'Ada',
  last_name: 'Lovelace',
  country_code: 'GB',
  password_recovery_email_address: 'ada@example.org',
  billing_profile_display_name: 'Analytical Engines',
  ...more,
});

/** A signed task order with one CLIN in its period, and what more is wanted of the CLIN. */
export const taskOrder = (clin: Record<string, unknown> = {}): Record<string, unknown> => ({
  number: 'TO-1',
  signed: true,
  clins: [
    { number: '0001', type: '1', obligated_amount: 1_000, start_date: '2020-01-01', end_date: '2099-12-31', ...clin },
  ],
});

/** Facts with which version 2 starts at once. */
export const fundedFacts = (more: Record<string, unknown> = {}): Record<string, unknown> => {
  const { password: _made, ...rest } = facts();
  return { ...rest, task_orders: [taskOrder()], ...more };
};

/** A portfolio on the newest plan: the 22 stages. */
export const createAzure = (world: World, more: Record<string, unknown> = {}): Promise<string> =>
  createPortfolio(world, { plan_version: 2, facts: fundedFacts(), ...more });

/** Creates a portfolio at the sandbox's Azure, on the three stages of version 1; answers its id. */
export async function createPortfolio(world: World, more: Record<string, unknown> = {}): Promise<string> {
  const body = { name: 'Engine', csp: 'azure', plan_version: 1, facts: facts(), ...more };
  const answer = await world.api('POST', '/api/portfolios', body);
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return answer.body.id;
}

export const portfolio = async (world: World, id: string): Promise<any> =>
  (await world.api('GET', `/api/portfolios/${id}`)).body;

/** Waits for the state (such as COMPLETED or TENANT_FAILED). */
export const reaches = (world: World, id: string, state: string, ms?: number): Promise<any> =>
  until(
    () => portfolio(world, id),
    (found) => found?.state === state,
    ms,
  );

/** Every refusal is a problem document with a stable code. */
export function expectProblem(answer: Answer, status: number, code?: string): void {
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: answer.text });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({ status, code: code ?? expect.stringMatching(/^[a-z][a-z0-9_]+$/) });
}

/** Each logical request of these collections changed the world once: one applied entry per key. */
export async function expectAppliedOnce(world: World, kind: string, count: number): Promise<void> {
  const applied = (await world.ledger()).filter((entry) => entry.kind === kind && entry.applied);
  expect(applied).toHaveLength(count);
  expect(new Set(applied.map((entry) => entry.key)).size).toBe(count);
}
