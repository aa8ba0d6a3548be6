import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { becomes, need } from './operations.js';
import { expectProblem, facts, reaches } from './portfolios.js';
import { purveyor } from './purveyor.js';
import { World } from './world.js';

let world: World;
let operation: string;
let portfolio: string;
beforeAll(async () => {
  world = await World.start();
  const manifest = { needs: [need('a', 'callback'), need('b', 'poll')] };
  operation = (await world.api('POST', '/api/operations', { manifest }, { 'x-correlation-id': 'flow-o' })).body.id;
  const body = { name: 'Engine', csp: 'azure', plan_version: 1, facts: facts() };
  portfolio = (await world.api('POST', '/api/portfolios', body, { 'x-correlation-id': 'flow-p' })).body.id;
  await becomes(world, operation, 'PROVISIONED');
  await reaches(world, portfolio, 'COMPLETED');
}, 90_000);
afterAll(() => world?.stop());

const flow = (id: string) => world.api('GET', `/api/audit/correlations/${id}`);
const types = (part: any): string[] => part.commands.flatMap(({ events }: any) => events.map(({ type }: any) => type));

describe('GET /api/audit/correlations/{id}', () => {
  it('leads from the request to the last callback', async () => {
    const { status, body } = await flow('flow-o');
    expect([status, body.complete, body.streams]).toEqual([200, true, 1]);
    const recorded = await world.events(`operation-${operation}`);
    expect(types(body.parts[0])).toEqual(recorded.map(({ type }) => type));
    const { commands } = body.parts[0];
    expect(commands[0]).toMatchObject({ cause: { kind: 'request' }, actor: 'anonymous', correlationId: 'flow-o' });
    const answers = commands.filter(({ cause }: any) => cause.kind === 'answer');
    expect(answers).toHaveLength(1);
    expect(answers[0].correlationId).not.toBe('flow-o');
    const effects = commands.flatMap((each: any) => each.effects);
    expect(effects.map(({ key, status: became }: any) => [key, became]).sort()).toEqual([
      [`operation-${operation}/a/provision/1`, 'done'],
      [`operation-${operation}/b/provision/1`, 'done'],
    ]);
    for (const { attempts, durationMs } of effects) {
      expect(attempts).toMatchObject([{ attempt: 1, outcome: 'done', failure: null }]);
      expect(durationMs).toBeGreaterThanOrEqual(attempts[0].acceptedAt - attempts[0].startedAt);
    }
  });

  it('tells nothing of what was sent', async () => {
    const { text, body } = await flow('flow-p');
    expect(body.parts[0].stream).toBe(`portfolio-${portfolio}`);
    for (const secret of ['Lovelace', 'correct-horse', 'vault:', 'tokenKey']) expect(text).not.toContain(secret);
  });

  it('of an unknown id is 404', async () => expectProblem(await flow('none'), 404, 'not_found'));

  it('is a tree on the command line', async () => {
    const { code, out } = await purveyor(world, ['audit', 'flow', 'flow-p']);
    expect([code, out.split('\n')[0]]).toEqual([0, `portfolio-${portfolio}`]);
    expect(out).toMatch(/^ {2}\S+ \S+ {2}request {2}anonymous {2}0 PortfolioCreated/m);
    expect(out).toMatch(/^ {4}-> portfolio-\S+\/TENANT\/1 {2}done in \d+ ms {2}\(done\)$/m);
    const { json } = await purveyor(world, ['audit', 'flow', 'flow-p', '--json']);
    expect(json).toEqual((await flow('flow-p')).body);
  });
});
