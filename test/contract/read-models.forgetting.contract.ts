import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ERASED, EventLog, EventRegistry, NEW_STREAM } from '#event-store';
import type { DomainEvent, SubjectKeys } from '#kernel';
import { portfolioEvents } from '#portfolio/published';
import { FORGOTTEN, subjectEvents, subjectStream } from '#privacy/published';
import { SimulatedStore } from '#testing';
import { askForRebuild, askForRevert, listProjections, projections, type ReadModels } from '#read-models';
import { dump, PLAN, rebuilt, started, upTo, World, type Database } from './read-models.fixture.js';

const PERSONAL = { user_id: 'ada.lovelace', first_name: 'Ada-First', last_name: 'Lovelace-Last' };
const by = { $correlationId: 'c', $causationId: 'c', actor: 'a', tenant: 't', commandId: 'x', time: 1 };
const step = { step: 'TENANT', generation: 1, attempt: 1, time: 1 };

/** Two portfolios with what is personal; each has a key that opens it until it is forgotten. */
export class People {
  readonly world = new World(new SimulatedStore());
  private readonly held = new Map<string, Uint8Array>();
  private readonly keys: SubjectKeys = {
    ensure: async (subject) => this.held.get(subject)!,
    peek: (subject) => this.held.get(subject),
    wasForgotten: (subject) => !this.held.has(subject),
  };
  private readonly log = new EventLog(
    this.world.store,
    new EventRegistry().register([...portfolioEvents, ...subjectEvents]),
    this.keys,
  );
  readonly decode = this.log.decode.bind(this.log);

  async add(id: string): Promise<number> {
    const stream = `portfolio-${id}`;
    this.held.set(stream, new Uint8Array(32).fill(7));
    const data = { name: id, csp: 'azure', plan: PLAN, facts: PERSONAL, advance: 'automatic', time: 1 };
    return this.append(stream, [
      { type: 'PortfolioCreated', data },
      { type: 'PortfolioStarted', data: { time: 1 } },
      { type: 'StageStarted', data: { ...step, ...started, input: PERSONAL } },
      { type: 'StageCompleted', data: { ...step, result: { user_id: PERSONAL.user_id, address: null } } },
    ]);
  }

  /** As the runner does it: asked for, then the key goes, then that is recorded. */
  async forget(id: string): Promise<number> {
    const subject = `portfolio-${id}`;
    await this.askToForget(id);
    this.held.delete(subject);
    return this.append(subjectStream(subject), [{ type: FORGOTTEN, data: { subject, time: 1 } }]);
  }

  askToForget(id: string): Promise<number> {
    const subject = `portfolio-${id}`;
    const data = { subject, reason: 'asked', time: 1 };
    return this.append(subjectStream(subject), [{ type: 'ForgettingRequested', data }]);
  }

  async append(stream: string, events: readonly DomainEvent[]): Promise<number> {
    const { head } = await this.log.read(stream);
    const at = head.revision < 0 ? NEW_STREAM : head;
    return (await this.log.append(this.log.prepare(stream, at, events, by))).position;
  }
}

const plainTexts = (tables: unknown): number => JSON.stringify(tables).split(PERSONAL.user_id).length - 1;

const PORTFOLIOS = projections.find(({ name }) => name === 'portfolios')!;
/** As they are in a later program. */
export const newer = projections.map((each) => (each === PORTFOLIOS ? { ...each, version: each.version + 1 } : each));
const kept = async (models: ReadModels) =>
  (await listProjections(models)).filter((each) => each.kept !== null).map(({ name }) => name);

/** Forgetting a person must leave nothing of theirs in any row, on every database, and what a replay would give. */
export function forgettingContract(name: string, openDatabase: () => Promise<Database>): void {
  describe(`forgetting a person over ${name}`, () => {
    let databases: Database[];
    const open = async () => {
      const database = await openDatabase();
      databases.push(database);
      return database.open();
    };
    beforeEach(() => {
      databases = [];
    });
    afterEach(async () => {
      for (const database of databases) await database.remove();
    });

    it.each([
      ['while the row is held', false],
      ['after the projector was started again', true],
    ])('rewrites the rows to what a replay from zero gives, %s', async (_, again) => {
      const [people, models] = [new People(), await open()];
      const { world, decode } = people;
      await people.add('a');
      const both = await people.add('b');
      let running = await upTo(world, both, models, { decode });
      expect(plainTexts(await dump(models))).toBe(2);
      if (again) {
        await running.stop();
        running = await upTo(world, both, models, { decode });
      }
      const end = await people.forget('a');
      await running.waitFor(end);
      const tables = await dump(models);
      expect(plainTexts(tables)).toBe(1);
      expect(JSON.stringify(tables['portfolios'])).toContain(ERASED);
      const replayed = await open();
      await (await upTo(world, end, replayed, { decode })).stop();
      expect(await dump(replayed)).toEqual(await dump(models));
      await running.stop();
    });

    it('leaves no way back to rows of before that hold what was erased, also where these stood still', async () => {
      const [people, models] = [new People(), await open()];
      const { world, decode } = people;
      await people.add('a');
      let running = await upTo(world, await people.add('b'), models, { decode });
      await askForRebuild(models, PORTFOLIOS);
      await rebuilt(models);
      expect(await kept(models)).toEqual(['portfolios']);
      await running.waitFor(await people.forget('a'));
      expect(await kept(models)).toEqual([]);
      expect(await askForRevert(models, PORTFOLIOS)).toBe('nothing_kept');
      await running.stop();
      await people.forget('b');
      running = await upTo(world, await people.add('c'), models, { decode, projections: newer });
      await rebuilt(models);
      expect([await kept(models), plainTexts(await dump(models))]).toEqual([[], 1]);
      await running.stop();
    });

    it('keeps the way back while it is only asked for, and the person is there', async () => {
      const [people, models] = [new People(), await open()];
      const { world, decode } = people;
      await (await upTo(world, await people.add('a'), models, { decode })).stop();
      await people.askToForget('a');
      const running = await upTo(world, await people.add('b'), models, { decode, projections: newer });
      await rebuilt(models);
      expect([await kept(models), plainTexts(await dump(models))]).toEqual([['portfolios'], 2]);
      await running.stop();
    });

    it('keeps nothing that comes later, and the chain stays whole', async () => {
      const [people, models] = [new People(), await open()];
      await people.add('a');
      await people.forget('a');
      const late = { step: 'TENANT', reason: 'late', result: { user_id: PERSONAL.user_id }, time: 2 };
      const end = await people.append('portfolio-a', [{ type: 'StageSkipped', data: late }]);
      await (await upTo(people.world, end, models, { decode: people.decode })).stop();
      const { events } = await people.world.store.readStream('portfolio-a');
      expect([plainTexts(events), plainTexts(await dump(models))]).toEqual([0, 0]);
      expect(JSON.parse(events.at(-1)!.data)).toMatchObject({ result: { user_id: ERASED } });
    });
  });
}
