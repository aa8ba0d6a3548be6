/** Whether campaigns run at full length. `npm run test:full` does so, and runs those spec files only that import this. */
export const FULL = process.env['PURVEYOR_FULL'] === '1';
