import { describe, expect, it } from '@jest/globals';
import { mulberry32 } from '#testing';
import { survivesAnyCrash } from '#workflow/testing';
import { productRegistry } from '../index.js';
import { cases } from './cases.js';
import { FakeDirectory } from './fake-directory.js';
import { FakeNetwork } from './fake-network.js';
import { definitionOf, productFakes } from './product-fakes.js';
import { FULL } from '../../testing/full.js';
import { SEED } from '../../testing/seed.js';

/** With PURVEYOR_FULL all of them, otherwise some that the seed chooses. */
const chosen = FULL ? Object.keys(cases) : slice(Object.keys(cases), 3);
console.log(`crashes at every point of ${chosen.join(', ')}: seed ${SEED}`);

function slice(all: readonly string[], count: number): readonly string[] {
  const random = mulberry32(SEED);
  return all
    .map((key) => ({ key, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ key }) => key);
}

describe('every workflow of a product survives a crash at any point', () => {
  it('has a case for each of them', () => {
    const { workflows } = productRegistry({ directory: new FakeDirectory(), network: new FakeNetwork() });
    const keys = workflows.all().map(({ key }) => key);
    expect(Object.keys(cases).sort()).toEqual(keys.sort());
  });

  it.each(chosen)(
    '%s',
    async (key) => {
      const { end, stops } = await survivesAnyCrash(definitionOf(key), productFakes(cases[key]!));
      expect([key, end.status]).toEqual([key, 'completed']);
      expect(stops).toBeGreaterThan(20);
    },
    300_000,
  );
});
