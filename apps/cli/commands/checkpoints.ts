import type { Command } from 'commander';
import type { Row } from '../http/pages.js';
import type { Open } from '../options.js';
import { wholeNumber } from '../options.js';
import { table } from '../output/table.js';

interface Checkpoint extends Row {
  /** The signed lines and the signature: what `verify --checkpoint` takes. */
  readonly text: string;
}
const COLUMNS = [
  { key: 'position' },
  { key: 'count', title: 'events' },
  { key: 'time', title: 'signed' },
  { key: 'key' },
];
/** The log is checked up to its end before it is signed. */
const SIGN_SECONDS = 3_600;

/** `audit checkpoints` and `audit sign`: what was signed of the log, and signing it now. */
export function addCheckpoints(audit: Command, open: Open): void {
  audit
    .command('checkpoints')
    .description('the signed checkpoints of the log, newest first')
    .option('--limit <n>', 'at most this many', '50')
    .action(async ({ limit }: { limit: string }) => {
      const { client, output } = open();
      const query = { limit: wholeNumber('--limit', limit, 1, 500) };
      const list = (await client.get('/api/audit/checkpoints', { query })).body as { items: readonly Checkpoint[] };
      const { items } = list;
      output.answer(list, () => (items.length === 0 ? 'no checkpoints' : table(items, COLUMNS, output.width)));
    });
  audit
    .command('sign')
    .description('check the log up to its end and sign a checkpoint; prints what to keep elsewhere')
    .action(async () => {
      const { client, output } = open();
      const { body } = await client.send('POST', '/api/audit/checkpoints', { seconds: SIGN_SECONDS });
      output.answer(body, () => (body as Checkpoint).text);
    });
}
