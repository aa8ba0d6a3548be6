import { type Command, Option } from 'commander';
import { readList } from '../http/pages.js';
import { KINDS, type Kind } from '../kinds.js';
import { wholeNumber, type Open, type Session } from '../options.js';
import { table } from '../output/table.js';

type Given = Readonly<Record<string, string | boolean | undefined>>;

/** `list KIND` for every kind. */
export function addList(program: Command, open: Open): void {
  const list = program.command('list').description('list what there is, newest first');
  for (const kind of KINDS) addKind(list, kind, open);
}

function addKind(list: Command, kind: Kind, open: Open): void {
  const command = list.command(kind.plural).alias(kind.singular).description(`list ${kind.plural}`);
  for (const { flag, meaning } of kind.filters) command.option(`--${flag} <value>`, meaning);
  if (kind.plural === 'subscriptions')
    command.addOption(new Option('--search <words>', 'words that all occur; status:active asks for a field'));
  command
    .option('--limit <rows>', 'at most this many', '50')
    .option('--all', 'without a limit')
    .action((given: Given) => listKind(kind, given, open()));
}

async function listKind(kind: Kind, given: Given, { client, output }: Session): Promise<void> {
  const limit = given['all'] === true ? Infinity : wholeNumber('--limit', String(given['limit']), 1);
  const search = given['search'] as string | undefined;
  const where =
    search === undefined
      ? { path: kind.path, paging: kind.paging, query: queryOf(kind, given) }
      : { path: `${kind.path}/search`, paging: 'range' as const, query: { ...queryOf(kind, given), query: search } };
  const { rows, more, stale } = await readList(client, { ...where, limit });
  output.answer(rows, () => (rows.length === 0 ? `no ${kind.plural}` : table(rows, kind.columns, output.width)));
  if (more) output.note(`there are more; --limit or --all shows them`);
  if (stale !== undefined) output.note(`this may be old: ${stale}`);
}

/** The options as parameters; fields of the Workflow Orchestrator's filter together in one. */
function queryOf({ filters }: Kind, given: Given): Record<string, string | undefined> {
  const own = filters.flatMap(({ flag, parameter }) =>
    parameter === undefined ? [] : [[parameter, given[flag] as string | undefined]],
  );
  const pairs = filters.flatMap(({ flag, field }) =>
    field === undefined || given[flag] === undefined ? [] : [field, String(given[flag])],
  );
  return { ...Object.fromEntries(own), ...(pairs.length > 0 && { filter: pairs.join(',') }) };
}
