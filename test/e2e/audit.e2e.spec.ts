import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { becomes, need } from './operations.js';
import { createPortfolio, expectProblem, facts, reaches } from './portfolios.js';
import { preload } from './programs.js';
import { purveyor, run } from './purveyor.js';
import { until, World } from './world.js';

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

const streams = async (query: string) => (await world.api('GET', `/api/audit/streams?${query}`)).body;

describe('GET /api/audit/streams', () => {
  it('lists by category and by text, page by page, each with how it began and ends', async () => {
    const { items, next } = await streams('category=portfolio');
    expect([items.length, next]).toEqual([1, null]);
    expect(items[0]).toMatchObject({
      stream: `portfolio-${portfolio}`,
      label: 'Engine',
      type: 'PortfolioCreated',
      actor: 'anonymous',
      last: { type: 'PortfolioCompleted' },
    });
    for (const text of ['ENGINE', portfolio.slice(-12).toUpperCase(), 'engi portf', items[0].stream])
      expect((await streams(`query=${text}`)).items).toEqual(items);
    expect((await streams('query=sandbox%20operation')).items.map((each: any) => each.stream)).toEqual([
      `operation-${operation}`,
    ]);
    for (const text of ['nothing', 'Engine nothing', 'gine'])
      expect((await streams(`query=${text}`)).items).toEqual([]);
    const all = (await streams('limit=500')).items;
    const found = [];
    for (let cursor = ''; ;) {
      const page = await streams(`limit=2${cursor}`);
      found.push(...page.items);
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(found).toEqual(all);
    for (const url of Object.values<string>(items[0].links)) expect((await world.api('GET', url)).status).toBe(200);
    expectProblem(await world.api('GET', '/api/audit/streams?cursor=x'), 400, 'bad_cursor');
  });
});

describe('GET /api/audit/streams/{stream}', () => {
  const page = async (query: string) =>
    (await world.api('GET', `/api/audit/streams/portfolio-${portfolio}?${query}`)).body;
  const revisions = ({ items }: any) => items.map(({ revision }: any) => revision);

  it('is paged both ways, and back again', async () => {
    const first = await page('limit=2');
    expect([revisions(first), first.next, first.previous]).toEqual([[0, 1], 2, null]);
    const second = await page(`from=${first.next}&limit=2`);
    expect([revisions(second), second.previous]).toEqual([[2, 3], 1]);
    expect(revisions(await page(`from=${second.previous}&direction=backwards&limit=2`))).toEqual([1, 0]);
    const last = await page('direction=backwards&limit=1');
    expect(last.previous).toBeNull();
    expect((await page(`from=${last.next}&direction=backwards&limit=1`)).previous).toBe(last.items[0].revision);
  });

  it('tells who, when and why, with links that lead on; the raw text is one of them', async () => {
    const [event] = (await page('limit=1')).items;
    expect(event).toMatchObject({ actor: 'anonymous', time: event.metadata.time, cause: { correlationId: 'flow-p' } });
    for (const url of Object.values<string>(event.links)) expect((await world.api('GET', url)).status).toBe(200);
    const [raw] = (await world.api('GET', event.links.raw)).body.items;
    expect(typeof raw.data).toBe('string');
    const { stream, revision, type, data, metadata, id } = raw;
    const { prev } = JSON.parse(metadata);
    const hash = createHash('sha256').update([prev, stream, revision, type, data, metadata].join('\n')).digest();
    expect(id.replaceAll('-', '').slice(0, 12)).toBe(hash.toString('hex').slice(0, 12));
    expect(data).not.toContain('Lovelace');
    const { out } = await purveyor(world, ['events', stream, '--limit', '1', '--raw']);
    expect(JSON.parse(out)).toEqual(raw);
  });
});

describe('GET /api/audit/verify', () => {
  const verify = (query: string) => world.api('GET', `/api/audit/verify?${query}`);

  it('checks a stream or a category in parts, each going on where the one before ended', async () => {
    for (const scope of [`stream=portfolio-${portfolio}`, 'category=operation']) {
      const whole = (await verify(scope)).body;
      expect(whole).toMatchObject({ ok: true, streams: 1, next: null });
      let part = (await verify(`${scope}&limit=3`)).body;
      expect([part.ok, part.events]).toEqual([true, 3]);
      while (part.next !== null) part = (await verify(`${scope}&limit=3&cursor=${part.next}`)).body;
      expect(part).toMatchObject({ ok: true, events: whole.events });
    }
  });

  it('refuses what does not go together', async () => {
    const { next } = (await verify(`stream=portfolio-${portfolio}&limit=2`)).body;
    expectProblem(await verify(`category=portfolio&cursor=${next}`), 400, 'bad_cursor');
    expectProblem(await verify(`cursor=${next}`), 400, 'bad_cursor');
    expectProblem(await verify('category=portfolio&checkpoint=x'), 400, 'bad_filter');
    expectProblem(await verify('category=portfolio&stream=x-1'), 400, 'bad_filter');
    expectProblem(await verify('stream=portfolio-none'), 404, 'not_found');
  });

  it('goes on from a cursor on the command line, and holds the log against a checkpoint that was kept', async () => {
    const { body } = await world.api('POST', '/api/audit/checkpoints');
    writeFileSync(world.file('kept'), body.text);
    const held = await purveyor(world, ['audit', 'verify', '--checkpoint', world.file('kept'), '--json']);
    expect([held.code, held.json]).toMatchObject([0, { ok: true, checkpoints: 2 }]);
    const { next } = (await verify('limit=1')).body;
    const { code, out } = await purveyor(world, ['audit', 'verify', ...(next === null ? [] : ['--cursor', next])]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^whole: \d+ events\n$/)]);
    expect((await purveyor(world, ['audit', 'verify', '--checkpoint', world.file('none')])).code).toBe(2);
  });
});

