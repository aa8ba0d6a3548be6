import { describe, expect, it } from '@jest/globals';
import { CHANGES } from './azure.js';
import { PORTFOLIOS, recordedSteps, rows } from './crash-matrix.js';
import { crashSuite } from './crash-suite.js';

crashSuite(PORTFOLIOS, (runner) => {
  describe('the matrix', () => {
    it('has a row for every stage that the server runs', async () => {
      const [first, second] = [await runner().undisturbed('portfolio'), await runner().undisturbed('azure')];
      expect(rows(PORTFOLIOS).map(({ step }) => step)).toEqual([first, second].flatMap(recordedSteps));
      expect(first.applied).toEqual({ tenants: 1, 'billing-profiles': 1, 'admin-subscriptions': 1 });
      const counts: Record<string, number> = {};
      for (const kind of CHANGES) counts[kind] = (counts[kind] ?? 0) + 1;
      expect(second.applied).toEqual(counts);
    }, 120_000);
  });
});
