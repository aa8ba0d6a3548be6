import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { productDecider } from '#catalogue';
import { cspDecider } from '#csp';
import { EventRegistry } from '#event-store';
import type { Decider, DomainEvent, SubjectKeys } from '#kernel';
import { evolvePortfolio, PlanRegistry, portfolioDecider } from '#portfolio';
import { catalogue } from '#products';
import { subjectDecider } from '#privacy';
import { operationDecider } from '#provisioning';
import { occurrenceDecider, scheduleDecider } from '#schedule';
import { engineDecider } from '#settings';
import { subscriptionDecider } from '#subscription';
import { processDecider, WorkflowRegistry } from '#workflow';
import { eventRegistry } from '../../apps/server/composition/event-types.js';
import { exists, json, list, reader, samplePath, type Written } from './golden.js';

/** One decider per category; no plan, definition or provisioner is there, because folding must never need one. */
const deciders: Readonly<Record<string, Decider<any, any, any>>> = {
  csp: cspDecider,
  occurrence: occurrenceDecider,
  operation: operationDecider({ termsOf: () => undefined }),
  portfolio: portfolioDecider(new PlanRegistry()),
  process: processDecider(new WorkflowRegistry([])),
  product: productDecider,
  schedule: scheduleDecider,
  settings: engineDecider,
  subject: subjectDecider,
  subscription: subscriptionDecider(catalogue),
};

interface Sequence {
  readonly category: string;
  readonly events: readonly Written[];
  readonly state: unknown;
}

const registry = eventRegistry();
const decode = reader(registry);
const versions = registry.all().flatMap(({ spec: { category, type }, version }) =>
  Array.from({ length: version }, (_, i) => ({
    category,
    type,
    version: i + 1,
    path: samplePath(category, type, i + 1),
  })),
);
const sequences = list('sequences').map((file) => ({ file, ...(json(`sequences/${file}`) as Sequence) }));

describe('golden samples: what was ever written is read for ever', () => {
  it('has one of every version of every registered event, and no others', () => {
    const there = list('samples').flatMap((category) =>
      list(`samples/${category}`).map((file) => `samples/${category}/${file}`),
    );
    expect([...there].sort()).toEqual(versions.map(({ path }) => path).sort());
  });

  it.each(versions.filter(({ path }) => exists(path)))('$path decodes and fits its schema', (sample) => {
    const { category, type, version, path } = sample;
    const { data } = decode(category, { type, version, data: json(path) });
    const registered = registry.find(`${category}-1`, type)!;
    expect(registered.faults(data)).toBe('');
    expect(registered.check(data)).toBe(true);
  });

  it('is refused where it does not fit', () => {
    for (const { category, type } of versions)
      expect(registry.find(`${category}-1`, type)!.check({ time: 'yesterday' })).toBe(false);
  });
});

describe('golden sequences', () => {
  it('has one at least of every category, with every event of it', () => {
    const told = sequences.flatMap(({ category, events }) => events.map(({ type }) => `${category}/${type}`));
    const known = registry.all().map(({ spec: { category, type } }) => `${category}/${type}`);
    expect([...new Set(told)].sort()).toEqual(known.sort());
    expect(Object.keys(deciders).sort()).toEqual([...new Set(registry.all().map(({ spec }) => spec.category))].sort());
  });

  it.each(sequences)('$file folds to the state it says', ({ category, events, state }) => {
    const decider = deciders[category]!;
    const folded = events
      .map((written, at) => decode(category, written, at))
      .reduce((before, event) => decider.evolve(before, event), decider.initial());
    expect(JSON.parse(JSON.stringify(folded))).toEqual(state);
  });
});

describe('golden codec', () => {
  const keys: SubjectKeys = {
    ensure: () => Promise.reject(new Error('nothing is written here')),
    peek: (subject) => (subject === 'portfolio-1' ? Buffer.alloc(32, 7) : undefined),
  };
  const sealed: Written = { type: 'PortfolioCreated', version: 1, data: json('sealed.json') };
  const facts = { first_name: 'Ada', last_name: 'Lovelace', domain_name: 'contoso', address: { city: 'London' } };

  it('opens what was sealed for a person, and folds it', () => {
    const event = reader(registry, keys)('portfolio', sealed);
    expect(evolvePortfolio({ phase: 'ABSENT' }, event as DomainEvent as never)).toMatchObject({ facts });
  });

  it('reads the same event when the person is forgotten', () => {
    const none: SubjectKeys = { ...keys, peek: () => undefined };
    const { data } = reader(registry, none)('portfolio', sealed);
    expect(data).toMatchObject({ facts: { first_name: '[erased]', domain_name: 'contoso' } });
  });

  it('brings an older version up to date, one step at a time', () => {
    const upcasts = {
      1: ({ a }: { a: number }) => ({ b: a }),
      2: ({ b }: { b: number }) => ({ c: b + 1 }),
    };
    const spec = { category: 'old', type: 'Told', version: 3, upcasts, schema: Type.Object({ c: Type.Integer() }) };
    const read = reader(new EventRegistry().register([spec]));
    expect(read('old', { type: 'Told', version: 1, data: { a: 4 } }).data).toEqual({ c: 5 });
    expect(read('old', { type: 'Told', version: 3, data: { c: 4 } }).data).toEqual({ c: 4 });
  });
});
