import { describe, expect, it } from '@jest/globals';
import { csps } from '#csp';
import { planDescription } from '#portfolio';
import { describeConfig, errorCatalogue } from '#platform';
import { envExample, errorReference, planReference } from '../../scripts/lib/generated.mjs';
import { read } from './repository.js';

describe('generated files are those in the repository (npm run generate)', () => {
  it('.env.example', () => {
    expect(read('.env.example')).toBe(envExample(describeConfig()));
  });

  it('docs/reference/plans.md', () => {
    const plans = csps.flatMap((csp) => csp.plans).map(planDescription);
    expect(read('docs/reference/plans.md')).toBe(planReference(plans));
  });

  it('docs/reference/errors.md', () => {
    expect(read('docs/reference/errors.md')).toBe(errorReference(errorCatalogue));
  });
});
