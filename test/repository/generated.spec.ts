import { describe, expect, it } from '@jest/globals';
import { csps } from '#csp';
import { planDescription } from '#portfolio';
import { describeConfig, errorCatalogue } from '#platform';
import { operationStateReference, provisionerOpenApi } from '#provisioning';
import { subscriptionRulesReference } from '#subscription';
import { processStatusReference } from '#workflow';
import { envExample, errorReference, planReference, readmeWithSettings } from '../../scripts/lib/generated.mjs';
import { read } from './repository.js';

describe('generated files are those in the repository (npm run generate)', () => {
  it('.env.example', () => {
    expect(read('.env.example')).toBe(envExample(describeConfig()));
  });

  it('docs/reference/provisioner-openapi.json', () => {
    expect(JSON.parse(read('docs/reference/provisioner-openapi.json'))).toEqual(provisionerOpenApi());
  });

  it.each([
    ['operation-states', operationStateReference],
    ['process-statuses', processStatusReference],
    ['subscription-rules', subscriptionRulesReference],
  ])('docs/reference/%s.md', (name, reference) => {
    const cells = (text: string) => text.split('\n').map((line) => line.replace(/\s+|-+/g, ''));
    expect(cells(read(`docs/reference/${name}.md`))).toEqual(cells(reference()));
  });

  it('the settings in README.md', () => {
    expect(read('README.md')).toBe(readmeWithSettings(read('README.md'), describeConfig()));
  });

  it('docs/reference/plans.md', () => {
    const plans = csps.flatMap((csp) => csp.plans).map(planDescription);
    expect(read('docs/reference/plans.md')).toBe(planReference(plans));
  });

  it('docs/reference/errors.md', () => {
    expect(read('docs/reference/errors.md')).toBe(errorReference(errorCatalogue));
  });
});
