import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, Failed } from '../exit-codes.js';
import type { Client } from '../http/client.js';
import type { Row } from '../http/pages.js';
import { wholeNumber, type Open } from '../options.js';
import { show } from '../output/text.js';
import { table } from '../output/table.js';

interface Recorded extends Row {
  readonly type: string;
  readonly revision: number;
  readonly data: Row;
  readonly metadata: Row;
}
interface Page {
  readonly items: readonly Recorded[];
  readonly next: number | null;
}
interface ReadOptions {
  readonly from?: string;
  readonly backwards?: boolean;
  readonly limit: string;
  readonly raw?: boolean;
}
interface Reading {
  readonly direction: 'forwards' | 'backwards';
  readonly raw?: 'true';
}

const FORWARDS: Reading = { direction: 'forwards' };
const PAGE = 500;
const LOOK_EVERY_MS = 1_000;
const COLUMNS = [
  { key: 'revision' },
  { key: 'metadata.time', title: 'time' },
  { key: 'type' },
  { key: 'metadata.actor', title: 'actor' },
  { key: 'data' },
];
export const pathOf = (stream: string): string => `/api/audit/streams/${encodeURIComponent(stream)}`;

/** `events` and `follow`: what happened in a stream. */
export function addEvents(program: Command, open: Open): void {
  addRead(program, open);
  addFollow(program, open);
}

function addRead(program: Command, open: Open): void {
  program
    .command('events <stream>')
    .description('what happened in a stream, such as portfolio-ID, oldest first')
    .option('--from <revision>', 'begin there')
    .option('--backwards', 'newest first')
    .option('--limit <events>', 'at most this many', '100')
    .option('--raw', 'data and metadata to the letter, as they were hashed, one JSON object a line')
    .action(async (stream: string, given: ReadOptions) => {
      const { client, output } = open();
      const limit = wholeNumber('--limit', given.limit, 1);
      const events: Recorded[] = [];
      const asked = {
        direction: given.backwards ? 'backwards' : 'forwards',
        raw: given.raw ? 'true' : undefined,
      } as const;
      for await (const event of reading(client, stream, given.from, asked)) {
        if (events.length === limit) break;
        events.push(event);
      }
      if (given.raw) return events.forEach((event) => output.line(event, () => JSON.stringify(event)));
      output.answer(events, () => table(events, COLUMNS, output.width));
    });
}

function addFollow(program: Command, open: Open): void {
  program
    .command('follow <stream>')
    .description('print the events of a stream as they are recorded, until Ctrl-C')
    .option('--from <revision>', 'begin there; without it with what comes from now on')
    .option('--until <type>', 'end after the first event of this type')
    .action(async (stream: string, given: { from?: string; until?: string }) => {
      const { client, output } = open();
      for await (const event of following(client, stream, given.from)) {
        output.line(event, () => eventLine(event));
        if (event.type === given.until) return;
      }
    });
}

const eventLine = ({ revision, type, data, metadata }: Recorded): string =>
  [revision, show('time', metadata['time']), type, show('data', data)].join('  ');

/** Every event from there on, page by page. */
async function* reading(client: Client, stream: string, from?: string, asked: Reading = FORWARDS) {
  let next: number | null = from === undefined ? null : wholeNumber('--from', from, 0);
  do {
    const page = await pageOf(client, stream, { from: next ?? undefined, ...asked });
    yield* page.items;
    next = page.next;
  } while (next !== null);
}

/** The same, and then what is recorded later; asked again every second. */
async function* following(client: Client, stream: string, from?: string) {
  let next = from === undefined ? await endOf(client, stream) : wholeNumber('--from', from, 0);
  for (;;) {
    const { items } = await pageOf(client, stream, { from: next, ...FORWARDS });
    yield* items;
    next = (items.at(-1)?.revision ?? next - 1) + 1;
    if (items.length < PAGE) await sleep(LOOK_EVERY_MS);
  }
}

async function endOf(client: Client, stream: string): Promise<number> {
  const { items } = (await client.get(pathOf(stream), { query: { direction: 'backwards', limit: 1 } })).body as Page;
  if (items[0] === undefined) throw new Failed(EXIT.missing, 'there is no such stream');
  return items[0].revision + 1;
}

async function pageOf(client: Client, stream: string, at: { from: number | undefined } & Reading) {
  return (await client.get(pathOf(stream), { query: { ...at, limit: PAGE } })).body as Page;
}
