import { describe, expect, it } from '@jest/globals';
import { summarise } from '../../scripts/lib/summary.mjs';

const result = (passed: number, failed: number, broken = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numRuntimeErrorTestSuites: broken,
});

describe('the closing line of npm test', () => {
  it('is green only when something passed and nothing failed', () => {
    expect(summarise(result(3, 0), 0)).toEqual({ line: '3 passed, 0 failed', code: 0 });
  });

  it('counts a suite that could not run as a failure', () => {
    expect(summarise(result(3, 0, 1), 1)).toEqual({ line: '3 passed, 1 failed', code: 1 });
  });

  it('is a failure when no test ran', () => {
    expect(summarise(result(0, 0), 0)).toEqual({ line: '0 passed, 0 failed', code: 1 });
  });

  it('passes on that jest itself failed', () => {
    expect(summarise(result(3, 0), 2).code).toBe(2);
  });
});