describe('GET /api/audit/export', () => {
  const check = (file: string, ...more: string[]) => run(['scripts/check-export.mjs', file, ...more]);

  it('is written by the command line with its signature beside it, and found whole by who knows the key', async () => {
    const { key } = (await world.api('GET', '/api/audit/checkpoints')).body;
    const scopes = [[`portfolio-${portfolio}`], ['--correlation', 'flow-o'], ['--from', '2020-01-01T00:00:00Z'], []];
    for (const format of ['ndjson', 'csv'])
      for (const scope of scopes) {
        const file = world.file(`export.${format}`);
        const { code, err } = await purveyor(world, ['export', ...scope, '--format', format, '--out', file]);
        expect([code, err]).toEqual([0, '']);
        const checked = await check(file, '--key', key);
        expect([checked.code, checked.out]).toEqual([0, expect.stringMatching(/^whole: [1-9]\d* events of /)]);
        appendFileSync(file, ' ');
        expect((await check(file)).code).toBe(1);
      }
  });

  it.each([
    ['before the export has its name', 1],
    ['before the signature has its name', 2],
  ])('that is killed %s stands beside no signature of other lines', async (_, at) => {
    const file = world.file(`killed-${at}.ndjson`);
    const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n').length;
    const signed = async () => [(await check(file)).code, lines()];
    await purveyor(world, ['export', `portfolio-${portfolio}`, '--out', file]);
    const [old, whole] = [lines(), (await world.events(`operation-${operation}`)).length];
    expect([old === whole, await signed()]).toEqual([false, [0, old]]);
    const again = ['export', `operation-${operation}`, '--out', file];
    const killed = { ...preload('kill-at-rename'), KILL_AT_RENAME: String(at) };
    expect((await purveyor(world, again, killed)).code).toBeNull();
    const { code, out } = await check(file);
    expect([code, out, lines()]).toEqual([
      1,
      expect.stringMatching(/: there is no signature\n$/),
      at === 1 ? old : whole,
    ]);
    expect((await purveyor(world, again)).code).toBe(0);
    expect(await signed()).toEqual([0, whole]);
  });

  it('goes to stdout whole as well, and holds no secret', async () => {
    const { out } = await purveyor(world, ['export', `portfolio-${portfolio}`]);
    writeFileSync(world.file('stdout.ndjson'), out);
    expect((await check(world.file('stdout.ndjson'))).code).toBe(0);
    const lines = out.trimEnd().split('\n').slice(0, -1);
    const recorded = await world.events(`portfolio-${portfolio}`);
    expect(lines.map((line) => JSON.parse(line).decoded)).toEqual(recorded.map(({ data }) => data));
    expect(out).not.toContain('correct-horse');
  });

  it('refuses what there is not, and what does not go together', async () => {
    const refused = (query: string) => world.api('GET', `/api/audit/export?${query}`);
    expectProblem(await refused('stream=portfolio-none'), 404, 'not_found');
    expectProblem(await refused('correlation=none'), 404, 'not_found');
    expectProblem(await refused('stream=a-1&from=2020-01-01T00:00:00Z'), 400, 'bad_filter');
    expectProblem(await refused('format=xml'), 400, 'validation_failed');
    expect((await purveyor(world, ['export', 'portfolio-none', '--out', world.file('none')])).code).toBe(4);
  });
});

