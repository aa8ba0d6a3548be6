import { type Command, Option } from 'commander';
import { EXIT, Failed } from '../exit-codes.js';
import { readList, totalOf } from '../http/pages.js';
import { KINDS, type Kind } from '../kinds.js';
import { wholeNumber, type Open, type Session } from '../options.js';
import { table } from '../output/table.js';
import { writeTo } from '../output/write-to.js';

type Given = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
type Query = Readonly<Record<string, string | undefined>>;

/** `list KIND` for every kind. */
export function addList(program: Command, open: Open): void {
  const list = program.command('list').description('list what there is, newest first');
  for (const kind of KINDS) addKind(list, kind, open);
}

function addKind(list: Command, kind: Kind, open: Open): void {
  const command = list.command(kind.plural).alias(kind.singular).description(`list ${kind.plural}`);
  for (const { flag, meaning } of kind.filters) command.option(`--${flag} <value>`, meaning);
  if (kind.searched) addSearch(command);
  command
    .option('--limit <rows>', 'at most this many', '50')
    .option('--all', 'without a limit')
    .action((given: Given) => answer(kind, given, open()));
}

/** What all lists have that are searched. */
function addSearch(command: Command): void {
  command
    .option('--search <words>', 'that all occur, each at the beginning of a word; status:active asks for a field')
    .addOption(
      new Option(
        '--filter <field=value>',
        'any field; again for another, a|b for several values, from..to for times',
      ).argParser((text: string, before?: readonly string[]) => [...(before ?? []), text]),
    )
    .option('--sort <pairs>', 'field and direction, such as started_at,desc; any number of pairs')
    .addOption(new Option('--count', 'only how many there are').conflicts('csv'))
    .option('--csv', 'all of them as CSV, with more columns; sorted by what does not change');
}

async function answer(kind: Kind, given: Given, session: Session): Promise<void> {
  const query = queryOf(kind, given);
  if (given['csv'] === true) return writeCsv(kind, query, session);
  if (given['count'] === true) return tellCount(kind, query, session);
  const { client, output } = session;
  const limit = given['all'] === true ? Infinity : wholeNumber('--limit', String(given['limit']), 1);
  // In an order in which rows change their place there is no cursor.
  const paging = query['sort'] === undefined ? kind.paging : 'range';
  const { rows, more, stale } = await readList(client, { path: kind.path, paging, query, limit });
  output.answer(rows, () => (rows.length === 0 ? `no ${kind.plural}` : table(rows, kind.columns, output.width)));
  if (more) output.note(`there are more; --limit or --all shows them`);
  if (stale !== undefined) output.note(`this may be old: ${stale}`);
}

async function tellCount({ path }: Kind, query: Query, { client, output }: Session): Promise<void> {
  const total = totalOf(await client.get(path, { query: { ...query, count: 'true', limit: 1 } }));
  output.answer({ total }, () => String(total));
}

async function writeCsv({ path, plural }: Kind, query: Query, { client }: Session): Promise<void> {
  const body = await client.open(`${path}.csv`, { query }, 'text/csv');
  await writeTo(process.stdout, body).catch((error: Error) => {
    throw new Failed(EXIT.unreachable, `the list of ${plural} was broken off: ${error.message}`);
  });
}

/** The options as parameters; fields of the filter together in one. */
function queryOf({ filters }: Kind, given: Given): Query {
  const own = filters.flatMap(({ flag, parameter }) =>
    parameter === undefined ? [] : [[parameter, given[flag] as string | undefined]],
  );
  const fields = filters.flatMap(({ flag, field }) =>
    field === undefined || given[flag] === undefined ? [] : [field, String(given[flag])],
  );
  const pairs = [...fields, ...((given['filter'] ?? []) as readonly string[]).flatMap(pairOf)];
  return {
    ...Object.fromEntries(own),
    ...(pairs.length > 0 && { filter: pairs.join(',') }),
    ...(given['search'] !== undefined && { query: String(given['search']) }),
    ...(given['sort'] !== undefined && { sort: String(given['sort']) }),
  };
}

/** `Failed` (usage) for what is no field and value; the server parts them by commas, so a value has none. */
function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0 && !text.includes(',')) return [text.slice(0, at), text.slice(at + 1)];
  throw new Failed(EXIT.usage, `--filter is field=value without a comma, not ${JSON.stringify(text)}`);
}
