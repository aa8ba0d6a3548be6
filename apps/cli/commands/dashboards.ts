import { type Command, Option } from 'commander';
import type { Row } from '../http/pages.js';
import { detail } from '../output/detail.js';
import type { Open } from '../options.js';

type Given = Readonly<Record<string, string | undefined>>;

interface Board {
  readonly name: string;
  readonly about: string;
  /** Options, which are query parameters, with what they mean. */
  readonly options?: Readonly<Record<string, string>>;
}

const WINDOW = { days: 'so many days of UTC, today included; 7 if absent' };
const BOARDS: readonly Board[] = [
  { name: 'overview', about: 'counts, what waits longest, failures of the last 24 hours' },
  { name: 'portfolios', about: 'by state; stages now, how long they took, why they failed', options: WINDOW },
  { name: 'processes', about: 'by status and whom they wait for; durations and retries by step', options: WINDOW },
  { name: 'operations', about: 'by state; overdue, error rates and answer times by resource type', options: WINDOW },
  { name: 'subscriptions', about: 'by product, status, in sync and customer', options: WINDOW },
  { name: 'engine', about: 'lag, queue and workers' },
  {
    name: 'failures',
    about: "today's, with the commands that would help",
    options: { limit: 'at most 50; 20 if absent' },
  },
];
const SERIES = {
  grain: 'hour or day; hour if absent',
  from: 'instant, such as 2026-05-04T12:00:00Z',
  to: 'instant; now if absent',
  by: 'labels that are told apart, with commas between them',
  category: 'portfolio, process or operation',
  kind: 'CSP, workflow or resource type',
  step: 'stage, step, or what is asked of a provisioner',
};

/** `dashboards NAME`: figures of what goes on and came to pass. */
export function addDashboards(program: Command, open: Open): void {
  const dashboards = program.command('dashboards').description('figures of what goes on and came to pass');
  for (const board of BOARDS) addBoard(dashboards.command(board.name), board, open);
  const about = 'a figure by hour or day: begun, run_time, step_time, answer_time, attempts, failures, subscriptions';
  addBoard(dashboards.command('series <figure>'), { name: 'series', about, options: SERIES }, open);
}

function addBoard(command: Command, { name, about, options = {} }: Board, open: Open): void {
  for (const [flag, meaning] of Object.entries(options)) command.addOption(new Option(`--${flag} <value>`, meaning));
  command.description(about).action(async () => {
    const { client, output } = open();
    const [figure] = command.args;
    const query: Given = { ...command.opts<Given>(), figure };
    const { body } = await client.get(`/api/dashboards/${name}`, { query });
    output.answer(body, () => detail(forTables(body as Row), output.width));
  });
}

/** What is nested in the rows of a list becomes columns of its own; `seconds` goes without saying. */
function forTables(board: Row): Row {
  const flat = (value: unknown) => (Array.isArray(value) ? value.map((row) => flatRow(row as Row)) : value);
  return Object.fromEntries(Object.entries(board).map(([key, value]) => [key, flat(value)]));
}

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

function flatRow(row: Row): Row {
  const entries = Object.entries(row).flatMap(([key, value]): [string, unknown][] => {
    if (!isObject(value)) return key === 'seconds' ? [] : [[key, value]];
    const inner = Object.entries(flatRow(value));
    return inner.map(([name, each]) => [key === 'seconds' || key === 'labels' ? name : `${key}.${name}`, each]);
  });
  return Object.fromEntries(entries);
}
