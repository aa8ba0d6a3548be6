import { describe, expect, it } from '@jest/globals';
import { EventLog, EventRegistry, NEW_STREAM } from '#event-store';
import type { SubjectKeys } from '#kernel';
import { SimulatedStore } from '#testing';
import { PERSONAL_FIELDS } from '../published/personal.js';
import { portfolioEvents } from '../published/index.js';

/** Where people's values enter events. */
const ROOTS = ['facts', 'input', 'result'];
const keys: SubjectKeys = { ensure: async () => new Uint8Array(32).fill(7), peek: () => new Uint8Array(32).fill(7) };
const by = { $correlationId: 'c', $causationId: 'c', actor: 'a', tenant: 't', commandId: 'x', time: 1 };

describe('what people set', () => {
  const spec = (type: string) => portfolioEvents.find((each) => each.type === type)!;
  const taking = portfolioEvents.filter(({ schema }) =>
    Object.keys((schema as { properties?: object }).properties ?? {}).some((name) => ROOTS.includes(name)),
  );

  it.each(taking.map(({ type }) => type))('is sealed in %s where it is personal', (type) => {
    const { schema, personal } = spec(type);
    const roots = Object.keys((schema as unknown as { properties: object }).properties).filter((name) =>
      ROOTS.includes(name),
    );
    const wanted = roots.flatMap((root) => PERSONAL_FIELDS.map((field) => `${root}.${field}`));
    expect(personal?.fields).toEqual(expect.arrayContaining(wanted));
  });

  it('as a correction is in the log for those with the key only', async () => {
    const store = new SimulatedStore();
    const log = new EventLog(store, new EventRegistry().register(portfolioEvents), keys);
    const facts = { first_name: 'Ada-First', address: { city: 'Londinium' }, country_code: 'GB' };
    const events = [
      { type: 'FactsAmended', data: { facts, time: 1 } },
      {
        type: 'StageSkipped',
        data: { step: 'TENANT', reason: 'by hand', result: { user_id: 'ada.lovelace' }, time: 1 },
      },
    ];
    await log.append(log.prepare('portfolio-a', NEW_STREAM, events, by));
    const stored = (await store.readStream('portfolio-a')).events;
    expect(JSON.stringify(stored)).toContain('GB');
    expect(JSON.stringify(stored)).not.toMatch(/Ada-First|Londinium|ada\.lovelace/);
    expect(stored.map((event) => log.decode(event).data)).toEqual(events.map(({ data }) => data));
  });
});
