import type { Command } from 'commander';
import type { Row } from '../http/pages.js';
import type { Open } from '../options.js';
import { table } from '../output/table.js';

const COLUMNS = [
  { key: 'name' },
  { key: 'group' },
  { key: 'version' },
  { key: 'state' },
  { key: 'checkpoint' },
  { key: 'lag.positions', title: 'behind' },
  { key: 'lag.seconds', title: 'seconds' },
  { key: 'parked' },
  { key: 'reason' },
];

/** `projections list`: every view and how far it is. */
export function addProjections(program: Command, open: Open): void {
  const projections = program
    .command('projections')
    .description('the views: how far they are, and what they could not take in');
  projections
    .command('list')
    .description('every view, its checkpoint and how far it is behind')
    .action(async () => {
      const { client, output } = open();
      const { items } = (await client.get('/api/projections')).body as { items: readonly Row[] };
      output.answer(items, () => table(items, COLUMNS, output.width));
    });
}
