/** The closing line of a run that did not come as far as a test: a failed install or build is one failure. */
export const NOTHING_RAN = '0 passed, 1 failed';

/**
 * The closing line of a test run from jest's JSON result. A suite that could not run counts as one failure, and a run
 * without any passed test is a failure: silence must not look like success.
 */
export function summarise(result, jestCode) {
  const passed = result.numPassedTests;
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const green = jestCode === 0 && failed === 0 && passed > 0;
  return { line: `${passed} passed, ${failed} failed`, code: green ? 0 : jestCode || 1 };
}
