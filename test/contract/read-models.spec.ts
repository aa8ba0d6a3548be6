import { sqliteDatabase } from './read-models.databases.js';
import { auditContract } from './read-models.audit.contract.js';
import { projectorContract } from './read-models.projector.contract.js';
import { listsContract } from './read-models.lists.contract.js';
import { figuresContract } from './figures/figures.contract.js';
import { registriesContract } from './figures/views.contract.js';
import { queriesContract } from './read-models.queries.contract.js';
import { rebuildContract } from './read-models.rebuild.contract.js';
import { schedulesContract } from './read-models.schedules.contract.js';

projectorContract('SQLite', sqliteDatabase);
rebuildContract('SQLite', sqliteDatabase);
queriesContract('SQLite', sqliteDatabase);
listsContract('SQLite', sqliteDatabase);
figuresContract('SQLite', sqliteDatabase, 3);
registriesContract();
schedulesContract('SQLite', sqliteDatabase);
auditContract('SQLite', sqliteDatabase);
