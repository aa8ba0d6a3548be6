import { loadConfig } from '#platform';
import { openReadModels } from '#read-models';
import { setUpWorkGroup, WORK_GROUP } from '../composition/work-group.js';
import { prepareSharedDirectory } from '../composition/shared-directory.js';
import { UsageError, type SubCommand } from './command.js';
import { withGroups } from './with-groups.js';

/**
 * Makes what several processes share: the group that workers take work from, the tables of the views, and the mark in the directory of
 * vault and keys. A repeat is harmless.
 */
export const setupCommand: SubCommand = {
  usage: '',
  meaning:
    'makes or updates the worker group in EventStoreDB and the tables in PostgreSQL, and marks the shared data directory; run it before a new version starts',
  async run(args) {
    if (args.length > 0) throw new UsageError('setup takes nothing more.');
    const { readModels: at, dataDir: directory } = loadConfig(process.env, { keys: 'leave' });
    const made = await withGroups(async (groups, store) => {
      if (at !== 'sqlite') await prepareSharedDirectory(directory, store);
      return setUpWorkGroup(groups);
    });
    process.stdout.write(`group ${WORK_GROUP}: ${made}\n`);
    await (await openReadModels({ at, directory })).close();
    process.stdout.write('tables of the views: up to date\n');
    return 0;
  },
};
