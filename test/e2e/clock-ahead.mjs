/** Preloaded into a server: its clock is CLOCK_AHEAD_MS ahead, so that waits of a day end in a test. */
const now = Date.now.bind(Date);
const ahead = Number(process.env['CLOCK_AHEAD_MS']);
Date.now = () => now() + ahead;
