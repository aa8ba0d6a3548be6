/** What random tests begin with, and print. PURVEYOR_SEED repeats a run. */
export const SEED = Number(process.env['PURVEYOR_SEED'] ?? Date.now() % 1_000_000);
