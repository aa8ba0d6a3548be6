/** Whether long campaigns run at full length, as in `npm run test:full`. */
export const full = process.env['PURVEYOR_FULL'] === '1';

/** What random tests begin with, and print; PURVEYOR_SEED repeats a run. */
export const seed = Number(process.env['PURVEYOR_SEED'] ?? Date.now() % 1_000_000);
