import { describe, expect, it } from '@jest/globals';
import { traceFlow } from '#audit';
import { START, UnknownEvent } from '#event-store';
import { begunBy, listStreams, type Decode, type ReadModels } from '#read-models';
import { factOf } from '../../apps/server/audit/request-facts.js';
import { started, upTo, World, type Database } from './read-models.fixture.js';
import { manyThings } from './read-models.many-things.js';
import { eachWithItsOwn } from './read-models.databases.js';
import { SEED } from '../../libs/testing/seed.js';

/** What an auditor begins with must be found on every database: the streams of a flow, and which streams there are. */
export function auditContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`the indexes of the audit over ${name}`, () => {
    let models: ReadModels;
    let world: World;
    eachWithItsOwn(openDatabase, (own) => ({ models, world } = own));

    /** A portfolio of two requests of flow A whose stage makes a child, and one of flow B, to which A's id comes only later. */
    async function two(): Promise<number> {
      world.about = { $correlationId: 'A', $causationId: 'a', commandId: 'a' };
      await world.portfolio('1');
      await world.stage('1', 'StageStarted', started);
      world.about = { $correlationId: 'A', $causationId: 'portfolio-1/TENANT/1', commandId: 'child' };
      await world.portfolio('1c');
      world.about = { $correlationId: 'B', $causationId: 'b', commandId: 'b' };
      await world.portfolio('2');
      world.about = { $correlationId: 'hook', $causationId: 'msg/1', commandId: 'cb' };
      await world.stage('1', 'StageCompleted', { result: {} });
      world.about = { $correlationId: 'A', $causationId: 'again', commandId: 'again' };
      return world.stage('2', 'StageStarted', started);
    }

    const trace = (id: string) =>
      traceFlow({ store: world.store, factOf, begunBy: (causes, limit) => begunBy(models, causes, limit) }, id);

    it('find a flow in all its streams, and nothing of others', async () => {
      const { stop } = await upTo(world, await two(), models);
      const flow = await trace('A');
      expect(flow).toMatchObject({ streams: 3, events: 5, complete: true });
      expect(flow.parts.map(({ stream, commands }) => [stream, commands.length])).toEqual([
        ['portfolio-1', 1],
        ['portfolio-1', 2],
        ['portfolio-2', 1],
      ]);
      const [effect] = flow.parts[1]!.commands.flatMap(({ effects }) => effects);
      expect(effect).toMatchObject({ status: 'done', parts: [{ stream: 'portfolio-1c' }] });
      expect(await trace('B')).toMatchObject({ streams: 1, events: 1 });
      await expect(trace('C')).rejects.toMatchObject({ code: 'not_found' });
      await stop();
    });

    it('name the first place in a stream only, whatever comes later and however often', async () => {
      await (await upTo(world, await two(), models)).stop();
      const before = await begunBy(models, ['A'], 10);
      expect(before).toEqual([
        { stream: 'portfolio-1', revision: 0 },
        { stream: 'portfolio-1c', revision: 0 },
        { stream: 'portfolio-2', revision: 1 },
      ]);
      const end = await world.stage('1', 'StageFailed', { failure: { kind: 'refused', code: 'c', message: 'm' } });
      await (await upTo(world, end, models)).stop();
      expect(await begunBy(models, ['A'], 10)).toEqual(before);
      expect(await begunBy(models, ['A'], 2)).toEqual(before.slice(0, 2));
      const many = Array.from({ length: 1_200 }, (_, n) => `none/${n}`);
      expect(await begunBy(models, [...many, 'portfolio-1/TENANT/1', 'B'], 10)).toHaveLength(2);
    });

    it('name a stream once, from the first place of any cause, and the first streams where there are more', async () => {
      await (await upTo(world, await two(), models)).stop();
      const many = Array.from({ length: 1_200 }, (_, n) => `none/${n}`);
      const first = ['portfolio-1', 'portfolio-1c'].map((stream) => ({ stream, revision: 0 }));
      const all = [...first, { stream: 'portfolio-2', revision: 1 }];
      for (const causes of [
        ['hook', 'A'],
        ['hook', ...many, 'A'],
        ['A', ...many, 'hook'],
      ]) {
        expect(await begunBy(models, causes, 3)).toEqual(all);
        expect(await begunBy(models, causes, 2)).toEqual(first);
      }
    });

    it('list every stream by category and text, those of unknown types too, page by page', async () => {
      process.stderr.write(`audit streams: seed ${SEED}\n`);
      const end = await manyThings(world, SEED);
      const unknown: Decode = (stored) => {
        if (stored.stream === 'subscription-s') throw new UnknownEvent('subscription', stored.type, 9);
        return world.decode(stored);
      };
      await (await upTo(world, end, models, { decode: unknown })).stop();
      const { items } = await listStreams(models, { limit: 500 });
      const { events } = await world.store.readAll({ after: START, limit: 10_000 });
      const first = events.filter(({ revision }) => revision === 0);
      // Half a surrogate pair has no place in a database.
      const names = first.map(({ stream }) => Buffer.from(stream).toString());
      expect(items.map(({ stream }) => stream).sort()).toEqual(names.sort());
      const paged = [];
      for (let cursor: string | undefined; ;) {
        const page = await listStreams(models, { limit: 7, ...(cursor && { cursor }) });
        paged.push(...page.items);
        if (page.next === null) break;
        cursor = page.next;
      }
      expect(paged).toEqual(items);
      expect(items.find(({ stream }) => stream === 'subscription-s')).toMatchObject({ label: null, actor: 'someone' });
      const ofGroups = await listStreams(models, { search: 'CREATE user p process-' });
      expect(ofGroups.items).toMatchObject([{ stream: 'process-p', label: 'create_user_group' }]);
      const portfolios = await listStreams(models, { category: 'portfolio', limit: 500 });
      expect(portfolios.items).toEqual(items.filter(({ category }) => category === 'portfolio'));
      expect((await listStreams(models, { search: 'none' })).items).toEqual([]);
    });
  });
}
