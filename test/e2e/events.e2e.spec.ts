import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPortfolio, expectProblem, reaches } from './portfolios.js';
import { until, World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.start({ PURVEYOR_LIVE_CLIENTS: '2' });
}, 60_000);
afterAll(() => world?.stop());

interface Seen {
  readonly id: number;
  readonly event: string;
  readonly data: any;
}

/** A client as a browser's EventSource is one, without its coming again. */
class Live {
  readonly seen: Seen[] = [];
  lastId = '';
  text = '';
  ended = false;
  private constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {}

  static async open(query = '', headers: Record<string, string> = {}): Promise<Live> {
    const abort = new AbortController();
    const response = await fetch(`${world.url}/api/events${query}`, { headers, signal: abort.signal });
    const live = new Live(response, abort);
    void live.read().catch(() => (live.ended = true));
    return live;
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of this.response.body!) {
      const text = decoder.decode(chunk, { stream: true });
      this.text += text;
      const blocks = (rest + text).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) this.take(block);
    }
    this.ended = true;
  }

  private take(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    this.lastId = field('id') ?? this.lastId;
    const data = field('data');
    if (data !== undefined) this.seen.push({ id: Number(this.lastId), event: field('event')!, data: JSON.parse(data) });
  }
}

const has = (live: Live, event: string) => until(async () => live.seen.some((each) => each.event === event), Boolean);

describe('GET /api/events', () => {
  it('tells what is recorded, in log order, without what was recorded', async () => {
    const live = await Live.open('?streams=portfolio');
    expect(live.response.status).toBe(200);
    expect(live.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(live.response.headers.get('x-correlation-id')).toBeTruthy();
    const id = await createPortfolio(world);
    await has(live, 'PortfolioCompleted');
    live.close();
    const recorded = await world.events(`portfolio-${id}`);
    expect(live.seen.map(({ id: at, event }) => [at, event])).toEqual(recorded.map((e) => [e.position, e.type]));
    expect(live.text).not.toMatch(/Lovelace|ada@example|vault:|correct-horse/);
  }, 40_000);

  it('goes on behind Last-Event-ID: who was away misses nothing', async () => {
    const all = await Live.open('?after=0&streams=portfolio');
    await has(all, 'PortfolioCompleted');
    const middle = all.seen[3]!;
    all.close();
    const id = await createPortfolio(world);
    await reaches(world, id, 'COMPLETED');
    const again = await Live.open('?after=0&streams=portfolio', { 'Last-Event-ID': String(middle.id) });
    await until(
      async () => again.seen.filter(({ event }) => event === 'PortfolioCompleted').length,
      (n) => n === 2,
    );
    again.close();
    expect(again.seen[0]).toEqual(all.seen[4]);
    const ids = again.seen.map((each) => each.id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  }, 40_000);

  it('refuses what it cannot read, with pointers', async () => {
    for (const [query, headers, pointer] of [
      ['?types=a%20b', {}, '/types'],
      ['?streams=..', {}, '/streams'],
      ['?after=-1', {}, '/after'],
      ['', { 'Last-Event-ID': 'x' }, '/Last-Event-ID'],
    ] as const) {
      const answer = await world.api('GET', `/api/events${query}`, undefined, headers);
      expectProblem(answer, 400, 'validation_failed');
      expect(answer.body.errors[0].pointer).toBe(pointer);
    }
    expectProblem(await world.api('GET', '/api/events?after=999999999999999'), 400, 'bad_cursor');
  });

  it('has a bound on clients, and ends them when the server stops', async () => {
    const clients = [await Live.open(), await Live.open('?types=StageFailed')];
    const refused = await world.api('GET', '/api/events');
    expectProblem(refused, 503, 'too_many_clients');
    expect(refused.headers.get('retry-after')).toBe('5');
    clients[0]!.close();
    const third = await until(Live.open, ({ response }) => response.status === 200);
    const before = Date.now();
    await world.restartServer();
    await until(async () => third.ended && clients[1]!.ended, Boolean);
    expect(Date.now() - before).toBeLessThan(30_000);
  }, 60_000);

  it('answers HEAD without staying', async () => {
    const answer = await fetch(`${world.url}/api/events`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(await answer.text()).toBe('');
  });
});
