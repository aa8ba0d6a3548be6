import { beforeEach, describe, expect, it } from '@jest/globals';
import { type EventMetadata, type StreamHead } from '#event-store';
import { chained, SimulatedStore } from '#testing';
import type { FlowCommand, FlowEffect, FlowPart, RequestFact } from './flow.types.js';
import { traceFlow } from './flow.js';

const FACTS: Readonly<Record<string, RequestFact>> = {
  Started: 'started',
  Accepted: 'accepted',
  Retried: 'retryScheduled',
  Done: 'completed',
  Failed: 'failed',
};

type Said = readonly [type: string, data?: object];

/** A log with what the index of causes would say of it. */
class Log {
  readonly store = new SimulatedStore();
  private readonly heads = new Map<string, StreamHead>();
  private readonly begun: { cause: string; stream: string; revision: number }[] = [];
  private time = 1_000;
  lastEventId = '';

  async say(stream: string, about: Partial<EventMetadata>, ...said: readonly Said[]): Promise<void> {
    const head = this.heads.get(stream) ?? { revision: -1, hash: '' };
    const metadata = {
      $correlationId: 'C',
      $causationId: this.lastEventId,
      actor: 'ann',
      commandId: 'run:x',
      ...about,
    };
    const events = said.map(([type, data = {}]) => ({ type, data }));
    this.time += 10;
    const next = chained(stream, head, events, { ...metadata, time: this.time });
    await this.store.append(stream, head.revision < 0 ? 'no_stream' : (head.revision as never), next.events);
    this.heads.set(stream, { ...next.head });
    this.lastEventId = next.events.at(-1)!.id;
    for (const cause of [metadata.$correlationId, metadata.$causationId])
      this.begun.push({ cause, stream, revision: head.revision + 1 });
  }

  trace(id: string) {
    const begunBy = async (causes: readonly string[], limit: number) =>
      this.begun.filter(({ cause }) => causes.includes(cause)).slice(0, limit);
    return traceFlow({ store: this.store, factOf: (_, type) => FACTS[type], begunBy }, id);
  }
}

const step = (name: string, attempt = 1, generation = 1) => ({ step: name, generation, attempt });
const types = ({ commands }: FlowPart) => commands.map(({ events }) => events.map(({ type }) => type).join('+'));
const effects = ({ commands }: FlowPart): readonly FlowEffect[] => commands.flatMap((each) => each.effects);

let log: Log;
beforeEach(() => {
  log = new Log();
});

/** A request, two attempts of a step, a child that tells its end, and a callback under an id of its own. */
async function whole(): Promise<void> {
  await log.say('job-1', { commandId: 'r', $causationId: 'r' }, ['Created'], ['Started', step('a')]);
  const failure = { kind: 'retryable', code: 'busy', message: 'Bearer hunter2', status: 503 };
  await log.say('job-1', {}, ['Retried', { ...step('a'), failure }]);
  await log.say('job-1', {}, ['Started', step('a', 2)]);
  await log.say('job-1', {}, ['Done', { ...step('a', 2), result: { secret: 'hunter2' } }], ['Started', step('b')]);
  await log.say('job-2', { $causationId: 'job-1/b/1', commandId: 'c2' }, ['Created'], ['Started', step('tell')]);
  await log.say(
    'job-1',
    { $correlationId: 'X', $causationId: 'hook-7', commandId: 'cb' },
    ['Done', step('b')],
    ['Started', step('c')],
  );
  await log.say('job-2', {}, ['Done', step('tell')]);
  await log.say('job-1', { $correlationId: 'Y', $causationId: 'hook-8', commandId: 'cb2' }, ['Done', step('c')]);
  await log.say('job-3', { $correlationId: 'Z', commandId: 'z', $causationId: 'z' }, ['Created']);
}

