import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LIMITS } from '#csp';
import type { Clock } from '#kernel';
import { ConfigError } from '#platform';
import { cspGates } from './csp-gates.js';

const clock = { now: () => 0 } as Clock;

describe('the limits of CSPs', () => {
  it('are those that are configured, else the usual ones', () => {
    const gates = cspGates({ cspLimits: [{ csp: 'azure', concurrency: 3, perSecond: 5 }] }, clock);
    expect(gates.get('azure')!.status().limits).toMatchObject({ concurrency: 3, perSecond: 5 });
    expect(gates.get('sandbox')!.status().limits).toEqual(DEFAULT_LIMITS);
  });

  it('of what is no CSP are refused at the start, not silently without effect', () => {
    const misspelt = () => cspGates({ cspLimits: [{ csp: 'azurr', concurrency: 3, perSecond: 5 }] }, clock);
    expect(misspelt).toThrow(ConfigError);
    expect(misspelt).toThrow(/azurr is no CSP; known are azure, sandbox/);
  });
});
