import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { readList, type Row } from '../http/pages.js';
import { wholeNumber, type Open, type Session } from '../options.js';
import { detail } from '../output/detail.js';
import { table } from '../output/table.js';

const PATH = '/api/projections';
const LOOK_MS = 1_000;
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
const PARKED = ['stream', 'revision', 'position', 'type', 'kind', 'reason'].map((key) => ({ key }));

interface Item extends Row {
  readonly rebuild: {
    readonly progress: number;
    readonly expectedSeconds: number | null;
    readonly trouble: string | null;
  } | null;
}

/** `projections`: the views, what they could not take in, and rebuilding them. */
export function addProjections(program: Command, open: Open): void {
  const projections = program.command('projections').description('the views: how far they are, and building them anew');
  addList(projections, open);
  addParked(projections, open);
  addWish(projections, open, 'replay', 'parked/replay', 'rebuild a view with parked events, so that it takes them in');
  addWish(projections, open, 'rebuild', 'rebuild', 'build the rows of a view anew beside the live ones');
  addWish(projections, open, 'revert', 'revert', 'go back to the rows before the last rebuild');
}

function addList(projections: Command, open: Open): void {
  projections
    .command('list')
    .description('every view, its checkpoint and how far it is behind')
    .action(async () => {
      const { client, output } = open();
      const { items } = (await client.get(PATH)).body as { items: readonly Row[] };
      output.answer(items, () => table(items, COLUMNS, output.width));
    });
  projections
    .command('show <name>')
    .description('how far a view is, and how far its rebuild')
    .action(async (name: string) => {
      const { client, output } = open();
      const { body } = await client.get(pathOf(name));
      output.answer(body, () => detail(body as Row, output.width));
    });
}

function addParked(projections: Command, open: Open): void {
  projections
    .command('parked <name>')
    .description('the events that a view could not take in, with the reason')
    .option('--limit <rows>', 'at most this many', '50')
    .action(async (name: string, { limit }: { limit: string }) => {
      const { client, output } = open();
      const asked = { path: `${pathOf(name)}/parked`, paging: 'cursor', query: {} } as const;
      const { rows, more } = await readList(client, { ...asked, limit: wholeNumber('--limit', limit, 1) });
      output.answer(rows, () => (rows.length === 0 ? 'nothing is parked' : table(rows, PARKED, output.width)));
      if (more) output.note('there are more; --limit shows them');
    });
}

function addWish(projections: Command, open: Open, verb: string, path: string, meaning: string): void {
  projections
    .command(`${verb} <name>`)
    .description(meaning)
    .option('--no-wait', 'do not stay until it is done')
    .action(async (name: string, { wait }: { wait: boolean }) => {
      const session = open();
      const { body } = await session.client.send('POST', `${pathOf(name)}/${path}`);
      const item = wait ? await untilDone(session, name, body as Item) : (body as Item);
      session.output.answer(item, () => detail(item, session.output.width));
    });
}

/** Tells how far it is, once a second, until the new rows are live. */
async function untilDone({ client, output }: Session, name: string, asked: Item): Promise<Item> {
  let item = asked;
  while (item.rebuild !== null) {
    const { progress, expectedSeconds, trouble } = item.rebuild;
    const rest = expectedSeconds === null ? '' : `, about ${Math.ceil(expectedSeconds)} s more`;
    output.note(`${name}: ${Math.floor(progress * 100)} %${rest}${trouble === null ? '' : `; ${trouble}`}`);
    await sleep(LOOK_MS);
    item = (await client.get(pathOf(name))).body as Item;
  }
  return item;
}

const pathOf = (name: string): string => `${PATH}/${encodeURIComponent(name)}`;