describe('POST /api/subjects/{subject}/forget', () => {
  const forget = (subject: string) => world.api('POST', `/api/subjects/${subject}/forget`, { reason: 'asked for it' });

  it('deletes the key, is recorded, and leaves a marker everywhere and the chain whole', async () => {
    await world.script({ method: 'POST', path: '/csp/azure/tenants' }, { kind: 'fail', status: 400 });
    const id = await createPortfolio(world);
    const stream = `portfolio-${id}`;
    await reaches(world, id, 'TENANT_FAILED');
    expectProblem(await forget(stream), 409, 'subject_in_use');
    expect((await world.api('POST', `/api/portfolios/${id}/abandon`, { reason: 'over' })).status).toBe(202);
    await reaches(world, id, 'ABANDONED');
    expect(JSON.stringify(await world.events(stream))).toContain('Lovelace');
    const asked = await forget(stream);
    expect([asked.status, asked.body]).toEqual([202, { id: stream, position: expect.any(Number) }]);
    const recorded = () => world.events(`subject-${stream}`);
    const events = await until(recorded, (found) => found.length === 2);
    expect(events.map(({ type }) => type)).toEqual(['ForgettingRequested', 'SubjectForgotten']);
    const shown = await world.api('GET', `/api/portfolios/${id}?min_position=${events[1]!.position}`);
    const state = await world.api('GET', `/api/audit/streams/${stream}/state?revision=0`);
    const exported = await world.api('GET', `/api/audit/export?stream=${stream}`);
    for (const { text } of [shown, state, exported, await world.api('GET', `/api/audit/streams/${stream}`)])
      expect(text).not.toContain('Lovelace');
    for (const { text } of [state, exported]) expect(text).toContain('[erased]');
    writeFileSync(world.file('erased.ndjson'), exported.text);
    expect((await run(['scripts/check-export.mjs', world.file('erased.ndjson')])).code).toBe(0);
    expect((await world.api('GET', '/api/audit/verify')).body).toMatchObject({ ok: true });
    expect((await forget(stream)).status).toBe(202);
    expect(await recorded()).toHaveLength(2);
  }, 30_000);

  it('is refused where nothing is kept, and by the command line alike', async () => {
    expectProblem(await forget('portfolio-none'), 404, 'not_found');
    expectProblem(await world.api('POST', '/api/subjects/portfolio-none/forget', {}), 400, 'validation_failed');
    expect((await purveyor(world, ['forget', 'portfolio-none', '--reason', 'r'])).code).toBe(4);
    expect((await purveyor(world, ['forget', `portfolio-${portfolio}`, '--reason', 'r'])).code).toBe(3);
  });
});
