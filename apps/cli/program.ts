import { Command } from 'commander';
import { addAudit } from './commands/audit.js';
import { addDashboards } from './commands/dashboards.js';
import { addEvents } from './commands/events.js';
import { addExport } from './commands/export.js';
import { addForget } from './commands/forget.js';
import { addExplain } from './commands/explain.js';
import { addList } from './commands/list.js';
import { addOperate } from './commands/operate.js';
import { addProjections } from './commands/projections.js';
import { addShow } from './commands/show.js';
import { addStatus } from './commands/status.js';
import { addWatch } from './commands/watch.js';
import { openSession, type Environment, type GlobalOptions, type Open } from './options.js';

const EXITS = `
Exit codes: 0 done; 1 the answer is bad (broken chain, server not ready); 2 wrong command line; 3 refused; 4 no such thing;
5 not allowed; 6 not reachable or busy; 7 a fault of the server; 8 cannot be written here.`;

/** The whole command line. It throws (CommanderError, Failed) and never ends the process by itself. */
export function programFor(env: Environment): Command {
  const program = new Command('purveyor')
    .description('Looks into a Purveyor server and operates what runs in it.')
    .option('--url <address>', 'of the server; else PURVEYOR_URL, else http://127.0.0.1:3000')
    .option('--token-file <path>', 'holds the bearer token; else PURVEYOR_TOKEN_FILE, else PURVEYOR_TOKEN')
    .option('--json', 'for programs: JSON as the server answered it, nothing else on stdout')
    .option('--timeout <seconds>', 'how long to wait for an answer; 30 if absent, an hour for audit verify')
    .option('--min-position <n>', 'look at views that hold at least this log position')
    .addHelpText('after', EXITS)
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)');
  const open: Open = () => openSession(program.opts<GlobalOptions>(), env);
  const all = [
    addStatus,
    addDashboards,
    addList,
    addShow,
    addExplain,
    addEvents,
    addExport,
    addForget,
    addWatch,
    addOperate,
    addAudit,
    addProjections,
  ];
  for (const add of all) add(program, open);
  return program;
}
