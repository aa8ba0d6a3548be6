interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}
export function summarise(result: JestResult, jestCode: number): { readonly line: string; readonly code: number };
export const NOTHING_RAN: string;
