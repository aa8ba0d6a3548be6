import { loadConfig } from '#platform';
import { openReadModels } from '#read-models';
import { setUpWorkGroup, WORK_GROUP } from '../composition/work-group.js';
import { UsageError, type SubCommand } from './command.js';
import { withGroups } from './with-groups.js';

/** Makes what several processes share: the group that workers take work from, and the tables of the views. A repeat is harmless. */
export const setupCommand: SubCommand = {
  usage: '',
  meaning:
    'makes or updates the worker group in EventStoreDB and the tables in PostgreSQL; run it before a new version starts',
  async run(args) {
    if (args.length > 0) throw new UsageError('setup takes nothing more.');
    const made = await withGroups(setUpWorkGroup);
    process.stdout.write(`group ${WORK_GROUP}: ${made}\n`);
    const { readModels: at, dataDir: directory } = loadConfig(process.env, { keys: 'leave' });
    await (await openReadModels({ at, directory })).close();
    process.stdout.write('tables of the views: up to date\n');
    return 0;
  },
};