describe('the tree of a flow', () => {
  it('leads from the request to the last callback, over all streams', async () => {
    await whole();
    const flow = await log.trace('C');
    expect(flow).toMatchObject({ correlationId: 'C', complete: true, from: 1_010, to: 1_080, streams: 2, events: 12 });
    expect(flow.parts).toHaveLength(1);
    const [root] = flow.parts;
    expect(types(root!)).toEqual(['Created+Started', 'Retried', 'Started', 'Done+Started', 'Done+Started', 'Done']);
    expect(root!.commands.map(({ cause }) => cause.kind)).toEqual([
      'request',
      'event',
      'event',
      'event',
      'answer',
      'answer',
    ]);
    const [a, b, c] = effects(root!);
    expect([a, b, c].map((each) => [each!.key, each!.status, each!.attempts.length])).toEqual([
      ['job-1/a/1', 'done', 2],
      ['job-1/b/1', 'done', 1],
      ['job-1/c/1', 'done', 1],
    ]);
    expect(b!.parts).toMatchObject([
      { stream: 'job-2', commands: [{ cause: { kind: 'effect', id: 'job-1/b/1' } }, {}] },
    ]);
  });

  it('tells attempts with their times, and nothing of what was said', async () => {
    await whole();
    const flow = await log.trace('C');
    const [a] = effects(flow.parts[0]!);
    expect(a).toMatchObject({ step: 'a', startedAt: 1_010, endedAt: 1_040, durationMs: 30 });
    expect(a!.attempts).toEqual([
      {
        attempt: 1,
        startedAt: 1_010,
        acceptedAt: null,
        endedAt: 1_020,
        durationMs: 10,
        outcome: 'retrying',
        failure: { kind: 'retryable', code: 'busy', status: 503 },
      },
      expect.objectContaining({ attempt: 2, outcome: 'done', durationMs: 10, failure: null }),
    ]);
    expect(JSON.stringify(flow)).not.toContain('hunter2');
  });

  it("of an operator's request is what followed from it, in streams that bear another id too", async () => {
    await log.say('job-1', { commandId: 'r', $causationId: 'r' }, ['Created'], ['Started', step('a')]);
    await log.say('job-1', {}, ['Failed', { ...step('a'), failure: { kind: 'refused', code: 'no' } }]);
    const retry = { $correlationId: 'R', commandId: 'q', $causationId: 'q', actor: 'bob' };
    await log.say('job-1', retry, ['Resumed', { step: 'a' }], ['Started', step('a', 1, 2)]);
    await log.say('job-2', { $causationId: 'job-1/a/2', commandId: 'k' }, ['Created']);
    const flow = await log.trace('R');
    const commands = (parts: readonly FlowPart[]): FlowCommand[] => parts.flatMap((part) => [...part.commands]);
    expect(commands(flow.parts)).toMatchObject([{ actor: 'bob', cause: { kind: 'request' } }]);
    const [again] = effects(flow.parts[0]!);
    expect(again).toMatchObject({ key: 'job-1/a/2', status: 'under_way' });
    expect(commands(again!.parts)).toMatchObject([{ id: 'k', correlationId: 'C' }]);
    const first = await log.trace('C');
    expect(effects(first.parts[0]!).map(({ key, status }) => [key, status])).toEqual([
      ['job-1/a/1', 'failed'],
      ['job-1/a/2', 'under_way'],
    ]);
  });

  it('of nothing is refused', async () => {
    await expect(log.trace('C')).rejects.toMatchObject({ code: 'not_found', status: 404 });
  });

  it('ends where one answer has enough, and says so', async () => {
    for (let n = 0; n < 2_100; n++) await log.say('job-1', {}, ...Array.from({ length: 10 }, (): Said => ['Noted']));
    const flow = await log.trace('C');
    expect([flow.complete, flow.events]).toEqual([false, 20_500]);
  });

  it('is whole over a thousand streams, and over more shows the first thousand', async () => {
    const begin = (n: number) => log.say(`job-${n}`, { $causationId: 'r' }, ['Created']);
    for (let n = 0; n < 1_000; n++) await begin(n);
    expect(await log.trace('C')).toMatchObject({ complete: true, streams: 1_000, events: 1_000 });
    await begin(1_000);
    expect(await log.trace('C')).toMatchObject({ complete: false, streams: 1_000, events: 1_000 });
  });
});
